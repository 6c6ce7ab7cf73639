// What Clusters shows, for a finding: the clusters of each side, the strongest edges; the pictures as they are saved.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const STRONGEST = 8;
    const sides = () => [stateroom.clusters, stateroom.clustersSecond].filter((side) => side && side.mounted() && side.overview);
    const told = (side, text) => (sides().length > 1 ? (side.isSecond ? "B: " : "A: ") : "") + text;

    function title() {
        const [first, second] = [stateroom.clustersView.get(), sides()[1]];
        const beside = second ? " beside " + second.view().recording + ", " + second.view().state : "";
        return first.clusters + " clusters of words and units in " + first.recording + ", " + first.state + beside;
    }

    function edges(side) {
        const named = (number) => (number + 1) + (side.overview.clusters[number].label ? " (" + side.overview.clusters[number].label + ")" : "");
        return [...side.overview.edges].filter((edge) => edge.mean)
            .sort((one, other) => Math.abs(other.mean) - Math.abs(one.mean)).slice(0, STRONGEST)
            .map((edge) => ({name: told(side, "edge of words " + named(edge.word) + " to units " + (edge.unit + 1)), value: edge.mean}));
    }

    function ofSide(side) {
        const {state, method, seed, stability, words, clusters} = side.overview;
        const shown = side.shownWord();
        return [
            {name: told(side, "state"), value: side.view().recording + ", " + state},
            {name: told(side, "clusters"), value: clusters.length},
            {name: told(side, "method"), value: method},
            {name: told(side, "seed"), value: seed},
            {name: told(side, "words"), value: words.length},
            ...(Number.isFinite(stability) ? [{name: told(side, "stability"), value: stability, unit: "mean adjusted Rand index"}] : []),
            ...edges(side),
            ...(shown ? [{name: told(side, "units coloured by the response to"), value: stateroom.visible(shown.text)}] : []),
        ];
    }

    async function picture() {
        return stateroom.keeping.stacked(sides().filter((side) => side.scene).flatMap((side) => stateroom.files.captured(side.exportPicture)));
    }

    (stateroom.shown = stateroom.shown || {}).clusters = {title, numbers: () => sides().flatMap(ofSide), picture};
})();
