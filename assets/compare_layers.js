// Layer by layer: how alike the states of two recordings are, one small map for each pair with A.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const {view} = compare;
    const make = (...given) => stateroom.element(...given);
    const CELL = {width: 118, height: 66};
    const LABEL = 116;
    const HEAD = 44;
    const LEAST = 232;
    const two = (value) => (value > 0 && value < 0.005 ? "< 0.01" : compare.fixed(value, 2));
    const three = (value) => (value > 0 && value < 0.0005 ? "< 0.001" : compare.fixed(value, 3));
    const short = (name) => (name.length > 15 ? name.slice(0, 14) + "…" : name);

    function lines(answer, [first, second], cell) {
        const [one, other] = [first, second].map(compare.letter);
        return [
            compare.nameOf(first) + ", " + cell.a + " against " + compare.nameOf(second) + ", " + cell.b,
            cell.why || "linear CKA " + three(cell.cka) + ", by chance " + three(cell.ckaChance) + " (in any order of the positions " + three(cell.ckaShuffled) + ")",
            "best |r| of " + one + "'s units with " + other + "'s " + three(cell.bestFirst) + ", by chance " + three(cell.bestFirstChance),
            "best |r| of " + other + "'s units with " + one + "'s " + three(cell.bestSecond) + ", by chance " + three(cell.bestSecondChance),
            "n = " + stateroom.whole(cell.n) + " tokens in common; chance from " + cell.chanceUnits.map(stateroom.whole).join(" and ") + " units, shifted by " + cell.shifts.map(stateroom.whole).join(", "),
            "Click: its units one to one",
        ];
    }

    function isShown([first, second], cell) {
        const [one, other] = compare.pairOf();
        const {units} = compare;
        return one === first && other === second && units && !units.why && units.first.state === cell.a && units.second.state === cell.b;
    }

    function cellTexts(cell, middle, top, ink) {
        if (cell.pending) {
            return [compare.svgText(middle, top + CELL.height / 2 + 4, "…", {"text-anchor": "middle"})];
        }
        const line = (y, text, options) => compare.svgText(middle, top + y, text, {"text-anchor": "middle", "font-size": 10, "fill": ink, ...options});
        return [
            line(19, two(cell.cka), {"font-size": 15, "font-weight": 600}), line(31, "chance " + two(cell.ckaChance)),
            line(47, "|r| " + two(cell.bestFirst) + " · " + two(cell.bestSecond), {"font-size": 11.5}),
            line(59, "chance " + two(cell.bestFirstChance) + " · " + two(cell.bestSecondChance)),
        ];
    }

    function cellElement(answer, pair, cell, [left, top]) {
        const fill = Number.isFinite(cell.cka) ? stateroom.colors.sequential(cell.cka) : compare.style("--surface-strong");
        const told = cell.pending ? [cell.a + " against " + cell.b + ": being computed", ""] : lines(answer, pair, cell);
        const shown = isShown(pair, cell);
        const made = compare.svg("g", {"class": "layer-cell", "role": "button", "tabindex": 0, "aria-pressed": String(Boolean(shown)), "aria-label": told.slice(0, -1).join("; ")});
        made.append(
            compare.svg("rect", {"x": left + 1, "y": top + 1, "width": CELL.width - 2, "height": CELL.height - 2, fill,
                "stroke": compare.style(shown ? "--selected" : "--line-strong"), "stroke-width": shown ? 3 : 1}),
            ...cellTexts(cell, left + CELL.width / 2, top, stateroom.colors.ink(fill)));
        const act = () => {
            compare.choosePair(...pair, {first_state: cell.a, second_state: cell.b});
            compare.place("units").scrollIntoView({block: "start"});
        };
        made.addEventListener("click", act);
        made.addEventListener("keydown", (event) => {
            if (event.key === "Enter" || event.key === " ") {
                event.preventDefault();
                act();
            }
        });
        made.addEventListener("pointermove", (event) => stateroom.tip.show(event.clientX, event.clientY, told));
        made.addEventListener("pointerleave", () => stateroom.tip.hide());
        return made;
    }

    function mapPicture(answer, pair) {
        const [first, second] = pair;
        const [rows, columns] = [answer.first.layers, answer.second.layers];
        const at = (cell) => [LABEL + columns.indexOf(cell.b) * CELL.width, HEAD + rows.indexOf(cell.a) * CELL.height];
        const [width, height] = [LABEL + columns.length * CELL.width + 2, HEAD + rows.length * CELL.height + 2];
        const picture = compare.picture({width: Math.max(width, LEAST), height, title: compare.letter(first) + " × " + compare.letter(second),
            label: "Similarity of the states of " + compare.nameOf(first) + " and " + compare.nameOf(second)});
        picture.setAttribute("role", "group");
        const text = compare.style("--text");
        const middle = (row) => HEAD + (row + 0.5) * CELL.height;
        const center = (column) => LABEL + (column + 0.5) * CELL.width;
        picture.append(
            compare.svgText(LABEL, 13, "n = " + stateroom.whole(answer.common.n), {}),
            ...rows.flatMap((name, row) => [compare.svgBadge(LABEL - 20 - 6.1 * short(name).length, middle(row), first), compare.svgText(LABEL - 6, middle(row) + 4, short(name), {"text-anchor": "end", "fill": text})]),
            ...columns.flatMap((name, column) => [compare.svgBadge(center(column) - 3.1 * short(name).length - 4, HEAD - 12, second),
                compare.svgText(center(column) + 8, HEAD - 8, short(name), {"text-anchor": "middle", "fill": text})]),
            ...answer.cells.map((cell) => cellElement(answer, pair, cell, at(cell))));
        return picture;
    }

    function mapOf(pair) {
        const answer = compare.layersOf(...pair);
        const made = make("div", "layer-map");
        made.append(...(answer ? [mapPicture(answer, pair)] : [make("h3", "layer-title", compare.letter(pair[0]) + " × " + compare.letter(pair[1]) + "  " + compare.nameOf(pair[1])),
            make("p", "quiet", "Being computed.")]));
        return made;
    }

    const undrawn = (pair) => Boolean((compare.layersOf(...pair) || {}).why);

    function pairs() {
        const [first, second] = compare.pairOf();
        const withA = view().recordings.slice(1).map((_, index) => [0, index + 1]);
        return first === 0 ? withA : [...withA, [first, second]];
    }

    function scale() {
        const made = make("span", "quiet layer-scale", "CKA ");
        const picture = compare.svg("svg", {"width": 140, "height": 12, "aria-hidden": "true"});
        for (let step = 0; step < 20; step += 1) {
            picture.append(compare.svg("rect", {x: 20 + step * 5, y: 1, width: 5, height: 10, fill: stateroom.colors.sequential(step / 19)}));
        }
        picture.append(compare.svgText(10, 10, "0", {"text-anchor": "middle"}), compare.svgText(130, 10, "1", {"text-anchor": "middle"}));
        made.append(picture);
        return made;
    }

    /** By how much was shifted, where that is the same for all. */
    function shiftsTold(known) {
        const told = [...new Set(known.flatMap((answer) => answer.cells.filter((cell) => cell.shifts && cell.shifts.length).map((cell) => cell.shifts.map(stateroom.whole).join(", "))))];
        return told.length === 1 ? told[0] + " positions, " : "some positions, ";
    }

    function note() {
        const known = pairs().map((pair) => compare.layersOf(...pair)).filter((answer) => answer && !answer.why);
        if (known.length === 0) {
            return [];
        }
        const over = [...new Set(known.map((answer) => answer.common.text))].join("; ");
        return [make("p", "compare-note", "Large: linear CKA, which the colour shows. |r|: mean best correlation of A's units with the other's · of the other's with A's. "
            + "Chance: mean after one text is shifted against the other by " + shiftsTold(known) + "on up to 32 units, seed " + known[0].seed + "; neighbours stay neighbours, since they depend on each other. Over " + over + ". Click a cell to match its units.")];
    }

    function whys() {
        const said = pairs().filter(undrawn).map((pair) => make("p", "part-why", compare.letter(pair[0]) + " × " + compare.letter(pair[1]) + ": " + compare.layersOf(...pair).why));
        return said.length === 0 ? [] : [...said, make("p", "quiet", "Add recordings over the same tokens, or record the networks over one text.")];
    }

    function draw() {
        if (!compare.ready()) {
            return;
        }
        const drawn = pairs().filter((pair) => !undrawn(pair));
        const maps = make("div", "compare-figures");
        maps.append(...drawn.map(mapOf));
        compare.draw("layers", [...(drawn.length ? [compare.legend(view().recordings.map((_, index) => index)), maps] : []), ...note(), ...whys()],
            {fields: drawn.length ? [scale()] : [], empty: drawn.length === 0});
    }

    function exported() {
        const rows = pairs().map((pair) => compare.layersOf(...pair)).filter((answer) => answer && !answer.why).flatMap((answer) => answer.cells.map((cell) =>
            [answer.first.key, cell.a, answer.second.key, cell.b, cell.cka, cell.ckaChance, cell.ckaShuffled, cell.bestFirst, cell.bestFirstChance, cell.bestSecond, cell.bestSecondChance, cell.n, answer.seed]));
        return [["recording A", "state A", "recording B", "state B", "linear CKA", "CKA by chance", "CKA in any order", "best |r| of A's units", "by chance", "best |r| of B's units", "by chance", "n", "seed"], rows];
    }

    compare.TABLES.layers = exported;
    compare.part({
        mount: () => compare.wait("layers"),
        facts: draw,
        layer: draw,
        units: draw,
        theme: draw,
        view(now, previous) {
            if (["recordings", "states", "seed", "pair", "first_state", "second_state"].some((field) => JSON.stringify(now[field]) !== JSON.stringify(previous[field]))) {
                draw();
            }
        },
    });
})();
