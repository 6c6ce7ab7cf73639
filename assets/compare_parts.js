// What the parts of the page share: a head with its link and files, the legend, and what stands there without an answer.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const make = (...given) => stateroom.element(...given);
    const GAP = 24;
    const LEAST = 220;
    const TITLES = {
        activity: ["Activity of units", "How often units are on, and how often at their limits"],
        response: ["Response to words", "How much units change at a word, and how many of them"],
        memory: ["Half-life of memory", "After how many words half of the influence is left"],
        layers: ["Layer by layer", "How alike two states are over the tokens both recordings read"],
        units: ["Units matched one to one", "Each unit of one beside the unit of the other that goes with it"],
        steps: ["Against the step of the training", "One measure over the checkpoints of a training"],
    };

    compare.percent = (value) => (!Number.isFinite(value) ? "–" : value > 0 && value < 0.0005 ? "< 0.1 %" : (100 * value).toFixed(1) + " %");
    compare.fixed = (value, places) => (Number.isFinite(value) ? value.toFixed(places).replace("-", "−") : "–");
    /** A number of a state, whose unit may be anything. */
    compare.ownUnit = (value) => (value !== 0 && (value < 5e-4 || value >= 1e5) ? stateroom.number(value) : compare.fixed(value, 4));

    /** Addresses of other pages, with A, and B beside it where that page can show two. */
    compare.address = function (page, parameters) {
        const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== ""));
        return stateroom.compareView.setting(page) + "?" + query;
    };

    function fileButtons(name) {
        const made = make("span", "part-files");
        made.append(
            stateroom.button("CSV", "Download the numbers of this part as CSV", () => compare.exportTable(name), "quiet-button"),
            stateroom.button("SVG", "Download the pictures of this part as SVG", () => compare.exportPicture(name), "quiet-button"));
        return made;
    }

    /** The head of a part: what it is, its fields, its files. */
    function head(name, {fields, link, empty}) {
        const [title, told] = TITLES[name];
        const made = make("div", "compare-head");
        made.append(make("h2", "", title), make("span", "quiet", told), ...(fields || []), ...(link ? [link] : []), ...(empty ? [] : [fileButtons(name)]));
        return made;
    }

    compare.legend = function (indices) {
        const made = make("div", "compare-legend");
        made.append(...indices.map((index) => {
            const entry = make("span", "legend-entry");
            const state = compare.stateOf(index);
            entry.append(compare.badge(index), make("bdi", "", compare.nameOf(index)), ...(state ? [make("span", "quiet legend-state", state)] : []));
            return entry;
        }));
        return made;
    };

    /** Draw a part. `body` are its elements; without any it waits. */
    compare.draw = function (name, body, options) {
        const place = compare.place(name);
        if (place.matches(":hover")) {
            stateroom.tip.hide();
        }
        place.hidden = false;
        place.classList.remove("is-waiting");
        place.classList.toggle("is-empty", Boolean(options && options.empty));
        stateroom.redraw(place, [head(name, options || {}), ...body]);
    };

    /** A part without an answer yet keeps the place that the answer will take. */
    compare.wait = function (name) {
        const place = compare.place(name);
        place.classList.add("is-waiting");
        stateroom.redraw(place, [head(name, {empty: true}), make("p", "quiet part-waiting", "Being computed.")]);
    };

    /** Why something is not there; `again` is the question to ask once more. */
    compare.sentence = function ({why, again}) {
        const line = make("p", "part-why", why);
        if (again) {
            line.append(" ", stateroom.button("Try again", "Ask for it once more", () => stateroom.compareView.again(again), "quiet-button"));
        }
        return line;
    };

    /** A part that cannot be computed says why. */
    compare.say = (name, told) => compare.draw(name, [compare.sentence(told)], {empty: true});

    /** How wide a picture may be where `count` stand side by side; on a narrow page fewer do. */
    compare.widthFor = function (name, count) {
        const all = compare.place(name).clientWidth;
        const columns = Math.max(1, Math.min(count, Math.floor((all + GAP) / (LEAST + GAP))));
        // A pixel less each: widths that are no whole pixels must not break the line.
        return Math.floor((all - (columns - 1) * GAP) / columns) - 1;
    };
})();
