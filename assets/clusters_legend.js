// The legend, over the columns that it explains: squares and edges on the left, the colours of words on the right.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const STEPS = 24;
    const make = (...given) => stateroom.element(...given);

    // ---- units and edges --------------------------------------------------------------------------------
    /** The one diverging scale, from minus to plus its limit. */
    function gradient() {
        const colors = Array.from({length: STEPS + 1}, (_, step) => stateroom.colors.diverging((2 * step) / STEPS - 1));
        const made = make("span", "scale-bar");
        made.style.background = "linear-gradient(to right, " + colors.join(", ") + ")";
        return made;
    }

    function unitsLegend() {
        const word = clusters.shownWord();
        if (!word) {
            return [make("strong", "", "Units"), make("span", "quiet", "a square is a unit; click a word to colour them")];
        }
        const limit = stateroom.number(clusters.colorLimit());
        const named = make("span", "");
        named.append("expected response to ", stateroom.tokenElement(word.text));
        return [make("strong", "", "Units"), named, make("span", "scale-end", "−" + limit), gradient(), make("span", "scale-end", "+" + limit)];
    }

    function edgesLegend() {
        const largestEdge = clusters.largestEdge();
        const line = (kind, text) => {
            const made = make("span", "edge-key");
            made.append(make("span", "edge-line " + kind), text);
            return made;
        };
        const most = make("span", "quiet", "the widest is " + stateroom.number(largestEdge));
        most.title = "Mean expected response over the pairs of a word of the one cluster and a unit of the other";
        return [make("strong", "", "Edges"), line("is-positive", "positive"), line("is-negative", "negative"), most];
    }

    // ---- words ------------------------------------------------------------------------------------------
    /** Point at a label: its words stand out from the others. */
    function highlight(tag) {
        const place = clusters.place("clouds");
        place.classList.toggle("shows-tag", tag >= 0);
        place.querySelectorAll(".cloud-word").forEach((word) => word.classList.toggle("is-of-tag", Number(word.dataset.tag) === tag));
    }

    function tagKey(label, tag, count) {
        const made = make("button", "tag-key", null, {type: "button"});
        const swatch = make("span", "tag-swatch");
        swatch.style.background = clusters.tagColor(tag);
        made.append(swatch, make("bdi", "", label), make("span", "quiet", "(" + count + ")"));
        made.title = label + ": " + count + (count === 1 ? " word" : " words") + ". Point at it to see them.";
        ["pointerenter", "focus"].forEach((event) => made.addEventListener(event, () => highlight(tag)));
        ["pointerleave", "blur"].forEach((event) => made.addEventListener(event, () => highlight(-1)));
        return made;
    }

    function wordsLegend() {
        const {tags, words} = clusters.overview;
        const size = make("span", "quiet", "the nearer to its cluster’s middle, the larger");
        if (!tags) {
            return [make("strong", "", "Words"), size];
        }
        const counts = new Map();
        words.forEach((word) => word.cluster >= 0 && counts.set(word.tag, (counts.get(word.tag) || 0) + 1));
        const keys = tags.labels.map((label, tag) => [label, tag, counts.get(tag) || 0]).filter(([, , count]) => count > 0)
            .sort((one, other) => other[2] - one[2]).map((given) => tagKey(...given));
        return [make("strong", "", "Words"), size, make("span", "", "colour: the most frequent " + tags.annotation), ...keys];
    }

    // ---- the whole --------------------------------------------------------------------------------------
    function part(className, members) {
        const made = make("div", "legend-part " + className);
        made.append(...members);
        return made;
    }

    function drawUnits() {
        if (clusters.overview) {
            clusters.place("legend").querySelector(".legend-units").replaceChildren(...unitsLegend());
        }
    }

    function draw() {
        clusters.place("legend").replaceChildren(
            part("legend-units", unitsLegend()), part("legend-edges", edgesLegend()), part("legend-words", wordsLegend()));
    }

    clusters.part({
        mount: () => clusters.place("legend").replaceChildren(),
        overview: draw,
        words: drawUnits,
        scale: () => clusters.overview && draw(),
        theme: draw,
    });
});
