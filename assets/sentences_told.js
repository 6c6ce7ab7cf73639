// What the picture says in words: heads of the blocks, the floating label, differences of the predictions.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const STRONGEST = 3;
    const make = (...given) => stateroom.element(...given);
    const {finite} = sentences.rows;

    /** Where a sentence comes from, and which network read it. */
    function source(entry, answer) {
        const parts = sentences.entries.read(entry);
        const facts = stateroom.catalog[answer.recording || sentences.view().recording];
        const noun = facts ? facts.sequenceName : "sequence";
        const range = stateroom.whole(parts.start) + " – " + stateroom.whole(parts.stop - 1);
        const where = (Number.isInteger(answer.sequence) ? noun + " " + stateroom.whole(answer.sequence + 1) + ", " : "") + "positions " + range;
        return {corpus: () => where, edited: () => where + ", with other words", typed: () => "typed"}[parts.kind]();
    }

    /** Recording and state by which the sentence of a row is read. */
    sentences.networkOf = function (row) {
        const {recording, state, beside, beside_state: other, entries} = sentences.view();
        const {second} = sentences.entries.read(entries[sentences.placeOf(row)] || "t");
        return second ? [beside || recording, other || state] : [recording, state];
    };

    sentences.headline = function (block) {
        const entry = sentences.view().entries[sentences.placeOf(block.row)] || "t";
        const {answer} = block;
        const parts = [make("span", "", source(entry, answer)), make("span", "quiet", sentences.plural(answer.n, "word"))];
        const {beside, beside_state: other} = sentences.view();
        if (beside || other) {
            parts.push(make("span", "quiet", "read by " + sentences.networkOf(block.row).join(" · ")));
        }
        if (answer.how) {
            parts.push(make("span", "quiet", "cut " + answer.how));
        }
        (answer.notes || []).forEach((note) => parts.push(make("span", "sentence-note", note)));
        return parts;
    };

    // ---- the floating label -----------------------------------------------------------------------------
    function tokenLine(block, index) {
        const {answer} = block;
        const made = make("div", "tip-head");
        made.append(sentences.stage.names[block.row] + " " + (index + 1) + " ", stateroom.tokenElement(answer.tokens[index].text));
        if (Number.isInteger(answer.start)) {
            made.append(make("span", "quiet", " position " + stateroom.whole(answer.start + index)));
        }
        return made;
    }

    function clusterLines(answer, index, cluster) {
        const at = index * answer.k + cluster;
        const part = (name, value, update) => name + " " + sentences.signed(value) + " (" + sentences.signed(update) + " by this word)";
        const kept = answer.preserved[at];
        return [
            make("div", "tip-token", sentences.clusterTitle(answer, cluster)),
            part("positive part", answer.positive[at], answer.updatePositive[at]),
            part("negative part", answer.negative[at], answer.updateNegative[at]),
            Number.isFinite(kept) ? "kept of the state before: " + sentences.percent(kept) : "nothing before to keep",
        ];
    }

    /** The clusters that a word moved most, when none is pointed at. */
    function strongest(answer, index) {
        const moved = Array.from({length: answer.k}, (_, cluster) => ({cluster, value: answer.updatePositive[index * answer.k + cluster] + answer.updateNegative[index * answer.k + cluster]}));
        moved.sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
        return "moves most: " + moved.slice(0, STRONGEST).map(({cluster, value}) => "cluster " + (cluster + 1) + " " + sentences.signed(value)).join(", ");
    }

    sentences.describe = function (scene, block, {column, cluster}) {
        if (block.row === "d") {
            const values = block.values[column];
            return [make("div", "tip-head", "B − A"), !values ? "No word of both stands here."
                : cluster >= 0 ? "cluster " + (cluster + 1) + ": " + sentences.signed(values[cluster]) : "point at a bar"];
        }
        const index = scene.columns[column][block.row];
        return [tokenLine(block, index), ...(cluster >= 0 ? clusterLines(block.answer, index, cluster) : [strongest(block.answer, index)]),
            ...sentences.rows.describe(block.answer, index), make("div", "quiet", "click: what it moves")];
    };

    // ---- differences of the predictions -----------------------------------------------------------------
    function differenceCell(value, {left, width}, digits) {
        const rounded = Number(value.toFixed(digits));
        const made = make("span", "sentence-cell is-number", width >= 34 ? sentences.fixed(value, digits) : "");
        made.classList.toggle("is-positive", rounded > 0);
        made.classList.toggle("is-negative", rounded < 0);
        Object.assign(made.style, {left: left + "px", width: width + "px"});
        return made;
    }

    /** A difference with its sign and as many digits as its neighbours; no sign where it rounds to 0. */
    sentences.fixed = function (value, digits) {
        const rounded = Number(value.toFixed(digits));
        return (rounded > 0 ? "+" : rounded < 0 ? "−" : "") + Math.abs(rounded).toFixed(digits);
    };

    /** B less A under the words that stand under each other: a class, or the loss of the same next word. */
    sentences.differencesTold = function (scene) {
        const {a, b} = sentences.answers;
        const rows = [];
        if (scene.isApart) {
            return rows;
        }
        const both = (value) => scene.shown.map((column) => {
            const {a: one, b: other} = scene.columns[column.number];
            return {column, value: one < 0 || other < 0 ? NaN : value(one, other)};
        }).filter(({value: difference}) => Number.isFinite(difference));
        if (a.classes && b.classes && a.classes.names.join("\n") === b.classes.names.join("\n")) {
            sentences.rows.rowsOf(a).filter((row) => row.kind === "class").forEach((row) => rows.push({title: row.title, digits: 2, cells: both((one, other) => row.value(b, other) - row.value(a, one))}));
        } else if (a.predictions && b.predictions && a.predictions.loss && b.predictions.loss) {
            const same = (one, other) => a.predictions.target[one] === b.predictions.target[other] && finite(a.predictions.loss[one]) && finite(b.predictions.loss[other]);
            rows.push({title: "loss", digits: 2, cells: both((one, other) => (same(one, other) ? b.predictions.loss[other] - a.predictions.loss[one] : NaN))});
        }
        return rows;
    };

    sentences.differenceRows = (scene) => sentences.differencesTold(scene).map(({title, digits, cells}) => {
        const made = make("div", "sentence-row");
        made.append(make("span", "sentence-row-name", title), ...cells.map(({value, column}) => differenceCell(value, column, digits)));
        return made;
    });

    // ---- the change in prediction -----------------------------------------------------------------------
    /** The class that a classifier finds most probable after the last word. */
    function leading({classes: {names, p}, n}) {
        const last = names.map((name, number) => ({name, p: p[(n - 1) * names.length + number]}));
        const best = last.reduce((most, each) => (each.p > most.p ? each : most));
        return best.name + " " + sentences.percent(best.p);
    }

    function meanLoss({predictions}) {
        const losses = ((predictions && predictions.loss) || []).filter(finite);
        return losses.length > 0 ? (losses.reduce((sum, value) => sum + value, 0) / losses.length).toFixed(2) + " nats a word" : "";
    }

    /** What the networks say at the end of A and of B, in words; nothing where they say nothing. */
    sentences.verdict = function () {
        const {a, b} = sentences.answers;
        const rows = [["A", a], ["B", b]].filter(([, answer]) => answer);
        const ends = rows.filter(([, answer]) => answer.classes).map(([name, answer]) => (b ? name + ": " : "") + leading(answer));
        const losses = rows.filter(([, answer]) => !answer.classes && meanLoss(answer)).map(([name, answer]) => (b ? name + " " : "") + meanLoss(answer));
        return [ends.length > 0 ? (b ? "At the end " : "At its end: ") + ends.join(", ") + "." : "", losses.length > 0 ? "Mean loss " + losses.join(", ") + "." : ""].filter(Boolean).join(" ");
    };
})();
