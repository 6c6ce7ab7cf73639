// The computation: what it takes, its progress, time left and cancel; what is stored; the command that does the same.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {memory} = stateroom;
    const make = (...given) => stateroom.element(...given);
    const {view, change} = memory;
    let drawn = "";
    let open = false;

    // ---- asking -----------------------------------------------------------------------------------------
    const work = stateroom.jobs.watch({
        url: () => stateroom.memoryView.setting("run"),
        wanted: () => memory.pick(view(), [...memory.RUN, "whitened"]),
        isThere: () => memory.mounted(),
        // What it made, and what else is stored now.
        ended: () => memory.askAgain(),
        draw: () => draw(),
    });

    /** Another computation is meant: how does that one stand? */
    function follow(now) {
        if (now.recording && now.state) {
            work.follow(JSON.stringify(memory.pick(now, memory.RUN)));
        }
    }

    // ---- settings ---------------------------------------------------------------------------------------
    function delaysField() {
        const field = memory.wholeField("delays", [1, 200], (delays) => change({delays, delay: Math.min(view().delay, delays - 1)}));
        field.value = view().delays;
        return memory.labelled("delays", field, "How many delays, from 0 on (1 to 200)");
    }

    /** Empty: as many as are proposed; all of them is written as such in the address. */
    function positionsField() {
        const {nPositions, defaults} = memory.status;
        const field = make("input", "tool-input positions-field", null, {
            type: "number", name: "positions", min: 1, max: nPositions, step: 1, placeholder: String(defaults.positions || nPositions)});
        const now = view().positions;
        field.value = now < 0 ? "" : now === 0 ? nPositions : now;
        field.addEventListener("change", () => {
            const value = Math.round(Number(field.value));
            change({positions: field.value === "" || !(value >= 1) ? -1 : value >= nPositions ? 0 : value});
        });
        field.addEventListener("keydown", (event) => event.key === "Enter" && field.blur());
        const every = stateroom.button("all", "all " + stateroom.whole(nPositions) + " positions", () => change({positions: 0}));
        every.setAttribute("aria-pressed", String(now === 0));
        const made = make("span", "tool-group");
        made.append(memory.labelled("positions", field, "How many positions the mean is over, drawn at random; empty: as many as the result shown, or as take under a minute"), every);
        return made;
    }

    function seedField() {
        const field = memory.wholeField("seed", [0, 2 ** 32 - 1], (seed) => change({seed}));
        field.value = view().seed;
        return memory.labelled("seed", field, "Which positions are drawn, and which words stand as control");
    }

    function settings(action) {
        const made = make("div", "run-settings");
        if (!memory.status.network) {
            made.append(make("span", "quiet", memory.status.why));
            return made;
        }
        made.append(delaysField(), positionsField(), seedField(), ...(action ? [action] : []), make("span", "quiet", memory.status.estimate.sentence));
        return made;
    }

    function command() {
        const made = make("div", "run-command");
        const text = memory.status.command;
        if (!text) {
            return "";
        }
        made.append(make("span", "quiet", "the same from a terminal"), make("code", "code", text),
            stateroom.button("copy", "copy the command", () => stateroom.copy(text, "The command is copied.")));
        return made;
    }

    /** What else is stored of the recording: pressing one shows it. */
    function stored() {
        const {result} = memory.status;
        const others = memory.status.stored.filter((each) => !result || each.stamp !== result.stamp);
        if (others.length === 0) {
            return [];
        }
        const made = make("div", "run-stored");
        made.append(make("span", "quiet", "computed before:"), ...others.map((each) => {
            const told = each.state + ", " + (each.positions === 0 ? "all positions" : stateroom.whole(each.nPositions || each.positions) + " positions")
                + ", " + each.delays + " delays" + (each.seed ? ", seed " + each.seed : "") + (each.by ? ", by " + each.by : "")
                + (each.words.length === 1 ? ", 1 word" : each.words.length ? ", " + each.words.length + " words" : "");
            return stateroom.button(told, told + ": show it", () => {
                const same = {...memory.pick(each, ["delays", "positions", "seed"]), by: each.by || "", words: each.words || []};
                each.state === view().state ? change(same) : stateroom.memoryView.open({...same, state: each.state});
            });
        }));
        return [made];
    }

    // ---- what there is ----------------------------------------------------------------------------------
    function noNetwork() {
        const made = make("div", "empty-state");
        const link = make("a", "", "How to record your own", {href: stateroom.memoryView.setting("recordings") + "?own=torch"});
        made.append(make("p", "empty-why", "Nothing can be computed: the recording has no network with it."), make("p", "", memory.status.why), link);
        return [made];
    }

    function running() {
        const head = make("div", "part-head");
        const what = memory.status ? view().state + " of " + view().recording : "";
        head.append(make("h2", "", "Computing the memory of " + what), ...work.cancelButton());
        return [head, ...stateroom.jobs.progress(work.job(), "Computation")];
    }

    /** What stopped the computation, with a class that says how bad that is. */
    const said = (tag) => (work.sentence() ? [make(tag, work.job().state === "failed" ? "run-failed" : "", work.sentence())] : []);

    function nothingYet() {
        const made = make("div", "run-offer");
        const why = memory.status.why || "Not computed yet for this state and these settings.";
        made.append(make("p", "empty-why", why), make("p", "", "How much does " + view().state + " change when the embedding of a token changes a little: at the token, and up to "
            + (view().delays - 1) + " positions later? The mean over many positions answers that, and is kept with the recording."));
        const start = work.startButton("Compute", "primary-button run-start");
        made.append(...said("p"), settings(start), command(), ...stored());
        return [made];
    }

    function computed() {
        const {result} = memory.status;
        const made = make("details", "run-done");
        made.open = open;
        made.addEventListener("toggle", () => { open = made.open; });
        const when = result.finished ? result.finished.slice(0, 16).replace("T", " ") + " UTC" : "";
        const told = "Computed " + when + (result.seconds ? " in " + stateroom.jobs.duration(result.seconds) : "");
        made.append(make("summary", "", told + ". Settings, command"), settings(null), command(), ...stored());
        return [made, ...missing()];
    }

    /** What the view asks for and the result does not have. */
    function missing() {
        const lacks = memory.status.missing || [];
        if (lacks.length === 0 || !memory.status.network) {
            return [];
        }
        const made = make("div", "run-missing");
        made.append(make("span", "", lacks.join(" ")), work.startButton("Compute"),
            make("span", "quiet", memory.status.estimate.sentence), ...said("span"));
        return [made];
    }

    function kind() {
        if (work.isRunning()) {
            return running;
        }
        if (memory.status === null || (work.job() === null && !memory.status.result)) {
            return null;
        }
        return !memory.status.network && !memory.status.result ? noNetwork : memory.status.result ? computed : nothingYet;
    }

    function draw() {
        const place = memory.place("run");
        const job = work.job();
        const shape = kind();
        place.classList.toggle("is-running", shape === running);
        place.setAttribute("aria-busy", String(shape === running));
        if (shape === null) {
            return;
        }
        if (shape === running && drawn === "running" + job.may_cancel && place.querySelector("progress")) {
            // Only what moves: a button that is drawn anew under the pointer would lose its click.
            stateroom.jobs.update(place, job);
            return;
        }
        const written = shape === running ? "running" + job.may_cancel
            : JSON.stringify([shape.name, memory.status, job, memory.pick(view(), memory.RUN)]);
        if (written === drawn) {
            return;
        }
        drawn = written;
        const within = place.contains(document.activeElement) ? document.activeElement.name || "act" : "";
        place.replaceChildren(...shape());
        if (within) {
            const again = within === "act" ? place.querySelector("[data-act], summary") : place.querySelector('[name="' + within + '"]');
            (again || place.querySelector("button, summary") || place).focus();
        }
    }

    memory.running = work.isRunning;
    memory.part({
        mount() {
            work.follow("");
            drawn = "";
            memory.place("run").replaceChildren();
        },
        view: follow,
        status: draw,
        failed(question, sentence) {
            if (!question.startsWith("memory-separability")) {
                stateroom.messages.show([sentence], "error");
            }
        },
    });
})();
