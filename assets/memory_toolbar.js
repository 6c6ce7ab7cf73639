// The toolbar, the tabs with the delay beside them, and the line that says what is shown.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {memory} = stateroom;
    const MEASURES = [
        ["largest", "largest singular value", "How strongly the direction is remembered that is remembered best"],
        ["sum", "sum of singular values", "How strongly all directions are remembered together"],
        ["share", "share of the first n", "How selective memory is: the first n singular values in the sum of all"],
    ];
    const TABS = [
        ["decay", "Spectrum and units", "All singular values at the delay, the mean norm, and what each unit keeps"],
        ["classes", "Classes", "Which classes of words are remembered, and how long"],
        ["properties", "Properties", "Is a difference between two classes remembered?"],
        ["directions", "Directions", "The words at both ends of the directions that are remembered best"],
        ["where", "Where", "What is left of one token at each of the next 30"],
    ];
    const make = (...given) => stateroom.element(...given);
    const {view, change} = memory;
    let fields = {};
    let menus = [];

    // ---- fields -----------------------------------------------------------------------------------------
    memory.labelled = function (text, field, title) {
        const made = make("label", "tool-field");
        made.title = title || "";
        made.append(make("span", "", text), field);
        return made;
    };

    /** A field for a whole number; `given(value)` is called with what was typed, within the limits. */
    memory.wholeField = function (name, [low, high], given) {
        const field = make("input", "tool-input", null, {type: "number", name, min: low, max: high, step: 1});
        field.addEventListener("change", () => {
            const value = Math.round(Number(field.value));
            if (field.value === "" || !Number.isFinite(value)) {
                field.value = view()[name];
                return;
            }
            field.value = Math.min(Math.max(value, low), high);
            given(Number(field.value));
        });
        field.addEventListener("keydown", (event) => event.key === "Enter" && field.blur());
        return field;
    };

    memory.selectField = function (name, options, given) {
        const field = make("select", "tool-input", null, {name});
        field.append(...options.map(([value, shown, told]) => make("option", "", shown, {value, title: told || ""})));
        field.addEventListener("change", () => given(field.value));
        return field;
    };

    function toggle(name, text, title) {
        const made = stateroom.button(text, title, () => change({[name]: !view()[name]}));
        made.dataset.toggle = name;
        return made;
    }

    function scaleButtons() {
        const made = make("span", "tool-group scale-buttons", null, {"role": "group", "aria-label": "Scale"});
        made.append(...["log", "linear"].map((scale) => {
            const button = stateroom.button(scale, scale + " scale", () => change({scale}));
            button.dataset.scale = scale;
            return button;
        }));
        return made;
    }

    // ---- menus ------------------------------------------------------------------------------------------
    document.addEventListener("pointerdown", (event) => menus.forEach((menu) => {
        if (menu.open && !menu.contains(event.target)) {
            menu.open = false;
        }
    }));

    function menu(text, title, className) {
        const made = make("details", "tool-menu " + (className || ""));
        const list = make("div", "tool-menu-list");
        made.append(make("summary", "tool-button", text, {title}), list);
        made.addEventListener("keydown", (event) => {
            if (event.key === "Escape" && made.open) {
                made.open = false;
                made.firstChild.focus();
                event.preventDefault();
            }
        });
        menus.push(made);
        return made;
    }

    const nameOf = (recording) => (stateroom.catalog[recording] ? stateroom.catalog[recording].name : recording);

    /** Curves beside this one; with another first of them, nothing of the former second is meant any more. */
    function besideOf(beside) {
        const own = ["linked", "beside_delay", "beside_positions", "beside_classes", "beside_position", "beside_unit"];
        return {beside, ...(beside[0] === view().beside[0] ? {} : memory.pick(stateroom.memoryView.defaults(), own))};
    }
    memory.besideOf = besideOf;

    function besideLine({key, state, ready, why}) {
        const curve = key + ":" + state;
        const made = make("label", "tool-check");
        const box = make("input", "", null, {type: "checkbox"});
        box.checked = view().beside.includes(curve);
        box.addEventListener("change", () => {
            const others = view().beside.filter((other) => other !== curve);
            change(besideOf(box.checked ? [...others, curve].slice(-5) : others));
        });
        const told = make("span", "quiet", ready ? "" : "not computed");
        told.title = why || "";
        made.append(box, make("bdi", "", nameOf(key)), make("span", "beside-state", state), told);
        return made;
    }

    /** The curves that can be shown beside this one: those the server names, and those that are shown. */
    function candidates() {
        const {beside, candidates: others = []} = memory.status;
        return [...beside, ...others.filter((other) => !beside.some((each) => each.key === other.key && each.state === other.state))];
    }

    function drawBeside() {
        const list = fields.beside.querySelector(".tool-menu-list");
        const told = memory.status ? candidates() : [];
        // Where the pointer or the keyboard is, nothing is drawn anew.
        if (!list.contains(document.activeElement)) {
            const lines = told.map(besideLine);
            list.replaceChildren(make("p", "quiet", lines.length > 0 ? "Curves of other states and recordings, up to 5" : "No other state has a network to compute it with."), ...lines);
        }
        const count = view().beside.length;
        fields.beside.firstChild.textContent = count > 0 ? "beside (" + count + ")" : "+ beside";
    }

    function csvMenu() {
        const made = menu("CSV", "Download a table as CSV", "csv-menu");
        fields.csv = made;
        made.addEventListener("toggle", () => {
            const kinds = memory.csvKinds();
            made.lastChild.replaceChildren(...(kinds.length === 0 ? [make("p", "quiet", "Nothing is shown yet.")] : kinds.map((kind) =>
                stateroom.button(kind, kind + ": download as CSV", () => {
                    memory.exportTable(kind);
                    made.open = false;
                }))));
        });
        return made;
    }

    function drawToolbar() {
        menus = [];
        fields = {
            measure: memory.selectField("measure", MEASURES, (measure) => change({measure})),
            n: memory.wholeField("n", [1, 1000], (n) => change({n})),
            beside: menu("+ beside", "Curves of other states and recordings over this one", "beside-menu"),
        };
        memory.place("toolbar").replaceChildren(
            memory.labelled("show", fields.measure, "What the curves show"),
            memory.labelled("first n", fields.n, "How many directions the share, and the cosine of a property, take together"),
            scaleButtons(), toggle("whitened", "whitened", "whitened: measure embeddings in their own standard deviations"),
            fields.beside, csvMenu());
    }

    // ---- tabs and delay ---------------------------------------------------------------------------------
    function tab([name, text, title]) {
        const made = make("button", "memory-tab", text, {
            "type": "button", "role": "tab", "id": "memory-tabs-" + name, "aria-controls": "memory-panel-" + name, title});
        made.dataset.tab = name;
        made.addEventListener("click", () => change({view: name}));
        return made;
    }

    function step(event) {
        const by = {ArrowLeft: -1, ArrowRight: 1}[event.key];
        if (by) {
            event.preventDefault();
            event.stopPropagation();
            const at = TABS.findIndex(([name]) => name === view().view);
            const [name] = TABS[(at + by + TABS.length) % TABS.length];
            change({view: name});
            document.getElementById("memory-tabs-" + name).focus();
        }
    }

    function drawTabs() {
        memory.place("tabs").replaceChildren(...TABS.map(tab));
        memory.place("tabs").onkeydown = step;
        fields.delay = make("input", "delay-slider", null, {type: "range", name: "delay", min: 0, max: 29, step: 1});
        fields.delayTold = make("output", "delay-told");
        fields.delay.addEventListener("input", () => memory.chooseDelay(Number(fields.delay.value), {moving: true, history: "replace"}));
        fields.second = make("input", "delay-slider", null, {"type": "range", "name": "delay2", "min": 0, "max": 29, "step": 1, "aria-label": "delay of B"});
        fields.secondTold = make("output", "delay-second-told");
        fields.second.addEventListener("input", () => change({beside_delay: Number(fields.second.value)}, {moving: true, history: "replace"}));
        fields.ofSecond = make("span", "delay-second");
        fields.ofSecond.append(memory.second.badge("b"), fields.second, fields.secondTold);
        memory.place("delay").replaceChildren(
            memory.labelled("delay", fields.delay, "How many positions later: spectrum, tables and directions are shown at it (← →)"), fields.delayTold, fields.ofSecond);
    }

    const later = (delay) => (delay === 0 ? "at the token itself" : delay === 1 ? "1 position later" : delay + " positions later");

    function showTabs(now) {
        TABS.forEach(([name]) => {
            const chosen = name === now.view;
            const button = document.getElementById("memory-tabs-" + name);
            button.setAttribute("aria-selected", String(chosen));
            button.setAttribute("tabindex", chosen ? "0" : "-1");
            memory.place("panel-" + name).hidden = !chosen;
        });
        fields.delay.max = now.delays - 1;
        fields.delay.value = now.delay;
        fields.delayTold.textContent = later(now.delay);
        fields.delay.setAttribute("aria-valuetext", later(now.delay));
        fields.ofSecond.hidden = now.linked || now.beside.length === 0;
        fields.second.max = now.delays - 1;
        fields.second.value = now.beside_delay;
        fields.secondTold.textContent = later(now.beside_delay);
        fields.second.setAttribute("aria-valuetext", later(now.beside_delay));
        memory.place("delay").classList.toggle("is-idle", now.view === "where");
    }

    function show(now) {
        ["measure", "n"].forEach((name) => {
            if (document.activeElement !== fields[name] && fields[name].value !== String(now[name])) {
                fields[name].value = now[name];
            }
        });
        const toolbar = memory.place("toolbar");
        toolbar.querySelectorAll("[data-toggle]").forEach((button) => button.setAttribute("aria-pressed", String(now[button.dataset.toggle])));
        toolbar.querySelectorAll("[data-scale]").forEach((button) => button.setAttribute("aria-pressed", String(now.scale === button.dataset.scale)));
        drawBeside();
        showTabs(now);
    }

    // ---- what is shown ----------------------------------------------------------------------------------
    function caption() {
        const {status, decay, statusSecond: second} = memory;
        const said = [];
        if (status && status.result) {
            const {result} = status;
            said.push("Mean over " + stateroom.whole(result.nPositions) + " of " + stateroom.whole(status.nPositions) + " positions"
                + (result.nPositions < status.nPositions ? ", drawn with seed " + result.seed : "") + ", "
                + stateroom.whole(status.stateUnits) + " units" + (status.nEmbedding ? " × " + stateroom.whole(status.nEmbedding) + " embedding dimensions" : "") + ".");
        }
        if (second && second.result && memory.hasSecond()) {
            said.push("B: " + stateroom.whole(second.result.nPositions) + " of " + stateroom.whole(second.nPositions) + " positions, "
                + stateroom.whole(second.stateUnits) + " units" + (second.nEmbedding ? " × " + stateroom.whole(second.nEmbedding) : "") + ".", ...second.notes);
        }
        const notes = [...(status ? status.notes || [] : []), ...(status && status.result ? status.result.notes || [] : []), ...(decay ? decay.notes || [] : [])];
        memory.place("caption").textContent = [...said, ...new Set(notes)].join(" ");
    }

    memory.closeMenus = function () {
        const open = menus.filter((each) => each.open);
        open.forEach((each) => { each.open = false; });
        return open.length > 0;
    };
    memory.part({
        mount() {
            drawToolbar();
            drawTabs();
            memory.place("caption").textContent = "Looking for what has been computed.";
        },
        view: show,
        status() {
            drawBeside();
            caption();
        },
        statusSecond: caption,
        decay: caption,
    });
})();
