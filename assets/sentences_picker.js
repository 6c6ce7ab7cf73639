// The sentences of the recording: searched, by label, the hardest or easiest first, a page at a time.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const make = (...given) => stateroom.element(...given);
    const ORDERS = [["corpus", "corpus order"], ["hardest", "hardest first"], ["easiest", "easiest first"]];

    let fields = null;
    let body = null;
    const place = () => sentences.place("picker");
    const close = () => sentences.change({list: false});

    function tools() {
        const find = make("input", "tool-input", null, {type: "search", name: "find-sentence", placeholder: "words, or /a pattern/", maxlength: 200, spellcheck: "false", autocomplete: "off", "aria-label": "Find a sentence"});
        const search = () => sentences.change({find: find.value.trim(), page: 0}, {history: "replace"});
        find.addEventListener("keydown", (event) => event.key === "Enter" && search());
        find.addEventListener("search", search);
        const label = make("select", "tool-input", null, {name: "label", "aria-label": "Only sentences with a label"});
        label.addEventListener("change", () => sentences.change({label: label.value, page: 0}, {history: "replace"}));
        const order = make("select", "tool-input", null, {name: "order", "aria-label": "Order"});
        order.append(...ORDERS.map(([value, text]) => make("option", "", text, {value})));
        order.addEventListener("change", () => sentences.change({order: order.value, page: 0}, {history: "replace"}));
        fields = {find, label, order};
        const made = make("div", "picker-tools");
        made.append(find, label, order);
        return made;
    }

    function fillLabels(filters) {
        const groups = filters.map(({name, labels}) => {
            const group = make("optgroup", "", null, {label: name});
            group.append(...labels.map((label) => make("option", "", label, {value: name + "=" + label})));
            return group;
        });
        fields.label.replaceChildren(make("option", "", "any label", {value: ""}), ...groups);
        fields.label.disabled = groups.length === 0;
        fields.label.value = sentences.view().label;
    }

    function line(row, what) {
        const made = make("div", "picked-line");
        const entry = sentences.entries.write({kind: "corpus", second: false, start: row.start, stop: row.stop, text: ""});
        const text = make("button", "picked-sentence", null, {type: "button"});
        const words = make("bdi", "", row.tokens.map(stateroom.visible).join(" "));
        words.dir = "auto";
        const facts = [what + " " + stateroom.whole(row.sequence + 1), sentences.plural(row.tokens.length, "word"),
            row.loss === null || row.loss === undefined ? "" : "loss " + row.loss.toFixed(2), ...Object.entries(row.labels || {}).map(([name, label]) => name + " " + label)];
        text.append(words, make("span", "quiet picked-facts", facts.filter(Boolean).join(" · ")));
        text.addEventListener("click", () => sentences.entries.add(entry, 0));
        made.append(text, stateroom.button("as B", "as B: below the sentence shown", () => sentences.entries.add(entry, Math.min(1, sentences.entries.all().length))));
        return made;
    }

    function pages(answer) {
        const count = Math.max(1, Math.ceil(answer.nFound / answer.pageSize));
        const made = make("div", "picker-pages");
        const step = (text, label, page, possible) => {
            const button = stateroom.button(text, label, () => sentences.change({page}, {history: "replace"}));
            button.disabled = !possible;
            return button;
        };
        made.append(step("‹", "previous page", answer.page - 1, answer.page > 0),
            make("span", "quiet", "page " + stateroom.whole(answer.page + 1) + " of " + stateroom.whole(count)), step("›", "next page", answer.page + 1, answer.page + 1 < count));
        return made;
    }

    function found(answer) {
        if (!sentences.view().list) {
            return;
        }
        fillLabels(answer.filters || []);
        const none = make("p", "empty-why", "No " + (answer.what || "sentence") + " fits. Search for fewer words or choose any label.");
        const facts = stateroom.catalog[sentences.view().recording];
        const what = facts ? facts.sequenceName : "sequence";
        const count = stateroom.whole(answer.nFound) + (answer.nFound < answer.nSentences ? " of " + stateroom.whole(answer.nSentences) : "") + " found. " + (answer.note || "")
            + (answer.loss ? " Loss: " + answer.loss + ", in nats." : "");
        const rows = make("div", "picked-lines");
        rows.append(...(answer.rows.length > 0 ? answer.rows.map((row) => line(row, what)) : [none]));
        body.replaceChildren(make("p", "quiet", count), rows, pages(answer));
    }

    function open() {
        const head = make("div", "list-head");
        head.append(make("h2", "", "Sentences of the recording"), stateroom.button("×", "Close (Esc)", close, "row-remove"));
        body = make("div", "picker-body");
        body.append(make("p", "quiet", "Looking for sentences."));
        place().replaceChildren(head, tools(), body);
        place().hidden = false;
        fields.find.value = sentences.view().find;
        fields.order.value = sentences.view().order;
    }

    sentences.part({
        mount() {
            place().hidden = true;
            place().replaceChildren();
        },
        found,
        failed(question, sentence) {
            if (question === "sentences-list" && body) {
                body.replaceChildren(make("p", "empty-why", sentence));
            }
        },
        view(now, previous) {
            if (now.list && place().hidden) {
                open();
                if (previous.recording !== undefined) {
                    fields.find.focus();
                }
            } else if (!now.list && !place().hidden) {
                const hadFocus = place().contains(document.activeElement);
                place().hidden = true;
                place().replaceChildren();
                if (hadFocus) {
                    document.querySelector("#sentences-typed [data-toggle=list]").focus();
                }
            }
            if (now.list && fields) {
                fields.order.value = now.order;
            }
        },
    });
    Object.assign(sentences, {
        /** Close the list; returns whether it was open. */
        closePicker() {
            const isOpen = !place().hidden;
            if (isOpen) {
                close();
            }
            return isOpen;
        },
    });
})();
