// How much units change at a word, and how many of them: a line for each recording, and the curve behind the sparsity.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const {view} = compare;
    const make = (...given) => stateroom.element(...given);
    const HEIGHT = 260;
    const share = (value) => Math.round(100 * value) + " %";

    const indexOf = (row) => view().recordings.indexOf(row.key);
    const shown = () => compare.response.rows.filter((row) => indexOf(row) >= 0);
    const known = () => shown().filter((row) => Number.isFinite(row.strength));

    function rows(of, write) {
        return shown().map((row) => ({
            index: indexOf(row), value: of(row), text: Number.isFinite(of(row)) ? write(of(row)) : "", why: row.why,
            tip: Number.isFinite(of(row)) ? [row.state, write(of(row)), "n = " + stateroom.whole(row.n) + " words"] : [],
        }));
    }

    function curveSeries(row) {
        const index = indexOf(row);
        const y = [0, ...stateroom.decodeFloat32(row.curve)];
        const x = y.map((_, place) => place / (y.length - 1));
        return {kind: "line", color: compare.color(index), dash: index, x, y, tip: (place) => [compare.nameOf(index) + ", " + row.state,
            "the strongest " + stateroom.whole(Math.round(x[place] * row.units)) + " of " + stateroom.whole(row.units) + " units hold " + compare.percent(y[place]), "n = " + stateroom.whole(row.n) + " words"]};
    }

    function curvePicture(width) {
        return compare.chart({
            width, height: HEIGHT, title: "Share of the response that the strongest units hold",
            x: compare.axis([0, 1], {min: 0, max: 1, title: "units, the strongest at each word first", write: share}),
            y: compare.axis([0, 1], {min: 0, max: 1, title: "of the whole response", write: share}),
            series: known().filter((row) => row.curve).map(curveSeries), lines: [{y: 0.9, text: "90 %"}],
        });
    }

    function draw() {
        const {response} = compare;
        if (!response || !compare.ready()) {
            return;
        }
        if (response.why || known().length === 0) {
            compare.say("response", {why: response.why || shown().map((row) => row.why).filter(Boolean).join(" ")});
            return;
        }
        const wide = compare.place("response").clientWidth;
        const half = wide < 960 ? wide : Math.floor((wide - 24) / 2);
        const left = make("div", "compare-rows");
        left.append(
            compare.rowsPicture({width: half, title: "Strength, in standard deviations of the units", rows: rows((row) => row.strengthScaled, (value) => compare.fixed(value, 3))}),
            compare.rowsPicture({width: half, title: "Units that hold 90 % of the response", max: 1, rows: rows((row) => row.share90, compare.percent)}),
            compare.rowsPicture({width: half, title: "Sparsity (Hoyer): 1 is one unit alone", max: 1, rows: rows((row) => row.hoyer, (value) => compare.fixed(value, 3))}));
        const pictures = make("div", "compare-figures");
        pictures.append(left, ...(known().some((row) => row.curve) ? [curvePicture(half)] : []));
        compare.draw("response", [pictures, make("p", "compare-note", response.told || "")]);
    }

    compare.TABLES.response = () => (compare.response && compare.response.rows ? [
        ["recording", "state", "strength in standard deviations", "strength in the state's own unit", "share of units that hold 90 %", "Hoyer sparsity", "words"],
        shown().map((row) => [row.key, row.state, row.strengthScaled, row.strength, row.share90, row.hoyer, row.n])] : null);
    compare.part({
        mount: () => compare.wait("response"),
        facts: draw,
        response: draw,
        theme: draw,
        resize: draw,
        failed(name, sentence) {
            if (name === "response") {
                compare.say("response", {why: sentence});
            }
        },
    });
})();
