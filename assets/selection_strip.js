// Two thousand tokens as one thin strip, the window marked in it; press or drag there to go there.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {element} = stateroom;
    const HEIGHT = 30;

    stateroom.eachPanel((selection) => {
        let strip = null;
        let canvas = null;
        let frame = null;

        const style = (name) => window.getComputedStyle(document.documentElement).getPropertyValue(name).trim();

        function mount() {
            strip = selection.row("nearby", "strip-row");
            strip.label.title = "2,000 tokens around the window; press or drag to go there";
            canvas = element("canvas", "strip-canvas", null, {"aria-hidden": "true"});
            frame = element("div", "strip-window", null, {
                role: "slider", tabindex: "0", "aria-label": "position of the window",
            });
            frame.addEventListener("keydown", step);
            strip.cells.append(canvas, frame);
            selection.place("strip").replaceChildren(strip.row);
            strip.cells.addEventListener("pointerdown", go);
            strip.cells.addEventListener("pointermove", point);
            strip.cells.addEventListener("pointerleave", () => {
                selection.point({position: -1});
                stateroom.tip.hide();
            });
        }

        const bounds = () => [selection.neighbourhood.start, selection.neighbourhood.stop];

        function positionAt(x) {
            const {left, width} = strip.cells.getBoundingClientRect();
            const [start, stop] = bounds();
            return Math.min(Math.max(Math.floor(start + ((x - left) / width) * (stop - start)), start), stop - 1);
        }

        function draw() {
            if (!selection.neighbourhood || !strip || !strip.row.isConnected) {
                return;
            }
            const [start, stop] = bounds();
            const width = Math.max(1, Math.round(strip.cells.clientWidth * window.devicePixelRatio));
            canvas.width = width;
            canvas.height = HEIGHT;
            const paint = canvas.getContext("2d");
            const total = Math.max(1, selection.selected.units.length);
            const most = mostIn(start, stop, width);
            const colors = selection.scale(total);
            for (let x = 0; x < width; x += 1) {
                if (most[x] > 0) {
                    paint.fillStyle = colors[most[x]];
                    paint.fillRect(x, 0, 1, HEIGHT);
                }
            }
            paint.fillStyle = style("--line-strong");
            selection.neighbourhood.borders.forEach((border) => {
                paint.fillRect(Math.round(((border - start) / (stop - start)) * width), 0, 1, HEIGHT);
            });
            strip.side.textContent = stateroom.whole(start) + " – " + stateroom.whole(stop - 1);
            mark(selection.view());
        }

        /** The largest count under each pixel: nothing that is on is lost between pixels. */
        function mostIn(start, stop, width) {
            const most = new Uint16Array(width);
            const {first, counts, units} = selection.selected;
            if (units.length === 0) {
                return most;
            }
            for (let position = Math.max(start, first); position < Math.min(stop, first + counts.length); position += 1) {
                const from = Math.floor(((position - start) / (stop - start)) * width);
                const to = Math.max(from + 1, Math.floor(((position + 1 - start) / (stop - start)) * width));
                for (let x = from; x < to; x += 1) {
                    most[x] = Math.max(most[x], counts[position - first]);
                }
            }
            return most;
        }

        function mark(view) {
            if (!selection.neighbourhood || !frame) {
                return;
            }
            const [start, stop] = bounds();
            const share = 100 / (stop - start);
            frame.style.left = (view.at - start) * share + "%";
            frame.style.width = view.width * share + "%";
            frame.setAttribute("aria-valuenow", view.at);
            frame.setAttribute("aria-valuetext", "window from position " + view.at);
        }

        function go(event) {
            event.preventDefault();
            frame.focus();
            strip.cells.setPointerCapture(event.pointerId);
            const view = selection.view();
            // A press inside the frame takes hold of it, one beside it brings its middle there.
            const pressed = positionAt(event.clientX);
            const inside = pressed >= view.at && pressed < view.at + view.width;
            const hold = inside ? pressed - view.at : Math.floor(view.width / 2);
            let history = "push";
            const move = (to) => {
                const [start, stop] = bounds();
                const at = Math.min(Math.max(positionAt(to.clientX) - hold, start), Math.max(start, stop - view.width));
                selection.change({at}, {history, moving: true});
                history = "replace";
            };
            if (!inside) {
                move(event);
            }
            const end = () => strip.cells.removeEventListener("pointermove", move);
            strip.cells.addEventListener("pointermove", move);
            strip.cells.addEventListener("pointerup", end, {once: true});
            strip.cells.addEventListener("pointercancel", end, {once: true});
        }

        function step(event) {
            const by = {ArrowLeft: -5, ArrowRight: 5}[event.key];
            if (by && !event.ctrlKey && !event.altKey && !event.shiftKey) {
                event.preventDefault();
                event.stopPropagation();
                selection.go(selection.view().at + by, {history: "replace"});
            }
        }

        function point(event) {
            if (!selection.neighbourhood || event.buttons) {
                return;
            }
            const position = positionAt(event.clientX);
            const {start, tokens} = selection.neighbourhood;
            const around = element("div", "tip-head");
            tokens.slice(Math.max(0, position - start - 3), position - start + 4).forEach((token, place) => {
                const here = place === Math.min(3, position - start);
                around.append(stateroom.tokenElement(token, here ? "token is-here" : "token quiet"), " ");
            });
            const count = selection.countAt(position);
            const total = selection.selected.units.length;
            stateroom.tip.show(event.clientX, event.clientY, [
                around, "position " + stateroom.whole(position),
                total > 0 && count !== null && count + " of " + total + " selected units on",
            ]);
        }

        selection.part({
            mount,
            neighbourhood: draw,
            selected: draw,
            resize: draw,
            view: mark,
        });
        window.addEventListener("DOMContentLoaded", () => stateroom.theme.listeners.push(draw));
    });
})();
