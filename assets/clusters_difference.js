// The response to the chosen word in B less that in A, unit by unit, where both have as many units.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const {clustersSecond: second} = stateroom;
    const TALL = 150;
    const ROOM = {left: 58, right: 8, top: 8, bottom: 20};
    const LISTED = 8;
    const make = (...given) => stateroom.element(...given);

    let canvas = null;
    let found = null;

    const place = () => clusters.place("difference");

    /** The last chosen word that both sides answered for, with B − A of each unit. */
    function compute() {
        if (!clusters.words || !second.words) {
            return null;
        }
        const known = new Map(second.words.words.map((word) => [word.id, word]));
        const word = [...clusters.words.words].reverse().find(({id}) => known.has(id));
        if (!word) {
            return null;
        }
        const other = known.get(word.id);
        if (word.mean.length !== other.mean.length) {
            return {word, refused: "A has " + stateroom.whole(word.mean.length) + " units and B " + stateroom.whole(other.mean.length)
                + ", so there is no difference unit by unit."};
        }
        const own = Array.from(word.mean, (_, unit) => clusters.response(unit, word));
        const theirs = Array.from(other.mean, (_, unit) => second.response(unit, other));
        const values = theirs.map((value, unit) => value - own[unit]);
        const order = values.map((_, unit) => unit).sort((one, next) => own[next] - own[one] || one - next);
        return {word, own, theirs, values, order, correlation: correlated(own, theirs)};
    }

    function correlated(one, other) {
        const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
        const [first, next] = [mean(one), mean(other)];
        const dot = (a, b) => a.reduce((sum, value, index) => sum + value * b[index], 0);
        const [left, right] = [one.map((value) => value - first), other.map((value) => value - next)];
        const length = Math.sqrt(dot(left, left) * dot(right, right));
        return length > 0 ? dot(left, right) / length : NaN;
    }

    // ---- drawing ----------------------------------------------------------------------------------------
    const limit = () => Math.max(...found.values.map(Math.abs)) || 1;

    function space() {
        const width = canvas.clientWidth;
        const step = (width - ROOM.left - ROOM.right) / found.order.length;
        return {width, step, middle: (TALL + ROOM.top - ROOM.bottom) / 2, half: (TALL - ROOM.top - ROOM.bottom) / 2};
    }

    function paint() {
        if (!canvas || !canvas.isConnected || !found || found.refused) {
            return;
        }
        const ratio = window.devicePixelRatio || 1;
        const {width, step, middle, half} = space();
        [canvas.width, canvas.height] = [Math.round(width * ratio), TALL * ratio];
        const pen = canvas.getContext("2d");
        pen.setTransform(ratio, 0, 0, ratio, 0, 0);
        pen.font = "12px IBM Plex Sans, sans-serif";
        pen.textAlign = "right";
        pen.textBaseline = "middle";
        [1, 0, -1].forEach((share) => {
            const y = Math.round(middle - share * half) + 0.5;
            pen.fillStyle = clusters.style(share === 0 ? "--line-strong" : "--line");
            pen.fillRect(ROOM.left, y, width - ROOM.left - ROOM.right, 1);
            pen.fillStyle = clusters.style("--text-quiet");
            pen.fillText(share === 0 ? "0" : clusters.signed(Number((share * limit()).toPrecision(3))), ROOM.left - 6, y);
        });
        found.order.forEach((unit, index) => {
            const value = found.values[unit];
            pen.fillStyle = clusters.style(value > 0 ? "--positive" : "--negative");
            const tall = (Math.abs(value) / limit()) * half;
            pen.fillRect(ROOM.left + index * step, value > 0 ? middle - tall : middle, Math.max(step - (step > 3 ? 1 : 0), 0.5), tall);
        });
        pen.textAlign = "left";
        pen.textBaseline = "alphabetic";
        pen.fillStyle = clusters.style("--text-quiet");
        pen.fillText("all " + stateroom.whole(found.order.length) + " units, sorted by the mean response in A", ROOM.left, TALL - 5);
    }

    const numbers = (unit) => ["unit " + unit, "B − A " + clusters.signed(found.values[unit]), "A " + clusters.signed(found.own[unit]) + ", B " + clusters.signed(found.theirs[unit])];

    function plot() {
        const made = make("canvas", "difference-plot", null, {"role": "img", "aria-label": "Difference of the response of each unit, B less A"});
        made.addEventListener("pointermove", (event) => {
            const {step} = space();
            const index = Math.floor((event.clientX - made.getBoundingClientRect().left - ROOM.left) / step);
            const unit = found.order[Math.min(Math.max(index, 0), found.order.length - 1)];
            stateroom.tip.show(event.clientX, event.clientY, numbers(unit));
        });
        made.addEventListener("pointerleave", stateroom.tip.hide);
        return made;
    }

    function strongest() {
        const made = make("div", "strongest");
        const units = [...found.order].sort((one, other) => Math.abs(found.values[other]) - Math.abs(found.values[one])).slice(0, LISTED);
        const told = clusters.column(units.map((unit) => found.values[unit]));
        made.append(make("span", "quiet", "largest differences: "), ...units.map((unit) => {
            const line = make("span", "unit-link");
            line.title = numbers(unit).join("\n");
            line.append("unit " + unit + " ", make("span", found.values[unit] > 0 ? "is-positive" : "is-negative", told(found.values[unit])));
            return line;
        }));
        return made;
    }

    function draw() {
        found = clusters.mounted() && clusters.hasSecond(clusters.view()) ? compute() : null;
        canvas = null;
        if (!found) {
            place().replaceChildren();
            return;
        }
        const head = make("div", "detail-head");
        const title = make("h2", "", "B − A: response to ");
        title.append(stateroom.tokenElement(found.word.text));
        head.append(title);
        if (found.refused) {
            head.append(make("span", "quiet", found.refused));
            place().replaceChildren(head);
            return;
        }
        const r = Number.isFinite(found.correlation) ? "r = " + stateroom.number(Number(found.correlation.toPrecision(2))) + " over " + stateroom.whole(found.values.length) + " units. " : "";
        head.append(make("span", "quiet", r + "Unit by unit: a unit of the one need not do what the unit of that number does in the other."));
        canvas = plot();
        place().replaceChildren(head, canvas, strongest());
        paint();
    }

    clusters.part({mount: draw, words: draw, scale: draw, theme: paint, resize: paint, beside: draw});
}, {onlyFirst: true});
