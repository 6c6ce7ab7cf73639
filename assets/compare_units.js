// Units matched one to one: the curve of |r| over the pairs beside chance, and a table of the pairs with ways to Match.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const {view} = compare;
    const make = (...given) => stateroom.element(...given);
    const HEIGHT = 300;
    const BEFORE = 30;

    compare.unitPages = () => (compare.units && compare.units.pairs ? Math.ceil(compare.units.nPairs / compare.units.pageRows) : 0);
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

    function stateField(name, index) {
        const row = compare.rowOf(index);
        const side = (compare.units && compare.units[name === "first_state" ? "first" : "second"]) || {};
        const field = make("select", "tool-input", null, {"aria-label": "State of " + compare.letter(index)});
        field.append(...Object.keys((row && row.states) || {}).map((state) => make("option", "", state, {value: state})));
        field.value = view()[name] || (side.key === view().recordings[index] ? side.state : compare.stateOf(index));
        field.disabled = !row;
        field.addEventListener("change", () => compare.change({[name]: field.value, page: 0}));
        return field;
    }

    function fields() {
        const [first, second] = compare.pairOf();
        const made = make("span", "pair-fields");
        const several = view().recordings.length > 2;
        const who = (place, index) => (several ? recordingField(place) : make("bdi", "", compare.nameOf(index)));
        made.append(compare.badge(first), who(0, first), stateField("first_state", first), make("span", "quiet", "with"),
            compare.badge(second), who(1, second), stateField("second_state", second));
        return [made];
    }

    // ---- what is shown: names and letters are those of the answer, which may be of the pair before -----------
    const placeOf = (side) => view().recordings.indexOf(compare.units[side].key);
    const isHere = () => placeOf("first") >= 0 && placeOf("second") >= 0;

    // ---- picture ----------------------------------------------------------------------------------------
    function picture(width) {
        const {pairs, mean, meanChance, n} = compare.units;
        const heights = pairs.r.map(Math.abs);
        const ranks = heights.map((_, index) => index + 1);
        const both = [compare.units.first.name, compare.units.second.name];
        return compare.chart({
            width, height: HEIGHT, title: "Correlation of the pairs, the strongest first",
            label: "|r| of " + ranks.length + " pairs, mean " + compare.fixed(mean, 3) + ", by chance " + compare.fixed(meanChance, 3),
            x: compare.axis(ranks, {title: "pair, by |r|", min: 0, max: Math.max(2, ranks.length), write: stateroom.whole}),
            y: compare.axis([0, 1], {title: "|r|, n = " + stateroom.whole(n), min: 0, max: 1}),
            series: [{
                kind: ranks.length < 3 ? "both" : "line", color: compare.style("--text"), x: ranks, y: heights,
                tip: (index) => ["pair " + ranks[index] + ": unit " + pairs.first[index] + " of " + both[0] + ", unit " + pairs.second[index] + " of " + both[1], "r = " + signed(pairs.r[index], 3), "Click: the page of the table with it"],
                act: (index) => compare.change({page: Math.floor(index / compare.units.pageRows)}, {history: "replace"}),
            }],
            lines: [{y: meanChance, text: "mean by chance " + compare.fixed(meanChance, 2), left: true}, {y: mean, text: "mean " + compare.fixed(mean, 2)}],
        });
    }

    // ---- table ------------------------------------------------------------------------------------------
    const signed = (value, places) => (value > 0 ? "+" : "") + compare.fixed(value, places);

    /** Match at one position of a recording, with a unit pinned. */
    const matchParameters = (side, at, unit) => ({recording: side.key, state: side.state, at: Math.max(0, at - BEFORE) || "", from: at, to: at + 1, pinned: unit});

    const unitCell = (unit, side, href) => make("a", "", "unit " + unit, {href, title: "In Match, where both are strongest: " + side.name});

    /** Both beside each other in Match, at the token where both are strongest. */
    function tokenCell(row) {
        const {first, second} = compare.units;
        const apart = row.at === row.atSecond ? {} : {linked: 0, at2: Math.max(0, row.atSecond - BEFORE) || "", from2: row.atSecond, to2: row.atSecond + 1};
        const link = make("a", "token-link", null, {href: compare.address("match", {...matchParameters(first, row.at, row.first), beside: second.key, state2: second.state, pinned2: row.second, ...apart}),
            title: "Both in Match, at position " + stateroom.whole(row.at)});
        link.append(stateroom.tokenElement(row.token));
        return link;
    }

    function bar(value) {
        const made = make("span", "r-bar", null, {"aria-hidden": "true"});
        made.style.setProperty("--share", (100 * Math.abs(value)).toFixed(1) + "%");
        made.style.setProperty("--bar", compare.style(value < 0 ? "--negative" : "--positive"));
        return made;
    }

    function cells(row) {
        const {first, second} = compare.units;
        return [String(row.rank), unitCell(row.first, first, row.hrefFirst), unitCell(row.second, second, row.hrefSecond), signed(row.r, 3), bar(row.r), tokenCell(row)];
    }

    function pages(page) {
        const made = make("div", "units-pages");
        const count = compare.unitPages();
        const back = stateroom.button("‹", "The pairs before (←)", () => compare.turnPage(-1));
        const on = stateroom.button("›", "The pairs after (→)", () => compare.turnPage(1));
        back.disabled = page === 0;
        on.disabled = page >= count - 1;
        const {nPairs, pageRows} = compare.units;
        made.append(back, on, make("span", "quiet", stateroom.whole(page * pageRows + 1) + " to " + stateroom.whole(Math.min((page + 1) * pageRows, nPairs)) + " of " + stateroom.whole(nPairs) + " pairs"));
        return made;
    }

    function table() {
        const [one, other] = ["first", "second"].map(placeOf);
        const columns = [{name: "#", number: true}, {name: compare.letter(one) + "  " + compare.units.first.state}, {name: compare.letter(other) + "  " + compare.units.second.state},
            {name: "r", number: true, title: "Correlation over the common tokens"}, {name: "|r|", title: "Orange: both rise together; blue: one rises as the other falls"},
            {name: "strongest at", title: "The token at which both are furthest from their means; opens both in Match"}];
        const made = make("div", "units-table");
        made.append(stateroom.table({label: "Matched units", columns, rows: compare.units.rows.map(cells)}), pages(compare.units.page));
        return made;
    }

    function left(units, side) {
        return units && units.length ? " " + stateroom.whole(units.length) + (units.length === 1 ? " unit of " : " units of ") + side.name + " without a partner." : "";
    }

    function told() {
        const {mean, meanChance, shifts, nPairs, common, seed, leftFirst, leftSecond, first, second} = compare.units;
        return make("p", "compare-note", stateroom.whole(nPairs) + " pairs, mean |r| " + compare.fixed(mean, 3) + "; by chance " + compare.fixed(meanChance, 3) + ": with one text shifted against the other by " + shifts.map(stateroom.whole).join(", ") + " positions (seed " + seed + ")"
            + ". Over " + common.text + "." + left(leftFirst, first) + left(leftSecond, second));
    }

    function draw() {
        const {units} = compare;
        if (!units || !compare.ready() || !isHere()) {
            return;
        }
        if (units.why) {
            compare.draw("units", [make("p", "part-why", units.why)], {fields: fields(), empty: true});
            return;
        }
        const columns = make("div", "units-columns");
        const wide = compare.place("units").clientWidth;
        const side = make("div", "");
        side.append(picture(wide < 960 ? wide : Math.floor((wide - 24) * 5 / 12)), told());
        columns.append(side, table());
        compare.draw("units", [columns], {fields: fields()});
    }

    function exported() {
        const {first, second, pairs, n} = compare.units;
        return [["rank", "recording A", "state A", "unit A", "recording B", "state B", "unit B", "r", "n"],
            pairs.r.map((value, index) => [index + 1, first.key, first.state, pairs.first[index], second.key, second.state, pairs.second[index], value, n])];
    }

    compare.TABLES.units = () => (compare.units && compare.units.pairs ? exported() : null);
    compare.drawnPart("units", draw, {differs: (now, previous) => now.pair !== previous.pair});
})();
