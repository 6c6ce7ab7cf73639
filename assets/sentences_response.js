// The usual response of all units to the chosen word, with this occurrence drawn into it.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const TALL = 230;
    const ROOM = {left: 58, right: 8, top: 8, bottom: 20};
    const make = (...given) => stateroom.element(...given);

    let plot = null;

    function orderOf(word) {
        const by = word.mean || word.now;
        return Array.from(by, (_, unit) => unit).sort((one, other) => by[other] - by[one] || one - other);
    }

    function reachOf(word) {
        const all = [word.now, ...(word.quantiles ? [word.quantiles[0], word.quantiles[4]] : [])];
        return Math.max(1e-12, ...all.map((values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
    }

    function geometry() {
        const width = plot.canvas.parentElement.clientWidth;
        const inner = width - ROOM.left - ROOM.right;
        const half = (TALL - ROOM.top - ROOM.bottom) / 2;
        const step = inner / plot.order.length;
        const middle = ROOM.top + half;
        return {width, step, middle, half, x: (place) => ROOM.left + (place + 0.5) * step, y: (value) => middle - (value / plot.reach) * half};
    }

    function area(paint, space, low, high) {
        paint.beginPath();
        plot.order.forEach((unit, place) => paint.lineTo(space.x(place), space.y(high[unit])));
        [...plot.order].reverse().forEach((unit, place) => paint.lineTo(space.x(plot.order.length - 1 - place), space.y(low[unit])));
        paint.closePath();
        paint.fill();
    }

    function usual(paint, space, {quantiles}, ink) {
        paint.fillStyle = paint.strokeStyle = ink.text;
        paint.globalAlpha = 0.12;
        area(paint, space, quantiles[0], quantiles[4]);
        paint.globalAlpha = 0.24;
        area(paint, space, quantiles[1], quantiles[3]);
        paint.globalAlpha = 1;
        paint.lineWidth = 1.5;
        paint.beginPath();
        plot.order.forEach((unit, place) => paint.lineTo(space.x(place), space.y(quantiles[2][unit])));
        paint.stroke();
    }

    function draw() {
        if (!plot || !plot.canvas.isConnected) {
            return;
        }
        const space = geometry();
        const pen = sentences.pens.freshCanvas(plot.canvas, space.width, TALL);
        const paint = plot.canvas.getContext("2d");
        const ink = sentences.glyph.inks();
        [1, 0.5, 0, -0.5, -1].forEach((share) => {
            const y = Math.round(space.y(share * plot.reach)) + 0.5;
            pen.line([[ROOM.left, y], [space.width - ROOM.right, y]], {stroke: share === 0 ? ink.strong : ink.line});
            pen.text(ROOM.left - 6, y + 4, share === 0 ? "0" : sentences.signed(Number((share * plot.reach).toPrecision(3))), {fill: ink.quiet, align: "right"});
        });
        if (plot.word.quantiles) {
            usual(paint, space, plot.word, ink);
        }
        const radius = Math.min(Math.max(space.step / 2, 1.5), 4);
        paint.fillStyle = plot.row === "a" ? ink.first : ink.second;
        plot.order.forEach((unit, place) => {
            paint.beginPath();
            paint.arc(space.x(place), space.y(plot.word.now[unit]), radius, 0, 2 * Math.PI);
            paint.fill();
        });
        const {unit} = sentences.pointed;
        if (unit >= 0) {
            pen.rect(space.x(plot.order.indexOf(unit)) - 1, ROOM.top, 2, 2 * space.half, {fill: ink.hovered});
        }
        pen.text(ROOM.left, TALL - 5, "all " + sentences.plural(plot.order.length, "unit") + ", sorted by the " + (plot.word.mean ? "mean response to the word" : "change here"), {fill: ink.quiet});
    }

    function pointAt(event) {
        const space = geometry();
        const x = event.clientX - plot.canvas.getBoundingClientRect().left;
        const place = Math.min(Math.max(Math.floor((x - ROOM.left) / space.step), 0), plot.order.length - 1);
        const unit = plot.order[place];
        const {word} = plot;
        const quantile = (level) => stateroom.number(word.quantiles[level][unit]);
        sentences.point({unit, cluster: word.unitClusters[unit], row: plot.row});
        stateroom.tip.show(event.clientX, event.clientY, [
            "unit " + unit + (word.unitClusters[unit] >= 0 ? ", cluster " + (word.unitClusters[unit] + 1) : ", set aside"),
            "here " + sentences.signed(word.now[unit]), word.mean ? "usually " + sentences.signed(word.mean[unit]) : null,
            word.quantiles ? "median " + quantile(2) + ", half between " + quantile(1) + " and " + quantile(3) : null,
        ]);
    }

    /** The plot with its caption. */
    sentences.response = function (word, row) {
        const canvas = make("canvas", "response-plot sentence-response", null, {role: "img", "aria-label": "Response of the units to the word, this occurrence over the usual one"});
        plot = {word, row, canvas, order: orderOf(word), reach: reachOf(word)};
        canvas.addEventListener("pointermove", pointAt);
        canvas.addEventListener("pointerleave", () => {
            sentences.pointNowhere();
            stateroom.tip.hide();
        });
        const made = make("div", "sentence-response-part");
        const told = word.quantiles ? "Dots: this occurrence. Line and bands: the usual response, median, 25 to 75 % and 9 to 91 % of "
            + sentences.plural(word.nOccurrences, "occurrence") + " in the recording."
            : word.why || "Dots: this occurrence. The word does not occur in the recording, so nothing is usual.";
        made.append(make("p", "quiet", told), canvas);
        return made;
    };

    sentences.part({built: draw, theme: draw, resize: draw, pointed: draw});
})();
