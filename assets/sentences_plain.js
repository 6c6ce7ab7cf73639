// For slides: a sentence in large letters, each word coloured by one cluster or one unit.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const make = (...given) => stateroom.element(...given);

    let units = {a: null, b: null};

    /** The cluster that is shown: the one chosen, else the one that moves most in what is shown. */
    function clusterShown() {
        const found = /^u(\d+)$/.exec(sentences.view().pick || "");
        const answers = Object.values(sentences.answers).filter(Boolean);
        if (found) {
            return Math.min(Number(found[1]), Math.max(...answers.map((answer) => answer.k)) - 1);
        }
        const moved = (cluster) => Math.max(...answers.map((answer) => {
            let most = 0;
            for (let index = 0; cluster < answer.k && index < answer.n; index += 1) {
                most = Math.max(most, Math.abs(answer.updatePositive[index * answer.k + cluster] + answer.updateNegative[index * answer.k + cluster]));
            }
            return most;
        }));
        return Array.from({length: answers[0].k}, (_, cluster) => cluster).reduce((best, cluster) => (moved(cluster) > moved(best) ? cluster : best), 0);
    }

    /** Value of a word, the end of the scale and what it is; null while it is not there. */
    function shown() {
        const {unit} = sentences.view();
        const rows = ["a", "b"].filter((row) => sentences.answers[row]);
        if (unit >= 0) {
            return rows.every((row) => units[row] && units[row].unit === unit && units[row].values.length === sentences.answers[row].n) ? {
                limit: Math.max(...rows.map((row) => units[row].limit)) || 1, title: "unit " + unit, value: (row, index) => units[row].values[index],
            } : null;
        }
        const cluster = clusterShown();
        const value = (row, index) => {
            const answer = sentences.answers[row];
            const at = index * answer.k + cluster;
            return cluster < answer.k ? answer.positive[at] + answer.negative[at] : NaN;
        };
        const limit = Math.max(1e-9, ...rows.flatMap((row) => Array.from({length: sentences.answers[row].n}, (_, index) => Math.abs(value(row, index)) || 0)));
        return {limit, title: sentences.clusterTitle(sentences.answers[rows[0]], cluster) + ", mean state", value};
    }

    function sentence(row, of) {
        const answer = sentences.answers[row];
        const made = make("p", "plain-sentence", null, {dir: "auto"});
        if (sentences.answers.a && sentences.answers.b) {
            made.append(make("span", "sentence-badge is-" + row, sentences.stage.names[row]));
        }
        answer.tokens.forEach((token, index) => {
            const value = of.value(row, index);
            const color = stateroom.colors.diverging(Number.isFinite(value) ? value / of.limit : 0);
            const word = stateroom.tokenElement(token.text, "plain-word");
            Object.assign(word.style, {background: color, color: stateroom.colors.ink(color)});
            word.classList.toggle("is-unknown", Boolean(token.unknown));
            word.tabIndex = 0;
            word.dataset.value = sentences.signed(value);
            word.title = stateroom.visible(token.text) + ": " + sentences.signed(value);
            made.append(word, (answer.joint ?? " ") || "\u200b");
        });
        return made;
    }

    function scale(of) {
        const made = make("div", "plain-scale");
        const bar = make("span", "scale-bar");
        const stops = [-1, -0.5, 0, 0.5, 1].map((value) => stateroom.colors.diverging(value));
        bar.style.background = "linear-gradient(to right, " + stops.join(", ") + ")";
        const end = stateroom.number(Number(of.limit.toPrecision(3)));
        made.append(make("strong", "", of.title), make("span", "scale-end", "−" + end), bar, make("span", "scale-end", "+" + end));
        return made;
    }

    function draw() {
        const place = sentences.place("plain");
        place.hidden = sentences.view().mode !== "plain";
        const rows = ["a", "b"].filter((row) => sentences.answers[row]);
        const of = !place.hidden && rows.length > 0 ? shown() : null;
        if (!of) {
            if (place.hidden || rows.length === 0) {
                place.replaceChildren();
            }
            return;
        }
        const verdict = sentences.verdict();
        place.replaceChildren(scale(of), ...rows.map((row) => sentence(row, of)), ...(verdict ? [make("p", "quiet plain-verdict", verdict)] : []));
    }

    sentences.part({
        mount() {
            units = {a: null, b: null};
            sentences.place("plain").replaceChildren();
        },
        answers: draw,
        theme: draw,
        unit(row, answer) {
            units[row] = {...answer, values: stateroom.decodeFloat32(answer.values)};
            draw();
        },
        view(now, previous) {
            if (["mode", "pick", "unit"].some((field) => now[field] !== previous[field])) {
                draw();
            }
        },
    });
    Object.assign(sentences, {plain: {clusterShown}});
})();
