// The Compare page: what arrived from the server, what is asked when, and who is told.
// Each compare_*.js draws one part: it adds an object with any of mount, view, theme, resize, failed, and one function
// for each answer, named in ANSWERS. The files come before view.js, so they use what is there only when they are called.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const parts = [];
    const LETTERS = "ABCDEF";
    const FEW = 3;
    const CATEGORIES = [1, 0, 5, 8];
    const NO_STATES = {first_state: "", second_state: ""};

    const view = () => stateroom.compareView.get();
    const change = (patch, options) => stateroom.compareView.change(patch, options);
    const pick = (from, fields) => Object.fromEntries(fields.map((field) => [field, from[field]]));
    const key = (value) => JSON.stringify(value);
    const placesOf = (pair) => pair.split("-").map(Number);
    const style = (name) => window.getComputedStyle(document.documentElement).getPropertyValue(name).trim();

    const compare = (stateroom.compare = {
        MOST: LETTERS.length,
        /** The last answer to each question, by its name in ANSWERS; null while there is none. */
        choice: null,
        facts: null,
        activity: null,
        response: null,
        memory: null,
        /** Answers to compare-layers, by `pairKey`. */
        layers: new Map(),
        units: null,
        steps: null,
        /** What the CSV of each part holds: functions that give [heads, rows], or null while there is nothing. */
        TABLES: {},
        part: (part) => parts.push(part),
        tell,
        view,
        change,
        pick,
        style,
        place: (name) => document.getElementById("compare-" + name),
        mounted: () => Boolean(stateroom.compareView) && stateroom.compareView.mounted() && view() !== null,
        ready: () => view().recordings.length > 1,
        letter: (index) => LETTERS[index] || "",
        /** Colour of a recording by its place: teal, plum, then categories as on the Memory page. */
        color: (index) => (index === 0 ? style("--first") : index === 1 ? style("--second") : stateroom.colors.category(CATEGORIES[index - 2])),
        nameOf,
        stateOf: (index) => (rowOf(index) || {}).state || "",
        rowOf,
        rowFrom,
        /** Whether a row is of a recording that opens; the others say only why it does not. */
        opens: (row) => !row.why || row.href !== undefined,
        layersOf: (first, second) => compare.layers.get(pairKey(view(), first, second)),
        pairOf,
        choosePair: (first, second, more) => change({pair: first + "-" + second, ...NO_STATES, page: 0, ...more}),
        choose,
        setState,
    });

    const compared = (now, previous) => String(now.recordings) !== String(previous.recordings);

    /** A part that is drawn by `draw` whenever its answer, the facts, the theme or the width change, or the view so that `differs`. */
    compare.drawnPart = function (name, draw, options) {
        const {differs = compared, ...more} = {...options};
        compare.part({
            mount: () => compare.wait(name),
            facts: draw,
            [name]: draw,
            theme: draw,
            resize: draw,
            failed(failed, sentence) {
                if (failed === name) {
                    compare.say(name, {why: sentence, again: "compare-" + name});
                }
            },
            view: (now, previous) => differs(now, previous) && draw(),
            ...more,
        });
    };

    function tell(event, ...values) {
        parts.forEach((part) => part[event] && part[event](...values));
    }

    /** The row of an answer that is of a recording, by its place in the list; null while there is none. */
    function rowFrom(answer, index) {
        const wanted = view().recordings[index];
        return (answer && answer.rows && answer.rows.find((row) => row.key === wanted)) || null;
    }

    function rowOf(index) {
        return rowFrom(compare.facts, index);
    }

    function nameOf(index) {
        const known = view().recordings[index];
        return stateroom.catalog[known] ? stateroom.catalog[known].name : known || "";
    }

    /** The two recordings whose layers and units are compared, as places in the list. */
    function pairOf(now) {
        const {recordings, pair} = now || view();
        const [first, second] = placesOf(pair);
        return first < recordings.length && second < recordings.length ? [first, second] : [0, 1];
    }

    // ---- choosing ---------------------------------------------------------------------------------------
    /** Show other recordings, or the same in another order; each keeps the state chosen for it. */
    function choose(recordings) {
        const now = view();
        const chosen = new Map(now.recordings.map((recording, index) => [recording, now.states[index] || ""]));
        const states = recordings.map((recording) => chosen.get(recording) || "");
        stateroom.compareView.open({recordings, states: states.some(Boolean) ? states : [], pair: "0-1", ...NO_STATES, page: 0});
    }

    function setState(index, state) {
        const now = view();
        const states = now.recordings.map((_, place) => (place === index ? state : now.states[place] || ""));
        change({states: states.some(Boolean) ? states : [], ...NO_STATES, page: 0});
    }

    // ---- what is asked ----------------------------------------------------------------------------------
    const CHOSEN = ["recordings", "state", "states"];
    const many = (now, fields) => (now.recordings.length > 1 ? pick(now, fields) : null);

    /** What the layers of two recordings depend on. */
    function pairKey(now, first, second) {
        const stateOf = (place) => now.states[place] || now.state;
        return key([first, second].map((place) => [now.recordings[place], stateOf(place)]).concat([now.seed]));
    }

    const isKnown = (answer) => Boolean(answer) && !(answer.pending > 0);

    /** The next pair with the first recording whose layers are not all known yet; the chosen pair comes first. */
    function nextPair(now) {
        const {recordings} = now;
        const pairs = [pairOf(now), ...recordings.slice(1).map((_, index) => [0, index + 1])];
        const next = recordings.length > 1 && pairs.find(([one, other]) => !isKnown(compare.layers.get(pairKey(now, one, other))));
        return next ? {...pick(now, [...CHOSEN, "seed"]), pair: next.join("-")} : null;
    }

    const NEEDED = {
        "compare-recordings": () => ({}),
        "compare-facts": (now) => (now.recordings.length > 0 ? pick(now, CHOSEN) : null),
        "compare-activity": (now) => many(now, [...CHOSEN, "threshold", "transform"]),
        "compare-response": (now) => many(now, [...CHOSEN, "seed"]),
        "compare-memory": (now) => many(now, CHOSEN),
        "compare-layers": nextPair,
        "compare-steps": (now) => many(now, [...CHOSEN, "threshold", "transform", "scalar", "seed"]),
        "compare-units": (now) => many(now, [...CHOSEN, "pair", "first_state", "second_state", "seed", "page"]),
    };
    /** Name of the answer, and of the function of a part that is told of it. */
    const ANSWERS = {
        "compare-recordings": "choice", "compare-facts": "facts", "compare-activity": "activity", "compare-response": "response", "compare-memory": "memory",
        "compare-layers": "layer", "compare-units": "units", "compare-steps": "steps",
    };
    compare.ANSWERS = ANSWERS;

    const sameFiles = (answer) => (answer.rows || []).filter((row) => row.fingerprint)
        .every((row) => stateroom.compareView.fits(row.key, row.fingerprint));

    function arrived(question, answer, wanted) {
        if (!compare.mounted() || !sameFiles(answer)) {
            return;
        }
        const name = ANSWERS[question];
        if (name === "layer") {
            keepLayer(answer, wanted);
            return;
        }
        compare[name] = {...answer, wanted};
        tell(name, answer, wanted);
        if (name === "facts") {
            stateroom.pickers.show(view().recordings[0] || "", compare.stateOf(0));
            stateroom.markMenu();
        }
    }

    function keepLayer(answer, wanted) {
        compare.layers.set(pairKey(wanted, ...placesOf(wanted.pair)), answer);
        tell("layer", answer, wanted);
        // view.js ends this request after us; only then may the next be sent, or the same for what is still missing.
        window.setTimeout(() => compare.mounted() && stateroom.compareView.again("compare-layers"), 0);
    }

    function failed(question, sentence, wanted) {
        if (compare.mounted()) {
            if (question === "compare-layers") {
                keepLayer({why: sentence}, wanted);
            } else {
                tell("failed", ANSWERS[question], sentence);
            }
        }
    }

    // ---- following the view -----------------------------------------------------------------------------
    const NOTHING = {choice: null, facts: null, activity: null, response: null, memory: null, units: null, steps: null};

    function follow(now, previous) {
        const none = Object.keys(stateroom.catalog).length === 0 && now.recordings.length === 0;
        compare.place("empty").hidden = !none;
        compare.place("panel").hidden = none;
        if (previous.recordings === undefined) {
            Object.assign(compare, NOTHING, {layers: new Map()});
            watching.disconnect();
            watching.observe(compare.place("result"));
            tell("mount");
        }
        const some = now.recordings.length > 1;
        compare.place("result").hidden = !some;
        compare.place("result").classList.toggle("has-few", now.recordings.length <= FEW);
        compare.place("start").hidden = some;
        tell("view", now, previous);
    }

    /** Another recording or state was picked in the frame: it takes the place of A. */
    function picked(recording, state) {
        if (!compare.mounted()) {
            return false;
        }
        const others = view().recordings.slice(1).filter((other) => other !== recording);
        const states = [state, ...others.map((other) => view().states[view().recordings.indexOf(other)] || "")];
        stateroom.compareView.open({recordings: [recording, ...others], states: states.some(Boolean) ? states : [], pair: "0-1", ...NO_STATES, page: 0});
        return true;
    }

    /** Another recording was picked in the frame to stand beside: it takes the place of B, or leaves it. */
    function pickedBeside(recording) {
        if (!compare.mounted()) {
            return false;
        }
        const [first, ...others] = view().recordings;
        if (recording && recording !== first) {
            choose([first, recording, ...others.filter((other) => other !== recording)].slice(0, LETTERS.length));
        } else if (!recording && others.length > 1) {
            choose([first, ...others.slice(1)]);
        }
        return true;
    }

    /** What the menu takes along to other pages; null while this page is not shown. */
    stateroom.compareCarried = () => (compare.mounted() ? {
        recording: view().recordings[0] || "", state: compare.stateOf(0), beside: view().recordings[1] || "", beside_state: compare.stateOf(1),
    } : null);

    function register() {
        Object.keys(NEEDED).forEach((question) => stateroom.compareView.request(
            question,
            (now) => NEEDED[question](now),
            (answer, wanted) => arrived(question, answer, wanted),
            (sentence, wanted) => failed(question, sentence, wanted)));
        stateroom.compareView.subscribe(follow);
        stateroom.pickers.handlers.push(picked);
        (stateroom.pickers.besideHandlers = stateroom.pickers.besideHandlers || []).push(pickedBeside);
        stateroom.theme.listeners.push(() => compare.mounted() && tell("theme"));
    }

    document.addEventListener("DOMContentLoaded", register);

    // The width of the parts changes with the window, and when a scroll bar comes with the first of them.
    let width = 0;
    const watching = new ResizeObserver(() => {
        const now = compare.mounted() ? compare.place("result").clientWidth : 0;
        if (now > 0 && now !== width) {
            width = now;
            tell("resize");
        }
    });
})();
