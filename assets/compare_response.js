// How strongly a network responds to a word, and with how many of its units: boxes over the words that all know.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const {view} = compare;
    const make = (...given) => stateroom.element(...given);
    const MEASURES = [
        ["relative", "Strength, in standard deviations of the units", 3, "strength in standard deviations"],
        ["shareOfUnits", "Share of units that hold 90 % of the response", null, "share of units that hold 90 %"],
        ["sparsity", "Sparsity (Hoyer): 1 is one unit alone", 3, "Hoyer sparsity"],
        ["strength", "Strength, in the state's own unit", "own", "strength in the state's own unit"],
    ];
    const SHARES = ["shareOfUnits", "sparsity"];

    const indexOf = (row) => view().recordings.indexOf(row.key);
    const shown = () => compare.response.rows.filter((row) => indexOf(row) >= 0);
    const known = () => shown().filter((row) => row.relative);

    function boxOf(row, [name, , places]) {
        const measure = row[name];
        const write = (value) => (places === null ? compare.percent(value) : places === "own" ? compare.ownUnit(value) : compare.fixed(value, places));
        if (!measure || measure.mean === null) {
            return {index: indexOf(row), why: row.why || (measure && measure.why)};
        }
        const [low, , median, , high] = measure.quantiles;
        return {
            index: indexOf(row), value: measure.mean, box: measure.quantiles, text: write(measure.mean),
            tip: [row.state, "mean over words " + write(measure.mean) + ", median " + write(median), "half of the words: " + write(measure.quantiles[1]) + " to " + write(measure.quantiles[3]),
                "9 to 91 % of the words: " + write(low) + " to " + write(high), "n = " + stateroom.whole(measure.n) + " words"],
        };
    }

    function picture(measure, width) {
        return compare.rowsPicture({width, title: measure[1], max: SHARES.includes(measure[0]) ? 1 : undefined, rows: shown().map((row) => boxOf(row, measure))});
    }

    function note() {
        const {nWords, minCount} = compare.response;
        const changes = known().filter((row) => Number.isFinite(row.step)).map((row) => row.name + " " + compare.fixed(row.step, 2)
            + (Number.isFinite(row.within) ? " (" + compare.fixed(row.within, 2) + " where the word is the same)" : ""));
        const constant = known().filter((row) => row.constant > 0).map((row) => stateroom.whole(row.constant) + " units of " + row.name + " never vary and are left out.");
        return ["Over the " + stateroom.whole(nWords) + " words that occur at least " + minCount + " times in each. A bar ends at the mean; the box holds half of the words, the line 9 to 91 %.",
            ...shown().filter((row) => row.apart).map((row) => row.why),
            changes.length ? "Root mean square change from a position to the next, in standard deviations: " + changes.join(", ") + "." : "", ...constant].filter(Boolean).join(" ");
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
        const width = compare.widthFor("response", compare.place("response").clientWidth < 900 ? 1 : 2);
        const pictures = make("div", "compare-figures");
        pictures.append(...MEASURES.map((measure) => picture(measure, width)));
        compare.draw("response", [pictures, make("p", "compare-note", note())]);
    }

    function exported() {
        const heads = MEASURES.flatMap(([, , , text]) => [text, text + ", 9 %", text + ", 25 %", text + ", median", text + ", 75 %", text + ", 91 %"]);
        const numbers = (row) => MEASURES.flatMap(([name]) => (row[name] && row[name].quantiles ? [row[name].mean, ...row[name].quantiles] : Array(6).fill(null)));
        return [["recording", "state", ...heads, "change of a position", "change where the word is the same", "words"],
            known().map((row) => [row.key, row.state, ...numbers(row), row.step, row.within, row.n])];
    }

    compare.TABLES.response = () => (compare.response && compare.response.rows ? exported() : null);
    compare.drawnPart("response", draw);
})();
