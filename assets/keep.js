// Keeping a view as a finding: an entry of the share menu, and its dialog.
// What a page shows is told by `stateroom.shown[page]` of assets/shown_*.js: {title, numbers, picture}.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const make = (...given) => stateroom.element(...given);
    const AUTHOR = "stateroom-author";
    const MOST_BYTES = 1200000;
    const MOST_NUMBERS = 60;
    const WIDEST = 1600;
    const SMALLER = 0.7;
    const TRIES = 6;
    let counter = 0;
    stateroom.shown = stateroom.shown || {};

    // ---- asking -----------------------------------------------------------------------------------------
    /** Ask a question of dashboard/callbacks/findings.py; the reply has an answer or an error. */
    async function ask(question, body) {
        try {
            const reply = await window.fetch(document.querySelector(".shell").dataset.ask + question, {
                method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body),
            });
            return reply.ok ? await reply.json() : {error: "The server could not answer (" + reply.status + "). Your text is still here."};
        } catch (failure) {
            return {error: "The server does not answer. Is it still running?"};
        }
    }

    /** The name that somebody typed, where nobody signs in. */
    function typedAuthor() {
        try {
            return window.localStorage.getItem(AUTHOR) || "";
        } catch (error) {
            return "";
        }
    }

    function rememberAuthor(name) {
        try {
            window.localStorage.setItem(AUTHOR, name);
        } catch (error) {
            // Nothing to remember it in: it is asked for again.
        }
    }

    // ---- what is shown ----------------------------------------------------------------------------------
    /** The page that is shown: "match"; "recordings" for the first one. */
    function pageShown() {
        const first = document.getElementById("shell-brand").pathname;
        const path = window.location.pathname;
        return path === first ? "recordings" : path.slice(first.length).replace(/^\/|\/$/g, "");
    }

    /** The query of the address; the first page's names its recording even where the address is bare. */
    function queryShown(page) {
        const parameters = new URLSearchParams(window.location.search);
        if (page === "recordings" && !parameters.get("recording") && stateroom.pickers.shown.recording) {
            parameters.set("recording", stateroom.pickers.shown.recording);
        }
        return parameters.toString();
    }

    const svgAddress = (text) => "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
    const isSvg = (picture) => !picture.startsWith("data:");
    const sizeOf = (picture) => (isSvg(picture) ? new Blob([picture]).size : Math.ceil(0.75 * (picture.length - picture.indexOf(","))));

    function loaded(address) {
        return new Promise((resolve, reject) => {
            const image = new Image();
            image.onload = () => resolve(image);
            image.onerror = () => reject(new Error("no picture"));
            image.src = address;
        });
    }

    /** A picture that is small enough to keep: as it is, or drawn as a PNG, smaller until it fits; null: none does. */
    async function fitted(picture) {
        if (sizeOf(picture) <= MOST_BYTES) {
            return picture;
        }
        const image = await loaded(isSvg(picture) ? svgAddress(picture) : picture);
        let scale = Math.min(1, WIDEST / image.width);
        for (let tried = 0; tried < TRIES; tried += 1) {
            const canvas = make("canvas");
            [canvas.width, canvas.height] = [Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale))];
            canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
            const drawn = canvas.toDataURL("image/png");
            if (sizeOf(drawn) <= MOST_BYTES) {
                return drawn;
            }
            scale *= SMALLER;
        }
        return null;
    }

    async function pictureOf(shown) {
        try {
            const picture = shown.picture ? await shown.picture() : null;
            return picture ? await fitted(picture) : null;
        } catch (error) {
            // A view without a picture is worth keeping too.
            return null;
        }
    }

    /** Everything that is kept of the view, as it is at this moment. */
    async function viewShown() {
        const page = pageShown();
        const query = queryShown(page);
        const shown = stateroom.shown[page] || {};
        const told = (name, otherwise) => {
            try {
                return (shown[name] && shown[name]()) || otherwise;
            } catch (error) {
                // What a page cannot tell yet is left out.
                return otherwise;
            }
        };
        const {recording, state} = stateroom.pickers.shown;
        const title = told("title", [recording, state].filter(Boolean).join(", "));
        return {page, query, title, numbers: told("numbers", []).slice(0, MOST_NUMBERS), picture: await pictureOf(shown)};
    }

    // ---- fields -----------------------------------------------------------------------------------------
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
                const reply = await ask("finding-note", {note: fields.note.value});
                preview.replaceChildren(reply.error ? make("p", "quiet", reply.error) : stateroom.keeping.noteElement(reply.answer.html));
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

    // ---- the dialog -------------------------------------------------------------------------------------
    function keptElement(answer) {
        const made = make("div", "finding-kept");
        const link = make("a", "primary-link", "Show it among the findings", {href: document.getElementById("shell-brand").pathname + "findings?finding=" + answer.id});
        made.append(make("p", "", "“" + answer.title + "” is kept."), link);
        return made;
    }

    function kept(view, fields, author) {
        const withPicture = view.picture && fields.picture.checked;
        return {page: view.page, query: view.query, numbers: view.numbers, picture: withPicture ? view.picture : "",
            title: fields.title.value, note: fields.note.value, author: author ? author.value : ""};
    }

    function evidence(view, fields) {
        const made = make("div", "finding-evidence");
        if (view.picture) {
            const label = make("label", "tool-check");
            fields.picture = make("input", "", null, {type: "checkbox"});
            fields.picture.checked = true;
            label.append(fields.picture, make("span", "", "with this picture"));
            made.append(label, make("img", "finding-thumbnail", null, {src: isSvg(view.picture) ? svgAddress(view.picture) : view.picture, alt: "The view as it is now"}));
        } else {
            made.append(make("p", "quiet", "The view has no picture that could be kept now."));
        }
        if (view.numbers.length) {
            const more = make("details");
            more.append(make("summary", "", "with " + stateroom.whole(view.numbers.length) + (view.numbers.length === 1 ? " number" : " numbers")), numbersElement(view.numbers));
            made.append(more);
        }
        return made;
    }

    function form(view, user) {
        const made = make("form", "finding-form");
        const {fields, elements} = noteFields(view.title, "");
        const author = user ? null : make("input", "tool-input", null, {type: "text", maxlength: "100", required: "", autocomplete: "name"});
        if (author) {
            author.value = typedAuthor();
        }
        const told = make("p", "finding-error", "", {role: "alert"});
        const actions = make("div", "dialog-actions");
        const submit = make("button", "primary-button", "Keep", {type: "submit"});
        actions.append(submit, user ? make("span", "quiet", "as " + user) : field("your name", author), told);
        made.append(...elements, evidence(view, fields), actions);
        made.addEventListener("submit", async (event) => {
            event.preventDefault();
            submit.disabled = true;
            const reply = await ask("finding-keep", kept(view, fields, author));
            submit.disabled = false;
            if (reply.error) {
                told.textContent = reply.error;
                return;
            }
            if (author) {
                rememberAuthor(author.value.trim());
            }
            const done = keptElement(reply.answer);
            made.replaceWith(done);
            done.querySelector("a").focus();
        });
        return {made, first: fields.title};
    }

    async function open() {
        const [view, reply] = await Promise.all([viewShown(), ask("finding-user", {})]);
        if (reply.error) {
            stateroom.messages.show([reply.error], "error");
            return;
        }
        const {made, first} = form(view, reply.answer.name);
        stateroom.dialog.open({title: "Keep as a finding", body: made});
        first.focus();
        first.select();
    }

    stateroom.keeping = {ask, typedAuthor, rememberAuthor, noteFields, noteElement, numbersElement};
    (stateroom.shareEntries = stateroom.shareEntries || []).push({
        key: "keep", order: 10, text: "Keep as a finding", title: "Keep this view with a note, its picture and its numbers",
        act: open,
        available: () => pageShown() !== "findings" && Boolean(stateroom.pickers.shown.recording || new URLSearchParams(window.location.search).get("r")),
    });
})();
