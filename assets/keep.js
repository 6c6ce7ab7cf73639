// Keeping a view as a finding: an entry of the share menu, and its dialog.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const keeping = (stateroom.keeping = stateroom.keeping || {});
    const make = (...given) => stateroom.element(...given);
    const AUTHOR = "stateroom-author";
    const TEXT_STAYS = "Your text is still here.";
    /** A note that was begun in a dialog and not kept. */
    let begun = "";

    // ---- asking -----------------------------------------------------------------------------------------
    /** Ask a question of dashboard/callbacks/findings.py; the reply has an answer or an error. */
    function ask(question, asked) {
        return stateroom.ask(document.querySelector(".shell").dataset.ask + question, asked, "note" in asked ? TEXT_STAYS : "");
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

    // ---- the dialog -------------------------------------------------------------------------------------
    function keptElement(answer) {
        const made = make("div", "finding-kept");
        const link = make("a", "primary-link", "Show it among the findings", {href: document.getElementById("shell-brand").pathname + "findings?finding=" + answer.id});
        made.append(make("p", "", "“" + answer.title + "” is kept."), link);
        return made;
    }

    function kept(view, fields, author) {
        const withPicture = view.picture && fields.picture.checked;
        return {request: fields.request, page: view.page, query: view.query, numbers: view.numbers, picture: withPicture ? view.picture : "",
            title: fields.title.value, note: fields.note.value, author: author ? author.value : ""};
    }

    function evidence(view, fields) {
        const made = make("div", "finding-evidence");
        if (view.picture) {
            const label = make("label", "tool-check");
            fields.picture = make("input", "", null, {type: "checkbox"});
            fields.picture.checked = true;
            label.append(fields.picture, make("span", "", "with this picture"));
            made.append(label, make("img", "finding-thumbnail", null, {src: keeping.addressOf(view.picture), alt: "The view as it is now"}));
        } else {
            made.append(make("p", "quiet", "There is no picture to keep now. If the view is still being computed, close this, wait and choose it again."));
        }
        if (view.numbers.length) {
            const more = make("details");
            more.append(make("summary", "", "with " + stateroom.whole(view.numbers.length) + (view.numbers.length === 1 ? " number" : " numbers")), keeping.numbersElement(view.numbers));
            made.append(more);
        }
        return made;
    }

    function form(view, user) {
        const made = make("form", "finding-form");
        const {fields, elements} = keeping.noteFields(view.title, begun);
        fields.note.addEventListener("input", () => { begun = fields.note.value; });
        fields.request = stateroom.newName();
        const author = user ? null : make("input", "tool-input", null, {type: "text", maxlength: "100", required: "", autocomplete: "name"});
        if (author) {
            author.value = typedAuthor();
        }
        const told = make("p", "finding-error", "", {role: "alert"});
        const actions = make("div", "dialog-actions");
        const submit = make("button", "primary-button", "Keep", {type: "submit"});
        actions.append(submit, user ? make("span", "quiet", "as " + user) : keeping.field("your name", author), told);
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
            begun = "";
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
        const [view, reply] = await Promise.all([keeping.viewShown(), ask("finding-user", {})]);
        if (reply.error) {
            stateroom.messages.show([reply.error], "error");
            return;
        }
        const {made, first} = form(view, reply.answer.name);
        stateroom.dialog.open({title: "Keep as a finding", body: made});
        first.focus();
        first.select();
    }

    Object.assign(keeping, {ask, typedAuthor});
    (stateroom.shareEntries = stateroom.shareEntries || []).push({
        key: "keep", order: 10, text: "Keep as a finding", title: "Keep this view with a note, its picture and its numbers",
        act: open,
        available: () => keeping.pageShown() !== "findings" && Boolean(stateroom.pickers.shown.recording || new URLSearchParams(window.location.search).get("r")),
    });
})();
