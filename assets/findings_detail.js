// The chosen finding: its note, picture and numbers, and the form in which its author changes it.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const make = (...given) => stateroom.element(...given);
    const PLACE = "findings-detail";
    let shown = null;
    let editing = false;
    let asked = 0;
    /** Changes that were begun and neither saved nor given up, by the finding's id. */
    const begun = new Map();

    const place = () => document.getElementById(PLACE);
    // assets/findings.js comes first.
    const {findings} = stateroom;
    const identity = () => ({id: shown.id, version: shown.version, author: stateroom.keeping.typedAuthor()});

    // ---- reading ----------------------------------------------------------------------------------------
    /** The path of the page under the host's prefix, and the query that was kept. */
    function viewAddress(finding) {
        const path = findings.setting("paths")[finding.page];
        return path ? path + (finding.query ? "?" + finding.query : "") : null;
    }

    const SINCE = {
        replaced: (name) => "Recording " + name + " was replaced since: the picture and the numbers are of what it was, and the view may show something else now.",
        deleted: (name, opens) => "Recording " + name + " was deleted since: " + (opens ? "the view opens without it." : "the view cannot be opened any more.")
            + " The note, the picture and the numbers are still here.",
        damaged: (name) => "Recording " + name + " does not open at the moment: it is damaged.",
    };

    function since(finding) {
        return finding.recordings.filter(({state}) => SINCE[state]).map((recording) => {
            const made = make("p", "finding-since", SINCE[recording.state](recording.name, finding.opens));
            made.title = "Fingerprint when it was kept: " + recording.fingerprint;
            return made;
        });
    }

    function actions(finding) {
        const made = make("div", "next-steps");
        const address = viewAddress(finding);
        if (address && finding.opens) {
            made.append(make("a", "primary-link", "Open the view", {href: address}));
        }
        made.append(stateroom.button("copy link", "Copy the address of this finding", () => {
            const url = new URL(window.location.href);
            url.search = new URLSearchParams({finding: finding.id}).toString();
            stateroom.copy(url.href, "The address of this finding is copied.");
        }, "quiet-button"));
        if (finding.mine) {
            made.append(stateroom.button("edit", "Change title and note", () => edit(shown), "quiet-button"),
                stateroom.button("delete", "Delete this finding", confirmDelete, "quiet-button"));
        }
        return made;
    }

    function picture(finding) {
        if (!finding.picture) {
            return [];
        }
        const made = make("figure", "finding-picture");
        const image = make("img", "", null, {src: finding.picture, alt: findings.pageName(finding.page) + " as it was kept: " + finding.title});
        const kind = finding.picture.startsWith("data:image/png") ? "png" : "svg";
        const under = make("figcaption", "quiet", "as it was on ");
        under.append(findings.moment(finding.created), " · ", make("a", "", "save " + kind.toUpperCase(),
            {href: finding.picture, download: stateroom.files.name("finding", finding.title.slice(0, 60)) + "." + kind}));
        const whole = stateroom.button("as wide as the page", "Show the picture as wide as the page", () =>
            whole.setAttribute("aria-pressed", String(made.classList.toggle("is-whole"))), "link-button");
        whole.setAttribute("aria-pressed", "false");
        under.append(" · ", whole);
        made.append(image, under);
        return [made];
    }

    function recordings(finding) {
        return finding.recordings.map((recording) => make("p", "quiet finding-fingerprint",
            recording.name + ": fingerprint " + recording.fingerprint + (recording.state === "same" ? ", the same today" : "")));
    }

    function drawShown() {
        const head = make("div", "finding-head");
        const title = make("h2");
        title.append(make("bdi", "", shown.title));
        const by = make("p", "quiet");
        by.append(findings.byLine(shown));
        if (shown.changed !== shown.created) {
            by.append(" · changed ", findings.moment(shown.changed));
        }
        head.append(title, by);
        const numbers = shown.numbers.length ? [make("h3", "", "Numbers it showed"), stateroom.keeping.numbersElement(shown.numbers)] : [];
        const note = shown.note ? [stateroom.keeping.noteElement(shown.html)] : [make("p", "quiet", "Without a note.")];
        place().replaceChildren(head, ...since(shown), actions(shown), ...note, ...picture(shown), ...numbers, ...recordings(shown));
    }

    // ---- changing ---------------------------------------------------------------------------------------
    /** What somebody else kept meanwhile, beside the own text, which stays in the form. */
    function conflict(now, {overwrite, take}) {
        const made = make("div", "finding-conflict", null, {role: "alert"});
        const theirs = make("blockquote", "finding-theirs");
        theirs.append(make("strong", "", now.title), make("pre", "", now.note));
        const choices = make("div", "dialog-actions");
        choices.append(stateroom.button("keep my text", "Replace what is kept by what stands in the form", overwrite, "quiet-button"),
            stateroom.button("take theirs", "Leave the form", take, "quiet-button"));
        made.append(make("p", "", "Somebody changed this finding while you wrote. Your text is still in the form. What is kept now:"), theirs, choices);
        return made;
    }

    function edit(finding) {
        editing = true;
        const made = make("form", "finding-form");
        const {title, note} = begun.get(finding.id) || finding;
        const {fields, elements} = stateroom.keeping.noteFields(title, note);
        const told = make("p", "finding-error", "", {role: "alert"});
        const aside = make("div");
        const line = make("div", "dialog-actions");
        const submit = make("button", "primary-button", "Save", {type: "submit"});
        line.append(submit, stateroom.button("cancel", "Leave it as it was", stop, "quiet-button"), told);
        made.append(make("h2", "", "Change the finding"), ...elements, aside, line);
        const save = async () => {
            told.textContent = "";
            const reply = await stateroom.keeping.ask("finding-change", {...identity(), title: fields.title.value, note: fields.note.value});
            if (reply.error) {
                told.textContent = reply.error;
            } else if (reply.answer.done) {
                stop();
                findings.again(finding.id);
            } else {
                const {now} = reply.answer;
                const overwrite = () => {
                    shown = {...shown, version: now.version};
                    aside.replaceChildren();
                    save();
                };
                aside.replaceChildren(conflict(now, {overwrite, take: () => { stop(); findings.again(finding.id); }}));
            }
        };
        made.addEventListener("input", () => begun.set(finding.id, {title: fields.title.value, note: fields.note.value}));
        made.addEventListener("submit", (event) => {
            event.preventDefault();
            save();
        });
        place().replaceChildren(made);
        fields.note.focus();
    }

    function stop() {
        editing = false;
        begun.delete(shown.id);
        drawShown();
    }

    function confirmDelete() {
        const body = make("div");
        const told = make("p", "finding-error", "", {role: "alert"});
        const line = make("div", "dialog-actions");
        const dialog = stateroom.dialog.open({title: "Delete this finding?", body});
        line.append(stateroom.button("Delete", "Delete the finding for good", async () => {
            const {id} = shown;
            const reply = await stateroom.keeping.ask("finding-remove", identity());
            if (reply.error) {
                told.textContent = reply.error;
                return;
            }
            dialog.close();
            if (reply.answer.done) {
                findings.again("");
            } else {
                stateroom.messages.show(["Somebody changed this finding meanwhile, so it was not deleted. It is shown as it is now."], "note");
                findings.again(id);
            }
        }, "primary-button"), stateroom.button("Keep it", "Do not delete it", dialog.close, "quiet-button"), told);
        body.append(make("p", "", "“" + shown.title + "” with its note, picture and numbers. It cannot be brought back."), line);
    }

    // ---- following --------------------------------------------------------------------------------------
    async function show(id) {
        if (editing && shown && shown.id === id) {
            return;
        }
        editing = false;
        asked += 1;
        const number = asked;
        if (!id) {
            place().replaceChildren();
            return;
        }
        const reply = await stateroom.keeping.ask("finding", {id, author: stateroom.keeping.typedAuthor()});
        if (number !== asked || !findings.mounted() || editing) {
            return;
        }
        if (reply.error) {
            shown = null;
            place().replaceChildren(make("p", "empty-state", reply.error));
            return;
        }
        shown = reply.answer;
        drawShown();
    }

    Object.assign(findings, {
        show,
        editing: () => editing,
        forget() {
            shown = null;
            editing = false;
        },
    });
})();
