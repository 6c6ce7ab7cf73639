// Units matched one to one: the curve of |r| over the pairs beside chance, and a table of the pairs with ways to Match.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const {view} = compare;
    const make = (...given) => stateroom.element(...given);
    const ROWS = 20;
    const HEIGHT = 300;

    compare.unitPages = () => (compare.units && !compare.units.why ? Math.ceil(compare.units.r.length / ROWS) : 0);
    compare.turnPage = function (by) {
        const page = Math.min(Math.max(view().page + by, 0), Math.max(0, compare.unitPages() - 1));
        compare.change({page}, {history: "replace"});
    };
    /** The pair with the recording before or after: the other one of the two whose units are matched. */
    compare.stepPair = function (by) {
        const [first, second] = compare.pairOf();
        const others = view().recordings.map((_, index) => index).filter((index) => index !== first);
        compare.choosePair(first, others[(others.indexOf(second) + by + others.length) % others.length]);
    };

    // ---- fields -----------------------------------------------------------------------------------------
    function recordingField(place) {
        const pair = compare.pairOf();
        const field = make("select", "tool-input", null, {"aria-label": place === 0 ? "Units of" : "Matched with units of"});
        view().recordings.forEach((_, index) => {
            const option = make("option", "", compare.letter(index) + "  " + compare.nameOf(index), {value: index});
            option.disabled = index === pair[1 - place];
            field.append(option);
        });
        field.value = pair[place];
        field.addEventListener("change", () => {
            const chosen = [...pair];
            chosen[place] = Number(field.value);
            compare.choosePair(...chosen);
        });
        return field;
    }

    function stateField(name, states) {
        const field = make("select", "tool-input", null, {"aria-label": "State of " + (name === "first_state" ? "the first" : "the second")});
        field.append(...(states || []).map((state) => make("option", "", state, {value: state})));
        field.value = view()[name] || (compare.units && compare.units[name === "first_state" ? "a" : "b"]) || "";
        field.disabled = !states;
        field.addEventListener("change", () => compare.change({[name]: field.value, page: 0}));
        return field;
    }

    function fields() {
        const {statesFirst, statesSecond} = compare.units || {};
        const [first, second] = compare.pairOf();
        const made = make("span", "pair-fields");
        const several = view().recordings.length > 2;
        const who = (place, index) => (several ? recordingField(place) : make("bdi", "", compare.nameOf(index)));
        made.append(compare.badge(first), who(0, first), stateField("first_state", statesFirst), make("span", "quiet", "with"),
            compare.badge(second), who(1, second), stateField("second_state", statesSecond));
        return [made];
    }

    // ---- picture ----------------------------------------------------------------------------------------
    function picture(width) {
        const {r, chanceCurve, mean, chance} = compare.units;
        const heights = Array.from(r, Math.abs);
        const ranks = heights.map((_, index) => index + 1);
        const chances = chanceCurve ? Array.from(stateroom.decodeFloat32(chanceCurve)) : [];
        const both = compare.pairOf().map(compare.nameOf);
        const told = (index) => ["pair " + ranks[index] + ": unit " + compare.units.first[index] + " of " + both[0] + ", unit " + compare.units.second[index] + " of " + both[1],
            "r = " + signed(r[index], 3), chances.length > index ? "by chance at this rank " + compare.fixed(chances[index], 3) : ""];
        return compare.chart({
            width, height: HEIGHT, title: "Correlation of the pairs, the strongest first",
            label: "|r| of " + ranks.length + " pairs, mean " + compare.fixed(mean, 3) + ", by chance " + compare.fixed(chance, 3),
            x: compare.axis(ranks, {title: "pair, by |r|", min: 0, write: stateroom.whole}),
            y: compare.axis([0, 1], {title: "|r|, n = " + stateroom.whole(compare.units.n), min: 0, max: 1}),
            series: [
                {kind: "line", color: compare.style("--text"), x: ranks, y: heights, tip: told, act: (index) => compare.change({page: Math.floor(index / ROWS)}, {history: "replace"})},
                ...(chances.length ? [{kind: "line", color: compare.style("--text-quiet"), dash: 2, x: ranks, y: chances, tip: (index) => ["by chance, rank " + ranks[index], "|r| = " + compare.fixed(chances[index], 3)]}] : []),
            ],
            lines: chances.length ? [] : [{y: chance, text: "by chance " + compare.fixed(chance, 2)}],
        });
    }

    // ---- table ------------------------------------------------------------------------------------------
    const signed = (value, places) => (value > 0 ? "+" : "") + compare.fixed(value, places);

    function unitCell(unit, href, index) {
        return href ? make("a", "", "unit " + unit, {href, title: "In Match, where both are strongest: " + compare.nameOf(index)}) : "unit " + unit;
    }

    function bar(value) {
        const made = make("span", "r-bar", null, {"aria-hidden": "true"});
        made.style.setProperty("--share", (100 * Math.abs(value)).toFixed(1) + "%");
        made.style.setProperty("--bar", compare.style(value < 0 ? "--negative" : "--positive"));
        return made;
    }

    function rowsOf(page) {
        const {first, second, r, links} = compare.units;
        const [one, other] = compare.pairOf();
        return Array.from(r).slice(page * ROWS, (page + 1) * ROWS).map((value, index) => {
            const rank = page * ROWS + index;
            const link = (links && (links[rank] || links[String(rank)])) || {};
            return [String(rank + 1), unitCell(first[rank], link.first, one), unitCell(second[rank], link.second, other), signed(value, 3), bar(value)];
        });
    }

    function pages(page) {
        const made = make("div", "units-pages");
        const count = compare.unitPages();
        const back = stateroom.button("‹", "The pairs before (←)", () => compare.turnPage(-1));
        const on = stateroom.button("›", "The pairs after (→)", () => compare.turnPage(1));
        back.disabled = page === 0;
        on.disabled = page >= count - 1;
        const last = Math.min((page + 1) * ROWS, compare.units.r.length);
        made.append(back, on, make("span", "quiet", stateroom.whole(page * ROWS + 1) + " to " + stateroom.whole(last) + " of " + stateroom.whole(compare.units.r.length) + " pairs"));
        return made;
    }

    function table() {
        const [one, other] = compare.pairOf();
        const page = Math.min(view().page, compare.unitPages() - 1);
        const columns = [{name: "#", number: true}, {name: compare.letter(one) + "  " + compare.units.a}, {name: compare.letter(other) + "  " + compare.units.b},
            {name: "r", number: true, title: "Correlation over the common tokens"}, {name: "|r|, orange: together, blue: opposite"}];
        const made = make("div", "units-table");
        made.append(stateroom.table({label: "Matched units", columns, rows: rowsOf(page)}), pages(page));
        return made;
    }

    function told() {
        const {mean, chance, r, n, common, seed} = compare.units;
        return make("p", "compare-note", stateroom.whole(r.length) + " pairs, mean |r| " + compare.fixed(mean, 3) + "; with positions shuffled " + compare.fixed(chance, 3)
            + (seed === undefined ? "" : " (seed " + seed + ")") + ". n = " + stateroom.whole(n) + " tokens. " + (common || ""));
    }

    function draw() {
        const {units} = compare;
        if (!units || !compare.ready()) {
            return;
        }
        if (units.why) {
            compare.draw("units", [make("p", "part-why", units.why)], {fields: fields(), empty: true});
            return;
        }
        const columns = make("div", "units-columns");
        const wide = compare.place("units").clientWidth;
        const left = make("div", "");
        left.append(picture(wide < 960 ? wide : Math.floor((wide - 24) * 5 / 12)), told());
        columns.append(left, table());
        compare.draw("units", [columns], {fields: fields()});
    }

    compare.part({
        mount: () => compare.wait("units"),
        facts: draw,
        units: draw,
        theme: draw,
        resize: draw,
        failed(name, sentence) {
            if (name === "units") {
                compare.say("units", {why: sentence});
            }
        },
    });
})();
