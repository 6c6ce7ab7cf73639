// A second state beside the first: what stands above each of the two, and what both together need to be told.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {selection, besideSelection, element} = stateroom;
    const ALONE = ["beside", "beside_state", "linked", "beside_at", "beside_start", "beside_stop", "beside_dropped",
        "beside_pinned", "by_unit", "matches_of"];
    const place = (name) => document.getElementById("match-beside-" + name);
    const view = () => stateroom.view.get();
    let fields = null;

    // ---- acting -----------------------------------------------------------------------------------------
    const alone = () => Object.fromEntries(ALONE.map((field) => [field, stateroom.view.defaults()[field]]));

    /** Each goes its own way from where both are; linked again, the second follows the first. */
    function link(linked) {
        const {at, start, stop} = view();
        const own = linked ? {beside_at: 0, beside_start: -1, beside_stop: -1} : {beside_at: at, beside_start: start, beside_stop: stop};
        stateroom.view.change({linked, ...own});
    }

    function swap() {
        const now = view();
        const second = besideSelection.view();
        const own = now.linked ? {} : {beside_at: now.at, beside_start: now.start, beside_stop: now.stop};
        stateroom.view.open({
            ...now, recording: second.recording, state: second.state, at: second.at, start: second.start, stop: second.stop,
            dropped: second.dropped, pinned: second.pinned, beside: now.beside ? now.recording : "", beside_state: now.state,
            beside_dropped: now.dropped, beside_pinned: now.pinned, ...own, matches_of: now.matches_of === "a" ? "b" : "a",
        });
    }

    function show(beside, state) {
        const {linked, recording} = view();
        stateroom.view.open({...view(), ...alone(), linked, beside: beside === recording ? "" : beside, beside_state: state,
            ...(linked ? {} : {beside_at: view().beside_at})});
    }

    const ACTS = {
        choose: show, swap, remove: () => stateroom.view.change(alone()), link: () => link(true), unlink: () => link(false),
    };

    // ---- heads ------------------------------------------------------------------------------------------
    function name(panel) {
        const {recording, state} = panel.view();
        const facts = stateroom.catalog[recording];
        const made = element("span", "beside-name");
        made.append(element("span", "beside-badge is-" + panel.letter.toLowerCase(), panel.letter),
            element("strong", "", facts ? facts.name : recording), element("span", "beside-state-name", state));
        return made;
    }

    function position() {
        const field = element("input", "tool-input tool-position", null, {type: "number", min: 0, step: 1, name: "beside-position"});
        field.addEventListener("change", () => field.value !== "" && besideSelection.go(Number(field.value)));
        field.value = besideSelection.view().at;
        const made = element("label", "tool-field");
        made.append(element("span", "", "position"), field);
        return made;
    }

    /** Where the second goes its own way, it has steps of its own. */
    function steps() {
        const tool = (text, label, by) => stateroom.button(text, label + " in B", () => besideSelection.go(besideSelection.view().at + by * (Math.abs(by) === 1 ? view().width : 1)));
        const made = element("span", "tool-group", null, {role: "group", "aria-label": "move B"});
        made.append(stateroom.button("⇤", "Previous sequence in B", () => besideSelection.sequenceStep(-1)), tool("«", "One window back", -1), tool("−5", "5 tokens back", -5),
            position(), tool("+5", "5 tokens on", 5), tool("»", "One window on", 1), stateroom.button("⇥", "Next sequence in B", () => besideSelection.sequenceStep(1)));
        return made;
    }

    function acts() {
        const {linked} = view();
        const button = (text, label, act) => stateroom.button(text, label, act, "quiet-button");
        const joined = button(linked ? "linked" : "not linked", linked
            ? "Linked: the same range on one scale. Click to let B go its own way."
            : "Not linked: B goes its own way. Click to show the same range of both.", () => link(!linked));
        joined.setAttribute("aria-pressed", String(linked));
        joined.classList.add("beside-link");
        const made = element("span", "beside-acts");
        made.append(button("A ⇄ B", "Swap the two", swap), joined, button("×", "Show nothing beside A", ACTS.remove));
        return made;
    }

    function heads(now) {
        const key = JSON.stringify([now.recording, now.state, now.beside, now.beside_state, now.linked, Object.keys(stateroom.catalog).length]);
        if (!place("head").firstChild || fields !== key) {
            fields = key;
            place("first-head").replaceChildren(name(selection));
            const told = element("span", "quiet beside-told");
            place("head").replaceChildren(name(besideSelection), ...(now.linked ? [] : [steps()]), told, acts());
        }
        const field = place("head").querySelector("[name=beside-position]");
        if (field && document.activeElement !== field) {
            field.value = besideSelection.view().at;
        }
        tell();
    }

    /** What the tokens of both have to do with each other. */
    function tell() {
        const told = place("head") && place("head").querySelector(".beside-told");
        if (told) {
            const differ = besideSelection.linked() ? otherTokens() : [];
            told.textContent = differ.length === 0 ? "" : "other tokens at " + stateroom.whole(differ.length) + " of " + stateroom.whole(view().width) + " positions";
        }
    }

    /** Positions of the window at which B has another token than A. */
    function otherTokens() {
        const [a, b] = [selection.window, besideSelection.window];
        if (!a || !b || a.start !== b.start) {
            return [];
        }
        return b.tokens.flatMap((token, index) => (token === a.tokens[index] ? [] : [b.start + index]));
    }
    besideSelection.otherTokens = otherTokens;

    // ---- both together ----------------------------------------------------------------------------------
    function follow(now, previous) {
        const has = Boolean(now.beside_state);
        if (has) {
            heads(now);
        }
        if (has || previous.beside_state || previous.recording === undefined) {
            announce(now);
        }
    }

    function announce(now) {
        if (stateroom.pickers.showBeside) {
            stateroom.pickers.showBeside(now.beside, now.beside_state, {linked: now.linked, canLink: true, canSwap: true});
        }
    }

    // What one panel shows depends on the other: the scale, which tokens differ, which tracks say something.
    [[selection, besideSelection], [besideSelection, selection]].forEach(([panel, other]) => panel.part({
        window() {
            if (panel.linked()) {
                other.tell("paired");
                tell();
            }
        },
    }));

    document.addEventListener("DOMContentLoaded", () => {
        stateroom.view.subscribe(follow);
        if (stateroom.pickers.besideHandlers) {
            stateroom.pickers.besideHandlers.push((recording, state, what) => {
                if (!stateroom.view.mounted() || !view()) {
                    return false;
                }
                ACTS[what || "choose"](recording, state);
                return true;
            });
        }
    });
})();
