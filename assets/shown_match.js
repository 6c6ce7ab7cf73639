// What Match shows, for a finding: the selection, its units, the matches; the plot of each panel.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const [WIDTH, HEIGHT] = [1400, 560];
    const MOST_UNITS = 30;
    const panels = () => [stateroom.selection, stateroom.besideSelection].filter((panel) => panel && panel.isActive() && panel.window);
    const named = (panel, text) => (panels().length > 1 ? panel.letter + ": " : "") + text;
    const range = (from, to) => from + " to " + (to - 1);

    /** The selected words, where they are in the window. */
    function words(panel) {
        const {start, stop} = panel.view();
        const {start: first, tokens} = panel.window;
        const shown = start >= 0 ? tokens.slice(Math.max(0, start - first), Math.max(0, stop - first)) : [];
        return shown.map(stateroom.visible).join(" ");
    }

    function title() {
        const [panel] = panels();
        const view = stateroom.view.get();
        const text = panel ? words(panel) : "";
        const where = view.recording + ", " + view.state;
        return text ? "“" + text + "” in " + where : where + ", from position " + view.at;
    }

    function ofPanel(panel) {
        const view = panel.view();
        const {units} = panel.selected;
        const told = [
            {name: named(panel, "state"), value: view.recording + ", " + view.state},
            {name: named(panel, "positions shown"), value: range(panel.window.start, panel.window.stop)},
            {name: named(panel, "threshold"), value: view.threshold},
        ];
        if (view.start < 0) {
            return told;
        }
        const listed = units.slice(0, MOST_UNITS).join(", ") + (units.length > MOST_UNITS ? ", …" : "");
        const off = [[view.off_before, "before"], [view.off_after, "after"]].filter(([count]) => count > 0).map((pair) => pair.join(" "));
        return [...told,
            {name: named(panel, "positions selected"), value: range(view.start, view.stop)},
            ...(words(panel) ? [{name: named(panel, "words selected"), value: words(panel)}] : []),
            ...(off.length ? [{name: named(panel, "positions off"), value: off.join(", ")}] : []),
            {name: named(panel, "units on"), value: units.length, unit: "of " + stateroom.whole(panel.window.n_units)},
            ...(units.length ? [{name: named(panel, "units"), value: listed}] : [])];
    }

    function matches() {
        const results = stateroom.matchResults;
        const view = stateroom.view.get();
        if (!view.matched || !results || !results.rows || results.request.recording !== view.recording) {
            return [];
        }
        const {start, stop} = results.rows;
        const lengths = Array.from(start, (from, row) => stop[row] - from);
        return [
            {name: "matches listed", value: lengths.length, unit: "over " + stateroom.whole(results.positions) + " positions"},
            ...(lengths.length ? [{name: "length of the first match", value: lengths[0], unit: "positions"},
                {name: "lengths", value: [...new Set([Math.min(...lengths), Math.max(...lengths)])].join(" to "), unit: "positions"}] : []),
        ];
    }

    async function picture() {
        const drawn = await Promise.all(panels().map((panel) =>
            window.Plotly.toImage(panel.exportFigure(), {format: "svg", width: WIDTH, height: HEIGHT, imageDataOnly: true})));
        return stateroom.keeping.stacked(drawn);
    }

    (stateroom.shown = stateroom.shown || {}).match = {title, numbers: () => [...panels().flatMap(ofPanel), ...matches()], picture};
})();
