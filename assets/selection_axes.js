// The axes of a line plot, as Plotly draws them.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const VALUES = {raw: "value", tanh: "tanh(value)", abs: "|value|", abs_tanh: "|tanh(value)|"};
    const style = (name) => window.getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const title = (view) => VALUES[view.transform] + " of " + view.state;

    /** `graph`: where Plotly draws; `column`: the part of it over the positions; `margin`: above and below. */
    function layout({view, shown, range, graph, column, margin: [top, bottom]}) {
        const axis = {
            color: style("--text-quiet"), gridcolor: style("--line"), zerolinecolor: style("--line-strong"),
            fixedrange: true, automargin: false, ticks: "outside", ticklen: 4, tickcolor: style("--line-strong"),
        };
        const gutter = parseFloat(window.getComputedStyle(column).left);
        // Dash fits its graph to the page; Plotly alone is told how large its own is.
        const own = graph.classList.contains("own-plot") ? {width: graph.clientWidth, height: graph.clientHeight} : {};
        return {
            ...own, autosize: true, showlegend: false, dragmode: false, hovermode: false,
            margin: {l: gutter, r: 0, t: top, b: bottom, pad: 0},
            paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
            font: {family: "IBM Plex Sans, system-ui, sans-serif", size: 12, color: style("--text")},
            xaxis: {...axis, range: [shown.start - 0.5, shown.stop - 0.5], side: "top", showgrid: false, zeroline: false,
                tickformat: ",d", nticks: 9, tickangle: 0},
            yaxis: {...axis, range, title: {text: title(view), standoff: 8}, nticks: 7},
            modebar: {bgcolor: "rgba(0,0,0,0)", color: style("--text-quiet"), activecolor: style("--text")},
        };
    }

    stateroom.axes = {style, title, layout};
})();
