// A finding's note and numbers: the fields they are written in, and the elements they are shown as.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const make = (...given) => stateroom.element(...given);
    let counter = 0;

    function field(text, input, more) {
        counter += 1;
        input.id = "finding-field-" + counter;
        const made = make("div", "finding-field");
        made.append(make("label", "quiet", text, {for: input.id}), input, ...(more || []));
        return made;
    }

    /** The fields of a note; `shows` writes it as it will look. */
    function noteFields(title, note) {
        const fields = {
            title: make("input", "tool-input", null, {type: "text", maxlength: "200", required: "", autocomplete: "off"}),
            note: make("textarea", "tool-input finding-note-field", null, {maxlength: "20000", rows: "7"}),
        };
        fields.title.value = title;
        fields.note.value = note;
        const preview = make("div", "finding-note finding-preview", null, {"aria-live": "polite"});
        preview.hidden = true;
        const look = stateroom.button("preview", "Show the note as it will look", async () => {
            preview.hidden = !preview.hidden;
            look.setAttribute("aria-pressed", String(!preview.hidden));
            if (!preview.hidden) {
                const reply = await stateroom.keeping.ask("finding-note", {note: fields.note.value});
                preview.replaceChildren(reply.error ? make("p", "quiet", reply.error) : noteElement(reply.answer.html));
            }
        });
        look.setAttribute("aria-pressed", "false");
        const hint = make("div", "finding-hint");
        hint.append(make("span", "quiet", "Markdown: **bold**, *italic*, - list, [text](https://…)"), look);
        return {fields, elements: [field("title", fields.title), field("note", fields.note, [hint, preview])]};
    }

    const ALLOWED = ["P", "BR", "HR", "EM", "STRONG", "S", "CODE", "PRE", "BLOCKQUOTE", "UL", "OL", "LI", "A",
        "H1", "H2", "H3", "H4", "H5", "H6", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD"];

    function copied(node) {
        if (node.nodeType === Node.TEXT_NODE) {
            return [document.createTextNode(node.data)];
        }
        const inside = [...node.childNodes].flatMap(copied);
        if (!ALLOWED.includes(node.tagName)) {
            return inside;
        }
        const made = document.createElement(node.tagName);
        if (node.tagName === "A" && /^(https?|mailto):/i.test(node.getAttribute("href") || "")) {
            made.href = node.getAttribute("href");
            made.rel = "noopener noreferrer";
            made.target = "_blank";
        }
        made.append(...inside);
        return [made];
    }

    /** A note as elements. The server made it harmless; here only known elements are made again, one by one. */
    function noteElement(html) {
        const made = make("div", "finding-note");
        made.append(...[...new DOMParser().parseFromString(html, "text/html").body.childNodes].flatMap(copied));
        return made;
    }

    /** A table of numbers: name, value and unit. */
    function numbersElement(numbers) {
        const table = make("table", "finding-numbers");
        const body = make("tbody");
        body.append(...numbers.map(({name, value, unit}) => {
            const row = make("tr");
            const number = typeof value === "number" ? (Number.isInteger(value) ? stateroom.whole(value) : stateroom.number(value)) : value;
            const head = make("th", "", null, {scope: "row"});
            const cell = make("td");
            head.append(make("bdi", "", name));
            cell.append(make("bdi", "", unit ? number + " " + unit : number));
            row.append(head, cell);
            return row;
        }));
        table.append(body);
        return table;
    }

    Object.assign((stateroom.keeping = stateroom.keeping || {}), {field, noteFields, noteElement, numbersElement});
})();
