// What Memory shows, for a finding: the numbers of the open tab, and its figure.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const SVG_HEIGHT = 460;
    const WIDTH = 1200;
    const MOST = 12;
    const view = () => stateroom.memoryView.get();
    const finite = ({value}) => typeof value !== "number" || Number.isFinite(value);

    /** The name of the open tab, as it is written there. */
    const tabName = () => (document.querySelector("#memory-tabs [aria-selected=true]") || {textContent: ""}).textContent;

    function title() {
        const {recording, state, view: tab} = view();
        return "Memory of " + recording + ", " + state + (tab === "decay" || !tabName() ? "" : ": " + tabName().toLowerCase());
    }

    function ofCurve(curve, unit) {
        const {measure, delay, n} = view();
        return [
            {name: curve.name + ": " + measure + " at delay " + delay, value: (curve[measure] || [])[delay], unit},
            {name: curve.name + ": share of the first " + n + " at delay " + delay, value: (curve.share || [])[delay]},
            {name: curve.name + ": half-life", value: Number.isFinite(curve.halfLife) ? curve.halfLife : curve.halfLifeText || null, unit: "positions"},
        ];
    }

    const OF_TAB = {
        decay: ({decay}) => decay.curves.filter((curve) => curve.ready).flatMap((curve) => ofCurve(curve, decay.unit)),
        classes: ({classes}) => classes.rows.filter((row) => row.inResult && !row.few).slice(0, MOST).map((row) =>
            ({name: (row.kind ? row.kind + " " : "") + stateroom.visible(row.text) + " at delay " + view().delay, value: (row.curve || [])[view().delay], unit: "n " + stateroom.whole(row.n)})),
        properties: ({properties}) => properties.properties.filter((each) => !each.error).flatMap((each) => [
            {name: each.name + ": relative memory at delay " + view().delay, value: (each.relative || [])[view().delay]},
            {name: each.name + ": cosine at delay " + view().delay, value: (each.cosine || [])[view().delay]}]),
        directions: ({directions}) => directions.directions.slice(0, MOST).map((each) => ({name: "singular value " + each.rank + " at delay " + directions.delay, value: each.value,
            unit: [each.positive, each.negative].map((words) => words.slice(0, 4).map((word) => stateroom.visible(word.text)).join(" ")).join(" | ")})),
        where: ({where}) => [{name: "position", value: where.position},
            ...(where.norms || []).slice(0, MOST).map((value, after) => ({name: "norm of the influence " + after + " later", value}))],
    };

    function numbers() {
        const {recording, state, view: tab, delay} = view();
        const {memory} = stateroom;
        const shown = ["decay", ...(tab === "decay" ? [] : [tab])].filter((name) => OF_TAB[name] && memory[name]);
        return [{name: "state", value: recording + ", " + state}, {name: "delay", value: delay, unit: "positions"},
            ...shown.flatMap((name) => OF_TAB[name](memory))].filter((each) => each.value !== null && each.value !== undefined && finite(each));
    }

    const isSeen = (graph) => graph.offsetParent !== null && graph.data && graph.data.length > 0;

    /** The first figure that is seen in one of some places, on the page's own ground. */
    async function figureOf(...places) {
        const graph = places.flatMap((place) => [...document.querySelectorAll(place + " .js-plotly-plot")]).find(isSeen);
        if (!graph) {
            return null;
        }
        const ground = window.getComputedStyle(document.documentElement).getPropertyValue("--surface").trim();
        const layout = {...graph.layout, paper_bgcolor: ground, plot_bgcolor: ground, autosize: false};
        return window.Plotly.toImage({data: graph.data, layout}, {format: "svg", width: WIDTH, height: SVG_HEIGHT, imageDataOnly: true});
    }

    stateroom.shown = stateroom.shown || {};
    stateroom.shown.memory = {title, numbers, picture: () => figureOf(...(view().view === "decay" ? [] : ["#memory-panel-" + view().view]), "#memory-page")};
    stateroom.figureShown = figureOf;
})();
