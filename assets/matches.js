// The match half of the page: what is asked follows the view, rows follow the answer, the view follows the fields.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const id = (name) => "matches-" + name;
    const byId = (name) => document.getElementById(name);
    const setProps = (name, props) => window.dash_clientside.set_props(name, props);
    const whole = new Intl.NumberFormat("en-US");

    const PATTERN = ["recording", "state", "start", "stop", "off_before", "off_after", "threshold", "transform",
        "dropped", "pinned"];
    const FILTERS = ["min_length", "max_length", "min_overlap", "limit", "length"];
    const SETTLED_MS = 300;
    const NONE = ":none";
    const TELLING = ":telling";

    const pick = (view, names) => Object.fromEntries(names.map((name) => [name, view[name]]));
    const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

    let view = null;
    let drawn = {};
    let fields = {};
    let asked = null;
    let summarised = null;
    let settling = null;

    const change = (patch, options) => stateroom.view.change(patch, options || {history: "push"});
    /** The panel whose pattern is searched for, and that pattern. */
    const panel = () => stateroom.matchSide.of(view)[0];
    const pattern = (of) => pick(of.of(view), PATTERN);

    // ---- asking -----------------------------------------------------------------------------------------
    const REQUEST = "match-results-request";

    /** A pattern that is still being dragged is not searched for; everything else is asked at once. */
    function follow(newView, previous) {
        view = newView;
        if (Object.keys(previous).length === 0) {
            // The page was opened anew: nothing of what was drawn is still there.
            [drawn, fields, asked, summarised] = [{}, {}, null, null];
        }
        window.clearTimeout(settling);
        setProps("matches", {hidden: !view.matched});
        if (!view.matched && drawn.results) {
            drawn = {};
            byId(id("table")).replaceChildren();
        }
        const [mine, other] = stateroom.matchSide.of(view);
        const wanted = view.matched && view.recording ? {...pattern(mine), ...pick(view, [...FILTERS, "color", "heat"]),
            ...(other ? {other: pattern(other)} : {})} : null;
        const moves = [...PATTERN, "other"];
        const dragging = wanted && asked && !same(pick(wanted, moves), pick(asked, moves)) && previous.matched;
        markStale(wanted);
        if (wanted && dragging) {
            settling = window.setTimeout(() => {
                asked = wanted;
                stateroom.view.again(REQUEST);
            }, SETTLED_MS);
        } else if (wanted) {
            asked = wanted;
        }
        render(stateroom.matchResults);
    }

    document.addEventListener("DOMContentLoaded", () => {
        // While nothing is matched, what was asked last stays: its rows are still there when it is asked again.
        stateroom.view.request(REQUEST, () => (view && view.matched ? asked : null));
        stateroom.view.subscribe(follow);
        stateroom.theme.listeners.push(() => render(stateroom.matchResults));
    });

    /** Rows that answer another question than the one asked now are dimmed until theirs are there. */
    function markStale(wanted) {
        const panel = byId("matches");
        if (panel) {
            panel.dataset.stale = Boolean(wanted && drawn.results && !same(drawn.results.request, wanted));
        }
    }

    /** Lengths and labels are asked for when the rows are on the screen. */
    function summarise(results) {
        const wanted = results && results.rows
            ? {...pattern(panel()), ...pick(view, [...FILTERS, "labels"]), theme: stateroom.theme.current()} : null;
        if (same(wanted, summarised)) {
            return;
        }
        summarised = wanted;
        window.requestAnimationFrame(() => window.setTimeout(() =>
            setProps("match-summary-request", {data: wanted}), 0));
    }

    // ---- drawing ----------------------------------------------------------------------------------------
    function render(results) {
        stateroom.matchResults = results;
        if (!view || !view.matched || !results || !same(results.request, asked)
            || !stateroom.view.fits(results.request.recording, results.fingerprint)) {
            return;
        }
        const look = {...pick(panel().view(), ["start", "stop", "color", "heat", "mask", "cell"]), theme: stateroom.theme.current()};
        if (drawn.results !== results || !same(drawn.look, look)) {
            drawn = {results, look};
            draw(results);
        }
        showFields(results);
        summarise(results);
    }

    function draw(results) {
        markStale(results.request);
        byId(id("caption")).textContent = caption(results);
        stateroom.matchSide.draw(view, results);
        setProps(id("summary"), {hidden: !results.rows && !view.length});
        byId(id("status")).textContent = results.rows
            ? "Point at a word or a cell for its values. ↑ ↓ move, Enter selects a match above, Space only shows it." : "";
        releaseButton();
        if (!results.rows) {
            byId(id("legend")).replaceChildren();
            byId(id("table")).replaceChildren(nothing(results.reason));
            return;
        }
        checkNames(results);
        stateroom.matchTable.draw(byId(id("table")), results, {
            ...pick(panel().view(), ["start", "stop"]), color: view.color, mask: view.mask, cell: view.cell,
            heats: ["count", ...(results.rows.tracks[view.heat] ? [view.heat] : [])],
        }, {point: (text) => { byId(id("status")).textContent = text; }, open, look});
        byId(id("legend")).replaceChildren(...stateroom.matchTable.legends());
    }

    function caption(results) {
        const n = results.rows ? results.rows.start.length : 0;
        const exact = "exact over " + whole.format(results.positions) + " positions, "
            + (results.elapsed < 10 ? results.elapsed.toFixed(1) : Math.round(results.elapsed)) + " ms";
        if (n === 0) {
            return "No match" + (results.elapsed ? ", " + exact : "");
        }
        const length = view.length ? " of length " + view.length + " among the best 1,000" : "";
        return whole.format(n) + (n === 1 ? " match" : " matches") + length + " for a pattern of "
            + whole.format(results.units) + (results.units === 1 ? " unit, " : " units, ") + exact;
    }

    function nothing(reason) {
        const box = stateroom.matchScales.element("div", "empty-state");
        box.setAttribute("role", "status");
        box.append(stateroom.matchScales.element("p", "empty-why", reason));
        return box;
    }

    /** A filter by length can be taken off beside the caption, also when the histogram is out of sight. */
    function releaseButton() {
        const button = byId(id("release"));
        button.hidden = !view.length;
        button.textContent = "all lengths ×";
    }

    function checkNames(results) {
        const known = results.annotations.map((annotation) => annotation.name);
        const unknown = [...new Set([view.color, view.heat, view.labels])]
            .filter((name) => name && name !== "count" && !known.includes(name));
        if (unknown.length) {
            stateroom.messages.show(["This recording has no annotation “" + unknown[0] + "”. It is left out."], "note");
        }
    }

    // ---- fields -----------------------------------------------------------------------------------------
    function showFields(results) {
        const annotations = results.annotations.map(({name, title}) => ({value: name, label: title}));
        const listed = (name) => annotations.some((option) => option.value === name);
        const wanted = {
            "min-length": String(view.min_length || results.least_length),
            "max-length": String(view.max_length || ""),
            "min-overlap": String(view.min_overlap),
            limit: String(view.limit),
            color: view.color === "count" || listed(view.color) ? view.color : NONE,
            heat: listed(view.heat) ? view.heat : NONE,
            mask: view.mask,
            cell: String(view.cell || (results.rows ? stateroom.matchTable.wordWidth(results.rows, 0) : "")),
            "labels-name": listed(view.labels) ? view.labels : TELLING,
        };
        const nothing = {value: NONE, label: "nothing"};
        const options = {
            color: [{value: "count", label: "units on"}, ...annotations, nothing],
            heat: [nothing, ...annotations],
            "labels-name": [{value: TELLING, label: "the most telling"},
                ...annotations.filter((option) => option.value[0] !== ":")],
        };
        const before = fields;
        fields = {...wanted, options};
        Object.entries(wanted).forEach(([name, value]) => {
            const props = {value};
            if (options[name]) {
                props.options = options[name];
            }
            if (!same(before[name], value) || !same((before.options || {})[name], options[name])) {
                setProps(id(name), props);
            }
        });
    }

    /** A reader changed a field: what differs from what was shown there becomes part of the view. */
    function choose(minLength, maxLength, minOverlap, limit, color, heat, mask, cell, labels) {
        if (!view || !view.matched || !fields.options) {
            return;
        }
        const given = {
            "min-length": minLength, "max-length": maxLength, "min-overlap": minOverlap, limit, color, heat,
            mask: Boolean(mask), cell, "labels-name": labels,
        };
        const changed = Object.keys(given).filter((name) => given[name] !== undefined
            && !same(given[name], fields[name]));
        if (!changed.length) {
            return;
        }
        const patch = Object.assign({}, ...changed.map((name) => TO_VIEW[name](given[name])));
        // What does not fit becomes the default: whatever was typed, the field shows what holds.
        changed.forEach((name) => { delete fields[name]; });
        change(patch);
        render(stateroom.matchResults);
    }

    /** The whole number that was typed into a field; 0 where it is none, or outside the field's limits. */
    function typed(name, text) {
        const {minimum, maximum} = document.getElementById(id(name)).closest(".field").dataset;
        const value = /^\s*\d+\s*$/.test(text) ? Number(text) : 0;
        return value >= Number(minimum) && value <= Number(maximum || Infinity) ? value : 0;
    }

    const TO_VIEW = {
        "min-length": (text) => ({min_length: typed("min-length", text), length: 0}),
        "max-length": (text) => ({max_length: typed("max-length", text), length: 0}),
        "min-overlap": (text) => ({min_overlap: typed("min-overlap", text) || 1, length: 0}),
        limit: (text) => ({limit: typed("limit", text) || 50}),
        color: (value) => ({color: value === NONE ? "" : value}),
        heat: (value) => ({heat: value === NONE ? "" : value}),
        mask: (value) => ({mask: value}),
        cell: (text) => ({cell: typed("cell", text)}),
        "labels-name": (value) => ({labels: value === TELLING ? "" : value}),
    };

    function chooseLength(click) {
        if (!click || !view) {
            return;
        }
        const length = click.points[0].x;
        setProps(id("lengths"), {clickData: null});
        change({length: view.length === length ? 0 : length});
    }

    // ---- a match in the select view ---------------------------------------------------------------------
    function centred(index) {
        const {start, stop} = drawn.results.rows;
        const last = panel().lastStart();
        return {at: Math.max(0, Math.min(last, Math.floor((start[index] + stop[index] - view.width) / 2))),
            range: {start: start[index], stop: stop[index]}};
    }

    function toTop() {
        window.scrollTo({top: 0, behavior: "auto"});
    }

    function open(index) {
        const {at, range} = centred(index);
        panel().change({at, ...range, matched: false, length: 0}, {history: "push"});
        toTop();
    }

    function look(index) {
        panel().change({at: centred(index).at}, {history: "push"});
        toTop();
    }

    document.addEventListener("click", (event) => {
        if (event.target instanceof Element && event.target.id === id("release")) {
            change({length: 0});
        }
    });

    let resizing = null;
    window.addEventListener("resize", () => {
        window.clearTimeout(resizing);
        resizing = window.setTimeout(() => {
            const table = byId(id("table"));
            if (table && drawn.results && drawn.results.rows && stateroom.matchTable.isMisfit(table)) {
                draw(drawn.results);
            }
        }, 150);
    });

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.stateroom_matches = {render, choose, chooseLength};
})();
