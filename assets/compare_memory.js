// The half-lives that are stored with the recordings, and the curves behind them; what is not computed says where it is.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const {view} = compare;
    const make = (...given) => stateroom.element(...given);
    const HEIGHT = 230;

    const indexOf = (row) => view().recordings.indexOf(row.key);
    const shown = () => compare.memory.rows.filter((row) => indexOf(row) >= 0);
    const known = () => shown().filter((row) => row.ready);

    compare.halfLifeBand = ({halfLifeLow: low, halfLifeHigh: high}) => (Number.isFinite(low) && Number.isFinite(high)
        ? "between " + compare.fixed(low, 1) + " and " + compare.fixed(high, 1) + " in 95 % of resamples" : "");

    function halfLife(row) {
        const index = indexOf(row);
        if (!row.ready) {
            return {index, why: "not computed"};
        }
        const {halfLife: value, halfLifeLow: low, halfLifeHigh: high, text} = row.largest;
        const told = Number.isFinite(value) ? compare.fixed(value, 1) : text;
        return {index, value, low, high, text: told, tip: [row.state, "half-life " + told + " positions", compare.halfLifeBand(row.largest), "n = " + stateroom.whole(row.n) + " positions"].filter(Boolean)};
    }

    function curveSeries(row) {
        const index = indexOf(row);
        const {curve} = row.largest;
        const y = curve.map((value) => (Number.isFinite(value) ? value / curve[0] : NaN));
        return {kind: "line", color: compare.color(index), dash: index, x: y.map((_, delay) => delay), y, tip: (delay) => [compare.nameOf(index) + ", " + row.state,
            compare.percent(y[delay]) + " left " + (delay === 1 ? "1 position" : delay + " positions") + " later", "largest singular value " + stateroom.number(curve[delay]) + ", n = " + stateroom.whole(row.n)]};
    }

    function curves(width) {
        const series = known().filter((row) => row.largest.curve[0] > 0).map(curveSeries);
        const least = Math.max(...series.map((each) => each.x.length)) - 1;
        const most = Math.max(1, ...series.flatMap((each) => each.y).filter(Number.isFinite));
        return compare.chart({
            width, height: HEIGHT, title: "What is left of the direction remembered best",
            x: compare.axis([0, least], {min: 0, max: Math.max(1, least), title: "positions later"}),
            y: compare.axis([0, most], {min: 0, max: most, title: "of what it is at the token", write: (value) => Math.round(100 * value) + " %"}),
            series, lines: [{y: 0.5, text: "half"}],
        });
    }

    /** What is not computed, with the way to the page that does. */
    function missing() {
        return shown().filter((row) => !row.ready).map((row) => {
            const index = indexOf(row);
            const line = make("p", "compare-missing");
            const other = (row.stored || []).filter((state) => state !== row.state);
            // How to compute it, and what it takes, says the Memory page.
            const [why] = (row.why || "Not computed.").split(/(?<=\.)\s/);
            line.title = row.why || "";
            line.append(compare.badge(index), " ", make("bdi", "", row.name), ": ", why, " ",
                ...(other.length ? [stateroom.button("Compare " + other[0] + ", which is computed", "Compare the state " + other[0] + " of " + row.name, () => compare.setState(index, other[0]), "link-button"), " or "] : []),
                make("a", "", (other.length ? "go" : "Go") + " to the Memory page", {href: compare.address("memory", {recording: row.key, state: row.state})}));
            return line;
        });
    }

    function draw() {
        if (!compare.memory || !compare.ready()) {
            return;
        }
        const width = compare.widthFor("memory", compare.place("memory").clientWidth < 900 ? 1 : 2);
        const pictures = make("div", "compare-figures");
        const any = known().length > 0;
        pictures.append(...(any ? [compare.rowsPicture({width, title: "Positions after which half is left", rows: shown().map(halfLife)}), curves(width)] : []));
        compare.draw("memory", [pictures, ...missing(),
            ...(any ? [make("p", "compare-note", "Half-life of the largest singular value of the mean gradient of the state by an embedding; the line holds 95 % of resamples. Results stored with the recordings: nothing is computed here.")] : [])],
        {empty: !any});
    }

    function exported() {
        return [["recording", "state", "half-life in positions", "low", "high", "remark", "positions"], shown().map((row) => (row.ready
            ? [row.key, row.state, row.largest.halfLife, row.largest.halfLifeLow, row.largest.halfLifeHigh, row.largest.text, row.n] : [row.key, row.state, null, null, null, row.why, null]))];
    }

    compare.TABLES.memory = () => (compare.memory ? exported() : null);
    compare.drawnPart("memory", draw);
})();
