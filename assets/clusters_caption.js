// The line that says what is shown: how stable it is, and what was left out.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const STABLE = 0.9;
    const HALF_STABLE = 0.6;
    const make = (...given) => stateroom.element(...given);

    function stabilityTold(exact) {
        // What is said fits the digits that are shown.
        const value = Math.round(100 * exact) / 100;
        const meaning = value >= STABLE ? "other seeds give the same clusters" : value >= HALF_STABLE ? "other seeds give similar clusters"
            : "other seeds give other clusters: read them with care";
        const made = make("span", "stability", "Stability " + value.toFixed(2) + ", " + meaning);
        made.title = "Mean adjusted Rand index between these clusters and those of ten other seeds: 1 is the same, 0 is chance";
        return made;
    }

    function caption() {
        const {overview} = clusters;
        const said = overview.notes.map((note) => make("span", "", note + " "));
        if (Number.isFinite(overview.stability) && overview.clusters.length > 1) {
            said.unshift(stabilityTold(overview.stability), make("span", "", ". "));
        }
        if (!overview.paired) {
            said.push(make("span", "", "Word clusters and unit clusters are not pairs: the edges say which belong together."));
        }
        clusters.place("caption").replaceChildren(...said);
    }

    clusters.part({
        mount: () => clusters.place("caption").replaceChildren(),
        overview: caption,
    });
});
