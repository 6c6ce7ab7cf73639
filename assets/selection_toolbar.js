// The toolbar: moving, searching, width, tracks, threshold and axis. Every field shows the view and changes it.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {selection, element} = stateroom;
    const WIDTHS = [10, 15, 20, 30, 40, 50, 60, 80, 100, 120, 160, 200, 250, 300, 400, 500];
    const TRANSFORMS = [["raw", "value"], ["tanh", "tanh(value)"], ["abs", "|value|"], ["abs_tanh", "|tanh(value)|"]];
    let fields = {};
    let menu = null;

    const view = () => stateroom.view.get();
    const last = () => (selection.window ? selection.window.n_positions : Infinity);

    // ---- moving -----------------------------------------------------------------------------------------
    /** Show fewer or more tokens around the same middle, or around the selection when it is in the window. */
    selection.zoom = function (width) {
        const now = view();
        const wide = Math.min(Math.max(Math.round(width), 10), 500, last());
        const inside = now.start >= now.at && now.stop <= now.at + now.width;
        const middle = inside ? (now.start + now.stop) / 2 : now.at + now.width / 2;
        const share = inside ? (middle - now.at) / now.width : 0.5;
        const at = Math.max(0, Math.min(Math.round(middle - share * wide), last() - wide));
        stateroom.view.change({width: wide, at});
    };
    selection.zoomStep = function (by) {
        const now = view().width;
        const wider = WIDTHS.find((width) => width > now) || 500;
        const narrower = [...WIDTHS].reverse().find((width) => width < now) || 10;
        selection.zoom(by > 0 ? wider : narrower);
    };

    // ---- fields -----------------------------------------------------------------------------------------
    function group(name, ...members) {
        const made = element("div", "tool-group", null, {role: "group", "aria-label": name});
        made.append(...members);
        return made;
    }

    function labelled(text, field) {
        const made = element("label", "tool-field");
        made.append(element("span", "", text), field);
        return made;
    }

    function numberField(name, options, apply) {
        const field = element("input", "tool-input", null, {type: "number", name, ...options});
        field.addEventListener("change", () => {
            const value = Number(field.value);
            if (field.value === "" || !Number.isFinite(value)) {
                show(view());
            } else {
                apply(value);
            }
        });
        field.addEventListener("keydown", (event) => event.key === "Enter" && field.blur());
        return field;
    }

    function selectField(name, options, apply) {
        const field = element("select", "tool-input", null, {name});
        options.forEach(([value, text]) => field.append(element("option", "", text, {value})));
        field.addEventListener("change", () => apply(field.value));
        return field;
    }

    function mount() {
        const tool = (text, label, act) => stateroom.button(text, label, act);
        fields = {
            at: numberField("position", {min: 0, step: 1}, (value) => selection.go(value)),
            width: numberField("width", {min: 10, max: 500, step: 1}, selection.zoom),
            threshold: numberField("threshold", {step: "any"}, (value) => stateroom.view.change({threshold: value})),
            transform: selectField("transform", TRANSFORMS, (value) => stateroom.view.change({transform: value})),
            axis: selectField("axis", [["auto", "this window"], ["most", "98 % of it"], ["fixed", "whole state"]], (value) => stateroom.view.change({axis: value})),
            run: numberField("run", {min: 1, max: 500, step: 1},
                (value) => stateroom.view.change({run: Math.min(Math.max(Math.round(value), 1), 500)})),
            search: element("input", "tool-input tool-search", null, {type: "search", name: "search", placeholder: "phrase or /expression/",
                maxlength: 500, spellcheck: "false", autocomplete: "off"}),
            where: element("span", "tool-where"),
            inSentences: element("a", "", "in Sentences"),
            inMemory: element("a", "", "in Memory"),
        };
        fields.at.classList.add("tool-position");
        fields.search.addEventListener("keydown", (event) => {
            if (event.key === "Enter") {
                selection.search(fields.search.value);
            }
        });
        fields.search.addEventListener("search", () => fields.search.value === "" && selection.search(""));
        const page = (by) => selection.go(view().at + by * view().width);
        const move = (by) => selection.go(view().at + by);
        const search = labelled("search", fields.search);
        search.title = "A phrase of whole tokens, or a regular expression over the text between slashes: /the \\w+/";
        document.getElementById("match-toolbar").replaceChildren(
            group("move",
                tool("⇤", "Previous " + "sequence ([)", () => selection.sequenceStep(-1)),
                tool("«", "One window back (Page up)", () => page(-1)),
                tool("−50", "50 tokens back", () => move(-50)), tool("−5", "5 tokens back", () => move(-5)),
                labelled("position", fields.at),
                tool("+5", "5 tokens on", () => move(5)), tool("+50", "50 tokens on", () => move(50)),
                tool("»", "One window on (Page down)", () => page(1)),
                tool("⇥", "Next sequence (])", () => selection.sequenceStep(1))),
            fields.where, fields.inSentences, fields.inMemory,
            group("search", search),
            element("div", "tool-break"),
            group("width", tool("−", "Fewer tokens, wider (−)", () => selection.zoomStep(-1)), labelled("tokens", fields.width),
                tool("+", "More tokens, narrower (+)", () => selection.zoomStep(1))),
            group("threshold", labelled("threshold", fields.threshold), labelled("on", fields.transform)),
            group("axis", labelled("axis", fields.axis), labelled("runs ≥", fields.run)),
            tracksMenu());
        fields.run.parentElement.title = "Hide from the plot what is on for fewer tokens in a row";
        fields.axis.parentElement.title = "Fit the value axis to this window, to 98 % of its values, or to all values of the state";
        fields.transform.parentElement.title = "What is compared with the threshold: a unit is on at or above it";
    }

    function show(now) {
        const set = (field, value) => {
            if (field && document.activeElement !== field && field.value !== String(value)) {
                field.value = value;
            }
        };
        ["at", "width", "threshold", "transform", "axis", "run", "search"].forEach((name) => set(fields[name], now[name]));
    }

    /** The range, or without one what the window shows: word by word through the clusters; what is left of its first. */
    function leadOn({recording, state, at, width, start, stop, beside, beside_state: second}) {
        const [from, to] = start >= 0 ? [start, stop] : [at, at + Math.min(width, selection.window ? selection.window.n_positions - at : width)];
        fields.inSentences.href = stateroom.view.setting("sentences") + "?" + new URLSearchParams({recording, state, ...(second ? {beside, state2: second} : {}), s: "c" + from + "-" + to});
        fields.inSentences.title = start >= 0 ? "What the range does to the clusters, word by word" : "What these tokens do to the clusters, word by word";
        fields.inMemory.href = stateroom.view.setting("memory") + "?" + new URLSearchParams({recording, state, view: "where", position: from});
        fields.inMemory.title = "What is left of the first of these tokens at each of the next";
    }

    // ---- tracks -----------------------------------------------------------------------------------------
    function tracksMenu() {
        menu = element("details", "tool-menu");
        menu.append(element("summary", "tool-button", "tracks +"), element("div", "tool-menu-list"));
        menu.firstChild.title = "Show annotations, predictions or the loss under the tokens";
        menu.addEventListener("keydown", (event) => {
            if (event.key === "Escape" && menu.open) {
                menu.open = false;
                menu.firstChild.focus();
                event.stopPropagation();
            }
        });
        return menu;
    }
    document.addEventListener("pointerdown", (event) => {
        if (menu && menu.open && !menu.contains(event.target)) {
            menu.open = false;
        }
    });

    function checkbox(text, kind, checked, act) {
        const line = element("label", "tool-check");
        const box = element("input", "", null, {type: "checkbox"});
        box.checked = checked;
        box.addEventListener("change", () => act(box.checked));
        line.append(box, element("span", "", text), element("span", "quiet", kind));
        return line;
    }

    function fillMenu(now) {
        if (!menu || !selection.window) {
            return;
        }
        const focused = [...menu.querySelectorAll("input")].indexOf(document.activeElement);
        const toggle = (name) => (on) => stateroom.view.change({
            tracks: on ? [...view().tracks, name] : view().tracks.filter((other) => other !== name),
        });
        const lines = selection.window.available.map((track) =>
            checkbox(track.title, track.kind, now.tracks.includes(track.name), toggle(track.name)));
        if (lines.length === 0) {
            lines.push(element("p", "quiet", "This recording has no annotations, predictions or loss."));
        }
        lines.push(element("hr", ""), checkbox("fade where no selected unit is on", "", now.mask,
            (on) => stateroom.view.change({mask: on})));
        menu.lastChild.replaceChildren(...lines);
        if (focused >= 0) {
            menu.querySelectorAll("input")[focused].focus();
        }
    }

    function showWhere(shown) {
        const [number, first, end] = shown.sequences[0];
        fields.where.textContent = shown.sequence_name + " " + stateroom.whole(number + 1) + " of " + stateroom.whole(shown.n_sequences);
        fields.where.title = "The window begins at token " + stateroom.whole(shown.start - first + 1) + " of " + stateroom.whole(end - first);
        fields.at.max = shown.n_positions - 1;
    }

    selection.focusSearch = () => fields.search.focus();
    selection.part({
        mount,
        view(now, previous) {
            show(now);
            leadOn(now);
            if (now.tracks !== previous.tracks || now.mask !== previous.mask) {
                fillMenu(now);
            }
        },
        window(shown) {
            showWhere(shown);
            leadOn(view());
            fillMenu(view());
        },
    });
})();
