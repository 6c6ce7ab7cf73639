// The toolbar.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const METHODS = [
        ["signed", "signed", "Distance of each response from the unit's mean, scaled by word and unit; words and units clustered together"],
        ["spectral", "spectral", "Spectral co-clustering of scikit-learn, of responses less their smallest, as in RNNVis"],
        ["spectral-abs", "spectral of |s|", "Spectral co-clustering of scikit-learn, of responses without their sign"],
        ["separate", "separate", "Words and units clustered by themselves: word clusters and unit clusters are not pairs"],
    ];
    const WHOLE = {
        clusters: [2, 20, "clusters", "How many clusters of words, and of units"],
        words: [2, 5000, "words", "The most frequent words are clustered"],
        min_count: [1, 1e9, "min count", "Words that occur less often are left out"],
        seed: [0, 2 ** 32 - 20, "seed", "Where the clustering begins; the stability tells whether it matters"],
    };
    /** Other clusters have other numbers. */
    const elseAnother = () => (view().linked ? {pick: "", beside_pick: ""} : {pick: ""});

    let fields = {};

    const {view, change} = clusters;
    const make = (...given) => stateroom.element(...given);

    // ---- fields -----------------------------------------------------------------------------------------
    function labelled(text, field, title) {
        const made = make("label", "tool-field");
        made.title = title;
        made.append(make("span", "", text), field);
        return made;
    }

    function wholeField(name) {
        const [low, high, text, title] = WHOLE[name];
        const field = make("input", "tool-input", null, {type: "number", name, min: low, max: high, step: 1});
        field.addEventListener("change", () => {
            const value = Math.round(Number(field.value));
            if (field.value === "" || !Number.isFinite(value)) {
                field.value = view()[name];
                return;
            }
            field.value = Math.min(Math.max(value, low), high);
            change({[name]: Number(field.value), ...elseAnother()});
        });
        field.addEventListener("keydown", (event) => event.key === "Enter" && field.blur());
        fields[name] = field;
        return labelled(text, field, title + " (" + stateroom.whole(low) + (high < 1e9 ? " to " + stateroom.whole(high) : " or more") + ")");
    }

    function selectField(name, text, title, options) {
        const field = make("select", "tool-input", null, {name});
        options.forEach(([value, shown, told]) => field.append(make("option", "", shown, {value, title: told || ""})));
        field.addEventListener("change", () => change({[name]: field.value, ...(name === "method" ? elseAnother() : {})}));
        fields[name] = field;
        return labelled(text, field, title);
    }

    function shareField() {
        const field = make("input", "share-slider", null, {type: "range", name: "share", min: 0, max: 100, step: 1});
        const told = make("output", "share-told");
        field.addEventListener("input", () => change({share: Number(field.value) / 100}, {moving: true, history: "replace"}));
        fields.share = field;
        fields.shareTold = told;
        const made = labelled("edges ≥", field, "Hide edges under this share of the strongest");
        made.append(told);
        return made;
    }

    function searchField() {
        const field = make("input", "tool-input clusters-search", null, {type: "search", name: "find", placeholder: "word or unit number",
            maxlength: 200, spellcheck: "false", autocomplete: "off"});
        field.addEventListener("keydown", (event) => event.key === "Enter" && clusters.find(field.value));
        field.addEventListener("search", () => field.value === "" && clusters.find(""));
        fields.find = field;
        return labelled("find", field, "A word or the beginning of one, or the number of a unit (/)");
    }

    function toggle(name, text, title) {
        const made = stateroom.button(text, title, () => change({[name]: !view()[name]}));
        made.dataset.toggle = name;
        return made;
    }

    let menu = null;
    document.addEventListener("pointerdown", (event) => {
        if (menu && menu.open && !menu.contains(event.target)) {
            menu.open = false;
        }
    });

    function tablesMenu() {
        menu = make("details", "tool-menu");
        menu.addEventListener("keydown", (event) => {
            if (event.key === "Escape" && menu.open) {
                menu.open = false;
                menu.firstChild.focus();
                event.preventDefault();
            }
        });
        const list = make("div", "tool-menu-list csv-list");
        list.append(...["words", "units", "edges"].map((kind) => stateroom.button(kind, kind + ": download as CSV", () => {
            clusters.exportTable(kind);
            menu.open = false;
        })));
        menu.append(make("summary", "tool-button", "CSV"), list);
        return menu;
    }

    function colorOptions() {
        const facts = stateroom.catalog[view().recording];
        const names = Object.entries(facts ? facts.annotations : {}).filter(([, kind]) => kind === "categorical").map(([name]) => name);
        const chosen = view().color || (clusters.overview && clusters.overview.tags && clusters.overview.tags.annotation) || "";
        const options = chosen && names.includes(chosen) ? names : ["", ...names];
        const blank = names.length > 0 ? "automatic" : "no annotation";
        fields.color.replaceChildren(...options.map((name) => make("option", "", name || blank, {value: name})));
        fields.color.value = chosen;
        fields.color.disabled = names.length === 0;
        fields.color.parentElement.title = names.length === 0 ? "This recording has no categorical annotation to colour words by"
            : "Colour each word by its most frequent label of this annotation";
    }

    function mount() {
        fields = {};
        clusters.place("toolbar").replaceChildren(
            wholeField("clusters"), wholeField("words"), wholeField("min_count"),
            selectField("method", "method", "How words and units are clustered", METHODS), wholeField("seed"),
            selectField("color", "colour by", "", []),
            selectField("chips", "chips", "What the chips of the unit clusters share", [["height", "equal height"], ["width", "equal width"]]),
            shareField(), searchField(),
            toggle("table", "table", "table: the same in rows and columns"),
            stateroom.button("SVG", "SVG: download the picture", () => clusters.exportPicture()),
            tablesMenu());
        colorOptions();
    }

    function show(now) {
        [...Object.keys(WHOLE), "method", "chips", "find"].forEach((name) => {
            if (document.activeElement !== fields[name] && fields[name].value !== String(now[name])) {
                fields[name].value = now[name];
            }
        });
        fields.share.value = Math.round(100 * now.share);
        fields.shareTold.textContent = Math.round(100 * now.share) + " %";
        clusters.place("toolbar").querySelectorAll("[data-toggle]").forEach((button) => {
            button.setAttribute("aria-pressed", String(now[button.dataset.toggle]));
        });
    }

    clusters.focusSearch = () => {
        fields.find.focus();
        fields.find.select();
    };
    clusters.part({
        mount,
        view(now) {
            show(now);
            // Set by a link, or by the server: the list of choices may not hold it yet.
            if (now.color && fields.color.value !== now.color) {
                colorOptions();
            }
        },
        overview: colorOptions,
    });
}, {onlyFirst: true});
