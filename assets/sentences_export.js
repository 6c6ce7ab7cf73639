// The picture as SVG and PNG, drawn by the same strokes; the measures of what is shown as CSV.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const HEAD = 44;
    const BLOCK_HEAD = 22;
    const TOKEN_LINE = 22;
    const TURNED = 84;
    const ROW_LINE = 18;
    const SHARP = 2;
    const MONO = "IBM Plex Mono, monospace";

    const fileName = (kind) => stateroom.files.name(sentences.view().recording, sentences.view().state, "sentences", kind);

    // ---- layout of the page -----------------------------------------------------------------------------
    function plan(scene) {
        let top = HEAD;
        return [...scene.blocks, ...(scene.difference ? [scene.difference] : [])].map((block) => {
            const shown = block.row === "d" ? [] : scene.shown.map((column) => ({...column, index: scene.columns[column.number][block.row]})).filter(({index}) => index >= 0);
            const isTight = shown.some(({index, width}) => sentences.layout.widthOf(sentences.layout.textAt(block.answer, index)) > width + 2);
            const rows = block.row === "d" ? sentences.differencesTold(scene) : sentences.rows.rowsIn(scene, block.answer).filter((row) => row.kind !== "track" || row.track(block.answer));
            const tokens = block.row === "d" ? 0 : isTight ? TURNED : TOKEN_LINE;
            const words = top + BLOCK_HEAD + block.height;
            const placed = {block, shown, isTight, rows, top, picture: top + BLOCK_HEAD, words, under: words + tokens};
            top = placed.under + rows.length * ROW_LINE + 14;
            placed.bottom = top;
            return placed;
        });
    }

    function drawWords(pen, part, ink) {
        part.shown.forEach(({index, left, width}) => {
            const text = sentences.layout.textAt(part.block.answer, index);
            if (part.isTight && width >= 11) {
                pen.text(left + width / 2 - 4, part.words + 4, text.length > 11 ? text.slice(0, 10) + "…" : text, {fill: ink.text, size: 12, face: MONO, turned: true});
            } else if (!part.isTight) {
                pen.text(left + width / 2, part.words + 16, text, {fill: ink.text, size: 13, align: "center", face: MONO});
            }
            if (part.block.answer.tokens[index].unknown) {
                pen.line([[left + 4, part.words + 20], [left + width - 4, part.words + 20]], {stroke: ink.hovered, dash: [3, 2]});
            }
        });
    }

    function cellText(row, answer, index) {
        if (row.kind === "token") {
            const top = row.token(answer, index);
            return top ? stateroom.visible(top[0]) : "";
        }
        if (row.kind === "track") {
            const track = row.track(answer);
            const value = (track.labels || track.values)[index];
            return value === null || value === undefined ? "" : typeof value === "number" ? stateroom.number(value) : value;
        }
        const value = row.value(answer, index);
        return sentences.rows.finite(value) ? row.text(value) : "";
    }

    const cut = (text, room) => (text.length > room ? text.slice(0, Math.max(1, room - 1)) + "…" : text);

    /** The text of a row at each word: what is told of the sentence, or the difference of two. */
    function cellsOf(part, row) {
        return part.block.row === "d"
            ? row.cells.map(({column, value}) => ({...column, text: sentences.fixed(value, row.digits)}))
            : part.shown.map((column) => ({...column, text: cellText(row, part.block.answer, column.index)}));
    }

    function drawRows(pen, part, scene, ink) {
        part.rows.forEach((row, place) => {
            const y = part.under + place * ROW_LINE + 13;
            pen.text(scene.gutter - 8, y, row.title, {fill: ink.quiet, size: 11, align: "right"});
            cellsOf(part, row).filter(({width}) => width >= 30).forEach(({text, left, width}) => {
                pen.text(left + width / 2, y, cut(text, Math.floor(width / 6.8)), {fill: ink.text, size: 11, align: "center"});
            });
        });
    }

    /** The name of a part, its words, and at the right which network read them. */
    function drawHead(pen, {block, top}, scene, ink) {
        const by = block.row === "d" ? "" : "read by " + sentences.networkOf(block.row).join(" · ");
        const words = block.row === "d" ? block.why || "what B holds more than A" + (block.isOwnScale ? ", on a scale of its own" : "")
            : block.answer.tokens.map((token) => stateroom.visible(token.text)).join(" ");
        const room = Math.floor((scene.width - 7 * by.length - 40) / 8);
        pen.text(0, top + 14, sentences.stage.names[block.row] + "  " + cut(words, room), {fill: ink.text, size: 13, weight: 600});
        pen.text(scene.width, top + 14, by, {fill: ink.quiet, size: 12, align: "right"});
    }

    function drawPart(pen, part, scene, ink) {
        const {block} = part;
        drawHead(pen, part, scene, ink);
        if (block.row === "d") {
            sentences.stage.paintDifference(pen, block, ink, part.picture);
            drawRows(pen, part, scene, ink);
        } else {
            sentences.stage.paintBlock(pen, block, ink, part.picture);
            drawWords(pen, part, ink);
            drawRows(pen, part, scene, ink);
        }
    }

    /** What is drawn and on which scale, in one line. */
    function scaleTold(scene, parts) {
        const round = (value) => stateroom.number(Number(value.toPrecision(3)));
        const {clusters, seed} = sentences.view();
        const isUnknown = parts.some(({block}) => block.answer && block.answer.tokens.some((token) => token.unknown));
        const {up, down, net} = scene.scale;
        return ["mean over the units of each of " + clusters + " clusters (seed " + seed + ")",
            scene.isOne ? "one scale −" + round(scene.isHeat ? net : down) + " to +" + round(scene.isHeat ? net : up)
                : "each on a scale of its own: " + sentences.scalesTold(scene),
            scene.isHeat ? "a line is a cluster, orange above 0, blue below" : "orange up, blue down",
            isUnknown ? "underlined: unknown to the network" : ""].filter(Boolean).join(" · ");
    }

    function drawAll(pen, scene, parts) {
        const ink = sentences.glyph.inks();
        const read = parts.filter(({block}) => block.row !== "d").map(({block}) => sentences.networkOf(block.row).join(" · "));
        pen.text(0, 14, [...new Set(read)].join(" and "), {fill: ink.text, size: 15, weight: 600});
        pen.text(0, 32, scaleTold(scene, parts), {fill: ink.quiet, size: 12});
        parts.forEach((part) => drawPart(pen, part, scene, ink));
        if (!scene.isHeat) {
            sentences.legend.drawExample(pen, ink, parts[parts.length - 1].bottom);
        }
    }

    /** What is to be saved, or null with a note when there is no picture. */
    function picture() {
        const scene = sentences.stage.scene();
        if (!scene || sentences.view().mode !== "glyphs") {
            stateroom.messages.show(["There is no picture to save. Choose a sentence, and leave the plain view."], "note");
            return null;
        }
        const parts = plan(scene);
        const legend = scene.isHeat ? 0 : sentences.legend.height;
        return {scene, parts, width: scene.width + 16, height: parts[parts.length - 1].bottom + legend + 16};
    }

    sentences.exportSvg = function () {
        const made = picture();
        if (made) {
            const {svg, svgPen, SVG} = sentences.pens;
            const root = svg("svg", {xmlns: SVG, width: made.width, height: made.height, viewBox: "0 0 " + made.width + " " + made.height});
            const body = svg("g", {transform: "translate(8 8)"});
            root.append(svg("rect", {width: made.width, height: made.height, fill: sentences.style("--surface")}), body);
            drawAll(svgPen(body), made.scene, made.parts);
            stateroom.files.download(new XMLSerializer().serializeToString(root), "image/svg+xml", fileName("") + ".svg");
        }
    };

    sentences.exportPng = function () {
        const made = picture();
        if (made) {
            const canvas = stateroom.element("canvas");
            [canvas.width, canvas.height] = [made.width * SHARP, made.height * SHARP];
            const paint = canvas.getContext("2d");
            paint.scale(SHARP, SHARP);
            paint.fillStyle = sentences.style("--surface");
            paint.fillRect(0, 0, made.width, made.height);
            paint.translate(8, 8);
            drawAll(sentences.pens.canvasPen(paint), made.scene, made.parts);
            canvas.toBlob((blob) => stateroom.files.download(blob, "image/png", fileName("") + ".png"));
        }
    };

    // ---- table ------------------------------------------------------------------------------------------
    function lines(row, answer, names) {
        const {predictions, classes} = answer;
        const ofClass = (name, index) => (classes && classes.names.includes(name) ? classes.p[index * classes.names.length + classes.names.indexOf(name)] : null);
        const predicted = (name, index) => (predictions && predictions[name] ? predictions[name][index] : null);
        return answer.tokens.flatMap((token, index) => Array.from({length: answer.k}, (_, cluster) => {
            const at = index * answer.k + cluster;
            return [sentences.stage.names[row], ...sentences.networkOf(row), index + 1, Number.isInteger(answer.start) ? answer.start + index : null, token.text, token.unknown ? 1 : 0, cluster + 1, answer.clusters.sizes[cluster],
                answer.positive[at], answer.negative[at], answer.updatePositive[at], answer.updateNegative[at], answer.preserved[at],
                predicted("p", index), predicted("loss", index), predicted("entropy", index),
                ...names.map((name) => ofClass(name, index))];
        }));
    }

    sentences.exportCsv = function () {
        const rows = ["a", "b"].filter((row) => sentences.answers[row]);
        if (rows.length === 0) {
            stateroom.messages.show(["There are no measures to save. Choose a sentence."], "note");
            return;
        }
        const names = [...new Set(rows.flatMap((row) => (sentences.answers[row].classes ? sentences.answers[row].classes.names : [])))];
        const heads = ["sentence", "recording", "state", "word", "position", "token", "unknown", "cluster", "units", "mean positive part", "mean negative part", "update of the positive part", "update of the negative part",
            "share kept", "p of the next", "loss (nats)", "entropy (nats)", ...names.map((name) => "p of " + name)];
        stateroom.files.csv(fileName("measures"), heads, rows.flatMap((row) => lines(row, sentences.answers[row], names)));
    };
})();
