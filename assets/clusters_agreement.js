// How words move between the clusters of the two: one number, the clusters against each other, and each word.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const {clustersSecond: second} = stateroom;
    const make = (...given) => stateroom.element(...given);
    const plural = (count, noun) => stateroom.whole(count) + " " + noun + (count === 1 ? "" : "s");

    let agreement = null;
    /** Only the words of one pair of clusters: [of A, of B]; null: all. */
    let pair = null;

    const place = () => clusters.place("agreement");
    /** The cluster of B that stays with one of A. */
    const stays = (word) => agreement.partner[word.cluster] === word.secondCluster;
    const label = (side, number) => (side.overview && side.overview.clusters[number] && side.overview.clusters[number].label) || "";

    // ---- in words ---------------------------------------------------------------------------------------
    function meaning(rand) {
        return rand >= 0.9 ? "the same clusters" : rand >= 0.6 ? "similar clusters" : rand >= 0.2 ? "partly the same clusters" : "hardly more alike than by chance";
    }

    function told() {
        const {nWords, rand, nMoved, alike} = agreement;
        const made = make("p", "agreement-told");
        if (nWords < 2 || rand === null) {
            made.append("The two have " + plural(nWords, "clustered word") + " in common: too few to compare.");
            return made;
        }
        const index = make("span", "stability", "Adjusted Rand index " + (Math.round(100 * rand) / 100).toFixed(2));
        index.title = "Over the words that are clustered in both: 1 is the same clusters, 0 is chance";
        made.append(index, " over " + plural(nWords, "word") + " clustered in both: " + meaning(rand) + "; " + plural(nMoved, "word") + " left the partner of "
            + (nMoved === 1 ? "its" : "their") + " cluster. ");
        if (alike.correlation !== null) {
            const known = make("span", "stability", "Likeness of words: r = " + stateroom.number(Number(alike.correlation.toPrecision(2))));
            known.title = "In each state two words are as alike as their expected responses correlate over the units; r correlates this over all pairs of words, whatever the units";
            made.append(known, " over " + plural(alike.nPairs, "pair") + " of " + plural(alike.nWords, "word") + " (at most "
                + stateroom.number(Number(alike.chance.toPrecision(2))) + " in " + alike.nShuffles + " shuffles).");
        }
        return made;
    }

    // ---- clusters against clusters ----------------------------------------------------------------------
    /** The clusters of B in the order of their partners, those without one last. */
    function columns() {
        const matched = agreement.partner.filter((number) => number >= 0);
        const all = agreement.counts.length > 0 ? agreement.counts[0].map((_, number) => number) : [];
        return [...matched, ...all.filter((number) => !matched.includes(number))];
    }

    function cell(row, column, most) {
        const count = agreement.counts[row][column];
        const made = make("td", "");
        if (count === 0) {
            return made;
        }
        const button = make("button", "agreement-cell", String(count), {type: "button"});
        const fill = stateroom.colors.sequential((0.9 * count) / most);
        Object.assign(button.style, {background: fill, color: stateroom.colors.ink(fill)});
        button.setAttribute("aria-pressed", String(Boolean(pair) && pair[0] === row && pair[1] === column));
        button.setAttribute("aria-label", plural(count, "word") + " in cluster " + (row + 1) + " of A and " + (column + 1) + " of B");
        button.title = "cluster " + (row + 1) + " of A " + label(clusters, row) + ", cluster " + (column + 1) + " of B " + label(second, column) + ": list its words";
        button.addEventListener("click", () => {
            pair = pair && pair[0] === row && pair[1] === column ? null : [row, column];
            draw();
            const again = place().querySelector('[aria-pressed="true"]');
            again && again.focus();
        });
        made.classList.toggle("is-partner", agreement.partner[row] === column);
        made.append(button);
        return made;
    }

    function head(letter, number) {
        const made = make("th", "", null, {scope: letter === "a" ? "row" : "col"});
        made.title = label(letter === "a" ? clusters : second, number);
        made.append(make("span", "beside-number is-" + letter, String(number + 1)), ...(letter === "a" ? [make("bdi", "agreement-label", label(clusters, number))] : []));
        return made;
    }

    function matrix() {
        const most = Math.max(1, ...agreement.counts.flat());
        const table = make("table", "agreement-matrix");
        const top = make("tr");
        const corner = make("th", "quiet", "words in A ↓ and B →", {scope: "col"});
        top.append(corner, ...columns().map((column) => head("b", column)));
        const body = agreement.counts.map((_, row) => {
            const line = make("tr");
            line.append(head("a", row), ...columns().map((column) => cell(row, column, most)));
            return line;
        });
        table.append(top, ...body);
        const made = make("div", "agreement-scroller", null, {tabindex: "0", role: "region", "aria-label": "Clusters of A against those of B"});
        made.append(table);
        return made;
    }

    // ---- each word --------------------------------------------------------------------------------------
    const HEADS = ["word", "n in A", "n in B", "cluster in A", "cluster in B", "moved"];
    const rowOf = (word) => [word.text, word.count, word.secondCount, word.cluster + 1, word.secondCluster + 1, stays(word) ? "" : "moved"];

    function shown() {
        const words = pair ? agreement.words.filter((word) => word.cluster === pair[0] && word.secondCluster === pair[1]) : agreement.words;
        return [...words].sort((one, other) => Number(stays(one)) - Number(stays(other)) || other.count - one.count);
    }

    function wordLine(word) {
        const line = make("tr", stays(word) ? "" : "has-moved");
        const name = make("th", "", null, {scope: "row"});
        const button = make("button", "link-button", null, {type: "button"});
        button.append(stateroom.tokenElement(word.text));
        button.addEventListener("click", () => clusters.toggleWord(word.first));
        button.addEventListener("pointerenter", () => clusters.point("word", word.first));
        button.addEventListener("pointerleave", clusters.pointNowhere);
        name.append(button);
        const number = (letter, cluster, side) => {
            const made = make("td", "");
            made.append(make("span", "beside-number is-" + letter, String(cluster + 1)), make("bdi", "quiet agreement-label", label(side, cluster)));
            return made;
        };
        line.append(name, make("td", "number", stateroom.whole(word.count)), make("td", "number", stateroom.whole(word.secondCount)),
            number("a", word.cluster, clusters), number("b", word.secondCluster, second), make("td", "", stays(word) ? "" : "moved"));
        return line;
    }

    function wordTable() {
        const words = shown();
        const table = make("table", "facts-table");
        const top = make("tr");
        top.append(...HEADS.map((text, column) => make("th", column === 1 || column === 2 ? "number" : "", text, {scope: "col"})));
        const heads = make("thead");
        heads.append(top);
        const body = make("tbody");
        body.append(...words.map(wordLine));
        table.append(heads, body);
        const made = make("div", "agreement-words", null, {tabindex: "0", role: "region", "aria-label": "Words and their clusters in both"});
        made.append(table);
        return made;
    }

    function save() {
        stateroom.files.csv(clusters.fileName("agreement"), HEADS, agreement.words.map(rowOf));
    }

    // ---- the whole --------------------------------------------------------------------------------------
    function draw() {
        if (!agreement) {
            place().replaceChildren();
            return;
        }
        const title = make("div", "part-line");
        title.append(make("h2", "", "How words move from A to B"), stateroom.button("CSV", "CSV: download the words with both clusters", save));
        const tables = make("div", "agreement-tables");
        tables.append(matrix(), wordTable());
        const note = make("p", "quiet", pair ? "Words in cluster " + (pair[0] + 1) + " of A and cluster " + (pair[1] + 1) + " of B; click the number again for all."
            : "Framed: partners, matched one to one so that as many words as possible stay. Click a number to list its words, a word to see the responses to it.");
        place().replaceChildren(title, told(), ...(agreement.words.length > 0 ? [note, tables] : []));
    }

    function forget() {
        agreement = pair = null;
        draw();
    }

    clusters.part({
        mount: forget,
        agreement(answer) {
            agreement = answer;
            pair = null;
            draw();
        },
        // The labels of clusters come with the pictures.
        overview: () => agreement && draw(),
        scale: () => agreement && draw(),
        theme: () => agreement && draw(),
        beside(now) {
            if (!clusters.hasSecond(now) && agreement) {
                forget();
            }
        },
    });
}, {onlyFirst: true});
