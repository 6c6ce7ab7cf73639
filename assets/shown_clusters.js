// What Clusters shows, for a finding: the clusters, the strongest edges, what is chosen; the picture as it is saved.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const STRONGEST = 8;
    const overview = () => stateroom.clusters.overview;

    function title() {
        const {recording, state, clusters} = stateroom.clustersView.get();
        return clusters + " clusters of words and units in " + recording + ", " + state;
    }

    const named = (number) => (number + 1) + (overview().clusters[number].label ? " (" + overview().clusters[number].label + ")" : "");

    function edges() {
        return [...overview().edges].filter((edge) => edge.mean)
            .sort((one, other) => Math.abs(other.mean) - Math.abs(one.mean)).slice(0, STRONGEST)
            .map((edge) => ({name: "edge of words " + named(edge.word) + " to units " + (edge.unit + 1), value: edge.mean}));
    }

    function numbers() {
        if (!overview()) {
            return [];
        }
        const {state, method, seed, stability, words, clusters} = overview();
        const {recording} = stateroom.clustersView.get();
        const shown = stateroom.clusters.shownWord();
        return [
            {name: "state", value: recording + ", " + state},
            {name: "clusters", value: clusters.length}, {name: "method", value: method}, {name: "seed", value: seed},
            {name: "words", value: words.length},
            ...(Number.isFinite(stability) ? [{name: "stability", value: stability, unit: "mean adjusted Rand index"}] : []),
            ...edges(),
            ...(shown ? [{name: "units coloured by the response to", value: stateroom.visible(shown.text)}] : []),
        ];
    }

    async function picture() {
        return overview() && stateroom.clusters.scene ? stateroom.files.captured(stateroom.clusters.exportPicture)[0] || null : null;
    }

    (stateroom.shown = stateroom.shown || {}).clusters = {title, numbers, picture};
})();
