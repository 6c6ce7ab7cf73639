// The Clusters page: what arrived from the server, what is chosen, what is pointed at. A side is one picture with its
// details: `stateroom.clusters` is the first, `stateroom.clustersSecond` the one beside it.
// Each clusters_*.js draws one part of a side: it gets the side, and adds an object with any of mount, view, overview,
// words, unit, found, scene, scale, pointed, theme, resize, failed. The files come before dom.js and view.js, so they
// use those only when they are called.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const MOST_WORDS = 3;
    const SHORT = 32767;
    const NOTHING = {kind: "", id: -1};
    /** Fields of the view that the second side has for itself. */
    const OWN = {pick: "beside_pick", unit: "beside_unit", clusters: "beside_clusters", seed: "beside_seed"};

    const whole = () => stateroom.clustersView.get();
    const hasSecond = (now) => Boolean(now && now.recording && (now.beside || now.beside_state));
    const renamed = (patch) => Object.fromEntries(Object.entries(patch).map(([name, value]) => [OWN[name] || name, value]));
    const bytes = (base64) => new Int8Array(stateroom.decodeUint8(base64).buffer);
    const shorts = (base64) => new Int16Array(stateroom.decodeUint8(base64).buffer);

    /** The view as the second side sees it: its recording and state, what is chosen of it. */
    function asSecond(now) {
        const own = now.linked ? {} : {clusters: now.beside_clusters, seed: now.beside_seed};
        return {...now, ...own, recording: now.beside || now.recording, state: now.beside_state, pick: now.beside_pick, unit: now.beside_unit, find: ""};
    }

    function makeSide(isSecond) {
        const parts = [];
        const view = () => (isSecond && hasSecond(whole()) ? asSecond(whole()) : whole());
        const change = (patch, options) => stateroom.clustersView.change(isSecond ? renamed(patch) : patch, options);
        const prefix = isSecond ? "clusters-second-" : "clusters-";
        const other = () => (isSecond ? stateroom.clusters : stateroom.clustersSecond);
        /** What both sides share while they are linked: the larger end of a scale. */
        const shared = (own, beside) => (hasSecond(whole()) && whole().linked && beside ? Math.max(own, beside) : own);

        const clusters = {
            isSecond,
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
            other,
            /** The list of words is the page's, whichever side it is of. */
            place: (name) => document.getElementById((name === "list" ? "clusters-" : prefix) + name),
            style: (name) => window.getComputedStyle(document.documentElement).getPropertyValue(name).trim(),
            mounted: () => Boolean(stateroom.clustersView) && stateroom.clustersView.mounted() && whole() !== null && (!isSecond || hasSecond(whole())),
            point(kind, id) {
                mark(kind, id);
                // A word is the same in both, a unit is not.
                other().mark(kind === "word" ? kind : "", kind === "word" ? id : -1);
            },
            mark,
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
            colorLimit: () => shared(clusters.words.meanScale, other().words && other().words.meanScale),
            /** End of the scale of the changes at a word. */
            changeLimit: () => shared(clusters.words.scale, other().words && other().words.scale),
            /** The edge that is drawn widest. */
            largestEdge: () => shared(clusters.overview.largestEdge, other().overview && other().overview.largestEdge),
            shownWord: () => (clusters.words ? clusters.words.words[clusters.words.words.length - 1] : null),
            edgeShown,
            partners,
            matchAddress,
            percent: (share) => (share === 0 ? "0 %" : share < 0.005 ? "< 1 %" : Math.round(100 * share) + " %"),
            tagColor,
            /** Writes the numbers of a column alike, with their sign. */
            column: (values) => stateroom.column(values, {signed: true}),
            signed: (value) => (value > 0 ? "+" : "") + stateroom.number(value),
            keep,
            keepOverview: (answer) => keep("overview", readOverview(answer)),
            keepWords: (answer) => keep("words", answer.words.length > 0 ? decodeWords(answer) : null),
            /** Which of the two this is, where there are two. */
            badge: () => (hasSecond(whole()) ? [stateroom.element("span", "beside-badge is-" + (isSecond ? "b" : "a"), isSecond ? "B" : "A")] : []),
            forget: () => Object.assign(clusters, {overview: null, words: null, unit: null, pointed: NOTHING}),
            hasSecond: () => hasSecond(whole()),
        };

        function tell(event, ...values) {
            parts.forEach((part) => part[event] && part[event](...values));
        }

        function mark(kind, id) {
            const before = clusters.pointed;
            if (kind !== before.kind || id !== before.id) {
                clusters.pointed = {kind, id};
                tell("pointed", clusters.pointed, before);
            }
        }

        function keep(name, value) {
            clusters[name] = value;
            tell(name, value);
            if (hasSecond(whole()) && name === "unit") {
                other().tell("unitScale");
            } else if (hasSecond(whole()) && other().overview) {
                other().tell("scale");
            }
        }

        /** Colour of a label, fit for text; a label that both sides have, has the colour of the first. */
        function tagColor(tag) {
            const {tags} = clusters.overview;
            const first = isSecond && other().overview && other().overview.tags;
            const same = first && first.annotation === tags.annotation ? first.labels.indexOf(tags.labels[tag]) : -1;
            return stateroom.colors.legible(same >= 0 ? first.colors[same] : tags.colors[tag]);
        }

        // ---- choosing ---------------------------------------------------------------------------------------
        /** Choose a word beside the others, or release it. The first stays; the last makes room for a fourth. */
        function toggleWord(id) {
            const {chosen} = view();
            if (id < 0) {
                stateroom.messages.show(["Only B has this word: choose one that both have."], "note");
                return;
            }
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
            } else if (now.beside_unit >= 0) {
                change({beside_unit: -1});
            } else if (now.chosen.length > 0) {
                change({chosen: now.chosen.slice(0, -1)});
            } else if (now.pick || now.beside_pick) {
                change({pick: "", beside_pick: ""});
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
            const {edges} = clusters.overview;
            const least = view().share * clusters.largestEdge();
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

        /** Words go by the ids of the first recording; one that only the second has gets a negative number. */
        const idOf = (word) => (!isSecond ? word.id : word.first >= 0 ? word.first : -1 - word.id);

        function decodeWords(answer) {
            const words = answer.words.map((word) => ({...word, id: idOf(word), mean: shorts(word.meanFine), quantiles: word.quantiles.map(bytes)}));
            const [{mean}] = words;
            // Units by their mean response to the first word, the largest first.
            const order = Array.from(mean, (_, unit) => unit).sort((one, other) => mean[other] - mean[one] || one - other);
            return {...answer, words, order};
        }

        function readOverview(answer) {
            const count = answer.clusters.length;
            const members = {w: Array.from({length: count}, () => []), u: Array.from({length: count}, () => [])};
            const aside = {w: [], u: []};
            const words = answer.words.map((word) => ({...word, id: idOf(word), own: word.id}));
            words.forEach((word) => (word.cluster < 0 ? aside.w : members.w[word.cluster]).push(word));
            members.w.forEach((words) => words.sort((one, other) => other.size - one.size || other.count - one.count));
            answer.unitOrder.forEach((unit) => {
                const cluster = answer.unitClusters[unit];
                (cluster < 0 ? aside.u : members.u[cluster]).push(unit);
            });
            return {
                ...answer, words, members, aside,
                byId: new Map(words.map((word) => [word.id, word])),
                largestEdge: Math.max(0, ...answer.edges.map((edge) => Math.abs(edge.mean))),
            };
        }

        return clusters;
    }

    // ---- sides and their parts --------------------------------------------------------------------------
    stateroom.clusters = makeSide(false);
    stateroom.clustersSecond = makeSide(true);
    [stateroom.clusters, stateroom.clustersSecond].forEach((side) => Object.assign(side, {hasSecond, asSecond}));
    /** Add a part to both sides, or to the first only. */
    stateroom.clustersPart = function (draw, options) {
        draw(stateroom.clusters);
        if (!options || !options.onlyFirst) {
            draw(stateroom.clustersSecond);
        }
    };
})();
