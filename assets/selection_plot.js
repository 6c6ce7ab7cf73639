// The line plot: all units grey, the selected ones on top, the one pointed at above all.
//
// Plotly draws the axes and the exported pictures (selection_export.js). The lines on the screen are drawn on
// canvases above it: 650 lines over 100 tokens take 20 ms there, 300 ms as Plotly's SVG traces, and seconds as
// its WebGL traces where no graphics card helps (every change of one trace draws all of them again).
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {element} = stateroom;
    const TOP = 26;
    const BOTTOM = 6;
    const REACH = 14;
    const PREFERENCE = 5;
    const CROWD = 75;
    // Without a graphics card a line of more than one pixel takes 15 times as long as a hairline (200 lines over
    // 80 tokens: 100 ms against 6 ms). Many lines are drawn as two hairlines beside each other.
    const MOST_STROKED = 20;
    const BESIDE = 0.4;

    stateroom.eachPanel((selection) => {
        let range = null;
        let column = null;
        let crowd = null;
        let front = null;

        const {style} = stateroom.axes;
        /** Dash makes the graph of the first panel; in the place of the one beside Plotly draws alone. */
        const graph = () => {
            const place = selection.place("plot");
            return place && (place.querySelector(".js-plotly-plot") || (place.classList.contains("own-plot") ? place : null));
        };
        const stage = () => selection.place("stage");
        // Asking the page for sizes makes it lay everything out: it is asked when something is drawn anew.
        let size = {width: 0, tall: 0};
        const height = () => size.tall - TOP - BOTTOM;
        const yOf = (value) => TOP + ((range[1] - value) / (range[1] - range[0])) * height();
        const count = () => selection.window.stop - selection.window.start;
        const valueOf = (unit, position) => selection.window.values[unit * count() + position - selection.window.start];

        selection.plot = {
            top: TOP, bottom: BOTTOM, style, graph, valueOf, yOf, height,
            range: () => range,
            column: () => column,
            valueAt: (y) => range[1] - ((y - TOP) / height()) * (range[1] - range[0]),
            draw: () => draw(),
            limits, refit,
            title: stateroom.axes.title,
            /** Opacity of the lines that are not selected: the more there are, the fainter. */
            crowdOpacity: () => Math.min(0.45, Math.max(0.13, CROWD / selection.window.n_units)),
            units: () => selection.selected.units.filter((unit) => unit < selection.window.n_units),
        };

        // ---- axes -------------------------------------------------------------------------------------------
        /** Limits of what is shown: of the window, of most of its values, or of the state. */
        function limits(view) {
            const {low, high} = view.axis === "fixed" && selection.distribution ? selection.distribution : selection.window;
            return view.axis === "most" ? selection.window.most : [low, high];
        }

        /** Limits of the value axis: those of both panels where they are linked; the threshold is inside. */
        function fitted(view) {
            const all = [selection, selection.linked()].filter((panel) => panel && panel.window).map((panel) => panel.plot.limits(view));
            const low = Math.min(...all.map((ends) => ends[0]));
            const high = Math.max(...all.map((ends) => ends[1]));
            const room = (Math.max(high, view.threshold) - Math.min(low, view.threshold) || 1) * 0.05;
            return [Math.min(low, view.threshold) - room, Math.max(high, view.threshold) + room];
        }

        /** Draw again where the axis has to change. */
        function refit() {
            if (!range || !selection.window || !selection.isActive()) {
                return;
            }
            const [low, high] = fitted(selection.view());
            if (low !== range[0] || high !== range[1]) {
                draw();
            }
        }

        // ---- lines ------------------------------------------------------------------------------------------
        function fresh(canvas) {
            const ratio = window.devicePixelRatio || 1;
            const [width, tall] = [Math.round(size.width * ratio), Math.round(size.tall * ratio)];
            if (canvas.width !== width || canvas.height !== tall) {
                canvas.width = width;
                canvas.height = tall;
            }
            const paint = canvas.getContext("2d");
            paint.setTransform(ratio, 0, 0, ratio, 0, 0);
            paint.clearRect(0, 0, size.width, size.tall);
            paint.save();
            paint.beginPath();
            paint.rect(0, TOP, size.width, height());
            paint.clip();
            paint.lineJoin = "bevel";
            return paint;
        }

        /** Draw some units; a value that is no number (a hidden run) interrupts the line, so does a border. */
        function lines(paint, units, color, width, opacity) {
            const n = count();
            const {values, start} = selection.window;
            const cell = size.width / n;
            const scale = height() / (range[1] - range[0]);
            const begins = new Set(selection.window.sequences.map(([, first]) => first - start));
            paint.strokeStyle = color;
            paint.globalAlpha = opacity;
            paint.lineWidth = width;
            units.forEach((unit) => {
                let pen = false;
                let alone = false;
                paint.beginPath();
                for (let step = 0; step < n; step += 1) {
                    const value = values[unit * n + step];
                    const drawn = value === value;
                    const x = (step + 0.5) * cell;
                    const y = TOP + (range[1] - value) * scale;
                    if (drawn && pen && !begins.has(step)) {
                        paint.lineTo(x, y);
                        alone = false;
                    } else if (drawn) {
                        paint.moveTo(x, y);
                        alone = true;
                    }
                    if (drawn && alone && (step + 1 === n || begins.has(step + 1) || values[unit * n + step + 1] !== values[unit * n + step + 1])) {
                        paint.lineTo(x + 1, y);
                    }
                    pen = drawn;
                }
                paint.stroke();
            });
            paint.globalAlpha = 1;
        }

        function drawCrowd() {
            const paint = fresh(crowd);
            const every = Array.from({length: selection.window.n_units}, (_, unit) => unit);
            lines(paint, every, style("--unselected"), 1, selection.plot.crowdOpacity());
            const cell = size.width / count();
            paint.fillStyle = style("--line-strong");
            selection.window.sequences.slice(1).forEach(([, first]) => {
                paint.fillRect((first - selection.window.start) * cell - 1, TOP, 2, height());
            });
            paint.restore();
        }

        function drawFront() {
            if (!range || !selection.window || !front || !front.isConnected) {
                return;
            }
            const paint = fresh(front);
            const {unit} = selection.pointed;
            const units = selection.plot.units();
            if (units.length <= MOST_STROKED) {
                lines(paint, units, style("--selected"), 1.6, 0.9);
            } else {
                [-BESIDE, BESIDE].forEach((aside) => {
                    paint.translate(aside, aside);
                    lines(paint, units, style("--selected"), 1, 0.75);
                    paint.translate(-aside, -aside);
                });
            }
            if (unit >= 0 && unit < selection.window.n_units) {
                lines(paint, [unit], style("--hovered"), 3, 1);
            }
            paint.restore();
        }

        function draw() {
            const view = selection.view();
            if (!selection.window || !view || !column || !column.isConnected || !window.Plotly || !graph()) {
                return;
            }
            size = {width: column.clientWidth, tall: column.clientHeight};
            range = fitted(view);
            drawCrowd();
            drawFront();
            window.Plotly.react(graph(), [{x: [null], y: [null], type: "scatter", mode: "lines"}], stateroom.axes.layout({
                view, shown: selection.window, range, graph: graph(), column, margin: [TOP, BOTTOM],
            }), selection.exportConfig());
            stage().classList.remove("is-blank");
            selection.tell("scaled", range);
        }

        // ---- pointing ---------------------------------------------------------------------------------------
        /** The unit whose line passes nearest to a point of the plot; the selected ones come first. */
        function unitNear(event) {
            const box = column.getBoundingClientRect();
            const [x, y] = [event.clientX - box.left, event.clientY - box.top];
            const n = count();
            const at = x / (box.width / n) - 0.5;
            const left = Math.min(Math.max(Math.floor(at), 0), n - 1);
            const right = Math.min(left + 1, n - 1);
            const share = Math.min(Math.max(at - left, 0), 1);
            const chosen = new Set(selection.selected.units);
            const {values} = selection.window;
            let best = -1;
            let least = REACH;
            for (let unit = 0; unit < selection.window.n_units; unit += 1) {
                const value = values[unit * n + left] * (1 - share) + values[unit * n + right] * share;
                const distance = Math.abs(yOf(value) - y) - (chosen.has(unit) ? PREFERENCE : 0);
                if (distance < least) {
                    least = distance;
                    best = unit;
                }
            }
            return best;
        }

        function pointAt(event) {
            if (!range || !selection.window || event.buttons) {
                return;
            }
            const unit = unitNear(event);
            const position = selection.geometry().positionAt(event.clientX);
            selection.point({unit, position});
            const [head, where] = selection.describe(position);
            stateroom.tip.show(event.clientX, event.clientY, unit < 0 ? [head, where] : [
                head, "unit " + unit + ": " + stateroom.number(valueOf(unit, position)), where,
                element("div", "quiet", selection.selected.units.includes(unit) ? "click: drop it" : "click: keep it selected"),
            ]);
        }

        function mount() {
            if (column && column.isConnected) {
                return;
            }
            range = null;
            column = element("div", "plot-column");
            crowd = element("canvas", "plot-lines", null, {"aria-hidden": "true"});
            front = element("canvas", "plot-lines", null, {"aria-hidden": "true"});
            column.append(crowd, front);
            column.addEventListener("pointermove", pointAt);
            column.addEventListener("pointerleave", () => {
                selection.point({unit: -1, position: -1});
                stateroom.tip.hide();
            });
            stage().querySelector(".stage-plot").append(column);
            selection.brush(column, (event) => {
                const unit = unitNear(event);
                if (unit >= 0) {
                    selection.toggleUnit(unit);
                }
            });
            selection.mountThreshold(column);
            wait();
        }

        /** Plotly is loaded when the first graph of the page appears. */
        function wait() {
            if (!range && selection.isActive()) {
                window.Plotly && graph() && selection.window ? draw() : window.setTimeout(wait, 40);
            }
        }

        selection.part({
            mount,
            view(view, previous) {
                if (range && previous.axis !== undefined && view.axis !== previous.axis) {
                    draw();
                } else if (view.linked !== previous.linked || view.beside_state !== previous.beside_state) {
                    refit();
                }
            },
            window: draw,
            paired: refit,
            resize: draw,
            selected: drawFront,
            pointed(now, before) {
                if (now.unit !== before.unit) {
                    drawFront();
                }
            },
            settled: refit,
            distribution() {
                if (range && selection.view().axis === "fixed") {
                    draw();
                    const other = selection.linked();
                    if (other) {
                        other.plot.refit();
                    }
                }
            },
        });
        window.addEventListener("DOMContentLoaded", () => stateroom.theme.listeners.push(draw));
    });
})();
