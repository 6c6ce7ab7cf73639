// Classes of words: how strongly and how long each is remembered, beside the control; single words among them.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {memory} = stateroom;
    const make = (...given) => stateroom.element(...given);
    const {view, change} = memory;
    const MOST_SHOWN = 16;
    const SORTS = [["strength", "strength"], ["half-life", "half-life"], ["n", "n"]];
    let fields = {};

    // ---- head -------------------------------------------------------------------------------------------
    function categorical() {
        return memory.status ? memory.status.annotations.filter((each) => each.nLabels > 0).map((each) => each.name) : [];
    }

    function annotationField() {
        const names = categorical();
        const now = view().by || (memory.classes && memory.classes.by) || "";
        const options = (now && names.includes(now) ? names : ["", ...names]).map((name) => [name, name || (names.length > 0 ? "automatic" : "no annotation")]);
        const field = memory.selectField("by", options, (by) => change({by, classes: []}));
        field.value = now;
        field.disabled = names.length === 0;
        return memory.labelled("classes by", field, names.length > 0 ? "The annotation whose labels are the classes" : "This recording has no categorical annotation");
    }

    function drawHead() {
        const head = memory.place("panel-classes").querySelector(".panel-head");
        if (head.contains(document.activeElement) && document.activeElement.type === "search") {
            return;
        }
        const control = stateroom.button("control", "control: random words that are as frequent, beside each class", () => change({control: !view().control}));
        control.setAttribute("aria-pressed", String(view().control));
        fields = {finder: memory.wordFinder("single word", (word) => addWord(word.id))};
        stateroom.redraw(head, [annotationField(), control, fields.finder]);
    }

    const addWord = (id) => view().words.includes(id) || change({words: [...view().words, id].slice(-MOST_SHOWN)});
    memory.addWord = addWord;

    // ---- table ------------------------------------------------------------------------------------------
    /** The rows whose curves are shown: those chosen, or the strongest when none is. */
    function toggle(row) {
        const shown = memory.classes.rows.filter((each) => each.kind === "class" && each.shown).map((each) => each.key);
        change({classes: row.shown ? shown.filter((key) => key !== row.key) : [...shown, row.key].slice(-MOST_SHOWN)});
    }

    function nameCell(row) {
        const made = make("span", "class-name");
        if (row.kind === "class" && row.inResult && !row.few) {
            const box = make("input", "", null, {"type": "checkbox", "aria-label": "curve of " + row.text});
            box.checked = row.shown;
            box.addEventListener("change", () => toggle(row));
            made.append(box);
        } else {
            made.append(make("span", "class-blank"));
        }
        made.append(memory.swatch(row.shown ? row.hex : null), row.kind === "word" ? stateroom.tokenElement(row.text) : make("bdi", "", row.text));
        if (row.kind === "word") {
            made.append(stateroom.button("×", "Remove the word " + stateroom.visible(row.text),
                () => change({words: view().words.filter((id) => String(id) !== String(row.key))}), "row-remove"));
        }
        return made;
    }

    function controlCell(row, write) {
        if (!row.control || !Number.isFinite(row.control.value)) {
            return make("span", "quiet", "–");
        }
        const made = make("span", "banded", write(row.control.value));
        const {low, high, n, nSets, ratio} = row.control;
        made.title = nSets + " random sets of words of the same frequencies, " + stateroom.whole(n) + " positions; between " + write(low) + " and " + write(high)
            + (Number.isFinite(ratio) ? "; the class is " + ratio.toFixed(2) + " times as strong" : "");
        return made;
    }

    function spanning(text) {
        const made = make("span", "quiet", text);
        made.dataset.span = view().control ? 4 : 3;
        return made;
    }

    function rowOf(row, write, normal) {
        const n = make("span", row.few ? "is-few" : "", Number.isFinite(row.n) ? stateroom.whole(row.n) : "–");
        if (!row.inResult) {
            return {className: "is-missing", cells: [nameCell(row), n, spanning("not computed with these: Compute above")]};
        }
        if (row.few) {
            n.title = "Fewer than " + memory.classes.minimum + ": no curve";
            return {className: "is-missing", cells: [nameCell(row), n, spanning("too few for a curve")]};
        }
        return {className: row.kind === "all" ? "is-all" : "", data: {kind: row.kind}, cells: [nameCell(row), n, memory.banded(write(row.value), row.low, row.high, write),
            Number.isFinite(row.normalised) ? normal(row.normalised) : "–", memory.halfLife(row), ...(view().control ? [controlCell(row, write)] : [])]};
    }

    function drawTable() {
        const place = memory.place("classes-table");
        if (!memory.classes) {
            place.replaceChildren();
            return;
        }
        const {delay, minimum, notes} = memory.classes;
        // Words that were asked for by name stand before the classes.
        const kinds = ["all", "word", "class"];
        const rows = [...memory.classes.rows].sort((one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind));
        const share = view().measure === "share";
        const write = share ? memory.percent : stateroom.column(rows.map((row) => row.value));
        const columns = [
            {name: "class"},
            {name: "n", number: true, sort: "n", title: "Positions at the delay; under " + minimum + " there is no curve"},
            {name: {largest: "largest", sum: "sum", share: "share"}[view().measure], number: true, sort: "strength", title: "At delay " + delay},
            {name: "normalised", number: true, title: "The value in the sum of the classes' values"},
            {name: "half-life", number: true, sort: "half-life", title: "Delay at which the curve has fallen to half"},
            ...(view().control ? [{name: "control", number: true, title: "The same of random words that are as frequent"}] : []),
        ];
        const normal = (value) => value.toFixed(2);
        const sorting = {by: view().sort, choose: (sort) => SORTS.some(([name]) => name === sort) && change({sort})};
        const parts = [...(memory.hasSecond() ? [memory.second.head("a")] : []), stateroom.table({label: "Classes", columns, sorting, rows: rows.map((row) => rowOf(row, write, normal))})];
        if (notes && notes.length > 0) {
            parts.push(make("p", "quiet note", notes.join(" ")));
        }
        stateroom.redraw(place, parts);
    }

    // ---- the second recording ---------------------------------------------------------------------------
    /** A class of the second; where it goes its own way, its curves are chosen by themselves. */
    function secondName(row) {
        const made = make("span", "class-name");
        if (!view().linked && row.kind === "class") {
            const box = make("input", "", null, {"type": "checkbox", "aria-label": "curve of " + row.text + " of B"});
            box.checked = row.shown;
            box.addEventListener("change", () => {
                const shown = memory.classesSecond.rows.filter((each) => each.kind === "class" && each.shown).map((each) => each.key);
                change({beside_classes: row.shown ? shown.filter((key) => key !== row.key) : [...shown, row.key].slice(-MOST_SHOWN)});
            });
            made.append(box);
        }
        made.append(memory.swatch(row.shown ? row.hex : null), row.kind === "word" ? stateroom.tokenElement(row.text) : make("bdi", "", row.text));
        return made;
    }

    /** The same classes of the recording beside, in the same order; its figure has the scale of the first. */
    function drawSecond() {
        const place = memory.place("classes-second-table");
        const answer = memory.classesSecond;
        const shown = view().beside.length > 0;
        place.parentElement.hidden = !shown;
        const graph = memory.place("classes-second").closest(".memory-graph");
        graph.hidden = !answer || answer.rows.length === 0;
        if (!shown) {
            place.replaceChildren();
            return;
        }
        if (!answer || answer.why) {
            const why = answer ? answer.why : memory.second.why();
            place.replaceChildren(...(why ? [memory.second.head("b"), make("p", "quiet note", why)] : []));
            return;
        }
        const write = view().measure === "share" ? memory.percent : stateroom.column(answer.rows.map((row) => row.value));
        const head = memory.second.head("b", make("span", "quiet", view().linked ? "the same classes, on the scale above" : "at delay " + answer.delay + ", on a scale of its own"));
        const known = answer.rows.filter((row) => row.inResult && !row.few);
        if (known.length === 0) {
            place.replaceChildren(head, make("p", "quiet note", "No class of B has been computed. " + memory.second.why()));
            return;
        }
        const columns = [{name: "class"}, {name: "n", number: true, title: "Positions at the delay"},
            {name: {largest: "largest", sum: "sum", share: "share"}[view().measure], number: true, title: "At delay " + answer.delay},
            {name: "B − A", number: true, title: memory.oneDelay() ? "What B has more than A at this delay" : "None: A and B are shown at different delays"},
            {name: "half-life", number: true, title: "Delay at which the curve has fallen to half"},
            {name: "B − A", number: true, title: "How many positions longer half of it is left in B"}];
        const lives = (value) => value.toFixed(1);
        const rows = known.map((row) => ({className: row.kind === "all" ? "is-all" : "", cells: [secondName(row), make("span", "", stateroom.whole(row.n)),
            memory.banded(write(row.value), row.low, row.high, write), memory.second.difference(row.difference, row.differenceLow, row.differenceHigh, write), memory.halfLife(row),
            memory.second.difference(row.halfLifeDifference, row.halfLifeLowDifference, row.halfLifeHighDifference, lives)]}));
        place.replaceChildren(head, stateroom.table({label: "Classes of B", columns, rows}), ...(answer.notes.length > 0 ? [make("p", "quiet note", answer.notes.join(" "))] : []));
    }

    memory.focusWord = () => fields.finder && fields.finder.querySelector("input").focus();
    memory.part({
        mount() {
            drawHead();
            drawTable();
            drawSecond();
        },
        classesSecond: drawSecond,
        statusSecond: drawSecond,
        status: drawHead,
        classes() {
            drawHead();
            drawTable();
        },
        theme() {
            drawTable();
            drawSecond();
        },
        view(now, previous) {
            if (now.beside !== previous.beside || now.linked !== previous.linked) {
                drawTable();
                drawSecond();
            }
            if (now.control !== previous.control) {
                drawHead();
            }
        },
    });
})();
