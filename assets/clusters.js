// The Clusters page: what arrived from the server, what is chosen, what is pointed at.
// Each clusters_*.js draws one part: it adds an object with any of mount, view, overview, words, unit, found, scene,
// pointed, theme, failed. The files come before dom.js and view.js, so they use those only when they are called.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const MOST_WORDS = 3;
    const SHORT = 32767;
    const NOTHING = {kind: "", id: -1};
    const parts = [];

    const view = () => stateroom.clustersView.get();
    const change = (patch, options) => stateroom.clustersView.change(patch, options);
    const pick = (from, ...fields) => Object.fromEntries(fields.map((field) => [field, from[field]]));

    const clusters = (stateroom.clusters = {
        /** What the server sent last, decoded. */
        overview: null,
        words: null,
        unit: null,
        /** What is pointed at: kind is "word", "unit" or "" and id its number. */
        pointed: NOTHING,
        part: (part) => parts.push(part),
        tell,
        view,
        change,
        place: (name) => document.getElementById("clusters-" + name),
        style: (name) => window.getComputedStyle(document.documentElement).getPropertyValue(name).trim(),
        mounted: () => Boolean(stateroom.clustersView) && stateroom.clustersView.mounted() && view() !== null,
        point(kind, id) {
            const before = clusters.pointed;
            if (kind !== before.kind || id !== before.id) {
                clusters.pointed = {kind, id};
                tell("pointed", clusters.pointed, before);
            }
        },
        pointNowhere: () => clusters.point(NOTHING.kind, NOTHING.id),
        toggleCluster: (kind, number) => change({pick: view().pick === kind + number ? "" : kind + number}),
        toggleUnit: (unit) => change({unit: view().unit === unit ? -1 : unit}),
        toggleWord,
        release,
        picked,
        word: (id) => (clusters.overview && clusters.overview.byId.get(id)) || wordElsewhere(id),
        /** Expected response of a unit to the word that the chips show, or null. */
        response: (unit, word) => responseOf(unit, word),
        /** End of the colour scale: the largest expected response to a chosen word. */
        colorLimit: () => clusters.words.meanScale,
        shownWord: () => (clusters.words ? clusters.words.words[clusters.words.words.length - 1] : null),
        edgeShown,
        partners,
        matchAddress,
        percent: (share) => (share === 0 ? "0 %" : share < 0.005 ? "< 1 %" : Math.round(100 * share) + " %"),
        /** Colour of a label, fit for text. */
        tagColor: (tag) => stateroom.colors.legible(clusters.overview.tags.colors[tag]),
        /** Writes the numbers of a column alike, with their sign. */
        column: (values) => stateroom.column(values, {signed: true}),
        signed: (value) => (value > 0 ? "+" : "") + stateroom.number(value),
    });

    function tell(event, ...values) {
        parts.forEach((part) => part[event] && part[event](...values));
    }

    // ---- choosing ---------------------------------------------------------------------------------------
    /** Choose a word beside the others, or release it. The first stays; the last makes room for a fourth. */
    function toggleWord(id) {
        const {chosen} = view();
        if (chosen.includes(id)) {
            change({chosen: chosen.filter((other) => other !== id)});
        } else {
            change({chosen: [...chosen.slice(0, MOST_WORDS - 1), id]});
        }
    }

    /** Release what was chosen: a unit first, then the last word, then the cluster. Returns whether anything was. */
    function release() {
        const now = view();
        if (now.unit >= 0) {
            change({unit: -1});
        } else if (now.chosen.length > 0) {
            change({chosen: now.chosen.slice(0, -1)});
        } else if (now.pick) {
            change({pick: ""});
        } else {
            return false;
        }
        return true;
    }

    /** The chosen cluster as {kind: "w" or "u", number}; null for none, or one that this picture does not have. */
    function picked() {
        const found = /^([wu])(\d+)$/.exec(view().pick || "");
        const number = found ? Number(found[2]) : -1;
        return found && clusters.overview && number < clusters.overview.clusters.length ? {kind: found[1], number} : null;
    }

    // ---- edges ------------------------------------------------------------------------------------------
    const within = (edge, chosen) => (chosen.kind === "w" ? edge.word : edge.unit) === chosen.number;

    /** The edges that are drawn: above the share; of a chosen cluster only its own, and at least its strongest. */
    function edgeShown() {
        const {edges, largestEdge} = clusters.overview;
        const least = view().share * largestEdge;
        const chosen = picked();
        const drawn = edges.filter((edge) => edge.mean && Math.abs(edge.mean) >= least);
        if (!chosen) {
            return drawn;
        }
        const own = edges.filter((edge) => within(edge, chosen) && edge.mean);
        const strong = own.filter((edge) => Math.abs(edge.mean) >= least);
        const strongest = own.reduce((best, edge) => (best && Math.abs(best.mean) >= Math.abs(edge.mean) ? best : edge), null);
        return strong.length > 0 || !strongest ? strong : [strongest];
    }

    /** The clusters to expand: {w: numbers, u: numbers}; null when none is chosen. */
    function partners() {
        const chosen = picked();
        if (!chosen) {
            return null;
        }
        const found = {w: new Set(), u: new Set()};
        found[chosen.kind].add(chosen.number);
        edgeShown().forEach((edge) => {
            found.w.add(edge.word);
            found.u.add(edge.unit);
        });
        return found;
    }

    // ---- words and units --------------------------------------------------------------------------------
    function wordElsewhere(id) {
        return (clusters.words && clusters.words.words.find((word) => word.id === id)) || null;
    }

    function responseOf(unit, word) {
        const shown = word || clusters.shownWord();
        return shown && unit < shown.mean.length ? (shown.mean[unit] * clusters.words.meanScale) / SHORT : null;
    }

    /** The address of the Match page with something of this recording. */
    function matchAddress(parameters) {
        const {recording, state} = view();
        return stateroom.clustersView.setting("match") + "?" + new URLSearchParams({recording, state, ...parameters});
    }

    const bytes = (base64) => new Int8Array(stateroom.decodeUint8(base64).buffer);
    const shorts = (base64) => new Int16Array(stateroom.decodeUint8(base64).buffer);

    function decodeWords(answer) {
        const words = answer.words.map((word) => ({...word, mean: shorts(word.meanFine), quantiles: word.quantiles.map(bytes)}));
        const [{mean}] = words;
        // Units by their mean response to the first word, the largest first.
        const order = Array.from(mean, (_, unit) => unit).sort((one, other) => mean[other] - mean[one] || one - other);
        return {...answer, words, order};
    }

    function readOverview(answer) {
        const count = answer.clusters.length;
        const members = {w: Array.from({length: count}, () => []), u: Array.from({length: count}, () => [])};
        const aside = {w: [], u: []};
        answer.words.forEach((word) => (word.cluster < 0 ? aside.w : members.w[word.cluster]).push(word));
        members.w.forEach((words) => words.sort((one, other) => other.size - one.size || other.count - one.count));
        answer.unitOrder.forEach((unit) => {
            const cluster = answer.unitClusters[unit];
            (cluster < 0 ? aside.u : members.u[cluster]).push(unit);
        });
        return {
            ...answer, members, aside,
            byId: new Map(answer.words.map((word) => [word.id, word])),
            largestEdge: Math.max(0, ...answer.edges.map((edge) => Math.abs(edge.mean))),
        };
    }

    // ---- requests ---------------------------------------------------------------------------------------
    const CLUSTERING = ["recording", "state", "clusters", "words", "min_count", "method", "seed", "color", "named"];
    const NEEDED = {
        "clusters": (now) => pick(now, ...CLUSTERING),
        "clusters-words": (now) => (now.chosen.length > 0 ? pick(now, "recording", "state", "chosen", "color") : null),
        "clusters-unit": (now) => (now.unit >= 0 ? pick(now, ...CLUSTERING, "unit", "top") : null),
        "clusters-find": (now) => (now.find.trim() ? pick(now, ...CLUSTERING, "find") : null),
    };
    const ARRIVED = {
        "clusters": (answer) => keep("overview", readOverview(answer)),
        // What was asked for may have been released meanwhile.
        "clusters-words": (answer) => view().chosen.length > 0 && keep("words", decodeWords(answer)),
        "clusters-unit": (answer) => view().unit >= 0 && keep("unit", answer),
        "clusters-find": (answer, wanted) => tell("found", answer, wanted.find),
    };

    function register() {
        Object.keys(NEEDED).forEach((question) => stateroom.clustersView.request(
            question,
            (now) => (now.recording && now.state ? NEEDED[question](now) : null),
            (answer, wanted) => clusters.mounted() && ARRIVED[question](answer, wanted),
            (sentence) => clusters.mounted() && tell("failed", question, sentence)));
        stateroom.clustersView.subscribe(follow);
        stateroom.pickers.handlers.push(choose);
        stateroom.theme.listeners.push(() => clusters.mounted() && clusters.overview && tell("theme"));
    }

    function keep(name, value) {
        clusters[name] = value;
        tell(name, value);
    }

    function follow(now, previous) {
        clusters.place("empty").hidden = Boolean(now.recording);
        clusters.place("panel").hidden = !now.recording;
        if (previous.recording === undefined) {
            Object.assign(clusters, {overview: null, words: null, unit: null, pointed: NOTHING});
            tell("mount");
        }
        if (now.recording !== previous.recording || now.state !== previous.state) {
            stateroom.pickers.show(now.recording, now.state);
        }
        if (now.chosen.length === 0 && clusters.words) {
            keep("words", null);
        }
        if (now.unit < 0 && clusters.unit) {
            keep("unit", null);
        }
        tell("view", now, previous);
    }

    /** Another recording or state was picked in the frame: what was chosen there would mean something else here. */
    function choose(recording, state) {
        if (!clusters.mounted()) {
            return false;
        }
        const fresh = stateroom.clustersView.defaults();
        const here = recording === view().recording;
        const nothing = pick(fresh, "pick", "chosen", "unit", "find");
        stateroom.clustersView.open({...view(), ...nothing, ...(here ? {chosen: view().chosen} : {color: fresh.color}), recording, state});
        return true;
    }

    document.addEventListener("DOMContentLoaded", register);
    let resizing = 0;
    window.addEventListener("resize", () => {
        window.cancelAnimationFrame(resizing);
        resizing = window.requestAnimationFrame(() => clusters.mounted() && clusters.overview && tell("resize"));
    });
})();
