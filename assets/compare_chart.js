// Charts of the Compare page: SVG made here, so that what is shown is what is saved. Numbers stand under the pointer.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const SVG = "http://www.w3.org/2000/svg";
    const FACE = "IBM Plex Sans, system-ui, sans-serif";
    const LEFT = 50;
    const RIGHT = 14;
    const TOP = 28;
    const BOTTOM = 40;
    const NEAR_PIXELS = 24;
    const DASHES = ["", "6 3", "2 3", "8 3 2 3", "10 4", "1 4"];

    compare.svg = function (tag, attributes, text) {
        const made = document.createElementNS(SVG, tag);
        Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
        if (text !== undefined) {
            made.textContent = text;
        }
        return made;
    };
    const svg = compare.svg;

    compare.svgText = (x, y, text, options) => svg("text", {x, y, "font-size": 11, "fill": compare.style("--text-quiet"), ...options}, text);

    /** An empty picture with its title; `label` is what is read aloud. */
    compare.picture = function ({width, height, title, label}) {
        const made = svg("svg", {xmlns: SVG, width, height, "viewBox": "0 0 " + width + " " + height, "font-family": FACE, "overflow": "visible", "role": "img",
            "aria-label": label || title, "class": "compare-figure"});
        if (title) {
            made.append(compare.svgText(0, 13, title, {"font-size": 12.5, "font-weight": 600, "fill": compare.style("--text")}));
        }
        return made;
    };

    /** The letter of a recording on its colour, with its middle at (x, y). */
    compare.svgBadge = function (x, y, index) {
        const color = compare.color(index);
        const made = svg("g", {});
        made.append(svg("rect", {"x": x - 8, "y": y - 8, "width": 16, "height": 16, "rx": 3, "fill": color}),
            compare.svgText(x, y + 4, compare.letter(index), {"text-anchor": "middle", "font-weight": 600, "fill": stateroom.colors.ink(color)}));
        return made;
    };

    // ---- axes -------------------------------------------------------------------------------------------
    const STEPS = [1, 2, 2.5, 5, 10];

    /** Round values between two limits, about `count` of them. */
    function ticksBetween(low, high, count) {
        const rough = (high - low) / count || 1;
        const power = 10 ** Math.floor(Math.log10(rough));
        const step = power * STEPS.find((each) => each * power >= rough * 0.999);
        const first = Math.ceil(low / step - 1e-9);
        const found = [];
        for (let number = first; number * step <= high + step * 1e-6; number += 1) {
            found.push(Number((number * step).toPrecision(12)));
        }
        return found;
    }

    /** An axis with room for all values: {min, max, ticks}. */
    compare.axis = function (values, options) {
        const known = values.filter(Number.isFinite);
        const {min, max, count} = {count: 4, min: Math.min(...known), max: Math.max(...known), ...options};
        const [low, high] = known.length === 0 && options.min === undefined ? [0, 1] : [min, max > min ? max : min + (Math.abs(min) || 1)];
        const ticks = ticksBetween(low, high, count);
        return {min: low, max: high, ticks, ...options};
    };

    const LOG_STEPS = [1, 2, 5];

    /** An axis of logarithms for values that span more than a power of ten; null where there is no need, or no way. */
    compare.logAxis = function (values, options) {
        const known = values.filter(Number.isFinite);
        const [min, max] = [Math.min(...known), Math.max(...known)];
        if (known.length < 2 || min <= 0 || max / min < 10) {
            return null;
        }
        const powers = Array.from({length: Math.ceil(Math.log10(max)) - Math.floor(Math.log10(min)) + 1}, (_, index) => 10 ** (Math.floor(Math.log10(min)) + index));
        const all = powers.flatMap((power) => LOG_STEPS.map((step) => step * power)).filter((tick) => tick >= min / 1.3 && tick <= max * 1.3);
        const decades = all.filter((tick) => powers.includes(tick));
        return {min: min / 1.3, max: max * 1.3, log: true, ticks: decades.length >= 4 ? decades : all, ...options};
    };

    const scaled = (axis, value) => (axis.log ? Math.log(value) : value);
    const shareOf = (axis, value) => (scaled(axis, value) - scaled(axis, axis.min)) / (scaled(axis, axis.max) - scaled(axis, axis.min));
    const written = (axis, value) => (axis.write || stateroom.number)(value);

    function frame(picture, chart) {
        const {width, height, x, y} = chart;
        const [line, quiet] = [compare.style("--line"), compare.style("--text-quiet")];
        const bottom = height - BOTTOM;
        x.ticks.forEach((tick) => picture.append(
            svg("line", {x1: chart.toX(tick), x2: chart.toX(tick), y1: TOP, y2: bottom, stroke: line}),
            compare.svgText(chart.toX(tick), bottom + 14, written(x, tick), {"text-anchor": "middle"})));
        y.ticks.forEach((tick) => picture.append(
            svg("line", {x1: LEFT, x2: width - RIGHT, y1: chart.toY(tick), y2: chart.toY(tick), stroke: line}),
            compare.svgText(LEFT - 6, chart.toY(tick) + 4, written(y, tick), {"text-anchor": "end"})));
        picture.append(
            compare.svgText((LEFT + width - RIGHT) / 2, height - 6, x.title, {"text-anchor": "middle"}),
            compare.svgText(0, 0, y.title, {"text-anchor": "middle", "transform": "translate(11 " + (TOP + bottom) / 2 + ") rotate(-90)", "fill": quiet}));
    }

    // ---- marks ------------------------------------------------------------------------------------------
    const placed = (chart, series) => Array.from(series.x, (value, index) => [chart.toX(value), chart.toY(series.y[index])]);
    const drawable = ([x, y]) => Number.isFinite(x) && Number.isFinite(y);
    const digits = (value) => value.toFixed(1);

    function linePath(points) {
        let pen = "M";
        return points.map((point) => {
            if (!drawable(point)) {
                pen = "M";
                return "";
            }
            const made = pen + digits(point[0]) + " " + digits(point[1]);
            pen = "L";
            return made;
        }).join("");
    }

    /** All points as one path: a line without length and with a round end is a dot. */
    const dotPath = (points) => points.filter(drawable).map(([x, y]) => "M" + digits(x) + " " + digits(y) + "h0").join("");

    function marks(series, points) {
        const common = {fill: "none", stroke: series.color, "stroke-linecap": "round", "stroke-linejoin": "round"};
        const line = () => svg("path", {...common, "d": linePath(points), "stroke-width": 2, "stroke-dasharray": DASHES[series.dash || 0]});
        const dots = (size, opacity) => svg("path", {...common, "d": dotPath(points), "stroke-width": size, "stroke-opacity": opacity});
        return series.kind === "points" ? [dots(5.5, 0.6)] : series.kind === "both" ? [line(), dots(7, 1)] : [line()];
    }

    /** The mark nearest to a point of the picture: along x for lines, in both for points. */
    function nearest(drawn, [x, y]) {
        let best = null;
        drawn.forEach(({series, points}) => points.forEach((point, index) => {
            if (drawable(point)) {
                const [dx, dy] = [Math.abs(point[0] - x), Math.abs(point[1] - y)];
                const far = series.kind === "points" ? Math.hypot(dx, dy) : dx * 4 + dy;
                if (!best || far < best.far) {
                    best = {series, index, point, far, off: Math.hypot(dx, dy)};
                }
            }
        }));
        return best && (best.series.kind !== "points" || best.off < NEAR_PIXELS) ? best : null;
    }

    function hovering(picture, drawn) {
        const ring = svg("circle", {"r": 5, "fill": "none", "stroke": compare.style("--hovered"), "stroke-width": 2, "visibility": "hidden", "class": "chart-ring"});
        picture.append(ring);
        picture.addEventListener("pointermove", (event) => {
            const box = picture.getBoundingClientRect();
            const found = nearest(drawn, [event.clientX - box.left, event.clientY - box.top]);
            ring.setAttribute("visibility", found ? "visible" : "hidden");
            if (found) {
                ring.setAttribute("cx", found.point[0]);
                ring.setAttribute("cy", found.point[1]);
                stateroom.tip.show(event.clientX, event.clientY, found.series.tip(found.index));
            } else {
                stateroom.tip.hide();
            }
        });
        picture.addEventListener("pointerleave", () => {
            ring.setAttribute("visibility", "hidden");
            stateroom.tip.hide();
        });
        picture.addEventListener("click", (event) => {
            const box = picture.getBoundingClientRect();
            const found = nearest(drawn, [event.clientX - box.left, event.clientY - box.top]);
            if (found && found.series.act) {
                found.series.act(found.index);
            }
        });
    }

    /** What the lines are: a piece of each with its name, from right to left. */
    function legendOf({width}, named) {
        let right = width - RIGHT;
        return [...named].reverse().flatMap(({color, dash, name}) => {
            const text = compare.svgText(right, 13, name, {"text-anchor": "end", "fill": compare.style("--text")});
            const from = right - 6.3 * name.length - 34;
            right = from - 12;
            return [text, svg("line", {"x1": from, "x2": from + 26, "y1": 9, "y2": 9, "stroke": color, "stroke-width": 2, "stroke-dasharray": DASHES[dash || 0]})];
        });
    }

    /**
     * A chart: {width, height, title, x, y, series, lines, marks}. An axis is what `compare.axis` gives, with `title` and
     * `write`; a series is {kind: "line", "points" or "both", color, dash, x, y, tip(index), act(index)};
     * `lines` are {y, text, left}: levels with a name; `marks` are {x, y, index}: the letters of recordings;
     * `named` are {color, dash, name}: what the lines are, at the top right.
     */
    compare.chart = function ({width, height, title, label, x, y, series, lines, marks: letters, named}) {
        const picture = compare.picture({width, height, title, label});
        const toX = (value) => LEFT + shareOf(x, value) * (width - LEFT - RIGHT);
        const toY = (value) => height - BOTTOM - shareOf(y, value) * (height - TOP - BOTTOM);
        const chart = {width, height, x, y, toX, toY};
        frame(picture, chart);
        (lines || []).forEach((line) => picture.append(
            svg("line", {"x1": LEFT, "x2": width - RIGHT, "y1": toY(line.y), "y2": toY(line.y), "stroke": compare.style("--text-quiet"), "stroke-dasharray": "4 3"}),
            compare.svgText(line.left ? LEFT + 4 : width - RIGHT - 2, toY(line.y) - 4, line.text, {"text-anchor": line.left ? "start" : "end"})));
        const drawn = series.map((each) => ({series: each, points: placed(chart, each)}));
        drawn.forEach(({series: each, points}) => picture.append(...marks(each, points)));
        picture.append(...legendOf(chart, named || []));
        picture.append(...(letters || []).map((mark) => compare.svgBadge(toX(mark.x), Math.max(TOP + 8, toY(mark.y) - 14), mark.index)));
        hovering(picture, drawn);
        return picture;
    };

    // ---- rows: one value for each recording, side by side ------------------------------------------------
    const ROW = 24;
    const NAMES = {least: 96, most: 210, letter: 6.3, before: 30};
    const VALUES = 84;

    function shortened(text, most) {
        return text.length > most ? text.slice(0, most - 1) + "…" : text;
    }

    const level = (x1, x2, y, width) => svg("line", {x1, x2, "y1": y, "y2": y, "stroke": compare.style("--text"), "stroke-width": width});

    /** Bar to the value; over it a band, or a box with its whiskers: quantiles of 9, 25, 50, 75 and 91 %. */
    function rowMarks(row, {left, toX, top}) {
        const [color, middle] = [compare.color(row.index), top + ROW / 2];
        const bar = Number.isFinite(row.value) ? [svg("rect", {"x": left, "y": top + 5, "width": Math.max(1, toX(row.value) - left), "height": ROW - 10, "fill": color, "fill-opacity": row.box ? 0.45 : 1})] : [];
        const band = Number.isFinite(row.low) && Number.isFinite(row.high) ? [level(toX(row.low), toX(row.high), middle, 1.5)] : [];
        if (!row.box) {
            return [...bar, ...band];
        }
        const [low, first, median, third, high] = row.box.map(toX);
        return [...bar, level(low, high, middle, 1),
            svg("rect", {"x": first, "y": top + 8, "width": Math.max(1, third - first), "height": ROW - 16, "fill": color, "stroke": compare.style("--text"), "stroke-width": 0.75}),
            svg("line", {"x1": median, "x2": median, "y1": top + 8, "y2": top + ROW - 8, "stroke": compare.style("--surface"), "stroke-width": 2})];
    }

    /**
     * One line for each recording: its letter and name, a bar from 0, the number.
     * rows: {index, value, low, high, box, text, why, tip}; a row without a value says why.
     */
    compare.rowsPicture = function ({width, title, rows, max}) {
        const height = 22 + rows.length * ROW + 4;
        const picture = compare.picture({width, height, title, label: title + ": " + rows.map((row) => compare.nameOf(row.index) + " " + (row.text || row.why || "undefined")).join(", ")});
        const longest = Math.max(...rows.map((row) => compare.nameOf(row.index).length));
        const left = Math.min(Math.max(NAMES.before + NAMES.letter * longest + 6, NAMES.least), NAMES.most, width * 0.36);
        const right = width - VALUES;
        const limit = max || Math.max(1e-12, ...rows.flatMap((row) => [row.value, row.high, ...(row.box || [])]).filter(Number.isFinite));
        const toX = (value) => left + (Math.min(value, limit) / limit) * (right - left);
        rows.forEach((row, place) => {
            const top = 22 + place * ROW;
            const line = svg("g", {});
            line.append(svg("rect", {x: 0, y: top, width, height: ROW, fill: "transparent"}), compare.svgBadge(8, top + 12, row.index),
                compare.svgText(22, top + 16, shortened(compare.nameOf(row.index), Math.floor((left - NAMES.before) / NAMES.letter)), {fill: compare.style("--text")}), ...rowMarks(row, {left, toX, top}));
            line.append(Number.isFinite(row.value) || row.text
                ? compare.svgText(right + 8, top + 16, row.text, {"fill": compare.style("--text"), "font-size": 12})
                : compare.svgText(left + 4, top + 16, shortened(row.why || "undefined", Math.floor((width - left) / 6))));
            line.addEventListener("pointermove", (event) => stateroom.tip.show(event.clientX, event.clientY, [compare.nameOf(row.index), ...(row.tip || []), row.why]));
            line.addEventListener("pointerleave", () => stateroom.tip.hide());
            picture.append(line);
        });
        picture.append(svg("line", {x1: left, x2: left, y1: 20, y2: height - 4, stroke: compare.style("--line-strong")}));
        return picture;
    };
})();
