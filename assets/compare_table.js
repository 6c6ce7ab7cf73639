// The table: a row for each fact and measure, a column for each recording; a row is there before its number is.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const {view} = compare;
    const make = (...given) => stateroom.element(...given);

    const whole = (value) => stateroom.whole(value);
    const places = (count) => (value) => compare.fixed(value, count);
    const small = (count) => (value) => (value > 0 && value < 0.5 * 10 ** -count ? "< " + 10 ** -count : compare.fixed(value, count));
    const MANY = 3;
    const SHIFTED = "Mean after one text is shifted against the other: neighbours stay neighbours";
    const OTHERS = {text: "", told: "The others are compared with it."};
    const NOT_RECORDED = "The recording does not say.";

    // What a cell shows is {value, n, why, told} or {text}; null: not there yet. `of(row)` says it of a row of an answer.
    function from(name, index, of) {
        const answer = compare[name];
        if (!answer) {
            return null;
        }
        const row = compare.rowFrom(answer, index);
        if (!row) {
            return answer.why ? {why: answer.why} : null;
        }
        return compare.opens(row) ? of(row) : {why: row.why};
    }

    const fact = (index, of) => from("facts", index, of);
    const named = (text) => (text ? {text: String(text)} : {text: "–", told: NOT_RECORDED});
    const known = (value, more) => ({value, why: NOT_RECORDED, ...more});

    /** A number of the layers: the state chosen of A against the one chosen of another. */
    function similarity(index, of) {
        if (index === 0) {
            return OTHERS;
        }
        const answer = compare.layersOf(0, index);
        if (!answer) {
            return null;
        }
        const cell = answer.why ? null : answer.cells.find((each) => each.a === answer.first.state && each.b === answer.second.state);
        if (cell && cell.pending) {
            return null;
        }
        return cell ? {n: cell.n, why: cell.why, ...of(cell)} : {why: answer.why || "These states are not compared."};
    }

    const saturated = (row, kind) => (row.saturation || []).find((each) => each.kind === kind);
    const GATES = ["input_gate", "forget_gate", "output_gate", "reset_gate", "update_gate"];
    const hasGate = (kind) => Boolean(compare.activity && compare.activity.rows && compare.activity.rows.some((row) => saturated(row, kind)));

    function gateCell(index, kind) {
        return from("activity", index, (row) => {
            const shares = saturated(row, kind);
            return shares ? {text: compare.percent(shares.left.mean) + " | " + compare.percent(shares.right.mean), n: shares.n} : {text: "", told: "It has none."};
        });
    }

    function overWords(index, name) {
        return from("response", index, (row) => (row[name] ? {value: row[name].mean, n: row[name].n, why: row[name].why} : {why: row.why || compare.response.why}));
    }

    function halfLife(row) {
        if (!row.ready) {
            const [why] = (row.why || "").split(/(?<=\.)\s/);
            return {why, href: compare.address("memory", {recording: row.key, state: row.state})};
        }
        const {halfLife: value, text} = row.largest;
        return {...(Number.isFinite(value) ? {value} : text ? {text} : {why: "The state does not depend on what is read."}), n: row.n, told: compare.halfLifeBand(row.largest)};
    }

    /** What is counted as right: next tokens, documents, or both in one row. */
    const accuracyKinds = () => new Set(compare.facts.rows.map((row) => row.accuracyOf).filter(Boolean)).size;

    function layersTold(row) {
        return row.layers ? row.layers + " × " + stateroom.whole(row.units) : stateroom.whole(row.units);
    }

    // ---- ways to the pages that explain a row -----------------------------------------------------------
    const own = (index) => ({recording: view().recordings[index], state: compare.stateOf(index)});
    /** A page with A, and B beside it. */
    const besidePage = (name) => () => compare.address(name, {...own(0), beside: view().recordings[1], state2: compare.stateOf(1)});
    const recordingPage = (index) => compare.address("recordings", {recording: view().recordings[index]});

    function memoryPage() {
        const curves = view().recordings.slice(1).map((recording, index) => recording + ":" + compare.stateOf(index + 1));
        return compare.address("memory", {...own(0), beside: curves.map((curve) => curve.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",")});
    }

    const SECTIONS = [
        ["Network", ["Recordings", () => recordingPage(0)], [
            {name: "cell type", of: (index) => fact(index, (row) => named(row.cell))},
            {name: "layers × units", title: "Units: of the state that is compared", of: (index) => fact(index, (row) => named(layersTold(row)))},
            {name: "embedding dimensions", write: whole, of: (index) => fact(index, (row) => known(row.embedding))},
            {name: "parameters", write: whole, of: (index) => fact(index, (row) => known(row.parameters))},
            {name: "step of its training", only: (rows) => rows.some((row) => Number.isFinite(row.step)), write: whole, of: (index) => fact(index, (row) => known(row.step, {told: row.training}))},
        ]],
        ["Corpus", ["Recordings", () => recordingPage(0)], [
            {name: "positions", write: whole, of: (index) => fact(index, (row) => known(row.positions))},
            {name: "sequences", write: whole, of: (index) => fact(index, (row) => known(row.sequences, {told: row.sequenceName + "s"}))},
            {name: "vocabulary", write: whole, of: (index) => fact(index, (row) => known(row.vocabulary))},
            {name: "tokens in common with A", write: whole, of: (index) => (index === 0 ? OTHERS : fact(index, (row) => ({value: row.common.n, told: row.common.text})))},
        ]],
        ["Prediction, over this corpus", ["Match", besidePage("match")], [
            {name: "perplexity", title: "exp of the mean loss at each position", write: places(2), of: (index) => fact(index, (row) => known(row.perplexity, {n: row.nLoss, why: "No probabilities of next tokens were recorded.", told: "loss " + compare.fixed(row.loss, 3) + " nats"}))},
            {name: "accuracy", title: "Share of next tokens, or of documents, that were predicted right", write: compare.percent,
                of: (index) => fact(index, (row) => known(row.accuracy, {n: row.nAccuracy, why: "No predictions of next tokens or of classes were recorded.", told: "of the " + row.accuracyOf + "s",
                    after: accuracyKinds() > 1 ? " of " + row.accuracyOf + "s" : ""}))},
        ]],
        ["Activity of the state", ["Match", besidePage("match")], [
            {name: "on, mean over units", title: "Share of positions at which a unit is at or above the threshold", write: compare.percent,
                of: (index) => from("activity", index, (row) => ({value: row.on.mean, n: row.n}))},
            {name: "saturated, mean over units", title: "Share of positions at which a unit is beyond ±0.9; a cell: its tanh", write: compare.percent,
                of: (index) => from("activity", index, (row) => ({value: row.saturation[0].both.mean, n: row.n, told: row.saturation[0].limits}))},
            ...GATES.map((kind) => ({name: kind.replace("_", " ") + ", left | right", title: "Share of positions below 0.1 | above 0.9, mean over units",
                only: () => hasGate(kind), of: (index) => gateCell(index, kind)})),
        ]],
        ["Response to words", ["Clusters", besidePage("clusters")], [
            {name: "strength, in standard deviations", title: "Mean over the words of the mean |expected response| of the units, in the units' standard deviations", write: places(3),
                of: (index) => overWords(index, "relative")},
            {name: "strength, in the state's own unit", write: compare.ownUnit, of: (index) => overWords(index, "strength")},
            {name: "units that hold 90 % of it", title: "Fewer: sparser", write: compare.percent, of: (index) => overWords(index, "shareOfUnits")},
            {name: "sparsity (Hoyer)", title: "0: all units respond alike; 1: one unit alone", write: places(3), of: (index) => overWords(index, "sparsity")},
        ]],
        ["Memory", ["Memory", memoryPage], [
            {name: "half-life in positions", title: "Delay at which the largest singular value of the mean gradient has fallen to half", write: places(1),
                of: (index) => from("memory", index, halfLife)},
        ]],
        ["Similarity to A, state against state", null, [
            {name: "linear CKA", write: small(3), of: (index) => similarity(index, (cell) => ({value: cell.cka})), below: "layers"},
            {name: "… by chance", full: "linear CKA by chance", below: "layers", title: SHIFTED, write: small(3), of: (index) => similarity(index, (cell) => ({value: cell.ckaChance,
                told: "on " + stateroom.whole(cell.chanceUnits[0]) + " units of A; in any order of the positions " + small(3)(cell.ckaShuffled)}))},
            {name: "best |r| of A's units", write: small(3), of: (index) => similarity(index, (cell) => ({value: cell.bestFirst})), below: "units"},
            {name: "… by chance", full: "best |r| of A's units by chance", below: "units", title: SHIFTED, write: small(3), of: (index) => similarity(index, (cell) => ({value: cell.bestFirstChance, told: "on " + stateroom.whole(cell.chanceUnits[0]) + " units"}))},
        ]],
    ];

    // ---- cells ------------------------------------------------------------------------------------------
    /** A number whose decimal point, or a pair whose bar, stands under that of the row above. */
    function aligned(text) {
        const [, integer, fraction] = (text.includes(" | ") ? /^(.*)( \| .*)$/ : /^([^.]*)(.*)$/).exec(text);
        const made = make("span", "number-cell");
        made.append(make("span", "", integer), make("span", "fraction", fraction));
        return made;
    }

    function cellOf(row, index) {
        const made = make("td", "of-recording");
        const shown = row.of(index);
        if (!shown) {
            made.append(make("span", "is-waiting-cell", "…"));
            made.title = "Being computed";
        } else if (shown.text !== undefined) {
            made.append(shown.text.includes(" | ") ? aligned(shown.text) : make("span", "of-text", shown.text));
        } else if (Number.isFinite(shown.value)) {
            made.append(aligned(row.write(shown.value) + (shown.after || "")));
        } else {
            const dash = shown.href ? make("a", "is-undefined", "–", {"href": shown.href, "aria-label": row.name + " of " + compare.nameOf(index) + ": not computed"}) : make("span", "is-undefined", "–");
            made.append(dash);
            made.title = shown.why || "Not known.";
            return made;
        }
        const told = shown && [compare.nameOf(index), row.name, Number.isFinite(shown.value) ? String(Number(shown.value.toPrecision(7))) : "",
            Number.isFinite(shown.n) ? "n = " + stateroom.whole(shown.n) : "", shown.told];
        made.title = shown ? told.filter(Boolean).join(" · ") : made.title;
        return made;
    }

    function countTold(row, indices) {
        const counts = indices.map((index) => (row.of(index) || {}).n).filter((count) => count > 0);
        const [low, high] = [Math.min(...counts), Math.max(...counts)];
        return counts.length === 0 ? "" : low === high ? stateroom.whole(low) : stateroom.whole(low) + "–" + stateroom.whole(high);
    }

    /** Where a row is explained: another page, or a part of this one. */
    function wayOf(row, link) {
        const [text, href] = row.below ? ["below", () => "#"] : link;
        const made = make("a", "", text, {"href": href(), "aria-label": row.name + ": " + text});
        if (row.below) {
            made.addEventListener("click", (event) => {
                event.preventDefault();
                compare.place(row.below).scrollIntoView({block: "start"});
            });
        }
        return made;
    }

    function lineOf(row, indices, link) {
        const made = make("tr");
        const name = make("th", "", row.name, {scope: "row"});
        name.title = row.title || "";
        const way = make("td", "measure-link");
        way.append(wayOf(row, link));
        made.append(name, ...indices.map((index) => cellOf(row, index)), make("td", "measure-n", countTold(row, indices)), way);
        return made;
    }

    function groupLine(title, count) {
        const made = make("tr", "measure-group");
        made.append(make("th", "", title, {scope: "rowgroup", colspan: count + 3}));
        return made;
    }

    function headCell(index) {
        const made = make("th", "of-recording", null, {scope: "col"});
        made.style.setProperty("--own", compare.color(index));
        const name = make("a", "column-name", null, {href: recordingPage(index), title: "Its facts on the Recordings page"});
        name.append(compare.badge(index), make("bdi", "", compare.nameOf(index)));
        made.append(name, make("span", "column-state", compare.stateOf(index)));
        return made;
    }

    const shownRows = (rows) => rows.filter((row) => !row.only || row.only(compare.facts ? compare.facts.rows : []));

    function draw() {
        if (!compare.ready()) {
            return;
        }
        const indices = view().recordings.map((_, index) => index);
        const table = make("table", "measures" + (indices.length > MANY ? " has-many" : ""));
        const heads = make("tr");
        heads.append(make("th", "", "measure", {scope: "col"}), ...indices.map(headCell),
            make("th", "measure-n", "n", {scope: "col", title: "What a number is over: positions, documents or words"}), make("th", "measure-link", "explained on", {scope: "col"}));
        const head = make("thead");
        head.append(heads);
        const body = make("tbody");
        SECTIONS.forEach(([title, link, rows]) => body.append(groupLine(title, indices.length), ...shownRows(rows).map((row) => lineOf(row, indices, link))));
        table.append(head, body);
        const scroller = make("div", "table-scroller", null, {"tabindex": "0", "role": "region", "aria-label": "Facts and measures"});
        scroller.append(table);
        stateroom.redraw(compare.place("facts"), [scroller]);
    }

    /** Every number of the table, with its n, for a file. */
    function exported() {
        const indices = view().recordings.map((_, index) => index);
        const rows = SECTIONS.flatMap(([title, , all]) => shownRows(all).flatMap((row) => indices.map((index) => {
            const shown = row.of(index) || {why: "not computed yet"};
            const value = shown.text !== undefined ? shown.text : Number.isFinite(shown.value) ? shown.value : null;
            return [title, row.name, compare.letter(index), view().recordings[index], compare.stateOf(index), value, shown.n, value === null ? shown.why : shown.told];
        })));
        return [["group", "measure", "letter", "recording", "state", "value", "n", "remark"], rows];
    }

    /** Every cell of the table: {row, index, cell}. */
    compare.measures = function () {
        const indices = view().recordings.map((_, index) => index);
        return SECTIONS.flatMap(([, , rows]) => shownRows(rows).flatMap((row) => indices.map((index) => ({row, index, cell: row.of(index)}))));
    };
    compare.TABLES.facts = exported;
    compare.part({
        mount: () => stateroom.redraw(compare.place("facts"), []),
        facts: draw,
        activity: draw,
        response: draw,
        memory: draw,
        layer: draw,
        theme: draw,
        failed(name, sentence) {
            if (name === "facts") {
                stateroom.redraw(compare.place("facts"), [compare.sentence({why: sentence, again: "compare-facts"})]);
            }
        },
        view(now, previous) {
            if (["recordings", "states", "state"].some((field) => JSON.stringify(now[field]) !== JSON.stringify(previous[field]))) {
                draw();
            }
        },
    });
})();
