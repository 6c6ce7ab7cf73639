// The half-lives that are stored with the recordings; what is not computed says where it is.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const {view} = compare;
    const make = (...given) => stateroom.element(...given);

    const indexOf = (row) => view().recordings.indexOf(row.key);
    const shown = () => compare.memory.rows.filter((row) => indexOf(row) >= 0);
    const page = (index) => compare.address("memory", {recording: view().recordings[index], state: compare.stateOf(index)});

    function rowOf(row) {
        const index = indexOf(row);
        const value = Number.isFinite(row.halfLife) ? row.halfLife : null;
        const text = value === null ? row.text || "" : compare.fixed(value, 1);
        const band = Number.isFinite(row.low) && Number.isFinite(row.high) ? "between " + compare.fixed(row.low, 1) + " and " + compare.fixed(row.high, 1) + " in 95 % of resamples" : "";
        return {index, value, text, low: row.low, high: row.high, why: text ? "" : row.why,
            tip: [row.state, text && "half-life " + text + " positions", band, Number.isFinite(row.n) ? "n = " + stateroom.whole(row.n) + " positions" : ""].filter(Boolean)};
    }

    /** What is not computed, with the way to the page that does. */
    function missing() {
        const rows = shown().filter((row) => !Number.isFinite(row.halfLife) && !row.text);
        return rows.map((row) => {
            const line = make("p", "compare-missing");
            line.append(compare.badge(indexOf(row)), " ", make("bdi", "", row.name), ": ", row.why || "not computed.", " ",
                make("a", "", "Compute it on the Memory page", {href: row.href || page(indexOf(row))}));
            return line;
        });
    }

    function draw() {
        if (!compare.memory || !compare.ready()) {
            return;
        }
        const wide = compare.place("memory").clientWidth;
        const picture = compare.rowsPicture({width: wide < 960 ? wide : Math.floor((wide - 24) / 2), title: "Positions after which half is left", rows: shown().map(rowOf)});
        compare.draw("memory", [picture, ...missing(),
            make("p", "compare-note", "Of the largest singular value of the mean gradient of the state by an embedding; lines hold 95 % of resamples. Stored results only: nothing is computed here.")]);
    }

    compare.TABLES.memory = () => (compare.memory && compare.memory.rows ? [["recording", "state", "half-life in positions", "low", "high", "remark", "positions"],
        shown().map((row) => [row.key, row.state, row.halfLife, row.low, row.high, row.text || row.why, row.n])] : null);
    compare.part({
        mount: () => compare.wait("memory"),
        facts: draw,
        memory: draw,
        theme: draw,
        resize: draw,
        failed(name, sentence) {
            if (name === "memory") {
                compare.say("memory", {why: sentence});
            }
        },
    });
})();
