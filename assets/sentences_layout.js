// Where everything of the picture lies: columns for the words, blocks for the sentences, one scale, or two where A and B are not linked. No drawing.
(function () {
    "use strict";
    const {sentences} = (window.stateroom = window.stateroom || {});
    const GUTTER = 88;
    const RIGHT = 10;
    const GAP = 6;
    const NARROWEST_WORD = 34;
    const WIDEST_WORD = 132;
    const WIDEST_GLYPH = 150;
    /** Room that the bar of a cluster takes: comfortable, so that its outline is seen; and the least with which it is a bar. */
    const COMFORTABLE_BAR = 5;
    const LEAST_BAR = 1.6;
    const PRESERVED = {height: 24, gap: 16};
    /** A few words are drawn this much wider at most. */
    const STRETCH = 1.7;
    const TALL = {one: 150, two: 112};
    const MOST_DIFFERENCE = 160;
    const LINE = 12;
    const FACE = "13px IBM Plex Mono, monospace";

    const ruler = document.createElement("canvas").getContext("2d");
    const widths = new Map();

    /** Width of a token as it is written under its glyph. */
    function widthOf(text) {
        if (!widths.has(text)) {
            ruler.font = FACE;
            widths.set(text, ruler.measureText(text).width + 10);
        }
        return widths.get(text);
    }

    const textAt = (answer, index) => (answer && index >= 0 ? window.stateroom.visible(answer.tokens[index].text) : "");
    const most = (values) => values.reduce((largest, value) => Math.max(largest, value), 0);

    // ---- columns ----------------------------------------------------------------------------------------
    function naturalWidth(column, answers, glyph) {
        const text = Math.max(...["a", "b"].map((row) => (column[row] >= 0 ? widthOf(textAt(answers[row], column[row])) : 0)));
        return Math.max(glyph, Math.min(text, WIDEST_WORD)) + GAP;
    }

    /** How many columns from a place on are shown when nobody chose: all that can be, else as many as are comfortable. */
    function automatic(natural, room, clusters) {
        const all = natural.reduce((sum, width) => sum + width, 0);
        const least = Math.max(22, LEAST_BAR * 1.4 * clusters) + GAP;
        if (all <= room || natural.length * least <= room) {
            return natural.length;
        }
        let taken = 0;
        const beyond = natural.findIndex((width) => (taken += width) > room);
        return Math.max(1, beyond);
    }

    function shownRange(view, natural, room, clusters) {
        const count = natural.length;
        if (view.zoom_to > view.zoom_from && view.zoom_from >= 0 && view.zoom_from < count) {
            return [view.zoom_from, Math.min(view.zoom_to, count)];
        }
        return [0, automatic(natural, room, clusters)];
    }

    /** Left edges and widths of the columns that are shown. */
    function placed(natural, [from, to], room) {
        const shown = natural.slice(from, to);
        const all = shown.reduce((sum, width) => sum + width, 0);
        const isNatural = all <= room;
        const stretch = Math.min(room / all, STRETCH);
        let left = GUTTER;
        return shown.map((width, place) => {
            const taken = isNatural ? width * stretch : room / shown.length;
            const column = {number: from + place, left, width: taken};
            left += taken;
            return column;
        });
    }

    // ---- scale ------------------------------------------------------------------------------------------
    /** What the bars reach above and below zero, updates outside the aggregate with them. */
    function reachOf(answer) {
        let [up, down, net] = [0, 0, 0];
        for (let at = 0; at < answer.positive.length; at += 1) {
            up = Math.max(up, answer.positive[at], answer.positive[at] - answer.updatePositive[at]);
            down = Math.max(down, -answer.negative[at], answer.updateNegative[at] - answer.negative[at]);
            net = Math.max(net, Math.abs(answer.positive[at] + answer.negative[at]));
        }
        return {up, down, net};
    }

    /** One scale for everything: pixels per unit of state, and how far it reaches. */
    function scaleOf(answers, tall) {
        const reaches = answers.map(reachOf);
        const [up, down, net] = ["up", "down", "net"].map((side) => most(reaches.map((reach) => reach[side])));
        const total = up + down || 1;
        return {up, down, net, pixels: tall / total};
    }

    /** What B holds more than A after each pair of words that stand under each other; null where measures do not compare. */
    function differences({a, b}, columns) {
        if (!a || !b || !sentences.comparable()) {
            return null;
        }
        return columns.map((column) => {
            if (column.a < 0 || column.b < 0) {
                return null;
            }
            const [one, other] = [sentences.glyph.netOf(a, column.a), sentences.glyph.netOf(b, column.b)];
            return other.map((value, cluster) => value - one[cluster]);
        });
    }

    // ---- the scene --------------------------------------------------------------------------------------
    function block(row, answer, {isHeat, scale, tall}) {
        const heat = {heatTop: 0, heatHeight: answer.k * LINE};
        const glyph = {preservedTop: 2, preservedHeight: PRESERVED.height, zero: 2 + PRESERVED.height + PRESERVED.gap + scale.up * scale.pixels};
        const height = isHeat ? heat.heatHeight + 2 : 2 + PRESERVED.height + PRESERVED.gap + tall + 3;
        return {row, answer, height, ...heat, ...glyph, scale: scale.pixels, ends: scale};
    }

    function differenceBlock(values, scale, isApart) {
        const all = (values || []).filter(Boolean).flat();
        if (all.length === 0) {
            return {row: "d", values: null, height: 0, why: isApart ? "A and B have hardly a word in common: both begin at the left, and there is no difference."
                : values ? "No word of A stands under a word of B." : "A and B are read through different clusters, so what they hold has no difference."};
        }
        const reach = Math.max(...all.map(Math.abs), scale.net / 50) || 1;
        const pixels = Math.min(scale.pixels, MOST_DIFFERENCE / (2 * reach));
        const [up, down] = [most(all), most(all.map((value) => -value))];
        return {row: "d", values, reach, scale: pixels, zero: up * pixels + 4, height: Math.ceil((up + down) * pixels) + 9, isOwnScale: pixels < scale.pixels || !sentences.view().linked};
    }

    function compute(width) {
        const {answers} = sentences;
        const given = [answers.a, answers.b].filter(Boolean);
        const {columns, isApart} = sentences.columnsOf(answers);
        const clusters = most(given.map((answer) => answer.k));
        const room = Math.max(120, width - GUTTER - RIGHT);
        const glyph = Math.min(Math.max(NARROWEST_WORD, COMFORTABLE_BAR * clusters + 4), WIDEST_GLYPH);
        const natural = columns.map((column) => naturalWidth(column, answers, glyph));
        const range = shownRange(sentences.view(), natural, room, clusters);
        const shown = placed(natural, range, room);
        const isHeat = shown.length > 0 && shown[0].width < Math.max(14, LEAST_BAR * clusters + 3);
        const tall = given.length > 1 ? TALL.two : TALL.one;
        const scale = scaleOf(given, tall);
        // What is not linked is drawn as large as it can be, each on a scale of its own.
        const isOne = sentences.view().linked || given.length < 2;
        const scaleFor = (answer) => (isOne ? scale : scaleOf([answer], tall));
        const values = isApart ? null : differences(answers, columns);
        return {
            width, gutter: GUTTER, columns, isApart, shown, range, isHeat, scale, isOne, clusters,
            glyphWidth: Math.max(2, Math.min(Math.max(glyph * STRETCH, 40), ...shown.map((column) => column.width - GAP))),
            isPart: shown.length < columns.length,
            blocks: ["a", "b"].filter((row) => answers[row]).map((row) => block(row, answers[row], {isHeat, scale: scaleFor(answers[row]), tall})),
            difference: given.length > 1 && !isHeat ? differenceBlock(values, scale, isApart) : null,
        };
    }

    /** Where the glyph of a shown column lies: all are of one width, that of the narrowest column. */
    function glyphPlace(scene, column) {
        return {left: column.left + (column.width - scene.glyphWidth) / 2, width: scene.glyphWidth};
    }

    /** The shown column and the cluster under a point of a block; null beside them. */
    function at(scene, x, y, block) {
        const column = scene.shown.find((each) => x >= each.left && x < each.left + each.width);
        if (!column) {
            return null;
        }
        const count = block.answer ? block.answer.k : scene.clusters;
        if (scene.isHeat) {
            const cluster = Math.floor((y / block.height) * count);
            return {column: column.number, cluster: cluster >= 0 && cluster < count ? cluster : -1};
        }
        const place = glyphPlace(scene, column);
        const cluster = Math.floor(((x - place.left) / place.width) * count);
        return {column: column.number, cluster: cluster >= 0 && cluster < count ? cluster : -1};
    }

    Object.assign(sentences, {layout: {compute, glyphPlace, at, widthOf, textAt, line: LINE}});
})();
