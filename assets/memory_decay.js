// Beside and under the decay curves: the table of half-lives, and the units with their gates.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {memory} = stateroom;
    const make = (...given) => stateroom.element(...given);
    const {view, change} = memory;
    const percent = (value) => (!Number.isFinite(value) ? "–" : value > 0 && value < 0.0005 ? "< 0.1 %" : (100 * value).toFixed(value < 0.1 ? 1 : 0) + " %");
    const MEASURED = {largest: () => "largest", sum: () => "sum", share: (n) => "first " + n};
    let unitSort = "halfLife";

    memory.percent = percent;
    /** The square that names a curve of a figure in a table; a number stands for the colour where there is none. */
    memory.swatch = function (hex) {
        const made = make("span", "curve-swatch");
        made.style.background = hex ? hex[stateroom.theme.current()] : "transparent";
        return made;
    };

    /** A value with its band under the pointer. */
    memory.banded = function (text, low, high, write) {
        const made = make("span", "banded", text);
        if (Number.isFinite(low) && Number.isFinite(high)) {
            made.title = "between " + write(low) + " and " + write(high) + " in 95 % of resamples";
            made.append(make("span", "value-band", " ± " + write((high - low) / 2)));
        }
        return made;
    };

    const lives = (value) => (value > 0 && value < 0.05 ? "< 0.1" : value.toFixed(value < 10 ? 1 : 0));
    memory.halfLife = (row) => (Number.isFinite(row.halfLife)
        ? memory.banded(lives(row.halfLife), row.halfLifeLow, row.halfLifeHigh, lives) : make("span", "", row.halfLifeText || "–"));

    // ---- half-lives -------------------------------------------------------------------------------------
    function curveName(curve) {
        const made = make("span", "curve-name");
        const own = curve.recording === view().recording && curve.state === view().state;
        const place = memory.decay.curves.indexOf(curve);
        made.append(memory.hasSecond() && place < 2 ? memory.second.badge("ab"[place]) : memory.swatch(curve.hex), make("bdi", "", curve.name));
        if (!own) {
            const id = curve.recording + ":" + curve.state;
            made.append(stateroom.button("×", "Remove " + curve.name, () => change(memory.besideOf(view().beside.filter((other) => other !== id))), "row-remove"));
        }
        return made;
    }

    function curveRow(curve, write) {
        if (!curve.ready) {
            const link = make("button", "link-button", "compute it", {type: "button"});
            const isSecond = memory.decay.curves.indexOf(curve) === 1;
            link.addEventListener("click", () => isSecond ? memory.second.compute() : stateroom.memoryView.open({recording: curve.recording, state: curve.state, beside: [],
                ...(curve.recording === view().recording ? {} : {by: "", classes: [], words: [], properties: [], position: -1}), unit: -1}));
            const why = make("span", "quiet", "not computed ");
            why.title = curve.why || "";
            why.append(...(isSecond && memory.statusSecond && !memory.statusSecond.network ? [] : [link]));
            why.dataset.span = 4;
            return [curveName(curve), why];
        }
        const at = memory.decay.curves.indexOf(curve) === 1 ? memory.second.delay() : view().delay;
        const measured = curve[view().measure];
        return [curveName(curve), Number.isFinite(measured[at]) ? write(measured[at]) : "–", ...(view().measure === "share" ? [] : [percent(curve.share[at])]), memory.halfLife(curve),
            Number.isFinite(curve.n[at]) ? stateroom.whole(curve.n[at]) : "–"];
    }

    /** B − A, of the value at the delay if both are shown at one. */
    function differenceRows(write) {
        const {difference} = memory.decay;
        if (!difference || !memory.hasSecond()) {
            return [];
        }
        const {measure, delay} = view();
        const banded = (name, at) => [difference[name][at], difference[name + "Low"][at], difference[name + "High"][at]];
        const value = memory.oneDelay() ? memory.second.difference(...banded(measure, delay), write) : make("span", "quiet", "–");
        value.title = value.title || (memory.oneDelay() ? "B − A" : "A and B are shown at different delays");
        const share = memory.second.signed(memory.oneDelay() ? difference.share[delay] : NaN, percent);
        const half = memory.second.difference(difference.halfLife, difference.halfLifeLow, difference.halfLifeHigh, lives);
        return [{className: "is-difference", cells: ["B − A", value, ...(measure === "share" ? [] : [share]), half, ""]}];
    }

    /** What the page's own curve says, as a sentence. */
    function reading() {
        const [curve] = memory.decay.curves;
        if (!curve.ready) {
            return [];
        }
        const {n} = view();
        const last = curve.share.findLastIndex((value) => Number.isFinite(value));
        const half = Number.isFinite(curve.halfLife) ? (memory.decay.curves.length > 1 ? "Of " + curve.name + " half" : "Half") + " is left after " + lives(curve.halfLife) + " positions."
            : curve.halfLifeText ? "More than half is left at every delay computed." : "";
        const [before, after] = [curve.share[0], curve.share[last]];
        const turn = Math.abs(after - before) < 0.05 ? "about as selective" : after > before ? "more selective" : "less selective";
        const share = last > 0 && Number.isFinite(before) ? "The first " + n + (n === 1 ? " direction holds " : " directions hold ") + percent(before) + " of the sum at delay 0 and "
            + percent(after) + " at delay " + last + ": memory becomes " + turn + "." : "";
        return [make("p", "quiet note", [half, share.replace("becomes about", "stays about")].filter(Boolean).join(" "))];
    }

    function drawDecay() {
        const place = memory.place("decay-table");
        if (!memory.decay) {
            place.replaceChildren();
            return;
        }
        const {curves, unit} = memory.decay;
        const {measure, delay, n} = view();
        const ready = curves.filter((curve) => curve.ready);
        const plain = stateroom.column(ready.map((curve) => curve[measure][curve === curves[1] ? memory.second.delay() : delay]));
        const write = measure === "share" ? percent : plain;
        const columns = [
            {name: "curve"},
            {name: MEASURED[measure](n), number: true, title: "At the delay" + (unit ? ", in " + unit : "")},
            ...(measure === "share" ? [] : [{name: "first " + n, number: true, title: "Share of the first " + n + " singular values in the sum, at the delay: 100 % when they hold all of it"}]),
            {name: "half-life", number: true, title: "Delay at which the curve has fallen to half of what it is at delay 0"},
            {name: "n", number: true, title: "Positions that the mean at the delay is over"},
        ];
        const apart = memory.hasSecond() && !memory.oneDelay() && "A at delay " + delay + ", B at delay " + memory.second.delay();
        stateroom.redraw(place, [make("h2", "", apart || (delay === 0 ? "At the token itself (delay 0)" : "At delay " + delay)),
            stateroom.table({label: "Half-lives", columns, rows: [...curves.map((curve) => curveRow(curve, write)), ...differenceRows(write)]}), ...reading()]);
    }

    // ---- units ------------------------------------------------------------------------------------------
    /** The units of the first and of the second: whose they are, and where the chosen one is kept. */
    const SIDES = {
        a: {field: "unit", answer: () => memory.units, whose: () => memory.pick(view(), ["recording", "state"])},
        b: {field: "beside_unit", answer: () => memory.unitsSecond, whose: () => memory.second.curve()},
    };

    function unitRow(unit, write, {field, answer}) {
        const chosen = unit.unit === view()[field];
        const name = stateroom.button(String(unit.unit), "unit " + unit.unit, () => change({[field]: chosen ? -1 : unit.unit}), "link-button");
        name.setAttribute("aria-pressed", String(chosen));
        return {className: chosen ? "is-chosen" : "", data: {unit: unit.unit}, cells: [name, write(unit.strength), ...(answer().delay > 0 ? [write(unit.atDelay)] : []),
            Number.isFinite(unit.halfLife) ? lives(unit.halfLife) : unit.halfLifeText || "–", percent(unit.write), percent(unit.keep)]};
    }

    const UNIT_SORTS = ["strength", "atDelay", "halfLife", "write", "keep"];
    const ranked = (value) => (Number.isFinite(value) ? value : Infinity);

    function unitsOf(letter) {
        const side = SIDES[letter];
        const {units, writeName, keepName, why, delay} = side.answer();
        const {recording, state} = side.whose();
        const unit = view()[side.field];
        const sorted = [...units].sort((one, other) => ranked(other[unitSort]) - ranked(one[unitSort]) || one.unit - other.unit);
        const chosen = sorted.findIndex((each) => each.unit === unit);
        if (chosen > 0) {
            sorted.unshift(...sorted.splice(chosen, 1));
        }
        const write = stateroom.column(units.map((unit) => unit.strength));
        const columns = [
            {name: "unit"},
            {name: "delay 0", number: true, sort: "strength", title: "Norm of the unit's row of G at delay 0: what it takes from a token"},
            ...(delay > 0 ? [{name: "delay " + delay, number: true, sort: "atDelay", title: "Norm of the unit's row of G at the delay"}] : []),
            {name: "half-life", number: true, sort: "halfLife", title: "Delay at which that norm has fallen to half"},
            {name: writeName || "write", number: true, sort: "write", title: "Mean of the gate that lets the unit be written"},
            {name: keepName || "keep", number: true, sort: "keep", title: "Mean of the gate that lets it keep what it holds"},
        ];
        const sorting = {by: unitSort, choose: (sort) => { unitSort = UNIT_SORTS.includes(sort) ? sort : unitSort; drawUnits(); }};
        const link = unit < 0 ? [] : [make("a", "", "unit " + unit + " in Match", {href: memory.matchAddress({pinned: unit}, {recording, state})}),
            make("a", "", "in Clusters", {href: stateroom.memoryView.setting("clusters") + "?" + new URLSearchParams({recording, state, unit})})];
        const head = make("div", "part-line");
        head.append(...(memory.hasSecond() ? [memory.second.badge(letter)] : []), make("h2", "", "Units of " + (letter === "b" && recording !== view().recording ? recording + " " : "") + state),
            ...link, make("span", "quiet", why || ""));
        return [head, stateroom.table({label: letter === "b" ? "Units of B" : "Units", columns, sorting, rows: sorted.map((each) => unitRow(each, write, side))})];
    }

    function drawUnits() {
        const place = memory.place("units-table");
        const both = Boolean(memory.units && memory.unitsSecond && memory.hasSecond());
        if (place.parentElement.classList.toggle("is-both", both) !== place.classList.contains("is-both")) {
            place.classList.toggle("is-both", both);
            window.requestAnimationFrame(() => window.dispatchEvent(new Event("resize")));
        }
        if (!memory.units) {
            place.replaceChildren();
            return;
        }
        const parts = ["a", ...(both ? ["b"] : [])].map((letter) => {
            const made = make("div");
            made.append(...unitsOf(letter));
            return made;
        });
        const none = memory.hasSecond() && !both && memory.second.why() ? [make("p", "quiet note", "Units of B: " + memory.second.why())] : [];
        const alone = memory.hasSecond() ? parts : [...parts[0].childNodes];
        stateroom.redraw(place, [...alone, ...none]);
    }

    memory.part({
        mount() {
            drawDecay();
            drawUnits();
        },
        decay: drawDecay,
        units: drawUnits,
        unitsSecond: drawUnits,
        statusSecond: drawUnits,
        theme: drawDecay,
        view(now, previous) {
            const changed = (...names) => names.some((name) => now[name] !== previous[name]);
            if (memory.decay && changed("delay", "measure", "linked", "beside_delay", "beside")) {
                drawDecay();
            }
            if (memory.units && changed("unit", "beside_unit", "beside")) {
                drawUnits();
            }
        },
    });

    // ---- what there is to see ---------------------------------------------------------------------------
    const NEEDS_RESULT = ["decay", "classes", "properties", "directions"];

    /** A panel without a result says so; the picture of the decay is there when there is a curve. */
    function showParts() {
        if (!memory.status) {
            return;
        }
        const any = memory.ready() || (memory.decay && memory.decay.curves.some((curve) => curve.ready) && view().beside.length > 0);
        memory.place("decay-part").hidden = !any;
        memory.place("delay").hidden = !memory.ready();
        memory.place("result").classList.remove("is-blank");
        NEEDS_RESULT.forEach((name) => {
            const panel = memory.place("panel-" + name);
            panel.classList.toggle("is-empty", !memory.ready());
            const why = panel.querySelector(".panel-why");
            why.hidden = memory.ready();
            why.textContent = memory.status.network ? "Shown when the computation above has been made." : "Needs a network in the recording.";
        });
        // A figure that was drawn while it could not be seen has no size.
        window.requestAnimationFrame(() => window.dispatchEvent(new Event("resize")));
    }

    memory.part({mount: () => memory.place("result").classList.add("is-blank"), status: showParts, decay: showParts});
})();
