// The threshold: a dashed line to drag on the plot, by the keys when it has the focus, or from the distribution.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {element} = stateroom;
    const STEPS = 200;

    stateroom.eachPanel((selection) => {
        let line = null;
        let dragging = false;
        let settling = 0;

        const span = () => selection.plot.range()[1] - selection.plot.range()[0];

        /** Round to a thousandth of the axis: finer than a pixel. */
        function rounded(value) {
            const digits = Math.max(0, 3 - Math.ceil(Math.log10(span())));
            return Number(value.toFixed(Math.min(digits, 6)));
        }

        /** Let an element set the threshold by the height of the pointer within the plot. */
        selection.dragThreshold = function (target, event, atOnce) {
            if (event.button !== 0 || !selection.plot.range()) {
                return;
            }
            event.preventDefault();
            event.stopPropagation();
            target.setPointerCapture(event.pointerId);
            dragging = true;
            stateroom.tip.hide();
            selection.place("stage").classList.add("is-moving-threshold");
            let history = "push";
            const {top, valueAt, height, column} = selection.plot;
            const move = (moved) => {
                const y = moved.clientY - column().getBoundingClientRect().top;
                selection.change({threshold: rounded(valueAt(Math.min(Math.max(y, top), top + height())))}, {history, moving: true});
                history = "replace";
            };
            const end = () => {
                dragging = false;
                selection.place("stage").classList.remove("is-moving-threshold");
                target.removeEventListener("pointermove", move);
                settle();
            };
            target.addEventListener("pointermove", move);
            target.addEventListener("pointerup", end, {once: true});
            target.addEventListener("pointercancel", end, {once: true});
            if (atOnce) {
                move(event);
            }
        };

        /** Fit the axis again once the threshold rests: nothing moves under the pointer. */
        function settle() {
            window.clearTimeout(settling);
            settling = window.setTimeout(() => !dragging && selection.plot.range() && selection.tell("settled", selection.view()), 150);
        }

        function step(event) {
            const steps = {ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10}[event.key];
            if (steps) {
                event.preventDefault();
                event.stopPropagation();
                const {threshold} = selection.view();
                selection.change({threshold: rounded(threshold + (steps * span()) / STEPS)}, {history: "replace"});
            }
        }

        function place(view) {
            if (!line || !selection.plot.range()) {
                return;
            }
            line.style.top = selection.plot.yOf(view.threshold) + "px";
            line.lastChild.textContent = stateroom.number(view.threshold);
            line.setAttribute("aria-valuenow", view.threshold);
        }

        selection.mountThreshold = function (column) {
            line = element("div", "threshold", null, {
                role: "slider", tabindex: "0", "aria-label": "threshold", "aria-orientation": "vertical",
            });
            line.title = "Threshold: drag, or press the up and down arrows";
            line.append(element("span", "threshold-handle"));
            line.addEventListener("pointerdown", (event) => selection.dragThreshold(line, event));
            line.addEventListener("pointermove", (event) => event.stopPropagation());
            line.addEventListener("keydown", step);
            column.append(line);
        };

        selection.part({
            scaled: () => place(selection.view()),
            view(view, previous) {
                place(view);
                if (view.threshold !== previous.threshold) {
                    settle();
                }
            },
        });
    });
})();
