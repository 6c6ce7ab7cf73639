// What the page asks the server: the glyphs of A and B, a word, a unit, the list, what the network can.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const NETWORK = ["recording", "state", "beside", "beside_state"];
    const CLUSTERING = [...NETWORK, "clusters", "words", "min_count", "method", "seed", "named"];
    const KEPT = 24;
    const kept = new Map();

    const pick = (from, ...fields) => Object.fromEntries(fields.map((field) => [field, from[field]]));

    // ---- glyphs -----------------------------------------------------------------------------------------
    /** An annotation with a label and a colour, or a number, for each word. */
    function trackOf(track) {
        return track.codes ? {name: track.name, labels: track.codes.map((code) => track.labels[code] ?? null), colors: track.codes.map((code) => track.colors[code] ?? -1)}
            : {name: track.name, values: track.values};
    }

    function decoded(answer) {
        const numbers = (name) => stateroom.decodeFloat32(answer[name]);
        const [n, k] = [answer.tokens.length, answer.clusters.sizes.length];
        const classes = answer.classes && {names: answer.classes.names, p: stateroom.decodeFloat32(answer.classes.p)};
        return {...answer, n, k, classes, tracks: answer.tracks.map(trackOf), positive: numbers("positive"), negative: numbers("negative"), updatePositive: numbers("updatePositive"),
            updateNegative: numbers("updateNegative"), preserved: numbers("preservedShare")};
    }

    const wantedGlyphs = (now, row) => {
        const entry = now.entries[sentences.placeOf(row)];
        const tracks = now.rows.filter((name) => !sentences.rows.isMeasure(name));
        return entry === undefined ? null : {...pick(now, ...CLUSTERING, "gate"), rows: tracks, entry};
    };

    /** Show what has arrived for the entries of the view; keep the old picture until the new one is there. */
    function showArrived(now) {
        const [found, problems] = [{}, []];
        for (const row of ["a", "b"]) {
            const wanted = wantedGlyphs(now, row);
            const answer = wanted === null ? null : kept.get(JSON.stringify(wanted));
            if (answer === undefined) {
                return;
            }
            found[row] = answer && answer.refused ? null : answer;
            if (answer && answer.refused) {
                problems.push({row, sentence: answer.refused});
            }
        }
        sentences.tell("problems", problems);
        if (found.a !== sentences.answers.a || found.b !== sentences.answers.b) {
            sentences.answers = found;
            sentences.tell("answers", found);
        }
    }

    function keep(wanted, answer) {
        const key = JSON.stringify(wanted);
        kept.delete(key);
        kept.set(key, answer);
        [...kept.keys()].slice(0, -KEPT).forEach((oldest) => kept.delete(oldest));
        showArrived(sentences.view());
    }

    function arrived(answer, wanted) {
        const known = kept.get(JSON.stringify(wanted));
        keep(wanted, known && !known.refused ? known : decoded(answer));
    }

    // ---- all questions ----------------------------------------------------------------------------------
    function wantedWord(now) {
        const found = /^([ab])(\d+)$/.exec(now.chosen || "");
        const entry = found && now.entries[sentences.placeOf(found[1])];
        return entry ? {...pick(now, ...CLUSTERING), entry, index: Number(found[2])} : null;
    }

    const wantedUnit = (row) => (now) => {
        const entry = now.entries[sentences.placeOf(row)];
        return now.mode === "plain" && now.unit >= 0 && entry !== undefined ? {...pick(now, ...NETWORK), entry, unit: now.unit} : null;
    };

    /** What follows # is not sent: it tells two requests with one question apart. */
    const QUESTIONS = {
        "sentences-network": [(now) => pick(now, "recording", "state"), (answer) => sentences.tell("network", answer)],
        "sentences-glyphs#a": [(now) => wantedGlyphs(now, "a"), arrived],
        "sentences-glyphs#b": [(now) => wantedGlyphs(now, "b"), arrived],
        "sentences-word": [wantedWord, (answer, wanted) => sentences.view().chosen && sentences.tell("word", answer, wanted)],
        "sentences-unit#a": [wantedUnit("a"), (answer) => sentences.tell("unit", "a", answer)],
        "sentences-unit#b": [wantedUnit("b"), (answer) => sentences.tell("unit", "b", answer)],
        "sentences-list": [(now) => (now.list ? pick(now, "recording", "state", "find", "label", "order", "page") : null), (answer, wanted) => sentences.tell("found", answer, wanted)],
    };

    function failed(question, sentence, wanted) {
        if (question.startsWith("sentences-glyphs")) {
            keep(wanted, {refused: sentence});
        } else {
            sentences.tell("failed", question, sentence);
        }
    }

    function register() {
        Object.entries(QUESTIONS).forEach(([question, [derive, show]]) => stateroom.sentencesView.request(
            question,
            (now) => (now.recording && now.state ? derive(now) : null),
            (answer, wanted) => sentences.mounted() && show(answer, wanted),
            (sentence, wanted) => sentences.mounted() && failed(question, sentence, wanted)));
    }

    sentences.part({
        mount: () => kept.clear(),
        view: (now) => showArrived(now),
    });
    Object.assign(sentences, {requests: {register, wantedGlyphs}});
})();
