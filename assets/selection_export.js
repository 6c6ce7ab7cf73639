// The buttons of the plot's own bar: SVG and PNG by Plotly, drawn anew with every line as a vector; CSV of the window.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});

    stateroom.eachPanel((selection) => {
        /** All lines of some units as one trace: a gap after each. */
        function trace(units, name, color, width, opacity) {
            const {start, stop, values} = selection.window;
            const n = stop - start;
            const x = [];
            const y = [];
            units.forEach((unit) => {
                for (let place = 0; place < n; place += 1) {
                    const value = values[unit * n + place];
                    x.push(start + place);
                    y.push(Number.isNaN(value) ? null : value);
                }
                x.push(null);
                y.push(null);
            });
            return {x, y, name, type: "scatter", mode: "lines", line: {color, width}, opacity, hoverinfo: "skip"};
        }

        function figure() {
            const view = selection.view();
            const {style, graph, units, crowdOpacity} = selection.plot;
            const {start, tokens, sequences, n_units: nUnits} = selection.window;
            const every = Array.from({length: nUnits}, (_, unit) => unit);
            const drawn = graph().layout;
            const wide = tokens.length <= 160;
            const shape = (given) => ({type: "line", xref: "x", yref: "paper", y0: 0, y1: 1, layer: "below", ...given});
            const band = (from, to, opacity) => shape({type: "rect", x0: from - 0.5, x1: to - 0.5, line: {width: 0},
                fillcolor: style("--selected"), opacity});
            const shapes = sequences.slice(1).map(([, first]) => shape({x0: first - 0.5, x1: first - 0.5, line: {color: style("--line-strong"), width: 1.5}}));
            if (view.start >= 0) {
                shapes.push(band(view.start, view.stop, 0.14), band(view.start - view.off_before, view.start, 0.05),
                    band(view.stop, view.stop + view.off_after, 0.05));
            }
            shapes.push({type: "line", xref: "paper", x0: 0, x1: 1, yref: "y", y0: view.threshold, y1: view.threshold,
                line: {color: style("--threshold"), dash: "dash", width: 1.5}});
            // Token texts may look like markup: what Plotly would read as such is written as entities.
            const plain = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
            const written = (text) => plain(stateroom.visible(text));
            return {
                data: [
                    trace(every, nUnits + " units", style("--unselected"), 1, Math.min(1, 2 * crowdOpacity())),
                    trace(units(), units().length + " selected", style("--selected"), 1.6, 0.95),
                ],
                layout: {
                    ...drawn, shapes, paper_bgcolor: style("--surface"), plot_bgcolor: style("--surface"), showlegend: true,
                    title: {text: plain(view.recording + ", " + view.state), font: {size: 14}},
                    legend: {orientation: "h", y: 1.16, x: 1, xanchor: "right"},
                    margin: {l: 70, r: 20, t: 60, b: wide ? 90 : 50},
                    xaxis: {...drawn.xaxis, side: "bottom", title: {text: "position"}, ...(wide ? {
                        tickmode: "array", tickvals: tokens.map((_, place) => start + place), ticktext: tokens.map(written),
                        tickangle: 90, title: {text: "tokens from position " + start}, tickfont: {family: "IBM Plex Mono, monospace", size: 10},
                    } : {})},
                },
            };
        }

        function fileName() {
            const view = selection.view();
            return [view.recording, view.state, view.at].join("-").replace(/[^\w.-]+/g, "_");
        }

        function picture(format) {
            return () => window.Plotly.downloadImage(figure(), {format, width: 1400, height: 560, scale: format === "png" ? 2 : 1, filename: fileName()});
        }

        /** A cell that a spreadsheet does not take for a formula. */
        function cell(text) {
            const safe = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
            return '"' + safe.replaceAll('"', '""') + '"';
        }

        function table() {
            const {start, stop, values, tokens, n_units: nUnits} = selection.window;
            const n = stop - start;
            const head = ["position", "token", "selected_on", ...Array.from({length: nUnits}, (_, unit) => "unit_" + unit)];
            const rows = tokens.map((token, place) => {
                const on = selection.countAt(start + place);
                const units = Array.from({length: nUnits}, (_, unit) => {
                    const value = values[unit * n + place];
                    return Number.isNaN(value) ? "" : String(Number(value.toPrecision(6)));
                });
                return [start + place, cell(token), on === null ? "" : on, ...units].join(",");
            });
            const link = stateroom.element("a", "", "", {
                href: URL.createObjectURL(new Blob([[head.join(","), ...rows].join("\r\n") + "\r\n"], {type: "text/csv"})),
                download: fileName() + ".csv",
            });
            link.click();
            window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
        }

        /** A button that says what it gives. */
        function button(text, title, click) {
            const written = '<text x="17" y="12.5" text-anchor="middle" font-size="12" font-weight="600" fill="'
                + selection.plot.style("--text-quiet") + '">' + text + "</text>";
            return {
                name: text, title, click,
                icon: {svg: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 34 16">' + written + "</svg>"},
            };
        }

        selection.exportConfig = () => ({
            displaylogo: false, showSendToCloud: false, displayModeBar: true,
            // The plot beside is drawn anew by hand; hidden, Plotly would fit it to no room at all.
            responsive: selection === stateroom.selection,
            modeBarButtons: [[
                button("SVG", "Download the plot as SVG", picture("svg")),
                button("PNG", "Download the plot as PNG", picture("png")),
                button("CSV", "Download the values of this window as CSV", table),
            ]],
        });
        selection.exportFigure = figure;
    });
})();
