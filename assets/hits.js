// Where words were found in a text: a line for each place, with the words around it.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const make = (...given) => stateroom.element(...given);

    function words(texts, className) {
        const made = make("span", className);
        texts.forEach((text) => made.append(stateroom.tokenElement(text), " "));
        return made;
    }

    function line(row, choose) {
        const made = make("button", "hit", null, {type: "button", role: "listitem"});
        made.append(make("span", "hit-where", stateroom.whole(row.start)), words(row.before, "hit-before"),
            words(row.words, "hit-words"), words(row.after, "hit-after"));
        made.dataset.start = row.start;
        made.addEventListener("click", () => choose(row));
        return made;
    }

    stateroom.hits = {
        /** The lines of an answer to `hits`; pressing one calls `choose(row)`. */
        rows(hits, choose) {
            const made = make("div", "hits-rows", null, {role: "list"});
            made.append(...hits.rows.map((row) => line(row, choose)));
            return made;
        },
        /** How many there are, and why there is none. */
        told(hits) {
            const seconds = hits.milliseconds < 1 ? "under 1 ms" : Math.round(hits.milliseconds) + " ms";
            return hits.n_hits === 0 ? hits.why_empty
                : stateroom.whole(hits.n_hits) + (hits.n_hits === 1 ? " hit in " : " hits in ") + stateroom.whole(hits.n_positions)
                    + " tokens, " + seconds + (hits.n_hits > hits.rows.length ? "; the first " + hits.rows.length + " are listed" : "");
        },
    };
})();
