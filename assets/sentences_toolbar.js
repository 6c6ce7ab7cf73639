// The toolbar: clusters, what is preserved, rows under the words, and files. The legend below it.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const MEASURES = ["p", "loss", "entropy", "top", "classes"];
    const make = (...given) => stateroom.element(...given);
    const {view, change} = sentences;

    let fields = {};
    let menus = [];

    document.addEventListener("pointerdown", (event) => menus.filter((menu) => menu.open && !menu.contains(event.target)).forEach((menu) => {
        menu.open = false;
    }));

    // ---- fields -----------------------------------------------------------------------------------------
    function labelled(text, field, title) {
        const made = make("label", "tool-field");
        made.title = title;
        made.append(make("span", "", text), field);
        return made;
    }

    function clustersField() {
        const field = make("input", "tool-input", null, {type: "number", name: "clusters", min: 2, max: 20, step: 1});
        field.addEventListener("change", () => {
            const value = Math.min(Math.max(Math.round(Number(field.value)) || view().clusters, 2), 20);
            field.value = value;
            change({clusters: value, pick: ""});
        });
        field.addEventListener("keydown", (event) => event.key === "Enter" && field.blur());
        fields.clusters = field;
        return labelled("clusters", field, "How many clusters of units, as on the Clusters page (2 to 20)");
    }

    function select(name, text, title, act) {
        const field = make("select", "tool-input", null, {name});
        field.addEventListener("change", () => act(field.value));
        fields[name] = field;
        return labelled(text, field, title);
    }

    function options(field, given, value) {
        field.replaceChildren(...given.map(([key, text]) => make("option", "", text, {value: key})));
        field.value = value;
    }

    function menu(text, className) {
        const made = make("details", "tool-menu");
        made.addEventListener("keydown", (event) => {
            if (event.key === "Escape" && made.open) {
                made.open = false;
                made.firstChild.focus();
                event.preventDefault();
            }
        });
        const list = make("div", "tool-menu-list " + (className || ""));
        made.append(make("summary", "tool-button", text), list);
        menus.push(made);
        return {made, list};
    }

    // ---- rows -------------------------------------------------------------------------------------------
    function rowsShown() {
        const answer = sentences.answers.a || sentences.answers.b;
        return answer ? sentences.rows.wanted(answer) : view().rows;
    }

    function toggleRow(name) {
        const shown = rowsShown();
        const rows = shown.includes(name) ? shown.filter((other) => other !== name) : [...shown, name];
        change({rows: rows.length > 0 ? rows : [sentences.rows.nothing]});
    }

    function fillRows() {
        const facts = stateroom.catalog[view().recording];
        const answers = Object.values(sentences.answers).filter(Boolean);
        const measures = MEASURES.filter((name) => answers.some((answer) => sentences.rows.offered(answer).includes(name)));
        const annotations = Object.keys(facts ? facts.annotations : {}).filter((name) => !sentences.rows.isMeasure(name));
        const shown = rowsShown();
        const check = (name) => {
            const made = make("label", "tool-check");
            const box = make("input", "", null, {type: "checkbox", value: name});
            box.checked = shown.includes(name);
            box.addEventListener("change", () => toggleRow(name));
            made.append(box, make("span", "", sentences.rows.titleOf(name)));
            return made;
        };
        fields.rows.replaceChildren(...measures.map(check), ...(measures.length > 0 && annotations.length > 0 ? [make("hr")] : []),
            ...(annotations.length > 0 ? [make("span", "quiet", "annotations, under the recording’s own text")] : []), ...annotations.map(check),
            ...(measures.length + annotations.length === 0 ? [make("span", "quiet", "This recording has no predictions and no annotations.")] : []));
    }

    // ---- all of it --------------------------------------------------------------------------------------
    function toggle(text, title, patch) {
        const made = stateroom.button(text, title, () => change(patch()));
        return made;
    }

    function mount() {
        fields = {};
        menus = [];
        const rows = menu("rows under the words");
        fields.rows = rows.list;
        const csv = menu("Files", "csv-list");
        csv.list.append(...[["SVG", "the picture as SVG", () => sentences.exportSvg()], ["PNG", "the picture as PNG", () => sentences.exportPng()],
            ["CSV", "the measures as CSV", () => sentences.exportCsv()]].map(([text, told, act]) => stateroom.button(text, text + ": download " + told, () => {
            csv.made.open = false;
            act();
        })));
        fields.mode = toggle("plain view", "plain view: one cluster or unit as a coloured sentence, for slides", () => ({mode: view().mode === "plain" ? "glyphs" : "plain"}));
        fields.gate = toggle("kept by gate", "kept by gate: the share kept as the forget or update gate says, instead of comparing states", () => ({gate: !view().gate}));
        const cluster = select("pick", "colour by", "The cluster whose mean state colours the words", (value) => change(value === "unit" ? {unit: Math.max(0, view().unit)} : {pick: value, unit: -1}));
        const unit = make("input", "tool-input", null, {type: "number", name: "unit", min: 0, step: 1});
        unit.addEventListener("change", () => change({unit: Math.max(0, Math.round(Number(unit.value)) || 0)}));
        fields.unit = unit;
        fields.plain = make("span", "sentence-plain-tools");
        fields.plain.append(cluster, labelled("unit", unit, "The unit whose state colours the words"));
        sentences.place("toolbar").replaceChildren(clustersField(), fields.gate, rows.made,
            fields.mode, fields.plain, csv.made);
        show(view());
    }

    function fillPlain() {
        const answer = sentences.answers.a || sentences.answers.b;
        fields.plain.hidden = view().mode !== "plain";
        if (answer && !fields.plain.hidden) {
            const value = view().unit >= 0 ? "unit" : "u" + sentences.plain.clusterShown();
            options(fields.pick, [...answer.clusters.sizes.map((_, cluster) => ["u" + cluster, sentences.clusterTitle(answer, cluster)]), ["unit", "one unit"]], value);
            fields.unit.parentElement.hidden = view().unit < 0;
            fields.unit.value = Math.max(0, view().unit);
        }
    }

    function show(now) {
        if (document.activeElement !== fields.clusters) {
            fields.clusters.value = now.clusters;
        }
        fields.gate.setAttribute("aria-pressed", String(now.gate));
        fields.mode.setAttribute("aria-pressed", String(now.mode === "plain"));
        fillPlain();
    }

    sentences.part({
        mount,
        view(now, previous) {
            if (previous.recording !== undefined) {
                show(now);
            }
            fillRows();
        },
        answers() {
            fillRows();
            fillPlain();
        },
    });
    Object.assign(sentences, {
        path: (page, parameters) => stateroom.sentencesView.setting(page) + "?" + new URLSearchParams(Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== "" && value !== undefined))),
    });
})();
