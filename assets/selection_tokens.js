// Tokens under their positions, the selected range over them, its off-windows, and dragging all of these.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {selection, element} = stateroom;
    const LETTER = 7.85;
    const NARROWEST = 7;
    const CLICK_REACH = 4;
    const LONGEST_DOWN = 13;

    let cells = null;
    let band = null;
    let bar = null;

    const view = () => stateroom.view.get();

    // ---- rows -------------------------------------------------------------------------------------------
    /** A row of the stage: a name in the gutter, cells under the plot, something beside it. */
    selection.row = function (name, className) {
        const row = element("div", "stage-row " + (className || ""));
        const label = element("div", "row-name", name);
        label.title = name;
        const middle = element("div", "cells");
        const side = element("div", "row-side");
        row.append(label, middle, side);
        return {row, label, cells: middle, side};
    };

    /** What is the same for each row of cells: borders of sequences, the fade of the mask. */
    selection.dress = function (cell, position) {
        const sequence = selection.sequenceOf(position);
        if (sequence && sequence[1] === position && position > selection.window.start) {
            cell.classList.add("begins");
        }
        cell.dataset.position = position;
    };

    // ---- tokens -----------------------------------------------------------------------------------------
    function writing(tokens, width) {
        if (width < NARROWEST) {
            return "hidden";
        }
        const lengths = tokens.map((token) => [...stateroom.visible(token)].length).sort((a, b) => a - b);
        const most = lengths[Math.floor((lengths.length - 1) * 0.98)];
        return most * LETTER + 3 <= width ? "across" : "down";
    }

    function drawTokens() {
        const shown = selection.window;
        const place = document.getElementById("match-tokens");
        if (!shown || !place) {
            return;
        }
        if (!cells || !cells.row.isConnected) {
            cells = selection.row("tokens", "tokens-row");
            place.replaceChildren(cells.row);
            selection.brush(cells.cells);
            pointing(cells.cells);
        }
        const width = cells.cells.clientWidth / (shown.stop - shown.start);
        const style = writing(shown.tokens, width);
        const longest = Math.max(...shown.tokens.map((token) => [...stateroom.visible(token)].length));
        cells.row.dataset.writing = style;
        cells.row.style.setProperty("--token-size", Math.min(13, Math.max(9, width * 1.05)) + "px");
        cells.cells.style.height = style === "down" ? Math.min(longest, LONGEST_DOWN) * LETTER + 14 + "px" : "";
        cells.cells.replaceChildren(...shown.tokens.map((token, place_) => {
            const cell = element("div", "cell");
            selection.dress(cell, shown.start + place_);
            if (style !== "hidden") {
                cell.append(stateroom.tokenElement(token));
            }
            return cell;
        }));
        if (style === "hidden") {
            cells.cells.append(element("div", "cells-hint",
                "The tokens have no room at this width. Show fewer (press −) to read them."));
        }
        cells.side.textContent = shown.stop - shown.start + " tokens";
    }

    function pointing(area) {
        area.addEventListener("pointermove", (event) => {
            const at = selection.geometry();
            if (!at || event.buttons) {
                return;
            }
            const position = at.positionAt(event.clientX);
            selection.point({position, unit: -1});
            stateroom.tip.show(event.clientX, event.clientY, selection.describe(position));
        });
        area.addEventListener("pointerleave", () => {
            selection.point({position: -1});
            stateroom.tip.hide();
        });
    }
    selection.pointing = pointing;

    /** What is known of a position, as lines for the floating label. */
    selection.describe = function (position) {
        const shown = selection.window;
        const head = element("div", "tip-head");
        head.append("position " + stateroom.whole(position) + "  ", stateroom.tokenElement(shown.tokens[position - shown.start]));
        const sequence = selection.sequenceOf(position);
        const count = selection.countAt(position);
        const total = selection.selected.units.length;
        return [
            head,
            sequence && shown.sequence_name + " " + stateroom.whole(sequence[0] + 1) + " of " + stateroom.whole(shown.n_sequences)
                + ", token " + stateroom.whole(position - sequence[1] + 1) + " of " + stateroom.whole(sequence[2] - sequence[1]),
            total > 0 && count !== null && count + " of " + total + " selected units on",
        ];
    };

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
                stateroom.view.change({start, stop, ...offs(start, stop)}, {history, moving: true});
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

    const offs = () => ({});

    /** Change the range by dragging or keys; it stays inside its sequence and at least one position long. */
    selection.setRange = function (start, stop, options) {
        const now = view();
        const anchor = now.start >= 0 ? now.start : start;
        const [first, last] = selection.clip(start, stop, anchor);
        if (first < last) {
            stateroom.view.change({start: first, stop: last}, options);
        }
    };

    // ---- the rail: range and off-windows with their handles ---------------------------------------------
    const HANDLES = [
        {name: "before", label: "off-window before the range: number of tokens", position: (v) => v.start - v.off_before,
            set: (v, border) => ({off_before: Math.min(Math.max(v.start - border, 0), 500)}), field: "off_before", step: -1},
        {name: "start", label: "start of the range", position: (v) => v.start,
            set: (v, border) => ({start: clipped(Math.min(border, v.stop - 1))}), field: "start", step: 1},
        {name: "stop", label: "end of the range", position: (v) => v.stop,
            set: (v, border) => ({stop: clipped(Math.max(border, v.start + 1))}), field: "stop", step: 1},
        {name: "after", label: "off-window after the range: number of tokens", position: (v) => v.stop + v.off_after,
            set: (v, border) => ({off_after: Math.min(Math.max(border - v.stop, 0), 500)}), field: "off_after", step: 1},
    ];

    function clipped(border) {
        const sequence = selection.sequenceOf(view().start);
        return sequence ? Math.min(Math.max(border, sequence[1]), sequence[2]) : border;
    }

    function makeRail() {
        const place = document.getElementById("match-rail");
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
        band = {};
        ["off-before", "range", "off-after"].forEach((name) => {
            band[name] = element("div", "band band-" + name);
            document.getElementById("match-stage").append(band[name]);
        });
        band.pointed = element("div", "band band-pointed");
        document.getElementById("match-stage").append(band.pointed);
    }

    function drag(grip, handle, event) {
        event.preventDefault();
        event.stopPropagation();
        grip.focus();
        grip.setPointerCapture(event.pointerId);
        let history = "push";
        const move = (to) => {
            stateroom.view.change(handle.set(view(), selection.geometry().borderAt(to.clientX)), {history, moving: true});
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
            stateroom.view.change(handle.set(view(), handle.position(view()) + by), {history: "replace"});
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

    const gutter = () => document.querySelector("#match-tokens .row-name").getBoundingClientRect().width;

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

    /** The selected words, for headings. */
    selection.words = function () {
        const now = view();
        const shown = selection.window;
        if (!shown || now.start < shown.start || now.stop > shown.stop || now.start < 0) {
            return [];
        }
        return shown.tokens.slice(now.start - shown.start, now.stop - shown.start);
    };

    selection.part({
        mount() {
            makeRail();
        },
        view: drawRange,
        window() {
            drawTokens();
            drawRange();
        },
        resize() {
            drawTokens();
            drawRange();
        },
        pointed(now) {
            if (band && selection.window && band.pointed.isConnected && selection.geometry()) {
                const inside = now.position >= 0;
                span(band.pointed, inside ? now.position : 0, inside ? now.position + 1 : 0, false);
            }
        },
    });
})();
