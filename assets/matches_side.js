// Whose matches are shown where a second state is beside the first, and how many of them are the other's too.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {element} = stateroom;
    const whole = new Intl.NumberFormat("en-US");
    const byId = (name) => document.getElementById(name);

    /** The panel whose matches are shown and the other one; null for what is not there. */
    function of(view) {
        const {selection, besideSelection} = stateroom;
        if (!view.beside_state) {
            return [selection, null];
        }
        return view.matches_of === "b" ? [besideSelection, selection] : [selection, besideSelection];
    }

    function choice(panel, side, now) {
        const {recording, state} = panel.view();
        const made = stateroom.button("", "Matches of " + panel.letter + ": " + recording + ", " + state,
            () => stateroom.view.change({matches_of: side, length: 0}), "");
        made.append(element("span", "beside-badge is-" + side, panel.letter), "matches of " + panel.letter);
        made.setAttribute("role", "radio");
        made.setAttribute("aria-checked", String(now === side));
        return made;
    }

    /** How many of the matches share a position with one of the other's. */
    function told(results, other) {
        const found = results.coincide;
        if (!found || !results.rows) {
            return "";
        }
        if (found.why) {
            return "Whether they coincide with matches of " + other.letter + " cannot be said. " + found.why;
        }
        const n = results.rows.start.length;
        return whole.format(found.n) + " of these " + whole.format(n) + " share a position with one of the "
            + whole.format(found.n_other) + " matches of " + other.letter + (found.n ? "; they are marked \u25cf." : ".");
    }

    function draw(view, results) {
        const [, other] = of(view);
        const {selection, besideSelection} = stateroom;
        const place = byId("matches-of");
        place.replaceChildren(...(other ? [choice(selection, "a", view.matches_of), choice(besideSelection, "b", view.matches_of)] : []));
        if (other) {
            place.setAttribute("role", "radiogroup");
            place.setAttribute("aria-label", "whose matches");
        }
        byId("matches").dataset.side = view.matches_of;
        byId("matches-coincide").textContent = other ? told(results, other) : "";
    }

    stateroom.matchSide = {of, draw};
})();
