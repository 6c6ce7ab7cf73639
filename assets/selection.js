// The select half of the page: what arrived from the server, what is pointed at, and where positions lie.
//
// A panel shows one state: `stateroom.selection` the first, `stateroom.besideSelection` one beside it. Each
// selection_*.js draws one part of every panel: it adds an object with any of mount, view, window, selected,
// paired, pointed, resize.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const NOTHING = {units: [], by_range: [], first: 0, counts: new Uint16Array(0), why_empty: ""};
    const panels = [];

    /** Fields of the view that mean another thing beside: always, and while it goes its own way. */
    const OWN = {dropped: "beside_dropped", pinned: "beside_pinned"};
    const APART = {at: "beside_at", start: "beside_start", stop: "beside_stop"};
    const fieldsBeside = (view) => (view.linked ? OWN : {...OWN, ...APART});

    /** The view as the panel beside has it, in the words of a view of its own; null while there is none. */
    function viewBeside(view) {
        if (!view || !view.beside_state) {
            return null;
        }
        const own = Object.entries(fieldsBeside(view)).map(([field, beside]) => [field, view[beside]]);
        return {...view, ...Object.fromEntries(own), recording: view.beside || view.recording, state: view.beside_state};
    }

    function patchBeside(patch) {
        const fields = fieldsBeside(stateroom.view.get());
        return Object.fromEntries(Object.entries(patch).map(([field, value]) => [fields[field] || field, value]));
    }

    // ---- a panel ----------------------------------------------------------------------------------------
    /** `prefix`: of the ids of its places; `of(view)`: its view, or null; `toView(patch)`: a change of it as one of the page. */
    function panelOf({letter, prefix, of, toView}) {
        const parts = [];
        const panel = {
            letter,
            /** What the server sent last, decoded. */
            window: null,
            selected: NOTHING,
            neighbourhood: null,
            distribution: null,
            share: null,
            /** What is pointed at: a unit and a position, -1 for none. */
            pointed: {unit: -1, position: -1},
            of,
            view: () => of(stateroom.view.get()),
            change: (patch, options) => stateroom.view.change(toView(patch), options),
            isActive: () => stateroom.view.mounted() && panel.view() !== null,
            place: (name) => document.getElementById(prefix + "-" + name),
            part: (part) => parts.push(part),
            tell: (event, ...values) => parts.forEach((part) => part[event] && part[event](...values)),
            keep(name, value) {
                panel[name] = value;
                panel.tell(name, value);
            },
            forget: () => Object.assign(panel, {window: null, selected: NOTHING, neighbourhood: null, distribution: null, share: null}),
            /** The other panel while both show the same positions, else null. */
            linked() {
                const view = stateroom.view.get();
                return view && view.linked && view.beside_state ? panels.find((other) => other !== panel) : null;
            },
            /** Point at something; every part shows it, and the other panel the position. */
            point(change) {
                const other = panel.linked();
                pointed(panel, {...panel.pointed, ...change});
                if (other && panel.pointed.position !== other.pointed.position) {
                    pointed(other, {unit: -1, position: panel.pointed.position});
                }
            },
            /** How many selected units are on at a position, or null where that is not known. */
            countAt(position) {
                const {first, counts} = panel.selected;
                return position >= first && position < first + counts.length ? counts[position - first] : null;
            },
            /** The last place where a window can begin; both linked ones stay in the first recording. */
            lastStart() {
                const shown = (panel.linked() ? stateroom.selection : panel).window;
                return Math.max(0, (shown ? shown.n_positions : Infinity) - panel.view().width);
            },
            /** Bring the window to a position, as far as the recording goes. */
            go: (at, options) => panel.change({at: Math.max(0, Math.min(Math.round(at), panel.lastStart()))}, options),
            sequenceStep(by) {
                const to = panel.window && (by > 0 ? panel.window.next_start : panel.window.previous_start);
                if (to !== null && to !== undefined) {
                    panel.go(to);
                }
            },
            geometry: () => geometry(panel),
            sequenceOf: (position) => sequenceOf(panel, position),
            clip: (start, stop, anchor) => clip(panel, start, stop, anchor),
        };
        panels.push(panel);
        return panel;
    }

    function pointed(panel, now) {
        const before = panel.pointed;
        if (now.unit !== before.unit || now.position !== before.position) {
            panel.pointed = now;
            panel.tell("pointed", now, before);
        }
    }

    // ---- where positions lie ----------------------------------------------------------------------------
    /** The column of the window on the screen: left edge, width, pixels per position. */
    function geometry(panel) {
        const place = panel.place("heat-strip");
        const row = place && place.querySelector(".cells");
        const shown = panel.window;
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
    function sequenceOf(panel, position) {
        const shown = panel.window;
        return shown ? shown.sequences.find(([, first, end]) => position >= first && position < end) || null : null;
    }

    /** The part of a range that lies in the sequence of `anchor`: a selection never crosses a border of the first panel. */
    function clip(panel, start, stop, anchor) {
        const sequence = sequenceOf(panel.linked() ? stateroom.selection : panel, anchor);
        return sequence ? [Math.max(start, sequence[1]), Math.min(stop, sequence[2])] : [start, stop];
    }

    stateroom.selection = panelOf({letter: "A", prefix: "match", of: (view) => view, toView: (patch) => patch});
    stateroom.besideSelection = panelOf({letter: "B", prefix: "match-beside", of: viewBeside, toView: patchBeside});
    stateroom.eachPanel = (make) => panels.forEach(make);

    // ---- requests ---------------------------------------------------------------------------------------
    /** The wide strip moves by whole thousands (`neighbourhood_of`): ask once for each. */
    const inThousands = (view) => Math.floor((view.at + view.width / 2) / 1000) * 1000;
    const pick = (view, ...fields) => Object.fromEntries(fields.map((field) => [field, view[field]]));

    /** Ask for what a panel shows; the questions of the panel beside have a name of their own. */
    function register(panel, prefix) {
        const ask = (question, derive, arrived) => stateroom.view.request(prefix + question, (whole) => {
            const view = panel.of(whole);
            return view && view.recording && view.state ? derive(view) : null;
        }, arrived);
        const inStep = (view) => (prefix ? pick(view, "linked") : {});
        ask("selected", (view) => ({
            ...pick(view, "recording", "state", "start", "stop", "off_before", "off_after", "threshold", "transform",
                "dropped", "pinned"),
            at: inThousands(view),
        }), (answer) => {
            const counts = new Uint16Array(stateroom.decodeUint8(answer.counts).buffer);
            panel.keep("selected", {...answer, counts});
        });
        ask("window", (view) => ({
            ...pick(view, "recording", "state", "at", "width", "transform", "tracks", "run"),
            ...inStep(view),
            // The run filter alone depends on the threshold.
            threshold: view.run > 1 ? view.threshold : 0,
        }), (answer) => {
            const decode = answer.dtype === "float16" ? stateroom.decodeFloat16 : stateroom.decodeFloat32;
            panel.keep("window", {...answer, values: decode(answer.values)});
        });
        ask("neighbourhood", (view) => ({recording: view.recording, at: inThousands(view)}), (answer) => panel.keep("neighbourhood", answer));
        ask("distribution", (view) => pick(view, "recording", "state", "transform"), (answer) => panel.keep("distribution", answer));
        ask("share", (view) => pick(view, "recording", "state", "threshold", "transform"), (answer) => panel.keep("share", answer.share));
    }

    function start() {
        const {selection, besideSelection} = stateroom;
        register(selection, "");
        register(besideSelection, "beside-");
        stateroom.view.request("hits", (view) => (view.recording && view.state && view.search.trim() ? pick(view, "recording", "search") : null),
            (answer) => selection.tell("hits", answer));
        stateroom.view.subscribe(follow);
        stateroom.pickers.handlers.push(choose);
    }

    /** Two plots are lower than one. What was there is drawn once, in its new room and on its new scale. */
    function makeRoom(view, previous) {
        const {classList} = document.getElementById("match-select");
        const has = Boolean(view.beside_state);
        const changed = classList.contains("has-beside") !== has;
        classList.toggle("has-beside", has);
        classList.toggle("is-linked", has && view.linked);
        if (changed && previous.recording !== undefined) {
            stateroom.selection.tell("resize");
        }
    }

    function follow(view, previous) {
        document.getElementById("match-empty").hidden = Boolean(view.recording);
        document.getElementById("match-select").hidden = !view.recording;
        makeRoom(view, previous);
        panels.forEach((panel) => {
            const [now, before] = [panel.of(view), previous.recording === undefined ? null : panel.of(previous)];
            if (now && !before) {
                panel.tell("mount");
            }
            if (now) {
                panel.tell("view", now, before || {});
            } else if (before) {
                panel.forget();
            }
        });
        if (view.recording !== previous.recording || view.state !== previous.state) {
            stateroom.pickers.show(view.recording, view.state);
        }
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
            : {...fresh, width: view.width, threshold: view.threshold, transform: view.transform, axis: view.axis,
                ...(view.beside && view.beside !== recording ? pick(view, "beside", "beside_state") : {})};
        stateroom.view.open({...kept, recording, state});
        return true;
    }

    document.addEventListener("DOMContentLoaded", start);
    let resizing = 0;
    window.addEventListener("resize", () => {
        window.cancelAnimationFrame(resizing);
        resizing = window.requestAnimationFrame(() =>
            panels.filter((panel) => panel.isActive()).forEach((panel) => panel.tell("resize")));
    });
})();
