// What the second state has more or less than the first, B − A, over the window: where both have the same tokens.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {selection, besideSelection, element} = stateroom;
    const LETTER = 7.2;
    const place = () => document.getElementById("match-beside-difference");
    
    const signed = (value) => (value > 0 ? "+" : "") + stateroom.number(value);
    const largest = (values) => Math.max(0, ...values.filter((value) => value !== null).map(Math.abs));
    let answer = null;
    let counts = null;

    // ---- asking -----------------------------------------------------------------------------------------
    function wanted(view) {
        if (!view.recording || !view.beside_state || !view.linked) {
            return null;
        }
        const {recording, state, beside, beside_state: other, at, width, transform, by_unit: byUnit} = view;
        return {recording, state, beside, beside_state: other, at, width, transform, by_unit: byUnit};
    }

    function arrived(given) {
        const packed = given.units;
        const decode = packed && (packed.dtype === "float16" ? stateroom.decodeFloat16 : stateroom.decodeFloat32);
        answer = {...given, units: packed && {...packed, values: decode(packed.values)}};
        draw();
    }

    // ---- rows -------------------------------------------------------------------------------------------
    /** A row of cells under the positions of the window; `tell(place)` gives lines for the floating label. */
    function row(name, className, tell) {
        const made = selection.row(name, "difference-row " + (className || ""));
        selection.pointing(made.cells);
        made.cells.addEventListener("pointermove", (event) => {
            const at = selection.geometry();
            if (at && !event.buttons) {
                const position = at.positionAt(event.clientX);
                stateroom.tip.show(event.clientX, event.clientY, [...selection.describe(position), ...tell(position - selection.window.start, event)]);
            }
        });
        return made;
    }

    function cellsFor(made) {
        made.cells.replaceChildren(...selection.window.tokens.map((_, index) => {
            const cell = element("div", "cell");
            selection.dress(cell, selection.window.start + index);
            return cell;
        }));
        return [...made.cells.children];
    }

    function scaleLegend(limit, unit) {
        const legend = element("span", "side-legend");
        const bar = element("span", "legend-gradient");
        bar.style.background = "linear-gradient(to right, " + [-1, -0.5, 0, 0.5, 1].map(stateroom.colors.diverging).join(", ") + ")";
        legend.append(bar, element("span", "", "±" + stateroom.number(limit) + (unit || "")));
        return legend;
    }

    function paint(made, of, most, unit) {
        const shown = selection.window;
        const cells = made.cells.children.length === shown.tokens.length ? [...made.cells.children] : cellsFor(made);
        const wide = (String(most).length + 1) * LETTER + 2 <= selection.geometry().cell;
        cells.forEach((cell, index) => {
            const more = of(shown.start + index);
            const color = more ? stateroom.colors.diverging(more / most) : "";
            cell.style.background = color;
            cell.style.color = color ? stateroom.colors.ink(color) : "";
            cell.textContent = more && wide ? signed(Math.round(more)) : "";
        });
        made.side.replaceChildren(scaleLegend(most, unit));
    }

    /** How many more of its selected units are on in B, and how much more of them. */
    function drawCounts() {
        if (counts && selection.window && counts[0].row.isConnected && selection.geometry()) {
            const most = Math.max(1, selection.selected.units.length, besideSelection.selected.units.length);
            paint(counts[0], countDifference, most, "");
            paint(counts[1], shareDifference, 100, " %");
        }
    }

    function countRows() {
        const lines = (index) => {
            const position = selection.window.start + index;
            const more = countDifference(position);
            return more === null ? [] : ["units on, B \u2212 A: " + signed(more),
                "share on, B \u2212 A: " + signed(shareDifference(position)) + " percentage points"];
        };
        return [row("units on", "", lines), row("share on", "", lines)];
    }

    function difference(position, of) {
        const [a, b] = [selection, besideSelection].map((panel) => [panel.countAt(position), panel.selected.units.length]);
        return a[0] === null || b[0] === null || !a[1] || !b[1] ? null : of(b) - of(a);
    }
    const countDifference = (position) => difference(position, ([count]) => count);
    /** The two patterns rarely have as many units: so their shares are subtracted too, in percentage points. */
    const shareDifference = (position) => difference(position, ([count, total]) => (100 * count) / total);

    function lossRow() {
        const limit = largest(answer.loss) || 1;
        const made = row("loss of next", "difference-zero", (index) => [answer.loss[index] === null ? "no loss here"
            : "loss of next, B − A: " + signed(answer.loss[index]) + " nats"]);
        cellsFor(made).forEach((cell, index) => {
            const value = answer.loss[index];
            if (value) {
                const bar = element("div", "difference-bar");
                const share = (50 * Math.abs(value)) / limit;
                bar.style.cssText = "height: " + share + "%; background: var(" + (value > 0 ? "--positive" : "--negative") + "); " + (value > 0 ? "bottom" : "top") + ": 50%";
                cell.append(bar);
            }
        });
        made.side.append(element("span", "side-limits", "±" + stateroom.number(limit) + " nats"));
        return made;
    }

    /** Whose likeliest prediction came true where the two differ. */
    const rightOf = ({a, b, targets}) => (targets[0] !== null && targets[0] === a ? "a" : targets[1] !== null && targets[1] === b ? "b" : "none");

    function guessRow() {
        const made = row("predicts next", "", guessLines);
        const wide = LETTER + 2 <= selection.geometry().cell;
        cellsFor(made).forEach((cell, index) => {
            const guess = answer.guesses[index];
            if (guess) {
                const right = rightOf(guess);
                cell.append(element("span", "difference-guess is-" + right, wide ? {a: "A", b: "B", none: "≠"}[right] : ""));
            }
        });
        const differ = answer.guesses.filter(Boolean).length;
        made.side.append(element("span", "side-limits", differ + " differ"));
        made.side.title = "Where the likeliest predictions differ: the letter of the one that came true, ≠ where neither did";
        return made;
    }

    function guessLines(index) {
        const guess = answer.guesses[index];
        if (!guess) {
            return [element("div", "quiet", "both predict the same token")];
        }
        const line = (letter, token, share) => {
            const made = element("div", "");
            made.append(letter + " predicts ", stateroom.tokenElement(token), " " + (share * 100).toFixed(1) + " %");
            return made;
        };
        const next = element("div", "quiet");
        next.append("next token: ", guess.targets[0] === null ? "none" : stateroom.tokenElement(guess.targets[0]));
        return [line("A", guess.a, guess.p), line("B", guess.b, guess.q), next];
    }

    // ---- states, unit by unit ---------------------------------------------------------------------------
    function unitsRow() {
        const {values, low, high} = answer.units;
        const limit = Math.max(-low, high) || 1;
        const n = answer.stop - answer.start;
        const made = row("units", "difference-units", (index, event) => {
            const box = made.cells.getBoundingClientRect();
            const unit = Math.min(answer.n_units - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * answer.n_units)));
            return ["unit " + unit + ", B − A: " + signed(values[unit * n + index])];
        });
        const canvas = element("canvas", "", null, {role: "img", "aria-label": "difference of the states, unit by unit"});
        [canvas.width, canvas.height] = [n, answer.n_units];
        const paint = canvas.getContext("2d");
        const colors = Array.from({length: 201}, (_, step) => stateroom.colors.diverging(step / 100 - 1));
        for (let unit = 0; unit < answer.n_units; unit += 1) {
            for (let index = 0; index < n; index += 1) {
                paint.fillStyle = colors[Math.round(100 * (1 + (values[unit * n + index] || 0) / limit))];
                paint.fillRect(index, unit, 1, 1);
            }
        }
        canvas.style.imageRendering = "pixelated";
        made.cells.append(canvas);
        made.label.textContent = "units 0 – " + (answer.n_units - 1);
        made.side.append(scaleLegend(Number(limit.toPrecision(2))));
        return made;
    }

    // ---- all of it --------------------------------------------------------------------------------------
    function told(text) {
        const made = element("p", "difference-told");
        made.append(...[].concat(text));
        return made;
    }

    function unitsSwitch() {
        const line = element("label", "tool-check");
        const box = element("input", "", null, {type: "checkbox", name: "by_unit"});
        box.checked = stateroom.view.get().by_unit;
        box.addEventListener("change", () => stateroom.view.change({by_unit: box.checked}));
        line.append(box, "states, unit by unit. ");
        return line;
    }

    function draw() {
        const area = place();
        const view = area && stateroom.view.get();
        if (!view || !view.beside_state) {
            return;
        }
        counts = null;
        if (!view.linked) {
            area.replaceChildren(told("No difference B − A while each goes its own way."));
        } else if (!answer || answer.why) {
            area.replaceChildren(...(answer ? [told(answer.why)] : []));
        } else if (selection.window && answer.start === selection.window.start && answer.stop === selection.window.stop && selection.geometry()) {
            counts = countRows();
            const rows = [...counts, ...(answer.loss ? [lossRow()] : []), ...(answer.guesses ? [guessRow()] : []),
                ...(answer.units && view.by_unit ? [unitsRow()] : [])];
            area.replaceChildren(told([element("strong", "", "B − A"), " over the same tokens. Orange: more in B, blue: less."]),
                ...rows.map((made) => made.row), told([...(answer.may_subtract_units ? [unitsSwitch()] : []), answer.units_told]), ...(answer.told ? [told(answer.told)] : []));
            drawCounts();
        }
    }

    selection.part({window: draw, selected: drawCounts, resize: draw});
    besideSelection.part({
        selected: drawCounts,
        view(view, previous) {
            if (view.linked !== previous.linked || view.by_unit !== previous.by_unit) {
                draw();
            }
        },
    });
    document.addEventListener("DOMContentLoaded", () => {
        stateroom.view.request("difference", wanted, arrived);
        stateroom.theme.listeners.push(draw);
    });
})();
