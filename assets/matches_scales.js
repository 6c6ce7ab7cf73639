// What a count, a number or a label looks like beside and behind the words of the matches.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const whole = new Intl.NumberFormat("en-US");
    const short = new Intl.NumberFormat("en-US", {maximumSignificantDigits: 4});
    const MOST_LEGEND_LABELS = 16;

    /** Colour, cell text and words of one quantity. `of(row, place)` gives the value at a row's n-th word. */
    function countScale(rows, nUnits) {
        return {
            title: "units on",
            kind: "count",
            of: (row, place) => rows.counts[row][place],
            color: (value) => (value > 0 ? stateroom.colors.sequential(value / nUnits) : null),
            cell: (value) => (value < 1000 ? String(value) : ""),
            words: (value) => value + " of " + nUnits + " units on",
            legend: () => gradientLegend("units of the pattern on", 0, nUnits, stateroom.colors.sequential),
        };
    }

    function numericScale(track) {
        const {low, high, title} = track;
        const signed = low < 0 && high > 0;
        const reach = Math.max(-low, high) || 1;
        const shareOf = (value) => (high > low ? (value - low) / (high - low) : 0);
        const color = (value) => (signed ? stateroom.colors.diverging(value / reach)
            : stateroom.colors.sequential(shareOf(value)));
        return {
            title,
            kind: "numeric",
            of: (row, place) => track.rows[row][place],
            color: (value) => (value === null ? null : color(value)),
            cell: (value) => (Number.isInteger(value) && value > -10 && value < 100 ? String(value) : ""),
            words: (value) => title + ": " + (value === null ? "none" : short.format(value)),
            legend: () => signed
                ? gradientLegend(title, -reach, reach, (share) => stateroom.colors.diverging(2 * share - 1))
                : gradientLegend(title, low, high, stateroom.colors.sequential),
        };
    }

    function labelScale(track) {
        const letters = lettersOf(track.labels);
        return {
            title: track.title,
            kind: "categorical",
            of: (row, place) => track.rows[row][place],
            color: (code) => (code < 0 ? null : stateroom.colors.category(track.colors[code])),
            cell: (code) => (code < 0 ? "" : letters[code]),
            words: (code) => track.title + ": " + (code < 0 ? "none" : labelText(track.labels[code])),
            legend: () => labelLegend(track, letters),
        };
    }

    /** A label is a word or some words: the spaces between them are no marks, all other white space is. */
    function labelText(label) {
        return /^\S+( \S+)*$/.test(label)
            ? label.split(" ").map(stateroom.visible).join(" ") : stateroom.visible(label);
    }

    /** One or two letters for each label, no two the same. */
    function lettersOf(labels) {
        const taken = new Set();
        return labels.map((label) => {
            const shown = [...stateroom.visible(label)];
            const options = [shown[0], ...shown.slice(1).map((letter) => shown[0] + letter)];
            const numbered = Array.from({length: labels.length}, (_, number) => shown[0] + (number + 2));
            const letter = [...options, ...numbered].find((option) => !taken.has(option)) || "?";
            taken.add(letter);
            return letter;
        });
    }

    // ---- legends ----------------------------------------------------------------------------------------
    function element(tag, className, text) {
        const made = document.createElement(tag);
        made.className = className;
        if (text !== undefined) {
            made.textContent = text;
        }
        return made;
    }

    function gradientLegend(title, low, high, color) {
        const legend = element("span", "legend-scale");
        const bar = element("span", "legend-gradient");
        const stops = Array.from({length: 11}, (_, step) => color(step / 10));
        bar.style.background = "linear-gradient(to right, " + stops.join(", ") + ")";
        const format = (value) => (Number.isInteger(value) ? whole : short).format(value);
        legend.append(element("span", "legend-title", title), element("span", "legend-limit", format(low)), bar,
            element("span", "legend-limit", format(high)));
        return legend;
    }

    function labelLegend(track, letters) {
        const legend = element("span", "legend-labels");
        legend.append(element("span", "legend-title", track.title));
        legendOrder(track.labels).forEach((code) => {
            const text = labelText(track.labels[code]);
            const item = element("span", "legend-item");
            item.append(swatch(stateroom.colors.category(track.colors[code]), letters[code]));
            if (text !== letters[code]) {
                item.append(element("bdi", "legend-label", text));
            }
            legend.append(item);
        });
        const left = track.labels.length - MOST_LEGEND_LABELS;
        if (left > 0) {
            legend.append(element("span", "quiet", "and " + left + " more, named when pointed at"));
        }
        return legend;
    }

    /** The most frequent labels when they are many; in the order of their names, 2 before 10. */
    function legendOrder(labels) {
        const names = new Intl.Collator("en", {numeric: true});
        return labels.map((_, code) => code).slice(0, MOST_LEGEND_LABELS)
            .sort((one, other) => names.compare(labels[one], labels[other]));
    }

    function swatch(color, letter) {
        const box = element("span", "legend-swatch", letter);
        box.style.background = color;
        box.style.color = stateroom.colors.ink(color);
        return box;
    }

    stateroom.matchScales = {
        element,
        lettersOf,
        /** Scales by name: the count, and every annotation that came with the rows. */
        all(results) {
            const scales = {count: countScale(results.rows, Math.max(results.units, 1))};
            Object.entries(results.rows.tracks).forEach(([name, track]) => {
                scales[name] = track.kind === "categorical" ? labelScale(track) : numericScale(track);
            });
            return scales;
        },
    };
})();
