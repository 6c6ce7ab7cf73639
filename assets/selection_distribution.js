// The distribution of all values beside the plot, on the same axis: press or drag in it to set the threshold.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {element} = stateroom;

    stateroom.eachPanel((selection) => {
        const style = (name) => window.getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        const short = new Intl.NumberFormat("en-US", {notation: "compact", maximumSignificantDigits: 3});
        const MARK_HEIGHT = 15;
        const MARK_WIDTH = 44;
        let graph = null;
        let line = null;
        let caption = null;
        let marks = null;
        let range = null;

        function mount() {
            const place = selection.place("distribution-plot");
            graph = element("canvas", "distribution-canvas", null, {role: "img", "aria-label": "distribution of all values of the state"});
            line = element("div", "distribution-line");
            caption = element("div", "distribution-caption");
            marks = element("div", "distribution-marks");
            place.replaceChildren(graph, line, marks, caption);
            place.addEventListener("pointerdown", (event) => {
                if (range && selection.distribution) {
                    selection.dragThreshold(place, event, true);
                }
            });
            place.addEventListener("pointermove", (event) => {
                const found = selection.distribution;
                if (found && !event.buttons) {
                    stateroom.tip.show(event.clientX, event.clientY, [
                        "all values of the state, lengths logarithmic",
                        found.is_sample
                            ? "a sample of " + stateroom.whole(found.n_values) + " of " + stateroom.whole(found.n_total) + ", seed " + found.seed
                            : "all " + stateroom.whole(found.n_values) + " values",
                        element("div", "quiet", "press or drag: set the threshold"),
                    ]);
                }
            });
            place.addEventListener("pointerleave", () => stateroom.tip.hide());
        }

        function draw() {
            const found = selection.distribution;
            if (!found || !range || !graph || !graph.isConnected) {
                return;
            }
            const ratio = window.devicePixelRatio;
            const [width, height] = [graph.clientWidth, graph.clientHeight];
            graph.width = width * ratio;
            graph.height = height * ratio;
            const paint = graph.getContext("2d");
            paint.scale(ratio, ratio);
            const step = (found.high - found.low) / found.counts.length;
            const most = Math.log1p(Math.max(...found.counts));
            const y = (value) => ((range[1] - value) / (range[1] - range[0])) * height;
            const {threshold} = selection.view();
            const [on, off] = [style("--selected"), style("--unselected")];
            found.counts.forEach((count, place) => {
                const middle = found.low + (place + 0.5) * step;
                const length = (Math.log1p(count) / most) * (width - MARK_WIDTH);
                const [top, bottom] = [y(middle + step / 2), y(middle - step / 2)];
                if (length > 0 && bottom > 0 && top < height) {
                    paint.fillStyle = middle >= threshold ? on : off;
                    paint.globalAlpha = middle >= threshold ? 0.85 : 0.6;
                    paint.fillRect(0, top, length, Math.max(1, bottom - top));
                }
            });
            drawMarks(found);
            tell();
        }

        /** Thresholds that keep a round share of the values, as far apart as they can be read. */
        function drawMarks(found) {
            const key = JSON.stringify([found.marks, range, graph.clientHeight]);
            if (marks.dataset.key === key) {
                return;
            }
            marks.dataset.key = key;
            let last = -MARK_HEIGHT;
            marks.replaceChildren(...found.marks.flatMap(([share, value]) => {
                const y = ((range[1] - value) / (range[1] - range[0])) * graph.clientHeight;
                if (y < 0 || y > graph.clientHeight || y - last < MARK_HEIGHT) {
                    return [];
                }
                last = y;
                const text = Math.round(share * 100) + " %";
                const mark = stateroom.button(text, text + " of all values on: threshold " + stateroom.number(value),
                    () => selection.change({threshold: Number(value.toPrecision(6))}), "distribution-mark");
                mark.style.top = y + "px";
                mark.addEventListener("pointerdown", (event) => event.stopPropagation());
                return [mark];
            }));
        }

        function tell() {
            const view = selection.view();
            if (!line || !range || !view) {
                return;
            }
            const share = (range[1] - view.threshold) / (range[1] - range[0]);
            line.style.top = selection.plot.top + share * selection.plot.height() + "px";
            const found = selection.distribution;
            const of = found ? short.format(found.n_values) + (found.is_sample ? " sampled" : "") : "all";
            caption.textContent = selection.share === null ? "" : percent(selection.share) + " of " + of + " on";
        }

        function percent(share) {
            const digits = share > 0 && share < 0.001 ? 4 : share < 0.1 ? 2 : 1;
            return (share * 100).toFixed(digits) + " %";
        }

        selection.part({
            mount,
            scaled(now) {
                range = now;
                draw();
            },
            distribution: draw,
            share: tell,
            view(view, previous) {
                if (view.threshold !== previous.threshold) {
                    draw();
                }
            },
            resize: draw,
        });
        window.addEventListener("DOMContentLoaded", () => stateroom.theme.listeners.push(draw));
    });
})();
