// The Sentences page: what arrived from the server, what is chosen, what is pointed at.
// Each sentences_*.js draws one part: it adds an object with any of mount, view, answers, word, found, network,
// pointed, scene, theme, resize, failed. The files come before view.js, so they use it only when they are called.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const NOWHERE = {column: -1, row: "", cluster: -1, unit: -1};
    const parts = [];

    const view = () => stateroom.sentencesView.get();
    const change = (patch, options) => stateroom.sentencesView.change(patch, options);

    function tell(event, ...values) {
        parts.forEach((part) => part[event] && part[event](...values));
    }

    const sentences = (stateroom.sentences = {
        /** Decoded answers of the first and the second entry: {a, b}; null where there is none yet. */
        answers: {a: null, b: null},
        /** What is pointed at: a column of the picture, its row ("a", "b" or "d"), a cluster, a unit. */
        pointed: NOWHERE,
        part: (part) => parts.push(part),
        tell,
        view,
        change,
        place: (name) => document.getElementById("sentences-" + name),
        style: (name) => window.getComputedStyle(document.documentElement).getPropertyValue(name).trim(),
        mounted: () => Boolean(stateroom.sentencesView) && stateroom.sentencesView.mounted() && view() !== null,
        point(what) {
            const before = sentences.pointed;
            const now = {...NOWHERE, ...what};
            if (Object.keys(NOWHERE).some((field) => now[field] !== before[field])) {
                sentences.pointed = now;
                tell("pointed", now, before);
            }
        },
        pointNowhere: () => sentences.point(NOWHERE),
        clusterTitle,
        chosen,
        choose,
        release,
        signed: (value) => (value > 0 ? "+" : "") + stateroom.number(value),
        percent,
        plural: (count, noun) => stateroom.whole(count) + " " + noun + (count === 1 ? "" : "s"),
    });

    function percent(share) {
        if (!Number.isFinite(share)) {
            return "–";
        }
        return share > 0 && share < 0.0005 ? "< 0.1 %" : (100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0) + " %";
    }

    /** "cluster 3 · prepositions · 12 units" of a sentence's network. */
    function clusterTitle(answer, cluster) {
        const label = answer.clusters.labels[cluster];
        return ["cluster " + (cluster + 1), label, sentences.plural(answer.clusters.sizes[cluster], "unit")].filter(Boolean).join(" · ");
    }

    // ---- choosing ---------------------------------------------------------------------------------------
    /** The chosen word as {row: "a" or "b", index}; null for none, or one that its sentence does not have. */
    function chosen() {
        const found = /^([ab])(\d+)$/.exec(view().chosen || "");
        const answer = found && sentences.answers[found[1]];
        return answer && Number(found[2]) < answer.n ? {row: found[1], index: Number(found[2])} : null;
    }

    function choose(row, index) {
        change({chosen: view().chosen === row + index ? "" : row + index});
    }

    /** Release what was chosen last: the word, then the part that is looked at. Returns whether there was any. */
    function release() {
        if (view().chosen) {
            change({chosen: ""});
        } else if (view().zoom_to >= 0) {
            change({zoom_from: -1, zoom_to: -1});
        } else {
            return false;
        }
        return true;
    }

    // ---- following the view -----------------------------------------------------------------------------
    function follow(now, previous) {
        sentences.place("empty").hidden = Boolean(now.recording);
        sentences.place("panel").hidden = !now.recording;
        if (previous.recording === undefined) {
            Object.assign(sentences, {answers: {a: null, b: null}, pointed: NOWHERE});
            tell("mount");
        }
        if (now.recording !== previous.recording || now.state !== previous.state) {
            stateroom.pickers.show(now.recording, now.state);
        }
        sentences.second.show(now);
        tell("view", now, previous);
    }

    /** Another recording or state was picked in the frame: typed sentences stay, places of this recording do not. */
    function pick(recording, state) {
        if (!sentences.mounted()) {
            return false;
        }
        const fresh = stateroom.sentencesView.defaults();
        const here = recording === view().recording;
        const nothing = {chosen: "", pick: fresh.pick, unit: fresh.unit, find: "", label: "", page: 0, zoom_from: -1, zoom_to: -1, rows: here ? view().rows : []};
        const {beside, beside_state: other} = view();
        const alone = beside ? beside === recording : other === state;
        const kept = (entry) => (here || sentences.entries.read(entry).kind === "typed") && !(alone && entry.startsWith("+"));
        const second = alone ? {beside: "", beside_state: ""} : {};
        stateroom.sentencesView.open({...view(), ...nothing, ...second, entries: view().entries.filter(kept), recording, state});
        return true;
    }

    document.addEventListener("DOMContentLoaded", () => {
        sentences.requests.register();
        stateroom.sentencesView.subscribe(follow);
        stateroom.pickers.handlers.push(pick);
        stateroom.pickers.besideHandlers.push((...given) => sentences.mounted() && sentences.second.act(...given));
        stateroom.theme.listeners.push(() => sentences.mounted() && tell("theme"));
    });
    let resizing = 0;
    window.addEventListener("resize", () => {
        window.cancelAnimationFrame(resizing);
        resizing = window.requestAnimationFrame(() => sentences.mounted() && tell("resize"));
    });
})();
