// What all recordings are measured with, the files of the whole page, and the line that says what is shown.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const {view, change} = compare;
    const make = (...given) => stateroom.element(...given);
    const TRANSFORMS = [["raw", "value"], ["tanh", "tanh(value)"], ["abs", "|value|"], ["abs_tanh", "|tanh(value)|"]];
    let fields = {};

    function labelled(text, field, title) {
        const made = make("label", "tool-field");
        made.title = title;
        made.append(make("span", "", text), field);
        return made;
    }

    function thresholdField() {
        const field = make("input", "tool-input", null, {type: "number", name: "threshold", step: "any"});
        field.addEventListener("change", () => {
            const value = Number(field.value);
            if (field.value === "" || !Number.isFinite(value)) {
                field.value = view().threshold;
            } else {
                change({threshold: value});
            }
        });
        field.addEventListener("keydown", (event) => event.key === "Enter" && field.blur());
        return field;
    }

    function transformField() {
        const field = make("select", "tool-input", null, {name: "transform"});
        field.append(...TRANSFORMS.map(([value, text]) => make("option", "", text, {value})));
        field.addEventListener("change", () => change({transform: field.value}));
        return field;
    }

    function seedField() {
        const field = make("input", "tool-input", null, {type: "number", name: "seed", min: 0, max: 9999, step: 1});
        field.addEventListener("change", () => {
            const value = Math.round(Number(field.value));
            field.value = field.value === "" || !Number.isFinite(value) ? view().seed : Math.min(Math.max(value, 0), 9999);
            change({seed: Number(field.value)});
        });
        field.addEventListener("keydown", (event) => event.key === "Enter" && field.blur());
        return field;
    }

    function drawToolbar() {
        fields = {threshold: thresholdField(), transform: transformField(), seed: seedField()};
        const files = make("span", "page-files");
        files.append(stateroom.button("CSV", "Download the table as CSV", () => compare.exportTable("facts"), "tool-button"),
            stateroom.button("SVG", "Download all pictures as SVG", () => compare.exportPicture(""), "tool-button"));
        compare.place("toolbar").replaceChildren(
            labelled("on when", fields.transform, "What of a unit is compared with the threshold"), labelled("≥", fields.threshold, "Threshold from which on a unit is on"),
            labelled("seed", fields.seed, "Which positions are shuffled, to say what chance gives"), files);
    }

    function show(now) {
        compare.place("toolbar").hidden = !compare.ready();
        Object.entries(fields).forEach(([name, field]) => {
            if (document.activeElement !== field && field.value !== String(now[name])) {
                field.value = now[name];
            }
        });
        caption();
    }

    const listed = (rows) => rows.map((row) => compare.letter(view().recordings.indexOf(row.key)) + " " + row.name).join(", ");

    /** Which tokens the others have in common with A: one sentence for all of whom the same is true. */
    function tokensTold([first, ...others]) {
        const known = others.filter((row) => row.common);
        if (known.length > 0 && known.every((row) => row.common.how === "all")) {
            return ["All read the same " + stateroom.whole(first.positions) + " tokens."];
        }
        return [...new Set(known.map((row) => row.common.text))].map((text) => {
            const rows = known.filter((row) => row.common.text === text);
            return rows[0].common.how === "none"
                ? "No tokens in common with A: " + listed(rows) + ", so states cannot be compared position by position."
                : "In common with A: " + listed(rows) + ": " + text + ".";
        });
    }

    function caption() {
        const rows = compare.facts && compare.ready() ? view().recordings.map((_, index) => compare.rowOf(index)).filter(Boolean) : [];
        const said = rows.length < 2 ? [] : [...tokensTold(rows), ...rows.map((row) => row.note || row.why || "")];
        compare.place("caption").textContent = said.filter(Boolean).join(" ");
    }

    compare.part({
        mount() {
            drawToolbar();
            compare.place("caption").textContent = "";
        },
        view: show,
        facts: caption,
    });
})();
