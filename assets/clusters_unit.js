// The detail of the chosen unit: the words that move it most, its distribution, its strongest contexts.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const MOST_SHOWN = 50;
    const HISTOGRAM_TALL = 110;
    const SVG = "http://www.w3.org/2000/svg";
    const make = (...given) => stateroom.element(...given);
    const plural = (count, noun) => stateroom.whole(count) + " " + noun + (count === 1 ? "" : "s");

    // ---- box plots --------------------------------------------------------------------------------------
    function limits(words) {
        const values = words.flatMap((word) => [...word.quantiles, word.mean]);
        const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
        const room = (high - low || 1) * 0.03;
        return [low - room, high + room];
    }

    function mark(className, from, to) {
        const made = make("span", className);
        Object.assign(made.style, {left: 100 * from + "%", width: 100 * (to - from) + "%"});
        return made;
    }

    function box(word, share) {
        const [low, lower, middle, upper, high] = word.quantiles.map(share);
        const made = make("span", "box-plot " + (word.mean > 0 ? "is-positive" : "is-negative"));
        made.append(mark("box-zero", share(0), share(0)), mark("box-reach", low, high), mark("box-half", lower, upper),
            mark("box-median", middle, middle), mark("box-mean", share(word.mean), share(word.mean)));
        return made;
    }

    function boxRow(word, share, told) {
        const made = make("button", "box-row", null, {type: "button"});
        const name = stateroom.tokenElement(word.text, "token box-word");
        made.append(name, box(word, share), make("span", "box-value", told(word.mean)));
        const bands = word.quantiles.map((value) => stateroom.number(value));
        const lines = [stateroom.tokenElement(word.text, "token tip-token"), "mean " + clusters.signed(word.mean) + " over " + plural(word.count, "occurrence"),
            "median " + bands[2] + ", half between " + bands[1] + " and " + bands[3], "82 % between " + bands[0] + " and " + bands[4]];
        made.setAttribute("aria-label", stateroom.visible(word.text) + " " + told(word.mean) + ", " + lines.slice(1).join(", "));
        made.addEventListener("pointermove", (event) => {
            clusters.point("word", word.id);
            stateroom.tip.show(event.clientX, event.clientY, [...lines, make("div", "quiet", "click: show the response to it")]);
        });
        made.addEventListener("pointerleave", () => {
            clusters.pointNowhere();
            stateroom.tip.hide();
        });
        made.addEventListener("click", () => clusters.toggleWord(word.id));
        return made;
    }

    function axis(low, high, share) {
        const made = make("div", "box-axis");
        const scale = make("span", "box-scale");
        [[low, share(low)], [0, share(0)], [high, share(high)]].forEach(([value, at], place) => {
            if (place !== 1 || (at > 0.12 && at < 0.88)) {
                const tick = make("span", "", place === 1 ? "0" : stateroom.number(Number(value.toPrecision(2))));
                tick.style.left = 100 * at + "%";
                tick.dataset.end = place - 1;
                scale.append(tick);
            }
        });
        made.append(make("span"), scale, make("span"));
        return made;
    }

    function topField(shown) {
        const made = make("label", "tool-field");
        const field = make("input", "share-slider", null, {type: "range", min: 1, max: MOST_SHOWN, step: 1, name: "top"});
        field.value = clusters.view().top;
        const told = make("output", "share-told", String(shown));
        field.addEventListener("input", () => {
            told.textContent = field.value;
            clusters.change({top: Number(field.value)}, {moving: true, history: "replace"});
        });
        made.append("words", field, told);
        return made;
    }

    function boxes(unit) {
        const made = make("div", "unit-part unit-boxes");
        const {unit: other} = clusters.hasSecond(clusters.view()) && clusters.view().linked ? clusters.other() : {unit: null};
        const [low, high] = limits([...unit.words, ...(other ? other.words : [])]);
        const share = (value) => (value - low) / (high - low);
        const told = clusters.column(unit.words.map((word) => word.mean));
        const head = make("div", "part-line");
        head.append(make("h3", "", "Words that move it most"), topField(unit.words.length));
        const rows = make("div", "box-rows");
        rows.append(...unit.words.map((word) => boxRow(word, share, told)));
        made.append(head, make("p", "quiet", "change of the unit at each occurrence: box 25 to 75 %, line 9 to 91 %, tick median, dot mean"),
            rows, axis(low, high, share));
        return made;
    }

    // ---- histogram --------------------------------------------------------------------------------------
    function bars({edges, counts}) {
        const most = Math.max(1, ...counts);
        const picture = document.createElementNS(SVG, "svg");
        const attributes = {"viewBox": "0 0 " + counts.length + " " + HISTOGRAM_TALL, "preserveAspectRatio": "none", "class": "unit-histogram", "role": "img",
            "aria-label": "Distribution of the unit's values"};
        Object.entries(attributes).forEach(([name, value]) => picture.setAttribute(name, value));
        counts.forEach((count, place) => {
            const bar = document.createElementNS(SVG, "rect");
            // A bin that is not empty is seen.
            const tall = count === 0 ? 0 : Math.max(1, (HISTOGRAM_TALL * count) / most);
            Object.entries({x: place + 0.05, width: 0.9, y: HISTOGRAM_TALL - tall, height: tall}).forEach(([name, value]) => bar.setAttribute(name, value));
            picture.append(bar);
        });
        picture.addEventListener("pointermove", (event) => {
            const shape = picture.getBoundingClientRect();
            const place = Math.min(Math.max(Math.floor(((event.clientX - shape.left) / shape.width) * counts.length), 0), counts.length - 1);
            stateroom.tip.show(event.clientX, event.clientY, [
                stateroom.number(edges[place]) + " to " + stateroom.number(edges[place + 1]), plural(counts[place], "position")]);
        });
        picture.addEventListener("pointerleave", stateroom.tip.hide);
        return picture;
    }

    function distribution(unit) {
        const {edges, n} = unit.histogram;
        const made = make("div", "unit-part unit-distribution");
        const ends = make("div", "number-axis");
        ends.append(make("span", "", stateroom.number(edges[0])), make("span", "", stateroom.number(edges[edges.length - 1])));
        made.append(make("h3", "", "Its distribution"), make("p", "quiet", (unit.histogram.what || "change at each position") + ", " + plural(n, "position")), bars(unit.histogram), ends);
        return made;
    }

    // ---- contexts ---------------------------------------------------------------------------------------
    function tokens(texts, className) {
        const made = make("span", className);
        texts.forEach((text) => made.append(stateroom.tokenElement(text), " "));
        return made;
    }

    function context(row, told) {
        const made = make("a", "context", null, {href: row.address, title: "Position " + stateroom.whole(row.position) + ": see it in Match"});
        made.append(make("span", "context-value " + (row.value > 0 ? "is-positive" : "is-negative"), told(row.value)),
            tokens(row.before, "context-before"), tokens(row.tokens, "context-token"), tokens(row.after, "context-after"));
        return made;
    }

    function contexts(unit) {
        const made = make("div", "unit-part unit-contexts");
        const list = make("div", "context-list");
        const told = clusters.column(unit.contexts.map((row) => row.value));
        list.append(...unit.contexts.map((row) => context(row, told)));
        made.append(make("h3", "", "Where it changes most"),
            make("p", "quiet", unit.contexts.length === 0 ? "It never changes."
                : "the largest changes at one position, either sign, whose contexts do not overlap; each opens in Match"), list);
        return made;
    }

    /** The cluster of a unit in the picture; nothing while there is none. */
    function clusterOf(unit) {
        const cluster = clusters.overview ? clusters.overview.unitClusters[unit] : undefined;
        return cluster === undefined ? "" : cluster < 0 ? "set aside" : "cluster " + (cluster + 1);
    }

    // ---- the whole --------------------------------------------------------------------------------------
    function build() {
        const place = clusters.place("unit");
        const {unit} = clusters;
        place.hidden = !unit;
        if (!unit) {
            place.replaceChildren();
            return;
        }
        const sliding = place.contains(document.activeElement) && document.activeElement.name === "top";
        const head = make("div", "detail-head");
        const inMatch = make("a", "", "in Match", {href: clusters.matchAddress({pinned: unit.unit})});
        const {recording, state} = clusters.view();
        const inMemory = make("a", "", "in Memory", {href: stateroom.clustersView.setting("memory") + "?" + new URLSearchParams({recording, state, unit: unit.unit})});
        inMemory.title = "How long it holds what it takes in, beside its gates";
        head.append(...clusters.badge(), make("h2", "", "Unit " + unit.unit), make("span", "quiet unit-cluster", clusterOf(unit.unit)), inMatch, inMemory,
            stateroom.button("×", "Release unit " + unit.unit, () => clusters.change({unit: -1}), "row-remove"));
        const columns = make("div", "unit-columns");
        columns.append(boxes(unit), distribution(unit), contexts(unit));
        place.replaceChildren(head, columns);
        if (sliding) {
            place.querySelector("[name=top]").focus();
        }
    }

    clusters.part({
        mount: () => clusters.place("unit").replaceChildren(),
        unit: build,
        unitScale: () => clusters.unit && build(),
        // The clusters may come later than the unit.
        overview() {
            const told = clusters.place("unit").querySelector(".unit-cluster");
            if (told) {
                told.textContent = clusterOf(clusters.unit.unit);
            }
        },
    });
});
