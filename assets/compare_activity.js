// How often units are on, and how often at their limits: a curve and a point for each unit, a colour for each recording.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const {view} = compare;
    const make = (...given) => stateroom.element(...given);
    const HEIGHT = 230;
    const percent = compare.percent;
    const share = (value) => Number((100 * value).toFixed(2)) + " %";
    const decode = (base64) => Array.from(stateroom.decodeFloat32(base64));

    const indexOf = (row) => view().recordings.indexOf(row.key);
    const known = () => compare.activity.rows.filter((row) => !row.why && indexOf(row) >= 0);

    /** Units in falling order of what they have: place from 0 to 1, so that networks of other sizes lie over each other. */
    function falling(values) {
        const order = values.map((_, unit) => unit).sort((one, other) => values[other] - values[one] || one - other);
        return {order, x: order.map((_, place) => (order.length > 1 ? place / (order.length - 1) : 0)), y: order.map((unit) => values[unit])};
    }

    function onSeries(row) {
        const index = indexOf(row);
        const {order, x, y} = falling(decode(row.on.values));
        return {
            kind: "line", color: compare.color(index), dash: index, x, y,
            tip: (place) => [compare.nameOf(index) + ", " + row.state + ", unit " + order[place], "on at " + percent(y[place]) + " of " + stateroom.whole(row.n) + " positions",
                "place " + stateroom.whole(place + 1) + " of " + stateroom.whole(order.length)],
        };
    }

    function onPicture(width) {
        const {threshold, transform} = compare.activity;
        const value = {raw: "value", tanh: "tanh(value)", abs: "|value|", abs_tanh: "|tanh(value)|"}[transform] || "value";
        return compare.chart({
            width, height: HEIGHT, title: "Share of positions a unit is on",
            x: compare.axis([0, 1], {min: 0, max: 1, title: "units, the most active first", write: share}),
            y: compare.axis([0, 1], {min: 0, max: 1, title: value + " ≥ " + stateroom.number(threshold), write: share}),
            series: known().map(onSeries),
        });
    }

    // A candidate gate is a tanh: it has no side at which it is shut.
    const gatesOf = (row) => row.saturation.filter((each) => each.kind.endsWith("_gate") && each.kind !== "candidate_gate" && each.state !== row.state);
    /** Kinds of gates that any of the recordings has; each gets a picture. */
    const gateKinds = () => [...new Set(known().flatMap((row) => gatesOf(row).map((each) => each.kind)))];

    function gateSeries(kind) {
        return known().flatMap((row) => {
            const index = indexOf(row);
            const gate = gatesOf(row).find((each) => each.kind === kind);
            if (!gate) {
                return [];
            }
            const [x, y] = [decode(gate.left.values), decode(gate.right.values)];
            return [{kind: "points", color: compare.color(index), x, y, tip: (unit) => [compare.nameOf(index) + ", " + gate.state + ", unit " + unit,
                "below 0.1 at " + percent(x[unit]) + ", above 0.9 at " + percent(y[unit]), "n = " + stateroom.whole(gate.n) + " positions"]}];
        });
    }

    /** The end of an axis of shares: 100 %, or where all of them are small so much less that they can be told apart. */
    function shareLimit(values) {
        const most = Math.max(0, ...values.filter(Number.isFinite));
        return most > 0.5 ? 1 : [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((each) => most <= each);
    }

    /** Marks on the upright axis: few where their texts are long. */
    const marksFor = (limit) => (limit <= 0.02 ? 2 : 4);

    /** One scale for all gates of all recordings. */
    const gateLimit = () => shareLimit(known().flatMap((row) => gatesOf(row).flatMap((gate) => [gate.left, gate.right].map(({quantiles}) => quantiles[4]))));

    function gatePicture(kind, width) {
        const who = known().filter((row) => gatesOf(row).some((each) => each.kind === kind)).map((row) => compare.letter(indexOf(row)));
        return compare.chart({
            width, height: HEIGHT, title: kind.replace("_", " ") + " of " + who.join(", "),
            x: compare.axis([], {min: 0, max: gateLimit(), count: 2, title: "left-saturated (< 0.1)", write: share}),
            y: compare.axis([], {min: 0, max: gateLimit(), count: marksFor(gateLimit()), title: "right-saturated (> 0.9)", write: share}),
            series: gateSeries(kind),
        });
    }

    function limitSeries(row) {
        const index = indexOf(row);
        const [state] = row.saturation;
        const {order, x, y} = falling(decode(state.both.values));
        return {kind: "line", color: compare.color(index), dash: index, x, y, tip: (place) => [compare.nameOf(index) + ", " + state.state + ", unit " + order[place],
            state.limits + " at " + percent(y[place]) + " of " + stateroom.whole(state.n) + " positions"]};
    }

    function limitPicture(width) {
        const limit = shareLimit(known().map((row) => row.saturation[0].both.quantiles[4]));
        return compare.chart({
            width, height: HEIGHT, title: "Share of positions a unit is saturated",
            x: compare.axis([0, 1], {min: 0, max: 1, title: "units, the most saturated first", write: share}),
            y: compare.axis([], {min: 0, max: limit, count: marksFor(limit), title: "beyond ±0.9 (cell: its tanh)", write: share}),
            series: known().map(limitSeries),
        });
    }

    function notes() {
        const said = compare.activity.rows.filter((row) => row.why || row.note).map((row) => (row.why ? row.name + ": " : "") + (row.why || row.note));
        return [make("p", "compare-note", ["Each point, and each place on a curve, is a unit; over " + spread(known().map((row) => row.n)) + " positions.", ...said].join(" "))];
    }

    function spread(counts) {
        const [low, high] = [Math.min(...counts), Math.max(...counts)];
        return stateroom.whole(low) + (high > low ? " to " + stateroom.whole(high) : "");
    }

    function draw() {
        const {activity} = compare;
        if (!activity || !compare.ready()) {
            return;
        }
        if (known().length === 0) {
            compare.say("activity", {why: activity.rows.map((row) => row.why).filter(Boolean).join(" ")});
            return;
        }
        const [two, gates] = [make("div", "compare-figures"), make("div", "compare-figures")];
        two.append(onPicture(compare.widthFor("activity", 2)), limitPicture(compare.widthFor("activity", 2)));
        const kinds = gateKinds();
        const width = Math.min(compare.widthFor("activity", Math.max(kinds.length, 3)), 380);
        gates.append(...kinds.map((kind) => gatePicture(kind, width)));
        compare.draw("activity", [compare.legend(view().recordings.map((_, index) => index)), two, gates, ...notes()]);
    }

    function exported() {
        const kinds = gateKinds();
        const rows = known().flatMap((row) => {
            const on = decode(row.on.values);
            const [state] = row.saturation;
            const found = [state, ...kinds.map((kind) => gatesOf(row).find((each) => each.kind === kind))]
                .flatMap((each) => (each ? [decode(each.left.values), decode(each.right.values)] : [[], []]));
            return on.map((value, unit) => [row.key, row.state, unit, value, ...found.map((values) => values[unit]), row.n]);
        });
        return [["recording", "state", "unit", "share on", "below its limits", "above its limits", ...kinds.flatMap((kind) => [kind + " below 0.1", kind + " above 0.9"]), "n"], rows];
    }

    compare.TABLES.activity = () => (compare.activity ? exported() : null);
    compare.drawnPart("activity", draw);
})();
