// Properties: two classes each, by label or by a list of words; what is remembered of the difference between them.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {memory} = stateroom;
    const make = (...given) => stateroom.element(...given);
    const {view, change} = memory;
    const MOST = 6;
    const WORDS = "w:";
    /** What is being defined: two sides, each {annotation, labels: [...]} or {words: [{id, text}]}. */
    let sides = [null, null];

    // ---- addresses --------------------------------------------------------------------------------------
    const escaped = (text) => text.replaceAll("%", "%25").replaceAll("|", "%7C").replaceAll("=", "%3D").replaceAll(";", "%3B");
    const members = (side) => (side ? side.words || side.labels : []);
    const sideText = (side) => (side.words ? WORDS + side.words.map((word) => word.id).join(";")
        : escaped(side.annotation) + "=" + side.labels.map(escaped).join(";"));

    function add(text) {
        const {properties} = view();
        if (!properties.includes(text)) {
            change({properties: [...properties, text].slice(-MOST)});
        }
    }

    // ---- form -------------------------------------------------------------------------------------------
    /** Labels to choose from: all, or those of the annotation that was begun with. */
    function labelOptions(side, name) {
        const made = [make("option", "", side ? "+ label" : name + ": choose", {value: ""}), ...(side ? [] : [make("option", "", "a list of words", {value: WORDS})])];
        const annotations = memory.status ? memory.status.annotations : [];
        annotations.forEach((annotation, place) => {
            if (side && side.annotation !== annotation.name) {
                return;
            }
            const group = make("optgroup", "", null, {label: annotation.name});
            annotation.labels.forEach(({label, count}, number) => {
                if (!side || !side.labels.includes(label)) {
                    group.append(make("option", "", label + " (" + stateroom.whole(count) + ")", {value: place + " " + number}));
                }
            });
            made.push(group);
        });
        return made;
    }

    function chosenLabel(side, value) {
        const [place, number] = value.split(" ").map(Number);
        const annotation = memory.status.annotations[place];
        return {annotation: annotation.name, labels: [...(side ? side.labels : []), annotation.labels[number].label]};
    }

    function chip(shown, text, leave) {
        const made = make("span", "word-chip");
        made.append(shown, stateroom.button("×", "Leave out " + text, leave, "row-remove"));
        return made;
    }

    /** Without its last member a side is undecided again. */
    function leaveOut(index, member) {
        const side = sides[index];
        const kind = side.words ? "words" : "labels";
        const rest = side[kind].filter((other) => other !== member);
        sides[index] = rest.length > 0 ? {...side, [kind]: rest} : null;
        drawForm("side-" + index);
    }

    const chips = (index) => members(sides[index]).map((member) => (sides[index].words
        ? chip(stateroom.tokenElement(member.text), stateroom.visible(member.text), () => leaveOut(index, member))
        : chip(make("bdi", "", member), member, () => leaveOut(index, member))));

    function wordsOf(index, name) {
        return memory.wordFinder("word of " + name, (word) => {
            const {words} = sides[index];
            sides[index] = {words: words.some((other) => other.id === word.id) ? words : [...words, word]};
            drawForm("word of " + name);
        });
    }

    function labelsOf(index, name) {
        const select = make("select", "tool-input property-class", null, {"name": "side-" + index, "aria-label": name});
        select.append(...labelOptions(sides[index], name));
        select.addEventListener("change", () => {
            if (select.value !== "") {
                sides[index] = select.value === WORDS ? {words: []} : chosenLabel(sides[index], select.value);
                drawForm(select.value === WORDS ? "word of " + name : "side-" + index);
            }
        });
        return select;
    }

    function sidePicker(index, name) {
        const made = make("span", "property-side");
        const side = sides[index];
        made.append(...chips(index), side && side.words ? wordsOf(index, name) : labelsOf(index, name));
        return made;
    }

    function suggestions() {
        const given = ((memory.status && memory.status.suggested) || []).filter((each) => !view().properties.includes(each.text));
        return given.length === 0 ? [] : [make("span", "quiet", "or"), ...given.map((each) =>
            stateroom.button(each.name, "add " + each.name, () => add(each.text)))];
    }

    function drawForm(focus) {
        const place = memory.place("property-form");
        const submit = stateroom.button("Add", "Add the property", () => {
            add(sides.map(sideText).join("|"));
            sides = [null, null];
            drawForm("side-0");
        }, "quiet-button");
        submit.disabled = !sides.every((side) => members(side).length > 0) || view().properties.length >= MOST;
        submit.title = view().properties.length >= MOST ? "Up to " + MOST + " properties are shown; remove one first" : submit.title;
        const types = memory.selectField("types", [["1", "types"], ["0", "tokens"]], (value) => change({types: value === "1"}));
        types.value = view().types ? "1" : "0";
        place.replaceChildren(sidePicker(0, "class a"), make("span", "quiet", "against"), sidePicker(1, "class b"), submit, ...suggestions(),
            memory.labelled("mean over", types, "Whether each word of a class counts once, or as often as it occurs"));
        if (focus) {
            const field = [...place.querySelectorAll("select, input")].find((each) => each.name === focus || each.getAttribute("aria-label") === focus);
            field && field.focus();
        }
    }

    // ---- separability -----------------------------------------------------------------------------------
    // Of the second it goes by what is beside, too; a text is that of the first.
    const keyOf = (asked, text, letter) => [asked.recording, letter === "B" ? asked.beside[0] : "", asked.types, text].join(" ");
    const known = (now, text, letter) => memory.separabilities[keyOf(now, text, letter)];

    /** One at a time: each is a training of some seconds. */
    memory.nextSeparability = function (now, letter) {
        const property = now.properties.findIndex((text) => !known(now, text, letter));
        const beside = letter === "B" ? ["beside", "linked"] : [];
        return property < 0 ? null : {...memory.pick(now, [...memory.RUN, ...beside, "properties", "types"]), property};
    };

    const keep = (letter) => (answer, wanted) => {
        memory.separabilities[keyOf(wanted, wanted.properties[wanted.property], letter)] = answer;
        drawTable();
        ["", "-second"].forEach((whose) => stateroom.memoryView.reconsider("memory-separability" + whose));
    };

    function separability(property, letter) {
        const found = known(view(), property.text, letter);
        if (!found) {
            return [make("span", "quiet", property.error ? "–" : "training"), make("span", "quiet", "")];
        }
        if (found.error || !found.l2) {
            const made = make("span", "quiet", "–");
            made.title = found.error || "";
            return [made, make("span", "quiet", "")];
        }
        const best = found.l1 && found.l1.accuracy > found.l2.accuracy ? ["L1", found.l1] : ["L2", found.l2];
        const shown = memory.banded(memory.percent(best[1].accuracy), best[1].low, best[1].high, memory.percent);
        shown.title = "Accuracy of a logistic regression on the embeddings (" + best[0] + "), over " + found.folds + " folds by word type, n = " + stateroom.whole(found.n)
            + (found.l1 ? "; L1 " + memory.percent(found.l1.accuracy) + ", L2 " + memory.percent(found.l2.accuracy) : "");
        const base = make("span", "quiet", memory.percent(found.baseline));
        base.title = "Accuracy of always saying the larger class";
        return [shown, base];
    }

    // ---- table ------------------------------------------------------------------------------------------
    const counted = (side) => stateroom.whole(side.nTypes) + " / " + stateroom.whole(side.nTokens);

    function nameCell(property) {
        const made = make("span", "class-name");
        const told = make("span", "property-name");
        told.append(make("bdi", "", property.name));
        const said = property.error || (property.notes || []).join(" ");
        if (said) {
            told.append(make("span", property.error ? "run-failed property-note" : "quiet property-note", said));
        }
        made.append(memory.swatch(property.error ? null : property.hex), told);
        return made;
    }

    const at = (values, delay) => (values && Number.isFinite(values[delay]) ? values[delay].toFixed(2) : "–");

    function rowOf(property) {
        const {delay} = view();
        const remove = stateroom.button("×", "Remove " + property.name, () => change({properties: view().properties.filter((text) => text !== property.text)}), "row-remove");
        const sidesTold = [property.a, property.b].map((side) => (side ? counted(side) : "–"));
        return {className: property.error ? "is-missing" : "", cells: [nameCell(property), ...sidesTold, at(property.relative, delay), at(property.cosine, delay), ...separability(property), remove]};
    }

    /** How alike the properties are: 1 the same difference, 0 unrelated, −1 the opposite. */
    function between() {
        const {properties, between: cosines} = memory.properties;
        const pairs = properties.flatMap((one, row) => properties.slice(row + 1).map((other, place) => [one, other, (cosines[row] || [])[row + 1 + place]]))
            .filter(([, , cosine]) => Number.isFinite(cosine));
        if (pairs.length === 0) {
            return [];
        }
        const made = make("p", "note property-between", "Cosine between the differences: ");
        pairs.forEach(([one, other, cosine], place) => made.append(place > 0 ? "; " : "", make("bdi", "", one.name), " and ", make("bdi", "", other.name), " ",
            make("strong", "", cosine.toFixed(2).replace("-", "−"))));
        return [made];
    }

    // ---- the second recording ---------------------------------------------------------------------------
    const bare = (value) => value.toFixed(2);

    /** The same property of the second: `text` is that of the first, as words have other ids. */
    function secondRow(property, place) {
        const delay = memory.second.delay();
        const more = (name) => memory.second.signed(memory.oneDelay() && property.difference ? property.difference[name][delay] : NaN, bare);
        const sidesTold = [property.a, property.b].map((side) => (side ? counted(side) : "–"));
        return {className: property.error ? "is-missing" : "", cells: [nameCell(property), ...sidesTold, at(property.relative, delay), more("relative"), at(property.cosine, delay), more("cosine"),
            ...separability({...property, text: view().properties[place]}, "B")]};
    }

    function secondTable() {
        const {propertiesSecond: answer} = memory;
        if (!memory.hasSecond()) {
            return [];
        }
        if (!answer || answer.properties.length !== view().properties.length) {
            const why = memory.second.why();
            return why ? [memory.second.head("b"), make("p", "quiet note", why)] : [];
        }
        const apart = memory.oneDelay() ? "What B keeps more than A at this delay" : "None: A and B are shown at different delays";
        const delay = memory.second.delay();
        const columns = [
            {name: "property a − b"}, {name: "a, types / tokens", number: true}, {name: "b, types / tokens", number: true},
            {name: "relative memory", number: true, title: "m at delay " + delay}, {name: "B − A", number: true, title: apart},
            {name: "cosine, first " + view().n, number: true, title: "At delay " + delay}, {name: "B − A", number: true, title: apart},
            {name: "separability", number: true, title: "How well a linear classifier tells the classes apart by the embeddings of B"},
            {name: "baseline", number: true, title: "Always the larger class"},
        ];
        const told = memory.oneDelay() ? "the same properties, dashed in the figure" : "at delay " + delay + ", dashed in the figure";
        return [memory.second.head("b", make("span", "quiet", told)), stateroom.table({label: "Properties of B", columns, rows: answer.properties.map(secondRow)})];
    }

    function drawTable() {
        const place = memory.place("properties-table");
        const graph = memory.place("properties").closest(".memory-graph");
        const none = view().properties.length === 0;
        graph.hidden = none || !memory.properties;
        if (none || !memory.properties) {
            place.replaceChildren(...(none && memory.ready() ? [make("p", "quiet", "Choose two classes, for example singular and plural nouns: "
                + "the difference of their mean embeddings is compared with the directions that are remembered.")] : []));
            return;
        }
        const {delay, n} = view();
        const columns = [
            {name: "property a − b"},
            {name: "a, types / tokens", number: true}, {name: "b, types / tokens", number: true},
            {name: "relative memory", number: true, title: "m at delay " + delay + ": 1 when the difference is the direction remembered best"},
            {name: "cosine, first " + n, number: true, title: "At delay " + delay + ": 1 when the difference lies within the first " + n + " directions"},
            {name: "separability", number: true, title: "How well a linear classifier tells the classes apart by their embeddings"},
            {name: "baseline", number: true, title: "Always the larger class"}, {name: ""},
        ];
        const own = memory.hasSecond() ? [memory.second.head("a")] : [];
        stateroom.redraw(place, [...own, stateroom.table({label: "Properties", columns, rows: memory.properties.properties.map(rowOf)}), ...between(), ...secondTable()]);
    }

    memory.part({
        mount() {
            sides = [null, null];
            drawForm();
            drawTable();
        },
        status() {
            if (!memory.place("property-form").contains(document.activeElement)) {
                drawForm();
            }
            drawTable();
        },
        properties: drawTable,
        propertiesSecond: drawTable,
        statusSecond: drawTable,
        separability: keep("A"),
        separabilitySecond: keep("B"),
        failed(question, sentence, wanted) {
            if (question.startsWith("memory-separability")) {
                keep(question.endsWith("-second") ? "B" : "A")({error: sentence}, wanted);
            }
        },
        theme: drawTable,
        view(now, previous) {
            if (now.properties !== previous.properties || now.types !== previous.types) {
                drawForm();
            }
            if (now.properties !== previous.properties || now.delay !== previous.delay || now.view !== previous.view
                || now.beside !== previous.beside || now.beside_delay !== previous.beside_delay || now.linked !== previous.linked) {
                drawTable();
            }
        },
    });
})();
