// Where: what is left of one word at each of the words after it, as bars over the text. The network runs when asked.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {memory} = stateroom;
    const make = (...given) => stateroom.element(...given);
    const {view, change} = memory;
    const LEAST_BAR = 2;
    const TALL = 64;
    const STEPS = 12;
    let fields = {};
    let search = "";
    let hits = null;

    const last = () => (memory.status ? memory.status.nPositions - 1 : 0);
    const shown = () => (memory.where ? memory.where.position : -1);
    const go = (position, options) => change({position: Math.min(Math.max(position, 0), last())}, options);
    const step = (by) => go((view().position >= 0 ? view().position : Math.max(shown(), 0)) + by, {history: "replace"});
    memory.stepWord = step;
    memory.wantedHits = (now) => (search && now.view === "where" ? {...memory.pick(now, ["recording", "state"]), search} : null);

    // ---- head -------------------------------------------------------------------------------------------
    function positionField() {
        const field = make("input", "tool-input tool-position", null, {type: "number", name: "position", min: 0, step: 1});
        field.addEventListener("change", () => {
            const value = Math.round(Number(field.value));
            field.value !== "" && Number.isFinite(value) ? go(value) : showPosition();
        });
        field.addEventListener("keydown", (event) => event.key === "Enter" && field.blur());
        return field;
    }

    function searchField() {
        const field = make("input", "tool-input tool-search", null, {type: "search", name: "hits", placeholder: "words of the text", maxlength: 200, spellcheck: "false", autocomplete: "off"});
        const look = () => {
            search = field.value.trim();
            hits = null;
            search ? stateroom.memoryView.again("hits") : drawHits();
        };
        field.addEventListener("keydown", (event) => event.key === "Enter" && look());
        field.addEventListener("search", () => field.value === "" && look());
        return field;
    }

    function drawHead() {
        fields = {position: positionField(), search: searchField(), match: make("a", "", "in Match")};
        const moves = make("span", "tool-group");
        moves.append(stateroom.button("‹", "Previous token (←)", () => step(-1)), fields.position, stateroom.button("›", "Next token (→)", () => step(1)));
        const named = make("span", "tool-field");
        named.append(make("label", "", "token at", {for: "where-position"}), moves);
        fields.position.id = "where-position";
        memory.place("panel-where").querySelector(".panel-head").replaceChildren(named, memory.labelled("find", fields.search, "Find words in the text (/); Enter lists where they are"), fields.match);
    }

    function showPosition() {
        const now = view().position >= 0 ? view().position : shown();
        fields.position.max = last();
        if (document.activeElement !== fields.position) {
            fields.position.value = now >= 0 ? now : "";
        }
        fields.match.hidden = now < 0;
        fields.match.href = memory.matchAddress({at: Math.max(0, now - 20), from: now, to: now + 1});
    }

    // ---- hits -------------------------------------------------------------------------------------------
    function chooseHit(row) {
        closeHits();
        go(row.start);
        fields.search.focus();
    }

    function closeHits() {
        const open = hits !== null;
        [hits, search] = [null, ""];
        drawHits();
        return open;
    }
    memory.closeHits = closeHits;

    function drawHits() {
        const list = memory.place("where").querySelector(".where-hits");
        if (!list) {
            return;
        }
        list.hidden = hits === null;
        if (hits !== null) {
            const head = make("div", "hits-head");
            head.append(make("span", "hits-count", stateroom.hits.told(hits)), stateroom.button("×", "Close the list", closeHits, "row-remove"));
            list.replaceChildren(head, stateroom.hits.rows(hits, chooseHit));
        }
    }

    // ---- strip ------------------------------------------------------------------------------------------
    /** How many positions a token of an answer lies after the one that is followed; -1 before it, or while none is. */
    const afterOf = ({answer}, token) => (answer.position < 0 ? -1 : token.position - answer.position);

    function told(side, token, value, share) {
        const after = afterOf(side, token);
        const lines = [stateroom.tokenElement(token.text, "token tip-token"), "position " + stateroom.whole(token.position)];
        if (Number.isFinite(value)) {
            lines.push(after === 0 ? "the token itself" : after + (after === 1 ? " position later" : " positions later"), "norm of the influence " + stateroom.number(value)
                + (Number.isFinite(share) ? ", " + memory.percent(share) + " of its own" : ""));
            if (side.differences && Number.isFinite(side.differences[after])) {
                lines.push("B − A: " + points(side.differences[after]) + " percentage points of its own");
            }
        } else if (after < 0 && side.answer.position >= 0) {
            lines.push("before it: no influence");
        }
        return lines;
    }

    const points = (difference) => memory.second.signed(100 * difference, (value) => value.toFixed(value < 10 ? 1 : 0));

    /** One token with its bar. `side`: {answer, limit, follow, differences}; `differences` of B from A, by positions later. */
    function column(side, token) {
        const {norms, relative} = side.answer;
        const {limit} = side;
        const after = afterOf(side, token);
        const value = norms && after >= 0 ? norms[after] : NaN;
        const share = relative && after >= 0 ? relative[after] : NaN;
        const made = make("button", "where-word" + (after === 0 ? " is-chosen" : after < 0 ? " is-before" : ""), null, {"type": "button", "data-position": token.position,
            "tabindex": after === 0 ? "0" : "-1"});
        const area = make("span", "where-area");
        if (Number.isFinite(value)) {
            const bar = make("span", "where-bar");
            const strength = limit > 0 ? value / limit : 0;
            bar.style.height = Math.max(value > 0 ? LEAST_BAR : 0, TALL * Math.min(strength, 1)) + "px";
            bar.style.background = stateroom.colors.sequential(0.25 + 0.75 * Math.min(strength, 1));
            area.append(bar);
        }
        made.append(area, stateroom.tokenElement(token.text), make("span", "where-after", after < 0 ? "" : String(after)));
        if (side.differences) {
            const known = after > 0 && Number.isFinite(side.differences[after]);
            made.append(make("span", "where-after where-difference", known ? points(side.differences[after]) : ""));
        }
        const lines = told(side, token, value, share);
        made.setAttribute("aria-label", stateroom.visible(token.text) + ", " + lines.slice(1).join(", "));
        made.addEventListener("pointermove", (event) => stateroom.tip.show(event.clientX, event.clientY, [...lines, make("div", "quiet", "click: follow this token")]));
        made.addEventListener("pointerleave", stateroom.tip.hide);
        made.addEventListener("focus", () => {
            if (made.matches(":focus-visible")) {
                const box = made.getBoundingClientRect();
                stateroom.tip.show(box.left, box.bottom, lines);
            }
        });
        made.addEventListener("blur", stateroom.tip.hide);
        made.addEventListener("click", () => side.follow(token.position));
        return made;
    }

    function legend({answer, limit}) {
        const {halfLife, what, ms, unit} = answer;
        const made = make("div", "where-legend");
        const bar = make("span", "scale-bar");
        const colors = Array.from({length: STEPS + 1}, (_, place) => stateroom.colors.sequential(0.25 + (0.75 * place) / STEPS));
        bar.style.background = "linear-gradient(to right, " + colors.join(", ") + ")";
        const scale = Number.isFinite(limit) ? [make("span", "scale-end", "0"), bar, make("span", "scale-end", stateroom.number(limit))] : [];
        const half = Number.isFinite(halfLife) ? "Half of it is left after " + halfLife.toFixed(1) + " positions." : "";
        made.append(make("span", "", (what || "norm of the influence") + (unit ? ", " + unit : "")), ...scale, make("span", "quiet", half),
            make("span", "quiet", ms >= 1 ? "the network ran just now, in " + (ms < 1000 ? Math.round(ms) + " ms" : (ms / 1000).toFixed(1) + " s") : ""));
        return made;
    }

    function move(event) {
        const by = {ArrowLeft: -1, ArrowRight: 1}[event.key];
        const words = [...event.currentTarget.querySelectorAll(".where-word")];
        const here = words.indexOf(document.activeElement);
        if (by && here >= 0) {
            event.preventDefault();
            event.stopPropagation();
            (words[here + by] || words[here]).focus();
        }
    }

    function draw() {
        const place = memory.place("where");
        if (!memory.where) {
            const why = !memory.status ? "" : memory.status.network ? "Loading the network."
                : "Needs a network in the recording, to run it again.";
            place.replaceChildren(make("div", "hit-list where-hits"), make("p", "quiet", why));
            drawHits();
            return;
        }
        const focused = document.activeElement.closest && document.activeElement.closest(".where-word") && document.activeElement.closest(".where-strip");
        const within = focused && place.contains(focused) ? focused.getAttribute("aria-label") : "";
        const both = memory.hasSecond();
        const other = both && view().linked && memory.whereSecond && memory.whereSecond.same ? memory.whereSecond.limit : 0;
        const side = {answer: memory.where, limit: Math.max(memory.where.limit, other), follow: go};
        const none = shown() < 0 ? [make("p", "quiet", "Click a token to see what is left of it at each of the next.")] : [legend(side)];
        place.replaceChildren(make("div", "hit-list where-hits"), ...(both ? [memory.second.head("a")] : []), ...none, strip(side, LABEL), notesOf(side), ...second());
        drawHits();
        const again = within && [...place.querySelectorAll(".where-strip")].find((each) => each.getAttribute("aria-label") === within);
        const chosen = again && again.querySelector(".is-chosen");
        if (chosen) {
            chosen.focus();
        }
        showPosition();
    }

    const LABEL = "The tokens, with what is left of the chosen one at each";

    function strip(side, label) {
        const made = make("div", "where-strip", null, {"role": "group", "aria-label": label});
        made.append(...side.answer.tokens.map((token) => column(side, token)));
        made.addEventListener("keydown", move);
        return made;
    }

    const notesOf = ({answer}) => make("p", "quiet note", [answer.atStart ? "A sequence begins with the first of these." : "", ...(answer.notes || [])].filter(Boolean).join(" "));

    // ---- the second recording ---------------------------------------------------------------------------
    function ownPlace() {
        const {position, tokens} = memory.whereSecond;
        const most = memory.statusSecond ? memory.statusSecond.nPositions - 1 : position;
        const move = (to) => change({beside_position: Math.min(Math.max(to, 0), most)}, {history: "replace"});
        const field = make("input", "tool-input tool-position", null, {"type": "number", "name": "position2", "min": 0, "max": most, "step": 1, "aria-label": "token of B at"});
        field.value = position;
        field.addEventListener("change", () => field.value !== "" && move(Math.round(Number(field.value))));
        return tokens.length === 0 ? [] : [make("span", "", "token at"), stateroom.button("‹", "Previous token of B", () => move(position - 1)), field,
            stateroom.button("›", "Next token of B", () => move(position + 1))];
    }

    /** The same token in the second, on the scale of both; unlinked, a token of its own. */
    function second() {
        const {whereSecond: answer} = memory;
        if (!memory.hasSecond()) {
            return [];
        }
        if (!answer || answer.why) {
            const why = answer ? answer.why : memory.statusSecond && !memory.statusSecond.network ? memory.statusSecond.why : "Loading the network.";
            return [memory.second.head("b"), make("p", "quiet note", why)];
        }
        const {same, position} = answer;
        const side = {answer, limit: same ? Math.max(memory.where.limit, answer.limit) : answer.limit, differences: same ? answer.difference : null,
            follow: (token) => (view().linked ? go(token - position + shown()) : change({beside_position: token}))};
        const said = same ? [make("span", "quiet", "the same token, on the scale above; the last row is B − A of what is left, in percentage points of its own")] : ownPlace();
        return [memory.second.head("b", ...said), legend(side), strip(side, LABEL + ", of B"), notesOf(side)];
    }

    memory.focusHits = () => fields.search && fields.search.focus();
    memory.part({
        mount() {
            [search, hits] = ["", null];
            drawHead();
            draw();
        },
        status: () => memory.where || draw(),
        where: draw,
        whereSecond: draw,
        statusSecond: draw,
        hits(answer) {
            hits = answer;
            drawHits();
        },
        theme: draw,
        view(now, previous) {
            if (now.position !== previous.position || now.view !== previous.view) {
                showPosition();
            }
            if (now.beside !== previous.beside || now.linked !== previous.linked) {
                draw();
            }
        },
    });
})();
