// The lines of Python that compute in a notebook what the page shows: an entry of the share menu.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const UNSEEN = "There is nothing shown to write lines for yet. Choose a recording.";

    /** The page that is shown: "match" of the element "match-page". */
    function pageShown() {
        const page = document.querySelector("#shell-page > [id$='-page']");
        return page ? page.id.replace(/-page$/, "") : "";
    }

    /** What it shows: the view of the page, or the recording chosen in the frame. */
    function viewShown() {
        const page = stateroom.views.find((candidate) => candidate.mounted());
        return (page && page.get()) || {
            recording: stateroom.pickers.shown.recording, beside: new URLSearchParams(window.location.search).get("beside") || "",
        };
    }

    async function show() {
        const {recording, recordings} = viewShown();
        if (!recording && !(recordings && recordings.length > 1)) {
            stateroom.messages.show([UNSEEN], "note");
            return;
        }
        const url = document.querySelector(".shell").dataset.ask + "as-python";
        const reply = await stateroom.ask(url, {page: pageShown(), view: viewShown()});
        if (reply.error) {
            stateroom.messages.show([reply.error], "error");
            return;
        }
        const {lines} = reply.answer;
        const code = stateroom.element("pre", "python-lines", lines, {tabindex: "0"});
        const copy = stateroom.element("button", "tool-button", "Copy", {type: "button"});
        copy.addEventListener("click", () => stateroom.copy(lines, "The lines are copied."));
        const body = stateroom.element("div", "python-body");
        body.append(
            stateroom.element("p", "quiet", "These lines compute the same in a notebook that is started in the project's folder. figure() needs Plotly."),
            code, copy);
        stateroom.dialog.open({title: "This view as Python", body});
    }

    (stateroom.shareEntries = stateroom.shareEntries || []).push({
        key: "python", order: 20, text: "As Python", title: "The lines that compute the same in a notebook",
        act: show, available: () => pageShown() !== "findings",
    });
})();
