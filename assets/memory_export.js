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
        const rows = memory.spectrum.curves.flatMap((curve) => curve.values.map((value, place) => [curve.name, curve.delay, place + 1, value, at(curve.cumulative, place)]));
        return [["curve", "delay", "rank", "singular value", "cumulative share"], rows];
    }

    function difference() {
        const found = memory.decay.difference;
        const fields = ["largest", "largestLow", "largestHigh", "sum", "sumLow", "sumHigh", "share"];
        const names = ["largest", "largest low", "largest high", "sum", "sum low", "sum high", "share of the first " + view().n];
        const rows = found.largest.map((_, delay) => [told("a"), told("b"), delay, ...fields.map((field) => at(found[field], delay))]);
        return [["A", "B", "delay", ...names.map((name) => "B − A: " + name)], rows];
    }

    function told(letter) {
        const {recording, state} = letter === "a" ? view() : memory.second.curve();
        return recording + " " + state;
    }

    // Each takes the answer of the first or of the second.
    const SIDED = {
        classes({rows, delays, by, delay: chosen}) {
            const summary = rows.flatMap((row) => delays.map((delay, place) => [row.kind, row.text, delay, row.n, row.inResult && !row.few ? at(row.curve, place) : null,
                row.halfLife, row.control ? row.control.value : null, ...(memory.hasSecond() ? [delay === chosen ? row.difference : null] : [])]));
            return [["kind", by || "class", "delay", "n at the chosen delay", view().measure, "half-life", "control at the chosen delay", ...(memory.hasSecond() ? ["B − A"] : [])], summary];
        },
        properties({properties: all, delays}) {
            const more = memory.hasSecond() ? ["relative", "cosine"] : [];
            const rows = all.filter((each) => !each.error).flatMap((each) => delays.map((delay, place) => [each.name, delay, at(each.relative, place), at(each.cosine, place),
                ...more.map((name) => at(each.difference && each.difference[name], place))]));
            return [["property", "delay", "relative memory", "cosine with the first " + view().n, ...more.map((name) => "B − A: " + name)], rows];
        },
        directions({directions: all, delay}) {
            const rows = all.flatMap((each) => [["one end", each.positive], ["other end", each.negative]].flatMap(([end, words]) =>
                words.map((word) => [delay, each.rank, each.value, each.share, end, word.text, word.count, word.cosine])));
            return [["delay", "rank", "singular value", "share", "end", "word", "count", "cosine"], rows];
        },
        where({tokens, position, norms, relative, difference: more}) {
            const both = memory.hasSecond();
            const rows = tokens.map((token) => [token.position, token.text, token.position - position, at(norms, token.position - position), at(relative, token.position - position),
                ...(both ? [at(more, token.position - position)] : [])]);
            return [["position", "word", "positions later", "norm of the influence", "relative to its own", ...(both ? ["B − A: relative to its own"] : [])], rows];
        },
        units({units: all, delay, writeName, keepName}) {
            const rows = all.map((unit) => [unit.unit, unit.strength, unit.atDelay, unit.halfLife, unit.write, unit.keep]);
            return [["unit", "norm at delay 0", "norm at delay " + delay, "half-life", writeName || "write", keepName || "keep"], rows];
        },
    };

    /** A table of the first; with a second beside, of both, each row with whose it is. */
    function sided(kind) {
        const own = SIDED[kind](memory[kind]);
        if (!memory.hasSecond()) {
            return own;
        }
        const other = memory[kind + "Second"];
        const rowsOf = (letter, answer) => SIDED[kind](answer)[1].map((row) => [letter.toUpperCase(), told(letter), ...row]);
        return [["of", "recording and state", ...own[0]], [...rowsOf("a", memory[kind]), ...(other && !other.why ? rowsOf("b", other) : [])]];
    }

    const TABLES = {decay, difference, spectrum, ...Object.fromEntries(["units", "classes", "properties", "directions", "where"].map((kind) => [kind, () => sided(kind)]))};
    const known = (kind) => (kind === "difference" ? memory.hasSecond() && memory.decay && memory.decay.difference : memory[kind] && (kind !== "where" || memory.where.norms));

    memory.csvKinds = () => Object.keys(TABLES).filter(known);
    memory.exportTable = function (kind) {
        if (known(kind)) {
            stateroom.files.csv(memory.fileName(kind), ...TABLES[kind]());
        }
    };
})();
