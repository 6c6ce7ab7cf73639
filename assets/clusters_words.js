// The detail of the chosen words: how the units respond to them, one distribution over the other.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const TALL = 190;
    const ROOM = {left: 58, right: 8, top: 8, bottom: 20};
    const INKS = ["--word-first", "--word-second", "--word-third"];
    const LISTED = 10;
    const MEDIAN = 2;
    const make = (...given) => stateroom.element(...given);

    let canvas = null;
    let index = -1;

    const shown = () => clusters.words;
    const plural = (count, noun) => stateroom.whole(count) + " " + noun + (count === 1 ? "" : "s");
    const valueOf = (byte) => (byte * shown().scale) / 127;

    // ---- plot -------------------------------------------------------------------------------------------
    function geometry() {
        const width = canvas.clientWidth;
        const inner = width - ROOM.left - ROOM.right;
        const step = inner / shown().order.length;
        return {
            width, step, middle: TALL / 2 - (ROOM.bottom - ROOM.top) / 2, half: (TALL - ROOM.top - ROOM.bottom) / 2,
            x: (place) => ROOM.left + (place + 0.5) * step,
            at: (x) => Math.min(Math.max(Math.floor((x - ROOM.left) / step), 0), shown().order.length - 1),
        };
    }

    function axes(paint, space) {
        paint.font = "12px IBM Plex Sans, sans-serif";
        paint.textAlign = "right";
        paint.textBaseline = "middle";
        [1, 0.5, 0, -0.5, -1].forEach((share) => {
            const y = Math.round(space.middle - share * space.half) + 0.5;
            paint.fillStyle = clusters.style(share === 0 ? "--line-strong" : "--line");
            paint.fillRect(ROOM.left, y, space.width - ROOM.left - ROOM.right, 1);
            paint.fillStyle = clusters.style("--text-quiet");
            paint.fillText(share === 0 ? "0" : clusters.signed(Number((share * clusters.changeLimit()).toPrecision(3))), ROOM.left - 6, y);
        });
        paint.textAlign = "left";
        paint.textBaseline = "alphabetic";
        const all = "all " + plural(shown().order.length, "unit") + ", sorted by the mean response to ";
        paint.fillText(all + stateroom.visible(shown().words[0].text), ROOM.left, TALL - 5);
    }

    /** A line through the values of the units in order; with `back`, an area to those on the way back. */
    function trace(paint, space, values, back) {
        const {order} = shown();
        const y = (byte) => space.middle - (valueOf(byte) / clusters.changeLimit()) * space.half;
        paint.beginPath();
        order.forEach((unit, place) => paint.lineTo(space.x(place), y(values[unit])));
        if (back) {
            [...order].reverse().forEach((unit, place) => paint.lineTo(space.x(order.length - 1 - place), y(back[unit])));
            paint.closePath();
            paint.fill();
        } else {
            paint.stroke();
        }
    }

    function drawWord(paint, space, word, place) {
        const [low, lower, middle, upper, high] = word.quantiles;
        const ink = clusters.style(INKS[place]);
        paint.fillStyle = ink;
        paint.strokeStyle = ink;
        paint.lineWidth = 1.5;
        paint.setLineDash([[], [6, 3], [2, 2]][place]);
        paint.globalAlpha = 0.13;
        trace(paint, space, high, low);
        paint.globalAlpha = 0.26;
        trace(paint, space, upper, lower);
        paint.globalAlpha = 1;
        trace(paint, space, middle);
        paint.setLineDash([]);
    }

    function markUnit(paint, space, unit, color) {
        const place = shown().order.indexOf(unit);
        if (place >= 0) {
            paint.fillStyle = clusters.style(color);
            paint.fillRect(Math.round(space.x(place)) - 1, ROOM.top, 2, 2 * space.half);
        }
    }

    function draw() {
        if (!canvas || !canvas.isConnected || !shown()) {
            return;
        }
        const ratio = window.devicePixelRatio || 1;
        const space = geometry();
        [canvas.width, canvas.height] = [Math.round(space.width * ratio), TALL * ratio];
        const paint = canvas.getContext("2d");
        paint.setTransform(ratio, 0, 0, ratio, 0, 0);
        axes(paint, space);
        shown().words.forEach((word, place) => drawWord(paint, space, word, place));
        markUnit(paint, space, clusters.view().unit, "--text");
        if (clusters.pointed.kind === "unit") {
            markUnit(paint, space, clusters.pointed.id, "--hovered");
        }
    }

    /** The numbers of one unit: for each word its mean, median and bands. */
    function numbers(unit) {
        const lines = shown().words.map((word) => {
            const [low, lower, middle, upper, high] = word.quantiles.map((band) => stateroom.number(valueOf(band[unit])));
            return stateroom.visible(word.text) + ": mean " + clusters.signed(clusters.response(unit, word)) + ", median " + middle
                + ", half between " + lower + " and " + upper + ", 82 % between " + low + " and " + high;
        });
        const cluster = clusters.overview ? clusters.overview.unitClusters[unit] : -1;
        return ["unit " + unit + (cluster >= 0 ? ", cluster " + (cluster + 1) : ""), ...lines];
    }

    // ---- pointing and keys ------------------------------------------------------------------------------
    function pointAt(event) {
        index = geometry().at(event.clientX - canvas.getBoundingClientRect().left);
        const unit = shown().order[index];
        clusters.point("unit", unit);
        stateroom.tip.show(event.clientX, event.clientY, numbers(unit));
    }

    function step(event) {
        const by = {ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity}[event.key];
        if (by !== undefined) {
            event.preventDefault();
            index = Math.min(Math.max(index + by, 0), shown().order.length - 1);
            const unit = shown().order[index];
            clusters.point("unit", unit);
            canvas.setAttribute("aria-valuenow", index);
            canvas.setAttribute("aria-valuetext", numbers(unit).join(". "));
            const box = canvas.getBoundingClientRect();
            stateroom.tip.show(box.left + geometry().x(index), box.top + 20, numbers(unit));
        } else if (event.key === "Enter" && index >= 0) {
            event.preventDefault();
            clusters.toggleUnit(shown().order[index]);
        }
    }

    function plot() {
        const made = make("canvas", "response-plot", null, {
            "tabindex": "0", "role": "slider", "aria-label": "Responses of the units; arrow keys move, Enter chooses",
            "aria-valuemin": 0, "aria-valuemax": shown().order.length - 1, "aria-valuenow": 0, "aria-valuetext": numbers(shown().order[0])[0],
        });
        made.addEventListener("pointermove", pointAt);
        const leave = () => {
            clusters.pointNowhere();
            stateroom.tip.hide();
        };
        made.addEventListener("pointerleave", leave);
        made.addEventListener("blur", leave);
        made.addEventListener("click", () => clusters.toggleUnit(shown().order[index]));
        made.addEventListener("keydown", step);
        return made;
    }

    // ---- heads ------------------------------------------------------------------------------------------
    function wordKey(word, place) {
        const made = make("span", "word-key");
        const badge = make("span", "word-badge", String(place + 1));
        badge.style.background = "var(" + INKS[place] + ")";
        const inMatch = make("a", "", "in Match", {href: clusters.matchAddress({search: word.text})});
        inMatch.title = "Find it in the text";
        const {recording, state} = clusters.view();
        const inSentences = make("a", "", "in Sentences", {href: stateroom.clustersView.setting("sentences") + "?" + new URLSearchParams({recording, state, find: word.text, list: 1})});
        inSentences.title = "Sentences that have it, word by word";
        made.append(badge, stateroom.tokenElement(word.text), make("span", "quiet", stateroom.whole(word.count) + (word.count === 1 ? " time" : " times")), inMatch, inSentences,
            stateroom.button("×", "Release " + stateroom.visible(word.text), () => clusters.toggleWord(word.id), "row-remove"));
        return made;
    }

    function strongest() {
        const made = make("div", "strongest");
        made.append(make("span", "quiet", "strongest responses to " + stateroom.visible(shown().words[0].text) + ": "));
        const told = clusters.column(shown().top.map(({value}) => value));
        shown().top.slice(0, LISTED).forEach(({unit, value}) => {
            const button = make("button", "unit-link", null, {type: "button"});
            button.append("unit " + unit + " ", make("span", value > 0 ? "is-positive" : value < 0 ? "is-negative" : "", told(value)));
            button.addEventListener("click", () => clusters.toggleUnit(unit));
            button.addEventListener("pointerenter", () => clusters.point("unit", unit));
            button.addEventListener("pointerleave", clusters.pointNowhere);
            made.append(button);
        });
        return made;
    }

    function build() {
        const place = clusters.place("words");
        place.hidden = !shown();
        if (!shown()) {
            place.replaceChildren();
            return;
        }
        const head = make("div", "detail-head");
        const more = shown().words.length === 1 ? "Click a second word to compare." : "";
        head.append(...clusters.badge(), make("h2", "", "Responses of the units"), ...shown().words.map(wordKey),
            make("span", "quiet", "line: median; bands: 25 to 75 % and 9 to 91 % of the occurrences. " + more));
        canvas = plot();
        place.replaceChildren(head, canvas, strongest());
        draw();
    }

    clusters.part({
        mount: () => clusters.place("words").replaceChildren(),
        words: build,
        theme: draw,
        resize: draw,
        scale: draw,
        view(now, previous) {
            if (now.unit !== previous.unit) {
                draw();
            }
        },
        pointed: draw,
    });
});
