// The Memory page: what arrived from the server, what is asked when, which figures have to change.
// Each memory_*.js draws one part: it adds an object with any of mount, view, job, theme, failed, and one function for
// each answer, named in ANSWERS. The files come before view.js, so they use what is there only when they are called.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const RESTS_AFTER_MS = 60;
    const parts = [];
    let drawing = 0;
    let sent = {};

    const view = () => stateroom.memoryView.get();
    const change = (patch, options) => stateroom.memoryView.change(patch, options);
    const pick = (from, fields) => Object.fromEntries(fields.map((field) => [field, from[field]]));
    const key = (value) => JSON.stringify(value);

    const memory = (stateroom.memory = {
        /** The last answer to each question, by its name in ANSWERS; null while there is none that fits the view. */
        status: null,
        decay: null,
        spectrum: null,
        classes: null,
        classesSecond: null,
        properties: null,
        separabilities: {},
        directions: null,
        where: null,
        units: null,
        /** The same of the second recording or state. */
        statusSecond: null,
        unitsSecond: null,
        propertiesSecond: null,
        directionsSecond: null,
        whereSecond: null,
        part: (part) => parts.push(part),
        tell,
        view,
        change,
        pick,
        place: (name) => document.getElementById("memory-" + name),
        mounted: () => Boolean(stateroom.memoryView) && stateroom.memoryView.mounted() && view() !== null,
        /** What a computation depends on. */
        RUN: ["recording", "state", "delays", "positions", "seed", "by", "words"],
        askAgain: () => stateroom.memoryView.again("memory-status"),
        reconsider: () => Object.keys(NEEDED).forEach((question) => stateroom.memoryView.reconsider(question)),
        ready: () => memory.status !== null && Boolean(memory.status.result),
        hasSecond: () => memory.mounted() && view().beside.length > 0,
        secondReady: () => memory.statusSecond !== null && Boolean(memory.statusSecond.result),
        /** Whether the second is shown at the delay of the first. */
        oneDelay: () => view().linked || view().delay === view().beside_delay,
        chooseDelay: (delay, options) => change({delay: Math.min(Math.max(delay, 0), view().delays - 1)}, options),
        fileName(kind) {
            const {recording, state} = memory.second.curve();
            return stateroom.files.name(view().recording, view().state, recording && "and", recording, state, "memory", kind);
        },
        /** Where Match shows something of the first, or of another. */
        matchAddress: (parameters, whose) => stateroom.memoryView.setting("match") + "?"
            + new URLSearchParams({...pick(whose || view(), ["recording", "state"]), ...parameters}),
    });

    function tell(event, ...values) {
        parts.forEach((part) => part[event] && part[event](...values));
    }

    // ---- what is asked ----------------------------------------------------------------------------------
    const RESULT = [...memory.RUN, "whitened"];
    const stamped = (now, fields) => ({...pick(now, [...RESULT, ...fields]), stamp: memory.status.stamp});
    const known = () => memory.status !== null;
    const onTab = (now, tab) => now.view === tab && memory.ready();
    /** What is beside the first, and where the second is shown. */
    const BESIDE = ["beside", "linked", "beside_delay", "beside_positions"];
    const ofSecond = (now, fields) => ({...stamped(now, [...BESIDE, ...fields]), runs: memory.second.runs()});
    const onBoth = (now, tab) => onTab(now, tab) && now.beside.length > 0 && memory.secondReady();

    const NEEDED = {
        "memory-status": (now) => pick(now, [...RESULT, "beside", "linked", "beside_positions"]),
        "memory-status-second": (now) => (now.beside.length > 0 ? pick(now, [...RESULT, "beside", "linked", "beside_positions", "properties", "position"]) : null),
        "memory-decay": (now) => (known() && (memory.ready() || now.beside.length > 0) ? stamped(now, ["beside", "linked", "beside_positions", "measure", "n"]) : null),
        "memory-spectrum": (now) => (onTab(now, "decay") ? stamped(now, [...BESIDE, "delay"]) : null),
        "memory-units-second": (now) => (onBoth(now, "decay") ? ofSecond(now, ["delay"]) : null),
        "memory-units": (now) => (onTab(now, "decay") ? stamped(now, ["delay"]) : null),
        "memory-classes": (now) => (onTab(now, "classes") ? stamped(now, ["measure", "n", "classes", "sort", "delay", "control"]) : null),
        "memory-classes-second": (now) => (onBoth(now, "classes") ? ofSecond(now, ["measure", "n", "classes", "beside_classes", "sort", "delay", "control"]) : null),
        "memory-properties": (now) => (onTab(now, "properties") ? stamped(now, ["properties", "types", "n", "delay"]) : null),
        "memory-separability": (now) => (known() && now.view === "properties" ? memory.nextSeparability(now) : null),
        "memory-properties-second": (now) => (onBoth(now, "properties") && now.properties.length > 0 ? ofSecond(now, ["properties", "types", "n", "delay"]) : null),
        "memory-separability-second": (now) => (onBoth(now, "properties") && memory.nextSeparability(now) === null ? memory.nextSeparability(now, "B") : null),
        "memory-directions-second": (now) => (onBoth(now, "directions") ? ofSecond(now, ["delay"]) : null),
        "memory-where-second": (now) => (known() && now.beside.length > 0 && memory.statusSecond && memory.statusSecond.network && now.view === "where"
            ? pick(now, ["recording", "state", "position", "beside", "linked", "beside_position"]) : null),
        "memory-directions": (now) => (onTab(now, "directions") ? stamped(now, ["delay"]) : null),
        "memory-where": (now) => (known() && memory.status.network && now.view === "where" ? pick(now, ["recording", "state", "position"]) : null),
        "memory-find": (now) => memory.wantedWords && memory.wantedWords(now),
        "hits": (now) => memory.wantedHits && memory.wantedHits(now),
    };
    /** Name of the answer, and of the function of a part that is told of it. */
    const ANSWERS = {
        "memory-status": "status", "memory-decay": "decay", "memory-spectrum": "spectrum", "memory-units": "units",
        "memory-classes": "classes", "memory-classes-second": "classesSecond", "memory-properties": "properties", "memory-separability": "separability",
        "memory-status-second": "statusSecond", "memory-units-second": "unitsSecond", "memory-properties-second": "propertiesSecond",
        "memory-separability-second": "separabilitySecond", "memory-directions-second": "directionsSecond", "memory-where-second": "whereSecond",
        "memory-directions": "directions", "memory-where": "where", "memory-find": "found", "hits": "hits",
    };

    function arrived(question, answer, wanted) {
        const name = ANSWERS[question];
        memory[name] = answer;
        tell(name, answer, wanted);
        if (name === "status" || name === "statusSecond") {
            memory.reconsider();
            drawFigures();
        }
    }

    // ---- figures ----------------------------------------------------------------------------------------
    // A store is set when what its figure shows has changed; Dash draws the figure.
    const FIGURES = {
        decay: (now) => ((memory.ready() || now.beside.length > 0) ? ["measure", "n", "scale", "delay"] : null),
        norms: (now) => (onTab(now, "decay") ? ["scale", "delay"] : null),
        spectrum: (now) => (onTab(now, "decay") ? ["scale", "delay", "n"] : null),
        units: (now) => (onTab(now, "decay") ? ["delay", "unit", "beside_unit"] : null),
        classes: (now) => (onTab(now, "classes") ? ["measure", "n", "scale", "classes", "sort", "delay", "control"] : null),
        "classes-second": (now) => (onBoth(now, "classes") ? ["measure", "n", "scale", "classes", "beside_classes", "sort", "delay", "control"] : null),
        properties: (now) => (onTab(now, "properties") && now.properties.length > 0 ? ["properties", "types", "n", "delay"] : null),
    };

    function drawFigures() {
        window.clearTimeout(drawing);
        if (!memory.mounted() || !known()) {
            return;
        }
        Object.entries(FIGURES).forEach(([name, fieldsOf]) => {
            const fields = fieldsOf(view());
            const wanted = fields && {...ofSecond(view(), fields), theme: stateroom.theme.current()};
            if (wanted && key(wanted) !== sent[name]) {
                sent[name] = key(wanted);
                window.dash_clientside.set_props("memory-" + name + "-request", {data: wanted});
            }
        });
    }

    function drawSoon() {
        window.clearTimeout(drawing);
        drawing = window.setTimeout(drawFigures, RESTS_AFTER_MS);
    }

    // ---- following the view -----------------------------------------------------------------------------
    function register() {
        Object.keys(NEEDED).forEach((question) => stateroom.memoryView.request(
            question,
            (now) => (now.recording && now.state ? NEEDED[question](now) : null),
            (answer, wanted) => memory.mounted() && arrived(question, answer, wanted),
            (sentence, wanted) => memory.mounted() && tell("failed", question, sentence, wanted)));
        stateroom.memoryView.subscribe(follow);
        stateroom.pickers.handlers.push(choose);
        stateroom.pickers.besideHandlers.push((recording, state, what) => memory.mounted() && memory.second.act(recording, state, what));
        stateroom.theme.listeners.push(() => {
            if (memory.mounted()) {
                tell("theme");
                drawFigures();
            }
        });
    }

    const SECOND = {statusSecond: null, classesSecond: null, unitsSecond: null, propertiesSecond: null, directionsSecond: null, whereSecond: null};
    const EMPTY = {status: null, decay: null, spectrum: null, classes: null, properties: null, directions: null, where: null, units: null, ...SECOND};

    function follow(now, previous) {
        memory.place("empty").hidden = Boolean(now.recording);
        memory.place("panel").hidden = !now.recording;
        const opened = previous.recording === undefined;
        if (opened) {
            Object.assign(memory, EMPTY, {separabilities: {}});
            sent = {};
            tell("mount");
        }
        if (now.recording !== previous.recording || now.state !== previous.state) {
            stateroom.pickers.show(now.recording, now.state);
        }
        memory.second.show(now);
        if (opened || key(NEEDED["memory-status-second"](now)) !== key(NEEDED["memory-status-second"](previous))) {
            Object.assign(memory, now.beside.length > 0 && !opened && now.beside[0] === previous.beside[0] ? {} : SECOND);
        }
        if (!opened && key(NEEDED["memory-status"](now)) !== key(NEEDED["memory-status"](previous))) {
            // What is known is of something else; it stays on the page, dimmed, until the answer is there.
            memory.status = null;
        }
        tell("view", now, previous);
        drawSoon();
    }

    /** Another recording or state was picked in the frame: what was chosen there would mean something else here. */
    function choose(recording, state) {
        if (!memory.mounted()) {
            return false;
        }
        const fresh = stateroom.memoryView.defaults();
        const here = recording === view().recording;
        const elsewhere = here ? ["unit"] : ["unit", "by", "classes", "words", "properties", "position", "positions"];
        const beside = view().beside.filter((curve) => curve !== recording + ":" + state);
        if (beside[0] !== view().beside[0]) {
            elsewhere.push("linked", "beside_delay", "beside_positions", "beside_classes", "beside_position", "beside_unit");
        }
        stateroom.memoryView.open({...view(), ...pick(fresh, elsewhere), beside, recording, state});
        return true;
    }

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.stateroom_memory = {
        chooseDelay(click) {
            if (click && click.points.length > 0 && memory.mounted()) {
                const {x} = click.points[0];
                if (Number.isInteger(x)) {
                    memory.chooseDelay(x);
                }
            }
        },
        chooseUnit(click) {
            if (click && click.points.length > 0 && memory.mounted()) {
                const [unit] = [click.points[0].customdata].flat();
                const field = click.points[0].curveNumber > 0 ? "beside_unit" : "unit";
                change({[field]: view()[field] === unit ? -1 : unit});
            }
        },
    };
    document.addEventListener("DOMContentLoaded", register);
})();
