// The selected range and its off-windows: dragging over positions, the rail with its handles, the bands over all rows.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {element} = stateroom;
    const CLICK_REACH = 4;
    const MAX_OFF = 500;

    stateroom.eachPanel((selection) => {
        let band = null;
        let bar = null;

        const view = () => selection.view();

        // ---- dragging a range -------------------------------------------------------------------------------
        /** Let dragging over an element select; `clicked` is for a press that does not move. */
        selection.brush = function (area, clicked) {
            area.addEventListener("pointerdown", (event) => {
                const at = selection.geometry();
                if (event.button !== 0 || !at) {
                    return;
                }
                area.setPointerCapture(event.pointerId);
                const anchor = at.positionAt(event.clientX);
                let moved = false;
                let history = "push";
                stateroom.tip.hide();
                const select = (x) => {
                    const here = selection.geometry().positionAt(x);
                    const [start, stop] = selection.clip(Math.min(anchor, here), Math.max(anchor, here) + 1, anchor);
                    selection.change({start, stop}, {history, moving: true});
                    history = "replace";
                };
                const move = (to) => {
                    moved = moved || Math.abs(to.clientX - event.clientX) > CLICK_REACH;
                    if (moved) {
                        select(to.clientX);
                    }
                };
                const end = (ended) => {
                    area.removeEventListener("pointermove", move);
                    if (!moved && ended.type === "pointerup") {
                        clicked ? clicked(ended) : select(ended.clientX);
                    }
                };
                area.addEventListener("pointermove", move);
                area.addEventListener("pointerup", end, {once: true});
                area.addEventListener("pointercancel", end, {once: true});
            });
        };

        // ---- the rail: range and off-windows with their handles ---------------------------------------------
        const HANDLES = [
            {name: "before", label: "off-window before the range: number of tokens", position: (v) => v.start - v.off_before,
                set: (v, border) => ({off_before: Math.min(Math.max(v.start - border, 0), MAX_OFF)}), field: "off_before", step: -1},
            {name: "start", label: "start of the range", position: (v) => v.start,
                set: (v, border) => ({start: clipped(Math.min(border, v.stop - 1))}), field: "start", step: 1},
            {name: "stop", label: "end of the range", position: (v) => v.stop,
                set: (v, border) => ({stop: clipped(Math.max(border, v.start + 1))}), field: "stop", step: 1},
            {name: "after", label: "off-window after the range: number of tokens", position: (v) => v.stop + v.off_after,
                set: (v, border) => ({off_after: Math.min(Math.max(border - v.stop, 0), MAX_OFF)}), field: "off_after", step: 1},
        ];

        function clipped(border) {
            const sequence = selection.sequenceOf(view().start);
            return sequence ? Math.min(Math.max(border, sequence[1]), sequence[2]) : border;
        }

        function makeRail() {
            const place = selection.place("rail");
            bar = selection.row("selection", "rail-row");
            bar.parts = {};
            ["off-before", "range", "off-after"].forEach((name) => {
                bar.parts[name] = element("div", "rail-" + name);
                bar.cells.append(bar.parts[name]);
            });
            HANDLES.forEach((handle) => {
                const grip = element("div", "grip grip-" + handle.name, null, {
                    role: "slider", tabindex: "0", "aria-label": handle.label,
                });
                grip.title = handle.label;
                grip.addEventListener("pointerdown", (event) => drag(grip, handle, event));
                grip.addEventListener("keydown", (event) => step(handle, event));
                bar.parts[handle.name] = grip;
                bar.cells.append(grip);
            });
            bar.note = element("div", "rail-note quiet");
            bar.cells.append(bar.note);
            place.replaceChildren(bar.row);
            if (band && band.range.isConnected) {
                return;
            }
            band = {};
            ["off-before", "range", "off-after"].forEach((name) => {
                band[name] = element("div", "band band-" + name);
                selection.place("stage").append(band[name]);
            });
            band.pointed = element("div", "band band-pointed");
            selection.place("stage").append(band.pointed);
        }

        function drag(grip, handle, event) {
            event.preventDefault();
            event.stopPropagation();
            grip.focus();
            grip.setPointerCapture(event.pointerId);
            let history = "push";
            const move = (to) => {
                selection.change(handle.set(view(), selection.geometry().borderAt(to.clientX)), {history, moving: true});
                history = "replace";
            };
            grip.addEventListener("pointermove", move);
            const end = () => grip.removeEventListener("pointermove", move);
            grip.addEventListener("pointerup", end, {once: true});
            grip.addEventListener("pointercancel", end, {once: true});
        }

        function step(handle, event) {
            const by = {ArrowLeft: -1, ArrowRight: 1}[event.key];
            if (by && !event.ctrlKey && !event.altKey && !event.shiftKey) {
                event.preventDefault();
                event.stopPropagation();
                selection.change(handle.set(view(), handle.position(view()) + by), {history: "replace"});
            }
        }

        function span(node, start, stop, clippedToWindow) {
            const at = selection.geometry();
            const shown = selection.window;
            const [first, last] = [Math.max(start, shown.start), Math.min(stop, shown.stop)];
            node.hidden = first >= last;
            node.style.left = at.offset(first) + (clippedToWindow ? 0 : gutter()) + "px";
            node.style.width = (last - first) * at.cell + "px";
        }

        const gutter = () => selection.place("heat-strip").querySelector(".row-name").getBoundingClientRect().width;

        function drawRange() {
            const now = view();
            if (!selection.window || !bar || !bar.row.isConnected || !selection.geometry()) {
                return;
            }
            const has = now.start >= 0;
            const edges = {
                "off-before": [now.start - now.off_before, now.start],
                range: [now.start, now.stop],
                "off-after": [now.stop, now.stop + now.off_after],
            };
            Object.entries(edges).forEach(([name, [start, stop]]) => {
                span(bar.parts[name], has ? start : 0, has ? stop : 0, true);
                span(band[name], has ? start : 0, has ? stop : 0, false);
            });
            const at = selection.geometry();
            HANDLES.forEach((handle) => {
                const grip = bar.parts[handle.name];
                const position = handle.position(now);
                grip.hidden = !has || position < selection.window.start || position > selection.window.stop;
                grip.style.left = at.offset(position) + "px";
                grip.setAttribute("aria-valuenow", handle.field.startsWith("off") ? now[handle.field] : position);
            });
            bar.note.textContent = has ? outside(now) : "Drag over the tokens to select. Arrow keys move the selection.";
            const length = now.stop - now.start;
            bar.side.textContent = has
                ? length + (length === 1 ? " token" : " tokens")
                    + (now.off_before || now.off_after ? ", off " + now.off_before + " | " + now.off_after : "") : "";
            bar.side.title = has ? "Positions " + now.start + " to " + (now.stop - 1) + "; off " + now.off_before
                + " before and " + now.off_after + " after" : "";
        }

        /** Where the selection is when it is not in the window. */
        function outside(now) {
            if (now.stop > selection.window.start && now.start < selection.window.stop) {
                return "";
            }
            const side = now.start >= selection.window.stop ? "right" : "left";
            return "The selection, " + stateroom.whole(now.start) + " to " + stateroom.whole(now.stop - 1) + ", lies to the "
                + side + " of this window.";
        }

        selection.part({
            mount: makeRail,
            view: drawRange,
            tokens: drawRange,
            pointed(now) {
                if (band && selection.window && band.pointed.isConnected && selection.geometry()) {
                    const inside = now.position >= 0;
                    span(band.pointed, inside ? now.position : 0, inside ? now.position + 1 : 0, false);
                }
            },
        });
    });
})();
