// The chosen word: links to the clusters that it moved, their memory chips, and its usual response with this one in it.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const NODE = {left: 10, width: 118};
    const CHIP_LEFT = 270;
    const CHIP_ROW = 30;
    const WIDEST_LINK = 16;
    const LEAST_SHARE = 0.03;
    const CELL = {largest: 9, gap: 3};
    const make = (...given) => stateroom.element(...given);

    let word = null;
    let asked = null;
    let chips = [];
    let canvas = null;

    const SHORT = 32767;
    const BYTE = 127;
    const scaled = (values, scale) => Float32Array.from(values, (value) => value * scale);
    const shorts = (text, scale) => scaled(new Int16Array(stateroom.decodeUint8(text).buffer), scale / SHORT);
    const bytes = (text, scale) => scaled(new Int8Array(stateroom.decodeUint8(text).buffer), scale / BYTE);

    function decoded(answer) {
        return {...answer, update: answer.updates, now: shorts(answer.hereFine, answer.hereScale),
            mean: answer.meanFine ? shorts(answer.meanFine, answer.meanScale) : null,
            quantiles: answer.quantiles ? answer.quantiles.map((level) => bytes(level, answer.scale)) : null};
    }

    // ---- chips ------------------------------------------------------------------------------------------
    /** A chip for each cluster, below each other, its units as squares in rows of one number. */
    function layOut(width) {
        const count = word.update.length;
        const units = Array.from({length: count}, () => []);
        word.unitClusters.forEach((cluster, unit) => cluster >= 0 && units[cluster].push(unit));
        const room = Math.max(60, width - CHIP_LEFT - 120);
        const most = Math.max(1, ...units.map((list) => list.length));
        let [rows, cell] = [1, 0];
        for (let tried = 1; tried <= 6; tried += 1) {
            const fits = Math.min((CHIP_ROW - 8) / tried, room / Math.ceil(most / tried), CELL.largest);
            [rows, cell] = fits > cell ? [tried, fits] : [rows, cell];
        }
        chips = units.map((list, number) => {
            const used = Math.min(rows, Math.max(1, list.length));
            return {number, units: list, cell, rows: used, columns: Math.ceil(Math.max(1, list.length) / used), left: CHIP_LEFT, top: number * CHIP_ROW + 3,
                width: Math.ceil(Math.max(1, list.length) / used) * cell + 2 * CELL.gap, height: used * cell + 2 * CELL.gap};
        });
        return count * CHIP_ROW + 6;
    }

    const squareOf = (chip, index) => stateroom.clusters.layout.squareOf(chip, index);
    const limit = () => Math.max(1e-12, ...Array.from(word.now, Math.abs));
    const strongestUpdate = () => Math.max(1e-12, ...Array.from(word.update, Math.abs));
    const answerOf = () => sentences.answers[asked.row];

    function link(paint, chip, ink, middle) {
        const value = word.update[chip.number];
        const share = Math.abs(value) / strongestUpdate();
        if (share < LEAST_SHARE) {
            return;
        }
        const from = [NODE.left + NODE.width, middle];
        const to = [CHIP_LEFT - 26, chip.top + chip.height / 2];
        paint.beginPath();
        paint.moveTo(...from);
        paint.bezierCurveTo((from[0] + to[0]) / 2, from[1], (from[0] + to[0]) / 2, to[1], ...to);
        paint.strokeStyle = value > 0 ? ink.positive : ink.negative;
        paint.globalAlpha = sentences.pointed.cluster < 0 || sentences.pointed.cluster === chip.number ? 0.75 : 0.2;
        paint.lineWidth = Math.max(1, WIDEST_LINK * share);
        paint.stroke();
        paint.globalAlpha = 1;
    }

    function drawChip(paint, chip, ink) {
        const pointed = sentences.pointed.cluster === chip.number;
        paint.beginPath();
        paint.roundRect(chip.left + 0.5, chip.top + 0.5, chip.width - 1, chip.height - 1, 3);
        paint.fillStyle = ink.box;
        paint.fill();
        paint.strokeStyle = pointed ? ink.hovered : ink.strong;
        paint.lineWidth = pointed ? 2 : 1;
        paint.stroke();
        const most = limit();
        const side = chip.cell >= 4 ? chip.cell - 1 : chip.cell;
        chip.units.forEach((unit, index) => {
            const {left, top} = squareOf(chip, index);
            paint.fillStyle = stateroom.colors.diverging(word.now[unit] / most);
            paint.fillRect(left, top, side, side);
            if (sentences.pointed.unit === unit) {
                paint.strokeStyle = ink.hovered;
                paint.lineWidth = 1.5;
                paint.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
            }
        });
        paint.fillStyle = ink.text;
        paint.font = "12px IBM Plex Sans, sans-serif";
        paint.textBaseline = "middle";
        paint.textAlign = "right";
        paint.fillText(String(chip.number + 1), chip.left - 6, chip.top + chip.height / 2);
        paint.textAlign = "left";
        paint.fillStyle = ink.quiet;
        paint.fillText(stateroom.clusters.column(word.update)(word.update[chip.number]), chip.left + chip.width + 8, chip.top + chip.height / 2);
    }

    function draw() {
        if (!word || !canvas || !canvas.isConnected || !answerOf()) {
            return;
        }
        const width = canvas.parentElement.clientWidth;
        const height = layOut(width);
        const pen = sentences.pens.freshCanvas(canvas, width, height);
        const paint = canvas.getContext("2d");
        const ink = sentences.glyph.inks();
        const middle = height / 2;
        chips.forEach((chip) => link(paint, chip, ink, middle));
        pen.rect(NODE.left, middle - 15, NODE.width, 30, {fill: ink.surface, stroke: ink.text, lineWidth: 1.5});
        paint.save();
        paint.beginPath();
        paint.rect(NODE.left, middle - 15, NODE.width, 30);
        paint.clip();
        paint.textBaseline = "alphabetic";
        const text = stateroom.visible(word.text);
        pen.text(NODE.left + NODE.width / 2, middle + 5, text.length > 14 ? text.slice(0, 13) + "…" : text, {fill: ink.text, size: 14, align: "center", weight: 600, face: "IBM Plex Mono, monospace"});
        paint.restore();
        chips.forEach((chip) => drawChip(paint, chip, ink));
    }

    // ---- pointing ---------------------------------------------------------------------------------------
    function pointAt(event) {
        const box = canvas.getBoundingClientRect();
        const [x, y] = [event.clientX - box.left, event.clientY - box.top];
        const chip = chips[Math.floor((y - 3) / CHIP_ROW)];
        if (!chip || x < NODE.left + NODE.width) {
            leave();
            return;
        }
        const across = Math.floor((x - chip.left - CELL.gap) / chip.cell);
        const down = Math.floor((y - chip.top - CELL.gap) / chip.cell);
        const unit = across >= 0 && across < chip.columns && down >= 0 && down < chip.rows ? chip.units[down * chip.columns + across] : undefined;
        sentences.point({cluster: chip.number, row: asked.row, unit: unit === undefined ? -1 : unit});
        stateroom.tip.show(event.clientX, event.clientY, [
            make("div", "tip-token", sentences.clusterTitle(answerOf(), chip.number)),
            "moved by " + sentences.signed(word.update[chip.number]) + " a unit",
            unit === undefined ? null : "unit " + unit + ": " + sentences.signed(word.now[unit]) + (word.mean ? ", usually " + sentences.signed(word.mean[unit]) : ""),
        ]);
    }

    function leave() {
        sentences.pointNowhere();
        stateroom.tip.hide();
    }

    // ---- building ---------------------------------------------------------------------------------------
    function setAside() {
        const count = word.unitClusters.filter((cluster) => cluster < 0).length;
        return count > 0 ? " " + sentences.plural(count, "unit") + " belong to no cluster." : "";
    }

    function head() {
        const made = make("div", "detail-head");
        const title = make("h2", "", "What ");
        title.append(stateroom.tokenElement(word.text), " moved");
        const {second} = sentences.entries.read(sentences.entries.all()[sentences.placeOf(asked.row)]);
        const {recording, state, beside, beside_state: other} = sentences.view();
        const [of, through] = second ? [beside || recording, other || state] : [recording, state];
        made.append(make("span", "sentence-badge is-" + asked.row, sentences.stage.names[asked.row]), title);
        if (word.id >= 0) {
            const {clusters, words, min_count: least, method, seed} = sentences.view();
            const link = make("a", "", "in Clusters", {href: sentences.path("clusters", {recording: of, state: through, clusters, words, least, method, seed, word: word.id})});
            made.append(link);
        }
        const answer = answerOf();
        if (answer && Number.isInteger(answer.start)) {
            const at = answer.start + asked.index;
            made.append(make("a", "", "in Match", {href: sentences.path("match", {recording: of, state: through, at: Math.max(0, at - 30), from: at, to: at + 1})}));
        }
        made.append(make("span", "spacer"), whatIf(), stateroom.button("×", "Release the word (Esc)", () => sentences.change({chosen: ""}), "row-remove"));
        return made;
    }

    /** One word instead of this one: the sentence stays as A, the new one becomes B. */
    function whatIf() {
        const field = make("input", "tool-input", null, {type: "text", name: "instead", size: 12, maxlength: 200, spellcheck: "false", autocomplete: "off", "aria-label": "Another word in its place"});
        const made = make("label", "tool-field");
        made.append("what if it were", field);
        const answer = answerOf();
        field.disabled = !sentences.typed.live();
        field.addEventListener("keydown", (event) => {
            const text = sentences.typed.asTyped(field.value);
            if (event.key === "Enter" && text) {
                const texts = answer.tokens.map((token) => token.text);
                texts[asked.index] = text;
                sentences.entries.edit(sentences.placeOf(asked.row), texts.join(answer.joint ?? " "));
            }
        });
        return made;
    }

    function build() {
        const place = sentences.place("word");
        place.hidden = !word || !answerOf();
        if (place.hidden) {
            place.replaceChildren();
            return;
        }
        canvas = make("canvas", "sentence-links", null, {role: "img", "aria-label": linksTold()});
        canvas.addEventListener("pointermove", pointAt);
        canvas.addEventListener("pointerleave", leave);
        const left = make("div", "sentence-links-part");
        left.append(make("p", "quiet", "Width: mean change of the cluster’s units by this word; orange up, blue down. Squares: each unit’s change, ± "
            + stateroom.number(Number(limit().toPrecision(3))) + "." + setAside()), canvas);
        const columns = make("div", "sentence-word-columns");
        columns.append(left, sentences.response(word, asked.row));
        place.replaceChildren(head(), columns);
        draw();
        sentences.tell("built");
    }

    function linksTold() {
        const order = Array.from(word.update, (value, cluster) => ({value, cluster})).sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
        return "Clusters by how far they moved: " + order.slice(0, 5).map(({value, cluster}) => "cluster " + (cluster + 1) + " " + sentences.signed(value)).join(", ");
    }

    sentences.part({
        mount() {
            word = asked = null;
            build();
        },
        word(answer, wanted) {
            const found = /^([ab])(\d+)$/.exec(sentences.view().chosen);
            if (found && Number(found[2]) === wanted.index) {
                asked = {row: found[1], index: wanted.index};
                word = decoded(answer);
                build();
            }
        },
        view(now) {
            if (!now.chosen && word) {
                word = null;
                build();
            }
        },
        answers: () => word && build(),
        // The network may be known later than the word.
        network() {
            const field = sentences.place("word").querySelector("[name=instead]");
            if (field) {
                field.disabled = !sentences.typed.live();
            }
        },
        theme: draw,
        resize: draw,
        pointed: draw,
    });
})();
