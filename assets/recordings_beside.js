// The second recording on the Recordings page: its facts stand beside those of the first.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const ASKED = "home-beside-asked";
    let sent = "";

    /** Show the facts of the second recording, if there is one, and say in the frame what is beside. */
    function show() {
        const {parameters, isListed, chosen} = stateroom.recordings;
        const asked = parameters();
        const [key, state] = [asked.get("beside") || "", asked.get("state2") || ""];
        const other = isListed(key) && key !== chosen() ? key : "";
        const shown = other ? stateroom.beside.stateIn(other, state) : key ? "" : state;
        stateroom.pickers.showBeside(other, shown, {linked: asked.get("linked") !== "0", canLink: false});
        const wanted = other ? {a: chosen(), b: other} : null;
        if (JSON.stringify(wanted) !== sent) {
            sent = JSON.stringify(wanted);
            window.dash_clientside.set_props(ASKED, {data: wanted});
        }
        if (key && !other && key !== chosen()) {
            stateroom.messages.show(["There is no recording '" + key.slice(0, 60) + "' to show beside."], "note");
        }
    }

    function act(recording, state, what) {
        const {mounted, write, follow, chosen, parameters} = stateroom.recordings;
        if (!mounted() || !chosen()) {
            return false;
        }
        const {recording: first, state: firstState} = stateroom.pickers.shown;
        if (what === "swap") {
            write({recording: recording || first, state, beside: recording ? first : "", state2: firstState}, true);
        } else {
            write({recording: first, beside: recording, state2: state, ...(what === "remove" ? {linked: ""} : {})}, true);
        }
        follow();
        stateroom.pickers.show(chosen(), parameters().get("state") || "");
        show();
        return true;
    }

    document.addEventListener("DOMContentLoaded", () => stateroom.pickers.besideHandlers.push(act));
    stateroom.recordingsBeside = {
        show,
        /** The page is drawn anew: nothing has been sent. */
        forget() {
            sent = "";
        },
    };
})();
