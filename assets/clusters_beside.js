// A second recording or state beside the first: which is which, what the second has for itself, swapping the two.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const {clustersSecond: second} = stateroom;
    const WHOLE = {
        clusters: [2, 20, "clusters", "How many clusters the second has"],
        seed: [0, 2 ** 32 - 20, "seed", "Where the clustering of the second begins"],
    };
    const make = (...given) => stateroom.element(...given);
    const {view, change, hasSecond, asSecond} = clusters;

    // ---- heads ------------------------------------------------------------------------------------------
    function ownField(name) {
        const [low, high, text, title] = WHOLE[name];
        const field = make("input", "tool-input", null, {type: "number", name: name + "2", min: low, max: high, step: 1});
        field.value = second.view()[name];
        field.addEventListener("change", () => {
            const value = Math.round(Number(field.value));
            if (field.value !== "" && Number.isFinite(value)) {
                second.change({[name]: Math.min(Math.max(value, low), high), pick: ""});
            }
        });
        const made = make("label", "tool-field");
        made.title = title;
        made.append(make("span", "", text), field);
        return made;
    }

    function head(letter, now) {
        const facts = stateroom.catalog[now.recording];
        const units = facts && facts.states[now.state] ? stateroom.whole(facts.states[now.state]) + " units" : "";
        return [make("span", "beside-badge is-" + letter, letter.toUpperCase()), make("strong", "", facts ? facts.name : now.recording),
            make("span", "", now.state), make("span", "quiet", units)];
    }

    function drawHeads(now) {
        const both = hasSecond(now);
        clusters.place("head").replaceChildren(...(both ? head("a", now) : []));
        second.place("head").replaceChildren(...(both ? [...head("b", asSecond(now)), ...(now.linked ? [] : ["clusters", "seed"].map(ownField)),
            stateroom.button("SVG", "SVG: download the picture of B", () => second.exportPicture()),
            stateroom.button("CSV", "CSV: download the words of B", () => second.exportTable("words"))] : []));
    }

    // ---- acting -----------------------------------------------------------------------------------------
    /** What is chosen of the first belongs to the second then, and words go by other numbers. */
    function swap() {
        const now = view();
        const own = new Map((second.overview ? second.overview.words : []).map((word) => [word.id, word.own]));
        const known = (ids) => ids.filter((id) => own.has(id)).map((id) => own.get(id));
        const ids = now.beside ? {chosen: known(now.chosen), named: known(now.named)} : {};
        const clustering = now.linked ? {} : {clusters: now.beside_clusters, seed: now.beside_seed, beside_clusters: now.clusters, beside_seed: now.seed};
        stateroom.clustersView.open({...now, ...ids, ...clustering, find: "", recording: now.beside || now.recording, state: now.beside_state,
            beside: now.beside && now.recording, beside_state: now.state,
            pick: now.beside_pick, unit: now.beside_unit, beside_pick: now.pick, beside_unit: now.unit});
    }

    const NOTHING = {beside_pick: "", beside_unit: -1};
    const ACTS = {
        choose: (beside, state) => change({...NOTHING, beside, beside_state: state}),
        remove: () => change({...NOTHING, beside: "", beside_state: "", linked: true}),
        swap,
        link: () => change({...NOTHING, linked: true}),
        unlink: () => change({linked: false, beside_clusters: view().clusters, beside_seed: view().seed}),
    };

    document.addEventListener("DOMContentLoaded", () => stateroom.pickers.besideHandlers.push((recording, state, what) => {
        if (!clusters.mounted()) {
            return false;
        }
        ACTS[what](recording, state);
        return true;
    }));

    clusters.part({
        beside(now, previous) {
            const fields = ["recording", "state", "beside", "beside_state", "linked", "clusters", "seed", "beside_clusters", "beside_seed"];
            if (fields.some((field) => now[field] !== previous[field])) {
                drawHeads(now);
            }
        },
    });
}, {onlyFirst: true});
