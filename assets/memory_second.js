// The second recording or state, B: choosing, swapping, linking; what of it is computed, and its delay where it goes its
// own way.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {memory} = stateroom;
    const make = (...given) => stateroom.element(...given);
    const {view, change} = memory;
    /** What belongs to the second alone. */
    const OWN = ["beside_delay", "beside_positions", "beside_classes", "beside_position", "beside_unit"];
    const RUN = [...memory.RUN, "beside", "linked", "beside_positions", "properties"];
    let runs = 0;
    let drawn = "";

    // ---- which it is ------------------------------------------------------------------------------------
    /** A curve beside the first as its recording and its state. */
    function parted(curve) {
        const at = curve.lastIndexOf(":");
        return {recording: curve.slice(0, at), state: curve.slice(at + 1)};
    }

    const curve = () => (view().beside.length > 0 ? parted(view().beside[0]) : {recording: "", state: ""});
    const delay = () => (view().linked ? view().delay : view().beside_delay);
    const badge = (letter) => make("span", "beside-badge is-" + letter, letter.toUpperCase());

    /** A line that says whose the following is. */
    function head(letter, ...told) {
        const {recording, state} = letter === "a" ? view() : curve();
        const made = make("div", "part-line");
        made.append(badge(letter), make("strong", "", recording + " " + state), ...told);
        return made;
    }

    // ---- differences ------------------------------------------------------------------------------------
    const signed = (value, write) => (Number.isFinite(value) ? (value < 0 ? "−" : "+") + write(Math.abs(value)) : "–");

    /** B − A with its band. */
    function difference(value, low, high, write) {
        const made = make("span", "banded", signed(value, write));
        if (Number.isFinite(low) && Number.isFinite(high)) {
            made.title = "B − A: between " + signed(low, write) + " and " + signed(high, write) + ", from the bands of both, taken as independent";
            made.append(make("span", "value-band", " ± " + write((high - low) / 2)));
        }
        return made;
    }

    // ---- acting -----------------------------------------------------------------------------------------
    const fresh = (fields) => memory.pick(stateroom.memoryView.defaults(), fields);

    /** What is chosen of the second becomes that of the first, and the other way round; words go by their texts. */
    function swapped(now, others) {
        const own = now.recording + ":" + now.state;
        const {statusSecond: status} = memory;
        const meant = status ? status.swapped : fresh(["by", "words", "properties", "position"]);
        const apart = now.linked ? {classes: meant.by === now.by ? now.classes : []}
            : {classes: now.beside_classes, beside_classes: now.classes, delay: now.beside_delay, beside_delay: now.delay, positions: now.beside_positions,
                beside_positions: now.positions, position: now.beside_position, beside_position: now.position};
        return {...now, ...meant, ...apart, ...curve(), unit: now.beside_unit, beside_unit: now.unit, beside: [own, ...others.filter((other) => other !== own)]};
    }

    function act(recording, state, what) {
        const now = view();
        const [first, ...others] = now.beside;
        const chosen = (recording || now.recording) + ":" + state;
        const acts = {
            choose: () => change({...fresh(["beside_classes", "beside_position", "beside_unit", "beside_positions"]), beside: [chosen, ...others.filter((other) => other !== chosen)]}),
            remove: () => change({...fresh([...OWN, "linked"]), beside: others}),
            swap: () => first && stateroom.memoryView.open(swapped(now, others)),
            link: () => change({...fresh([...OWN, "linked"]), beside_unit: now.beside_unit}),
            unlink: () => change({linked: false, beside_delay: now.delay, beside_positions: now.positions, beside_classes: now.classes,
                beside_position: memory.whereSecond && memory.whereSecond.same ? memory.whereSecond.position : -1}),
        };
        acts[what]();
        return true;
    }

    // ---- its computation --------------------------------------------------------------------------------
    const work = stateroom.jobs.watch({
        url: () => stateroom.memoryView.setting("run"),
        wanted: () => ({...memory.pick(view(), [...RUN, "whitened"]), second: true}),
        isThere: () => memory.hasSecond(),
        ended() {
            runs += 1;
            stateroom.memoryView.again("memory-status-second");
            memory.askAgain();
        },
        draw: () => draw(),
    });

    /** Whether something has to be computed, or why it cannot be. */
    function lacks() {
        const {statusSecond: status} = memory;
        return status && status.result ? (status.missing || []).join(" ") : status && !status.network ? status.why : "Its memory has not been computed yet.";
    }

    function offer() {
        const {statusSecond: status} = memory;
        const said = work.sentence() ? [make("span", work.job().state === "failed" ? "run-failed" : "", work.sentence())] : [];
        const start = status.network ? [work.startButton("Compute"), make("span", "quiet", status.estimate.sentence)] : [];
        const made = make("div", "run-missing");
        made.append(head("b"), make("span", "", lacks()), ...start, ...said);
        return [made];
    }

    function progress() {
        const made = head("b", make("span", "", "is being computed"), ...work.cancelButton());
        return [made, ...stateroom.jobs.progress(work.job(), "Computation of B")];
    }

    function draw() {
        const place = memory.place("second-run");
        const {statusSecond: status} = memory;
        const job = work.job();
        // It is offered once it is known how the work stands: an offer that is drawn anew under the pointer loses its click.
        const known = job !== null || drawn.startsWith("[");
        const shape = !memory.hasSecond() ? "none" : work.isRunning() ? "running" + job.may_cancel : status && known && (!status.result || lacks()) ? "offer" : "none";
        place.hidden = shape === "none";
        if (shape.startsWith("running") && shape === drawn && place.querySelector("progress")) {
            stateroom.jobs.update(place, job);
            return;
        }
        const written = shape === "offer" ? JSON.stringify([status, job]) : shape;
        if (written !== drawn) {
            drawn = written;
            stateroom.redraw(place, shape === "none" ? [] : shape === "offer" ? offer() : progress());
        }
    }

    /** Another computation is meant: it may go on already. */
    function follow(now) {
        work.follow(now.beside.length > 0 ? JSON.stringify(memory.pick(now, RUN)) : "");
        draw();
    }

    memory.second = {
        curve, delay, head, badge, signed, difference, act,
        runs: () => runs,
        /** Why a panel has nothing of the second. */
        why: () => (memory.statusSecond ? lacks() : ""),
        compute: () => work.act("start"),
        /** Say in the frame what is beside. */
        show(now) {
            const {recording, state} = curve();
            stateroom.pickers.showBeside(recording === now.recording ? "" : recording, state, {linked: now.linked, more: Math.max(0, now.beside.length - 1)});
        },
    };
    memory.part({
        mount() {
            work.follow("");
            drawn = "";
        },
        view: follow,
        statusSecond: draw,
        status: draw,
    });
})();
