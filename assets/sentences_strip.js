// The whole of A and B as one thin strip: drag to mark the words that are drawn large, double click for all.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const LINE = 3;
    const LEAST_TALL = 18;
    const GRAB = 7;

    let canvas = null;
    let brush = null;
    let hint = null;
    let scene = null;

    const room = () => ({left: scene.gutter, width: Math.max(1, scene.width - scene.gutter - 10)});
    const tallOf = (block) => Math.max(LEAST_TALL, block.answer.k * LINE);

    function draw() {
        const place = sentences.place("strip");
        place.hidden = !scene || (!scene.isPart && scene.columns.length < 24);
        if (place.hidden) {
            return;
        }
        const {left, width} = room();
        const height = scene.blocks.reduce((sum, block) => sum + tallOf(block) + 2, 0);
        const pen = sentences.pens.freshCanvas(canvas, scene.width, height);
        const step = width / scene.columns.length;
        const color = sentences.glyph.heatScale(scene.scale.net);
        let top = 0;
        scene.blocks.forEach((block) => {
            const tall = tallOf(block);
            pen.text(left - 8, top + tall / 2 + 4, sentences.stage.names[block.row] + ", all", {fill: sentences.style("--text-quiet"), size: 11, align: "right"});
            scene.columns.forEach((column, number) => {
                if (column[block.row] >= 0) {
                    sentences.glyph.drawColumn(pen, sentences.glyph.netOf(block.answer, column[block.row]), {left: left + number * step, width: step + 0.3, top, height: tall}, color);
                }
            });
            top += tall + 2;
        });
        mark(height);
    }

    function mark(height) {
        const {left, width} = room();
        const [from, to] = scene.range;
        const count = scene.columns.length;
        Object.assign(brush.style, {left: left + (from / count) * width + "px", width: ((to - from) / count) * width + "px", height: height + "px"});
        brush.setAttribute("aria-valuemin", 1);
        brush.setAttribute("aria-valuemax", count);
        brush.setAttribute("aria-valuenow", from + 1);
        brush.setAttribute("aria-valuetext", "words " + (from + 1) + " to " + to + " of " + count);
        hint.textContent = "words " + (from + 1) + " to " + to + " of " + stateroom.whole(count) + " · drag to mark others, double click for all";
    }

    const show = (from, to, options) => sentences.change({zoom_from: from, zoom_to: to}, options);

    function columnAt(event) {
        const {left, width} = room();
        const x = event.clientX - canvas.getBoundingClientRect().left - left;
        return Math.min(Math.max((x / width) * scene.columns.length, 0), scene.columns.length);
    }

    /** What a press takes hold of: an edge of the mark, the mark, or the strip beside it. */
    function held(event) {
        const box = brush.getBoundingClientRect();
        if (Math.abs(event.clientX - box.left) < GRAB) {
            return "from";
        }
        if (Math.abs(event.clientX - box.right) < GRAB) {
            return "to";
        }
        return event.clientX > box.left && event.clientX < box.right && scene.isPart ? "all" : "new";
    }

    /** The marked columns while one drags: a new mark, one of its ends, or the whole of it. */
    function dragged(hold, began, now, [from, to]) {
        const count = scene.columns.length;
        if (hold === "all") {
            const first = Math.round(Math.min(Math.max(from + now - began, 0), count - (to - from)));
            return [first, first + to - from];
        }
        const fixed = hold === "from" ? to : hold === "to" ? from : began;
        const [low, high] = [Math.floor(Math.min(fixed, now)), Math.ceil(Math.max(fixed, now))];
        return [Math.min(low, count - 1), Math.max(high, low + 1)];
    }

    function press(event) {
        event.preventDefault();
        brush.focus();
        const [hold, began, range] = [held(event), columnAt(event), [...scene.range]];
        const area = canvas.parentElement;
        area.setPointerCapture(event.pointerId);
        let history = "push";
        const move = (to) => {
            if (Math.abs(to.clientX - event.clientX) > 2) {
                show(...dragged(hold, began, columnAt(to), range), {history, moving: true});
                history = "replace";
            }
        };
        const end = () => area.removeEventListener("pointermove", move);
        area.addEventListener("pointermove", move);
        area.addEventListener("pointerup", end, {once: true});
        area.addEventListener("pointercancel", end, {once: true});
    }

    function step(event) {
        const by = {ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity}[event.key];
        if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
        const [from, to] = scene.range;
        const count = scene.columns.length;
        if (event.shiftKey) {
            show(from, Math.min(Math.max(to + by, from + 1), count), {history: "replace"});
        } else {
            const first = Math.min(Math.max(from + by, 0), count - (to - from));
            show(first, first + to - from, {history: "replace"});
        }
    }

    sentences.part({
        mount() {
            scene = null;
            canvas = stateroom.element("canvas", "sentence-strip-canvas", null, {"aria-hidden": "true"});
            brush = stateroom.element("div", "sentence-brush", null, {role: "slider", tabindex: "0", "aria-label": "Words that are drawn large; arrow keys move, with shift they widen"});
            hint = stateroom.element("p", "sentence-hint quiet");
            const area = stateroom.element("div", "sentence-strip-area");
            area.append(canvas, brush);
            area.addEventListener("pointerdown", press);
            area.addEventListener("dblclick", () => show(0, scene.columns.length));
            brush.addEventListener("keydown", step);
            sentences.place("strip").replaceChildren(area, hint);
            sentences.place("strip").hidden = true;
        },
        scene(now) {
            scene = now;
            draw();
        },
        view(now) {
            if (now.mode !== "glyphs") {
                sentences.place("strip").hidden = true;
            }
        },
    });
})();
