// One measure over the checkpoints of a training: recordings with a step, also those that are not among the chosen.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const {view} = compare;
    const make = (...given) => stateroom.element(...given);
    const HEIGHT = 300;
    const AGAIN_MS = 100;
    let timer = 0;

    const known = (training) => training.rows.filter((row) => Number.isFinite(row.value) && Number.isFinite(row.step));
    const places = (row) => (row.place >= 0 ? [row.place] : []);

    function scalarField() {
        const field = make("select", "tool-input", null, {name: "scalar"});
        field.append(...compare.steps.scalars.map(({key, title}) => make("option", "", title, {value: key})));
        field.value = view().scalar;
        field.addEventListener("change", () => compare.change({scalar: field.value}));
        const made = make("label", "tool-field");
        made.append(make("span", "", "measure"), field);
        return made;
    }

    /** Trainings are told apart by their dashes: colours are the recordings'. */
    const lineOf = (index) => ({color: compare.style(index === 0 ? "--text" : "--text-quiet"), dash: index});

    function trainingSeries(training, index) {
        const rows = known(training);
        return {
            kind: "both", ...lineOf(index), x: rows.map((row) => row.step), y: rows.map((row) => row.value),
            tip: (place) => [training.name + ", step " + stateroom.whole(rows[place].step), rows[place].name + (rows[place].place >= 0 ? " (" + compare.letter(rows[place].place) + ")" : ""),
                compare.steps.title + " " + stateroom.number(rows[place].value), Number.isFinite(rows[place].n) ? "n = " + stateroom.whole(rows[place].n) : "",
                rows[place].place < 0 ? "Click: add it" : ""],
            act: (place) => add(rows[place]),
        };
    }

    function add(row) {
        const {recordings} = view();
        if (row.place < 0 && recordings.length < compare.MOST) {
            compare.choose([...recordings, row.key]);
        }
    }

    function picture(width) {
        const {trainings, title} = compare.steps;
        const rows = trainings.flatMap(known);
        const values = rows.map((row) => row.value);
        const [low, high] = [Math.min(...values), Math.max(...values)];
        const room = (high - low || Math.abs(high) || 1) * 0.08;
        return compare.chart({
            width, height: HEIGHT, title: title + " against the step",
            x: compare.axis(rows.map((row) => row.step), {title: "step of the training", count: 6, write: stateroom.whole}),
            y: compare.logAxis(values, {title: title + ", log scale"}) || compare.axis([], {title, min: low >= 0 ? Math.max(0, low - room) : low - room, max: high + room}),
            series: trainings.map(trainingSeries),
            named: trainings.map((training, index) => ({...lineOf(index), name: training.name})),
            marks: rows.filter((row) => row.place >= 0).map((row) => ({x: row.step, y: row.value, index: row.place})),
        });
    }

    function table() {
        const write = stateroom.column(compare.steps.trainings.flatMap(known).map((row) => row.value));
        const rows = compare.steps.trainings.flatMap((training) => training.rows.map((row) => {
            const name = make("span", "column-name");
            name.append(...places(row).map(compare.badge), make("a", "", row.name, {href: row.href || compare.address("recordings", {recording: row.key})}));
            const value = make("span", "", write(row.value));
            value.title = row.why || "";
            const {recordings} = view();
            const act = row.place >= 0 ? make("span", "quiet", "chosen") : recordings.length < compare.MOST
                ? stateroom.button("add", "Add " + row.name, () => add(row), "link-button") : make("span", "quiet", "");
            return [training.name, name, Number.isFinite(row.step) ? stateroom.whole(row.step) : "–", value, Number.isFinite(row.n) ? stateroom.whole(row.n) : "–", act];
        }));
        const columns = [{name: "training"}, {name: "recording"}, {name: "step", number: true}, {name: compare.steps.title, number: true}, {name: "n", number: true}, {name: ""}];
        return stateroom.table({label: "Checkpoints", columns, rows, first: 1});
    }

    function draw() {
        const {steps} = compare;
        const place = compare.place("steps");
        if (!steps || !compare.ready()) {
            place.hidden = true;
            return;
        }
        place.hidden = steps.trainings.length === 0;
        if (place.hidden) {
            return;
        }
        const rows = steps.trainings.flatMap(known);
        const wide = place.clientWidth;
        const columns = make("div", "units-columns");
        const side = make("div", "");
        const told = [steps.pending > 0 ? "Being computed: " + stateroom.whole(steps.pending) + " to go." : "", steps.why || ""].filter(Boolean).join(" ");
        side.append(...(rows.length ? [picture(wide < 960 ? wide : Math.floor((wide - 24) * 5 / 12))] : []), ...(told ? [make("p", "compare-note", told)] : []));
        const right = make("div", "units-table");
        right.append(table());
        columns.append(side, right);
        compare.draw("steps", [columns], {fields: [scalarField()], empty: rows.length === 0});
    }

    /** Values of other checkpoints are computed one after the other; ask until all are there. */
    function arrived(answer) {
        window.clearTimeout(timer);
        if (answer.pending > 0) {
            timer = window.setTimeout(() => compare.mounted() && stateroom.compareView.again("compare-steps"), AGAIN_MS);
        }
        draw();
    }

    compare.TABLES.steps = () => (compare.steps ? [["training", "recording", "step", compare.steps.title, "n", "remark"],
        compare.steps.trainings.flatMap((training) => training.rows.map((row) => [training.name, row.key, row.step, row.value, row.n, row.why]))] : null);
    compare.drawnPart("steps", draw, {
        mount() {
            compare.place("steps").hidden = true;
        },
        steps: arrived,
        differs: () => false,
    });
})();
