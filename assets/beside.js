// The second recording or state, chosen in the frame: shown beside the first on every page that has a place for it.
//
// A page takes part with two lines: it adds a function to `stateroom.pickers.besideHandlers`, and says what it shows
// with `stateroom.pickers.showBeside(recording, state, options)`. The frame carries the choice to the other pages.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const NONE = {path: "", recording: "", state: "", linked: true, canLink: true, canSwap: true, more: 0};
    const make = (...given) => stateroom.element(...given);
    let shown = {...NONE};
    /** Whether the fields are open although nothing is beside yet. */
    let choosing = false;
    let drawn = "";

    const place = () => document.getElementById("shell-beside");
    const first = () => stateroom.pickers.shown;
    const states = (recording) => Object.keys((stateroom.catalog[recording] || {states: {}}).states);
    const nameOf = (recording) => (stateroom.catalog[recording] || {name: recording}).name;
    const isHere = () => shown.path === window.location.pathname;
    const isShown = () => isHere() && Boolean(shown.recording || shown.state);
    /** The recording beside: that of the page where none is named. */
    const second = () => shown.recording || first().recording;

    // ---- what it may be ---------------------------------------------------------------------------------
    /** States that a recording can show beside the first: in the same recording, another. */
    const statesOf = (recording) => states(recording).filter((state) => recording !== first().recording || state !== first().state);

    const recordings = () => Object.keys(stateroom.catalog).filter((key) => statesOf(key).length > 0);

    /** The state shown when a recording is chosen: the one of the first, else the last of its kind, else what is kept. */
    function stateIn(recording, asked) {
        const known = statesOf(recording);
        const last = (kind) => [...known].reverse().find((state) => state.endsWith("." + kind));
        return [asked, first().state, last(first().state.split(".").pop()), last("cell"), last("hidden"), known[known.length - 1]]
            .find((state) => known.includes(state)) || "";
    }

    // ---- acting -----------------------------------------------------------------------------------------
    /** Tell the page: `what` is "choose", "remove", "swap", "link" or "unlink". */
    function act(what, recording, state) {
        choosing = false;
        const key = recording === first().recording ? "" : recording;
        if (!stateroom.pickers.besideHandlers.some((handler) => handler(key, state, what) !== false)) {
            draw();
        }
    }

    const choose = (recording, state) => act("choose", recording, stateIn(recording, state));

    // ---- drawing ----------------------------------------------------------------------------------------
    function select(name, label, options, value) {
        const field = make("select", "tool-input", null, {name, "aria-label": label});
        field.append(...options.map(([key, text]) => make("option", "", text, {value: key})));
        field.value = value;
        return field;
    }

    function fields() {
        const key = isShown() ? second() : "";
        const options = recordings().map((other) => [other, nameOf(other)]);
        const recording = select("beside", "the second recording", isShown() ? options : [["", "choose"], ...options], key);
        const known = isShown() ? statesOf(key) : [];
        const state = select("beside_state", "state of the second recording", known.map((name) => [name, name]), shown.state);
        recording.addEventListener("change", () => recording.value && choose(recording.value, shown.state));
        state.addEventListener("change", () => choose(key, state.value));
        state.disabled = known.length === 0;
        return [recording, state];
    }

    function linkButton() {
        const told = shown.linked ? "Linked: what is chosen in one holds for both, on one scale. Click to let each go its own way."
            : "Not linked: each goes its own way. Click to link them again.";
        const made = stateroom.button(shown.linked ? "linked" : "not linked", told,
            () => act(shown.linked ? "unlink" : "link", shown.recording, shown.state), "quiet-button beside-link");
        made.setAttribute("aria-pressed", String(shown.linked));
        return made;
    }

    function buttons() {
        const remove = () => act("remove", "", "");
        if (!isShown()) {
            return [stateroom.button("×", "Show nothing beside it", () => {
                choosing = false;
                draw();
            }, "quiet-button")];
        }
        return [
            shown.more > 0 && make("span", "quiet", "and " + shown.more + " more"),
            shown.canSwap && stateroom.button("A ⇄ B", "Swap the two", () => act("swap", shown.recording, shown.state), "quiet-button beside-swap"),
            shown.canLink && linkButton(),
            stateroom.button("×", "Show nothing beside it", remove, "quiet-button beside-remove"),
        ].filter(Boolean);
    }

    function opener() {
        const made = stateroom.button("+ compare", "Compare with another recording or state, shown beside this one", () => {
            choosing = true;
            draw();
            place().querySelector("[name=beside]").focus();
        }, "quiet-button beside-open");
        made.disabled = recordings().length === 0;
        return made;
    }

    /** Whether the page that the address asks for has a place for a second view. */
    function hasPlace() {
        const here = document.querySelector(".menu-link[aria-current=page]");
        return Boolean(here && here.classList.contains("has-beside") && first().recording);
    }

    function draw() {
        const area = place();
        if (!area) {
            return;
        }
        const open = isShown() || choosing;
        const now = JSON.stringify([hasPlace(), open, shown, first(), Object.keys(stateroom.catalog)]);
        if (now === drawn && area.childElementCount > 0) {
            return;
        }
        drawn = now;
        area.hidden = !hasPlace();
        area.closest(".shell-pickers").classList.toggle("has-second", hasPlace() && isShown());
        const focused = area.contains(document.activeElement) ? document.activeElement.name || document.activeElement.className : "";
        area.replaceChildren(...(isShown() ? [make("span", "beside-badge is-b", "B", {"aria-hidden": "true"})] : []),
            make("span", "beside-word", "beside"), ...(open ? [...fields(), ...buttons()] : [opener()]));
        // Who acted by keys goes on from here, also where what was pressed is gone.
        const again = focused && ([...area.children].find((each) => (each.name || each.className) === focused) || area.querySelector("select, button"));
        if (again) {
            again.focus();
        }
    }

    // ---- the frame --------------------------------------------------------------------------------------
    stateroom.beside = {
        draw,
        stateIn,
        /** What is beside, in words; nothing: empty. */
        words: () => (isShown() ? "beside " + [nameOf(second()), shown.state].filter(Boolean).join(", ") : ""),
        /** Say what the mounted page shows beside the first; two empty texts: nothing. */
        show(recording, state, options) {
            shown = {...NONE, ...options, path: window.location.pathname, recording: recording || "", state: state || ""};
            choosing = choosing && !isShown();
            draw();
            stateroom.markMenu();
            stateroom.embed.follow();
        },
        /** The parameters that carry the choice to another page. */
        carried(parameters) {
            const [recording, state, linked] = isHere() ? [shown.recording, shown.state, shown.linked]
                : [parameters.get("beside") || "", parameters.get("state2") || "", parameters.get("linked") !== "0"];
            return recording || state ? {beside: recording, state2: state, linked: linked ? "" : "0"} : {};
        },
    };
})();
