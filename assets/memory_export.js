// What is shown, as CSV.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {memory} = stateroom;
    const {view} = memory;
    const at = (values, place) => (values ? values[place] : null);

    function decay() {
        const {curves, delays} = memory.decay;
        const fields = ["n", "largest", "largestLow", "largestHigh", "sum", "sumLow", "sumHigh", "share", "meanNorm", "normOfMean"];
        const names = ["n", "largest", "largest low", "largest high", "sum", "sum low", "sum high", "share of the first " + view().n, "mean norm", "norm of the mean"];
        const rows = curves.filter((curve) => curve.ready).flatMap((curve) => delays.map((delay, place) =>
            [curve.recording, curve.state, delay, ...fields.map((field) => at(curve[field], place))]));
        return [["recording", "state", "delay", ...names], rows];
    }

    function spectrum() {
        const rows = memory.spectrum.curves.flatMap((curve) => curve.values.map((value, place) => [curve.name, memory.spectrum.delay, place + 1, value, at(curve.cumulative, place)]));
        return [["curve", "delay", "rank", "singular value", "cumulative share"], rows];
    }

    function classes() {
        const {rows, delays, by} = memory.classes;
        const summary = rows.flatMap((row) => delays.map((delay, place) => [row.kind, row.text, delay, row.n, row.inResult && !row.few ? at(row.curve, place) : null,
            row.halfLife, row.control ? row.control.value : null]));
        return [["kind", by || "class", "delay", "n at the chosen delay", view().measure, "half-life", "control at the chosen delay"], summary];
    }

    function properties() {
        const {properties: all, delays} = memory.properties;
        const rows = all.filter((each) => !each.error).flatMap((each) => delays.map((delay, place) => [each.name, delay, at(each.relative, place), at(each.cosine, place)]));
        return [["property", "delay", "relative memory", "cosine with the first " + view().n], rows];
    }

    function directions() {
        const rows = memory.directions.directions.flatMap((each) => [["one end", each.positive], ["other end", each.negative]].flatMap(([end, words]) =>
            words.map((word) => [memory.directions.delay, each.rank, each.value, each.share, end, word.text, word.count, word.cosine])));
        return [["delay", "rank", "singular value", "share", "end", "word", "count", "cosine"], rows];
    }

    function where() {
        const {tokens, position, norms, relative} = memory.where;
        const rows = tokens.map((token) => [token.position, token.text, token.position - position, at(norms, token.position - position), at(relative, token.position - position)]);
        return [["position", "word", "positions later", "norm of the influence", "relative to its own"], rows];
    }

    function units() {
        const rows = memory.units.units.map((unit) => [unit.unit, unit.strength, unit.atDelay, unit.halfLife, unit.write, unit.keep]);
        return [["unit", "norm at delay 0", "norm at delay " + memory.units.delay, "half-life", memory.units.writeName || "write", memory.units.keepName || "keep"], rows];
    }

    const TABLES = {decay, spectrum, units, classes, properties, directions, where};
    const known = (kind) => memory[kind] && (kind !== "where" || memory.where.norms);

    memory.csvKinds = () => Object.keys(TABLES).filter(known);
    memory.exportTable = function (kind) {
        if (known(kind)) {
            stateroom.files.csv(memory.fileName(kind), ...TABLES[kind]());
        }
    };
})();
