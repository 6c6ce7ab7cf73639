// What the Recordings page shows of the chosen recording, for a finding: its facts and its training curve.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const chosen = () => stateroom.recordings.chosen();
    const facts = () => stateroom.catalog[chosen()] || null;
    const nameOf = (key) => (stateroom.catalog[key] || {name: key}).name;
    const second = () => stateroom.recordings.parameters().get("beside") || "";

    function numbers() {
        const known = facts();
        return known === null ? [] : [
            {name: "recording", value: known.name},
            {name: "positions", value: known.positions},
            {name: known.sequenceName + "s", value: known.sequences},
            ...Object.entries(known.states).slice(0, 20).map(([name, units]) => ({name: "units of " + name, value: units})),
        ];
    }

    (stateroom.shown = stateroom.shown || {}).recordings = {
        title: () => "Recording " + nameOf(chosen()) + (second() ? " beside " + nameOf(second()) : ""),
        numbers,
        // shown_memory.js finds figures.
        picture: () => stateroom.figureShown("#home-pane"),
    };
})();
