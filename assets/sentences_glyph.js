// One glyph: what the clusters hold after a word, what the word changed, and what of the state before is kept.
// Bars in the order of the clusters. The outlined part is the aggregate, split by the zero line; hats are updates:
// an increase lies inside the aggregate, a decrease outside. Orange goes up, blue goes down.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const ROOM_FOR_OUTLINE = 3.2;
    /** Room for a gap between two bars, in pixels, and how wide it is. */
    const GAPS = [[6, 1], [2.2, 0.6], [0, 0]];
    const THICK_FROM = 7;
    const SHADES = 64;

    /** The colours of a drawing, looked up once. */
    function inks() {
        const of = sentences.style;
        return {text: of("--text"), quiet: of("--text-quiet"), line: of("--line"), strong: of("--line-strong"), box: of("--surface-strong"), solid: of("--unselected"),
            positive: of("--positive"), negative: of("--negative"), surface: of("--surface"), hovered: of("--hovered"), first: of("--first"), second: of("--second")};
    }

    /** Where the bar of a cluster lies: {left, width}, and what of it is drawn. */
    function barOf(place, cluster, count) {
        const step = place.width / count;
        return {left: place.left + cluster * step, step, width: step - GAPS.find(([room]) => step >= room)[1]};
    }

    /** The parts of a bar, in pixels from the zero line, up is negative: the box, and both hats with their sign. */
    function partsOf(answer, at, scale) {
        const [up, down] = [answer.positive[at] * scale, -answer.negative[at] * scale];
        const [updateUp, updateDown] = [answer.updatePositive[at] * scale, answer.updateNegative[at] * scale];
        return {
            box: {top: -up, height: up + down},
            upper: updateUp >= 0 ? {top: -up, height: Math.min(updateUp, up), orange: true} : {top: -up + updateUp, height: -updateUp, orange: false},
            lower: updateDown >= 0 ? {top: down, height: updateDown, orange: true} : {top: down - Math.min(-updateDown, down), height: Math.min(-updateDown, down), orange: false},
        };
    }

    function drawOutline(pen, bar, parts, {zero, ink}) {
        if (bar.step >= ROOM_FOR_OUTLINE && parts.box.height > 0.5) {
            const lineWidth = bar.step >= THICK_FROM ? 1.5 : 1;
            pen.rect(bar.left + lineWidth / 2, zero + parts.box.top, bar.width - lineWidth, parts.box.height, {stroke: ink.text, lineWidth});
        }
    }

    function drawHats(pen, bar, parts, {zero, ink}) {
        [parts.upper, parts.lower].filter((hat) => hat.height > 0.05).forEach((hat) => {
            pen.rect(bar.left, zero + hat.top, bar.width, hat.height, {fill: hat.orange ? ink.positive : ink.negative});
        });
    }

    function drawBar(pen, bar, parts, on) {
        pen.rect(bar.left, on.zero + parts.box.top, bar.width, parts.box.height, {fill: bar.step >= ROOM_FOR_OUTLINE ? on.ink.box : on.ink.solid});
        // On a narrow bar the outline would leave nothing of a hat: there the hat lies over it.
        const order = bar.step >= THICK_FROM ? [drawHats, drawOutline] : [drawOutline, drawHats];
        order.forEach((draw) => draw(pen, bar, parts, on));
    }

    /** The share that is kept of the state before: a cursor on a line of each cluster, a gap where there was no state. */
    function drawPreserved(pen, bar, share, {top, height, ink}) {
        if (!Number.isFinite(share)) {
            return;
        }
        const middle = bar.left + bar.width / 2;
        if (bar.step >= ROOM_FOR_OUTLINE) {
            pen.line([[middle, top], [middle, top + height]], {stroke: ink.line});
        }
        pen.rect(bar.left, top + (1 - share) * (height - 2), bar.width, 2, {fill: ink.text});
    }

    /** Draw the glyph of a word: `place` has left, width, preservedTop, preservedHeight, zero and scale (pixels per unit). */
    function drawGlyph(pen, answer, index, place, ink) {
        const count = answer.k;
        const right = place.left + place.width;
        [place.preservedTop, place.preservedTop + place.preservedHeight].forEach((y) => pen.line([[place.left, y], [right, y]], {stroke: ink.line}));
        for (let cluster = 0; cluster < count; cluster += 1) {
            const at = index * count + cluster;
            const bar = barOf(place, cluster, count);
            drawPreserved(pen, bar, answer.preserved[at], {top: place.preservedTop, height: place.preservedHeight, ink});
            drawBar(pen, bar, partsOf(answer, at, place.scale), {zero: place.zero, ink});
        }
        pen.line([[place.left - 1, place.zero], [right + 1, place.zero]], {stroke: ink.strong});
    }

    /** What a word changed between two sentences: bars from the zero line, orange up, blue down. */
    function drawDifference(pen, values, place, ink) {
        values.forEach((value, cluster) => {
            const bar = barOf(place, cluster, values.length);
            const height = Math.abs(value) * place.scale;
            pen.rect(bar.left, value > 0 ? place.zero - height : place.zero, bar.width, height, {fill: value > 0 ? ink.positive : ink.negative});
        });
        pen.line([[place.left - 1, place.zero], [place.left + place.width + 1, place.zero]], {stroke: ink.strong});
    }

    /** The colours from -limit to limit in steps that no eye tells apart: thousands of cells look theirs up. */
    function heatScale(limit) {
        const colors = Array.from({length: 2 * SHADES + 1}, (_, step) => stateroom.colors.diverging(step / SHADES - 1));
        return (value) => colors[SHADES + (limit > 0 ? Math.round(Math.min(Math.max(value / limit, -1), 1) * SHADES) : 0)];
    }

    /** Where words are too many for glyphs: a line of each cluster, coloured by what it holds, blue below 0, orange above. */
    function drawColumn(pen, net, place, color) {
        const height = place.height / net.length;
        net.forEach((value, cluster) => pen.rect(place.left, place.top + cluster * height, place.width, height + 0.3, {fill: color(value)}));
    }

    /** What a sentence's clusters hold after a word: positive and negative part together. */
    function netOf(answer, index) {
        return Array.from({length: answer.k}, (_, cluster) => answer.positive[index * answer.k + cluster] + answer.negative[index * answer.k + cluster]);
    }

    Object.assign(sentences, {glyph: {inks, heatScale, barOf, partsOf, drawGlyph, drawDifference, drawColumn, netOf}});
})();
