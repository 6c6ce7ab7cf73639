// What the Clusters page asks the server for each side, and how both follow the view.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {clusters: first, clustersSecond: second} = stateroom;
    const CLUSTERING = ["recording", "state", "clusters", "words", "min_count", "method", "seed", "color", "named"];
    const BESIDE = ["beside", "beside_state", "linked", "beside_clusters", "beside_seed"];
    const pick = (from, ...fields) => Object.fromEntries(fields.map((field) => [field, from[field]]));
    const {hasSecond, asSecond} = first;
    const view = () => stateroom.clustersView.get();

    // ---- questions --------------------------------------------------------------------------------------
    /** What an answer about the second side depends on; nothing where there is none. */
    const beside = (now, ...fields) => (hasSecond(now) && now.beside_state ? pick(now, ...CLUSTERING, ...BESIDE, ...fields) : null);

    /** Question: what is asked of a view, and what is done with the answer. */
    const QUESTIONS = {
        "clusters": [(now) => pick(now, ...CLUSTERING), (answer) => first.keepOverview(answer)],
        // What was asked for may have been released meanwhile.
        "clusters-words": [(now) => (now.chosen.length > 0 ? pick(now, "recording", "state", "chosen", "color") : null),
            (answer) => view().chosen.length > 0 && first.keepWords(answer)],
        "clusters-unit": [(now) => (now.unit >= 0 ? pick(now, ...CLUSTERING, "unit", "top") : null), (answer) => view().unit >= 0 && first.keep("unit", answer)],
        "clusters-find": [(now) => (now.find.trim() ? pick(now, ...CLUSTERING, "find") : null), (answer, wanted) => first.tell("found", answer, wanted.find)],
        "clusters-second": [(now) => beside(now), (answer) => second.keepOverview(answer)],
        "clusters-second-words": [(now) => (now.chosen.length > 0 ? beside(now, "chosen") : null), (answer) => view().chosen.length > 0 && second.keepWords(answer)],
        "clusters-second-unit": [(now) => (now.beside_unit >= 0 ? beside(now, "beside_unit", "top") : null), (answer) => view().beside_unit >= 0 && second.keep("unit", answer)],
        "clusters-agreement": [(now) => beside(now), (answer) => first.tell("agreement", answer)],
    };

    function arrived(question, answer, wanted) {
        const ofSecond = "secondFingerprint" in answer;
        if (ofSecond && !(hasSecond(view()) && stateroom.clustersView.fits(wanted.beside || wanted.recording, answer.secondFingerprint))) {
            return;
        }
        QUESTIONS[question][1](answer, wanted);
    }

    function failed(question, sentence) {
        const side = question.startsWith("clusters-second") ? second : first;
        if (side.mounted()) {
            side.tell("failed", question.replace("-second", ""), sentence);
        }
    }

    function register() {
        Object.entries(QUESTIONS).forEach(([question, [derive]]) => stateroom.clustersView.request(
            question,
            (now) => (now.recording && now.state ? derive(now) : null),
            (answer, wanted) => first.mounted() && arrived(question, answer, wanted),
            (sentence) => failed(question, sentence)));
        stateroom.clustersView.subscribe(follow);
        stateroom.clustersView.subscribe(followBeside);
        stateroom.pickers.handlers.push(choose);
        stateroom.theme.listeners.push(() => [first, second].forEach((side) => side.mounted() && side.overview && side.tell("theme")));
    }

    // ---- following the view -----------------------------------------------------------------------------
    /** Drop the answers to what is no longer chosen. */
    function drop(side, now) {
        if (now.chosen.length === 0 && side.words) {
            side.keep("words", null);
        }
        if (now.unit < 0 && side.unit) {
            side.keep("unit", null);
        }
    }

    function follow(now, previous) {
        first.place("empty").hidden = Boolean(now.recording);
        first.place("panel").hidden = !now.recording;
        if (previous.recording === undefined) {
            first.forget();
            first.tell("mount");
        }
        if (now.recording !== previous.recording || now.state !== previous.state) {
            stateroom.pickers.show(now.recording, now.state);
        }
        stateroom.pickers.showBeside(now.beside, now.beside_state, {linked: now.linked});
        drop(first, now);
        first.tell("view", now, previous);
    }

    function followBeside(now, previous) {
        const panel = first.place("panel");
        const had = previous.recording !== undefined && hasSecond(previous);
        panel.classList.toggle("has-second", hasSecond(now));
        if (!hasSecond(now)) {
            second.forget();
        } else {
            if (!had) {
                second.forget();
                second.tell("mount");
            }
            drop(second, asSecond(now));
            second.tell("view", asSecond(now), had ? asSecond(previous) : {});
        }
        first.tell("beside", now, previous);
        if (previous.recording !== undefined && (had !== hasSecond(now) || now.linked !== previous.linked)) {
            // The room has changed, or the scale.
            [first, second].forEach((side) => side.mounted() && side.overview && ["resize", "scale", "unitScale"].forEach((event) => side.tell(event)));
        }
    }

    /** Another recording or state was picked in the frame: what was chosen there would mean something else here. */
    function choose(recording, state) {
        if (!first.mounted()) {
            return false;
        }
        const now = view();
        const fresh = stateroom.clustersView.defaults();
        const here = recording === now.recording;
        const nothing = pick(fresh, "pick", "chosen", "unit", "find");
        stateroom.clustersView.open({...now, ...nothing, ...(here ? {chosen: now.chosen} : {color: fresh.color, named: fresh.named}), recording, state,
            beside: now.beside || (here || !hasSecond(now) ? "" : now.recording)});
        return true;
    }

    document.addEventListener("DOMContentLoaded", register);
    let resizing = 0;
    window.addEventListener("resize", () => {
        window.cancelAnimationFrame(resizing);
        resizing = window.requestAnimationFrame(() => [first, second].forEach((side) => side.mounted() && side.overview && side.tell("resize")));
    });
})();
