// What Memory shows, for a finding: the numbers of the open tab, and its figure.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const SVG_HEIGHT = 460;
    const WIDTH = 1200;
    const MOST = 12;
    const FACES_OF_SYSTEMS = "DejaVu Sans, Verdana, Arial, sans-serif";
    const view = () => stateroom.memoryView.get();
    const finite = ({value}) => typeof value !== "number" || Number.isFinite(value);

    /** The name of the open tab, as it is written there. */
    const tabName = () => (document.querySelector("#memory-tabs [aria-selected=true]") || {textContent: ""}).textContent;

    function title() {
        const {recording, state, view: tab} = view();
        const {second} = stateroom.memory;
        const other = second.curve();
        const beside = other.recording ? " beside " + (other.recording === recording ? "" : other.recording + ", ") + other.state : "";
        return "Memory of " + recording + ", " + state + beside + (tab === "decay" || !tabName() ? "" : ": " + tabName().toLowerCase());
    }

    /** Which of the two something is of, where there are two. */
    const letter = (place) => (stateroom.memory.hasSecond() && place < 2 ? "AB"[place] + " " : "");
    const delayOf = (place) => (place === 1 ? stateroom.memory.second.delay() : view().delay);

    function ofCurve(given, unit, place) {
        const {measure, n} = view();
        const delay = delayOf(place);
        const curve = {...given, name: letter(place) + given.name};
        return [
            {name: curve.name + ": " + measure + " at delay " + delay, value: (curve[measure] || [])[delay], unit},
            {name: curve.name + ": share of the first " + n + " at delay " + delay, value: (curve.share || [])[delay]},
            {name: curve.name + ": half-life", value: Number.isFinite(curve.halfLife) ? curve.halfLife : curve.halfLifeText || null, unit: "positions"},
        ];
    }

    function differences({difference}, unit) {
        const {oneDelay} = stateroom.memory;
        const {measure, delay} = view();
        return !difference ? [] : [{name: "B − A: half-life", value: difference.halfLife, unit: "positions"},
            ...(oneDelay() ? [{name: "B − A: " + measure + " at delay " + delay, value: difference[measure][delay], unit}] : [])];
    }

    /** `place`: 0 for the first, 1 for the second. */
    const OF_TAB = {
        decay: ({decay}) => [...decay.curves.flatMap((curve, place) => (curve.ready ? ofCurve(curve, decay.unit, place) : [])), ...differences(decay, decay.unit)],
        classes: ({classes}, place) => classes.rows.filter((row) => row.inResult && !row.few).slice(0, MOST).map((row) =>
            ({name: letter(place) + (row.kind ? row.kind + " " : "") + stateroom.visible(row.text) + " at delay " + delayOf(place), value: (row.curve || [])[delayOf(place)],
                unit: "n " + stateroom.whole(row.n)})),
        properties: ({properties}, place) => properties.properties.filter((each) => !each.error).flatMap((each) => [
            {name: letter(place) + each.name + ": relative memory at delay " + delayOf(place), value: (each.relative || [])[delayOf(place)]},
            {name: letter(place) + each.name + ": cosine at delay " + delayOf(place), value: (each.cosine || [])[delayOf(place)]}]),
        directions: ({directions}, place) => directions.directions.slice(0, MOST).map((each) => ({name: letter(place) + "singular value " + each.rank + " at delay " + directions.delay, value: each.value,
            unit: [each.positive, each.negative].map((words) => words.slice(0, 4).map((word) => stateroom.visible(word.text)).join(" ")).join(" | ")})),
        where: ({where}, place) => [{name: letter(place) + "position", value: where.position},
            ...(where.norms || []).slice(0, MOST).map((value, after) => ({name: letter(place) + "norm of the influence " + after + " later", value}))],
    };

    function numbers() {
        const {recording, state, view: tab, delay} = view();
        const {memory} = stateroom;
        const shown = ["decay", ...(tab === "decay" ? [] : [tab])].filter((name) => OF_TAB[name] && memory[name]);
        const other = memory.second.curve();
        const ofSecond = tab !== "decay" && OF_TAB[tab] && memory[tab + "Second"] && !memory[tab + "Second"].why ? OF_TAB[tab]({[tab]: memory[tab + "Second"]}, 1) : [];
        const whose = other.recording ? [{name: "B state", value: other.recording + ", " + other.state}, {name: "B delay", value: memory.second.delay(), unit: "positions"}] : [];
        return [{name: letter(0) + "state", value: recording + ", " + state}, {name: letter(0) + "delay", value: delay, unit: "positions"}, ...whose,
            ...shown.flatMap((name) => OF_TAB[name](memory, 0)), ...ofSecond].filter((each) => each.value !== null && each.value !== undefined && finite(each));
    }

    const isSeen = (graph) => graph.offsetParent !== null && graph.data && graph.data.length > 0;

    /** The first figure that is seen in one of some places, on the page's own ground. */
    async function figureOf(...places) {
        const graph = places.flatMap((place) => [...document.querySelectorAll(place + " .js-plotly-plot")]).find(isSeen);
        if (!graph) {
            return null;
        }
        const ground = window.getComputedStyle(document.documentElement).getPropertyValue("--surface").trim();
        // A picture has no faces of ours: what is measured in them would be cut off in another.
        const font = {...graph.layout.font, family: FACES_OF_SYSTEMS};
        const layout = {...graph.layout, font, paper_bgcolor: ground, plot_bgcolor: ground, autosize: false};
        return window.Plotly.toImage({data: graph.data, layout}, {format: "svg", width: WIDTH, height: SVG_HEIGHT, imageDataOnly: true});
    }

    stateroom.shown = stateroom.shown || {};
    stateroom.shown.memory = {title, numbers, picture: () => figureOf(...(view().view === "decay" ? [] : ["#memory-panel-" + view().view]), "#memory-page")};
    stateroom.figureShown = figureOf;
})();
