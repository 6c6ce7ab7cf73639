// The select half of the page: what arrived from the server, what is pointed at, and where positions lie.
// Each selection_*.js draws one part: it adds an object with any of mount, view, window, selected, pointed, resize.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const parts = [];

    const selection = (stateroom.selection = {
        /** What the server sent last, decoded. */
        window: null,
        selected: {units: [], by_range: [], first: 0, counts: new Uint16Array(0), why_empty: ""},
        neighbourhood: null,
        distribution: null,
        share: null,
        /** What is pointed at: a unit and a position, -1 for none. */
        pointed: {unit: -1, position: -1},
        part: (part) => parts.push(part),
        /** Point at something; every part shows it. */
        point(change) {
            const before = selection.pointed;
            const now = {...before, ...change};
            if (now.unit !== before.unit || now.position !== before.position) {
                selection.pointed = now;
                tell("pointed", now, before);
            }
        },
        tell,
        /** How many selected units are on at a position, or null where that is not known. */
        countAt(position) {
            const {first, counts} = selection.selected;
            return position >= first && position < first + counts.length ? counts[position - first] : null;
        },
        geometry,
        sequenceOf,
        clip,
    });

    function tell(event, ...values) {
        parts.forEach((part) => part[event] && part[event](...values));
    }

    // ---- where positions lie ----------------------------------------------------------------------------
    /** The column of the window on the screen: left edge, width, pixels per position. */
    function geometry() {
        const row = document.querySelector("#match-tokens .cells");
        const shown = selection.window;
        if (!row || !shown) {
            return null;
        }
        const {left, width} = row.getBoundingClientRect();
        const cell = width / (shown.stop - shown.start);
        return {
            left, width, cell,
            /** Pixels from the left edge of the column to where a position begins. */
            offset: (position) => (position - shown.start) * cell,
            positionAt: (x) => Math.min(Math.max(Math.floor((x - left) / cell), 0), shown.stop - shown.start - 1) + shown.start,
            borderAt: (x) => Math.min(Math.max(Math.round((x - left) / cell), 0), shown.stop - shown.start) + shown.start,
        };
    }

    /** The sequence of a position of the window: [number, first position, end]. */
    function sequenceOf(position) {
        const shown = selection.window;
        return shown ? shown.sequences.find(([, first, end]) => position >= first && position < end) || null : null;
    }

    /** The part of a range that lies in the sequence of `anchor`: a selection never crosses a border. */
    function clip(start, stop, anchor) {
        const sequence = sequenceOf(anchor);
        return sequence ? [Math.max(start, sequence[1]), Math.min(stop, sequence[2])] : [start, stop];
    }

    // ---- requests ---------------------------------------------------------------------------------------
    /** The wide strip moves by whole thousands (`neighbourhood_of`): ask once for each. */
    const inThousands = (view) => Math.floor((view.at + view.width / 2) / 1000) * 1000;
    const pick = (view, ...fields) => Object.fromEntries(fields.map((field) => [field, view[field]]));

    function register() {
        const ask = (question, derive, arrived) => stateroom.view.request(
            question, (view) => (view.recording && view.state ? derive(view) : null), arrived);
        ask("selected", (view) => ({
            ...pick(view, "recording", "state", "start", "stop", "off_before", "off_after", "threshold", "transform",
                "dropped", "pinned"),
            at: inThousands(view),
        }), (answer) => {
            const counts = new Uint16Array(stateroom.decodeUint8(answer.counts).buffer);
            keep("selected", {...answer, counts});
        });
        ask("window", (view) => ({
            ...pick(view, "recording", "state", "at", "width", "transform", "tracks", "run"),
            // The run filter alone depends on the threshold.
            threshold: view.run > 1 ? view.threshold : 0,
        }), (answer) => {
            const decode = answer.dtype === "float16" ? stateroom.decodeFloat16 : stateroom.decodeFloat32;
            keep("window", {...answer, values: decode(answer.values)});
        });
        ask("neighbourhood", (view) => ({recording: view.recording, at: inThousands(view)}), (answer) => keep("neighbourhood", answer));
        ask("distribution", (view) => pick(view, "recording", "state", "transform"), (answer) => keep("distribution", answer));
        ask("share", (view) => pick(view, "recording", "state", "threshold", "transform"), (answer) => keep("share", answer.share));
        ask("hits", (view) => (view.search.trim() ? pick(view, "recording", "search") : null), (answer) => tell("hits", answer));
        stateroom.view.subscribe(follow);
        stateroom.pickers.handlers.push(choose);
    }

    function keep(name, value) {
        selection[name] = value;
        tell(name, value);
    }

    function follow(view, previous) {
        document.getElementById("match-empty").hidden = Boolean(view.recording);
        document.getElementById("match-select").hidden = !view.recording;
        if (previous.recording === undefined) {
            tell("mount");
        }
        if (view.recording !== previous.recording || view.state !== previous.state) {
            stateroom.pickers.show(view.recording, view.state);
        }
        tell("view", view, previous);
    }

    /** Another recording or state was picked in the frame. */
    function choose(recording, state) {
        if (!stateroom.view.mounted() || !stateroom.view.get()) {
            return false;
        }
        const view = stateroom.view.get();
        const fresh = stateroom.view.defaults();
        const kept = recording === view.recording
            ? {...view, dropped: [], pinned: []}
            : {...fresh, width: view.width, threshold: view.threshold, transform: view.transform, axis: view.axis};
        stateroom.view.open({...kept, recording, state});
        return true;
    }

    document.addEventListener("DOMContentLoaded", register);
    let resizing = 0;
    window.addEventListener("resize", () => {
        window.cancelAnimationFrame(resizing);
        resizing = window.requestAnimationFrame(() => stateroom.view.mounted() && tell("resize"));
    });
})();
