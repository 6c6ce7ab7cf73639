// Two sentences side by side: which word stands under which. No drawing.
(function () {
    "use strict";
    const {sentences} = (window.stateroom = window.stateroom || {});

    /** Share of the shorter sentence's words that the other has as well, in their order, for the two to be aligned. */
    const LEAST_COMMON = 1 / 3;

    /** The longest run of tokens that both ranges have: {a, b, length}; the first of equals. */
    function longestRun(one, other, range) {
        const places = new Map();
        for (let b = range.fromB; b < range.toB; b += 1) {
            places.set(other[b], [...(places.get(other[b]) || []), b]);
        }
        let best = {a: range.fromA, b: range.fromB, length: 0};
        let ending = new Map();
        for (let a = range.fromA; a < range.toA; a += 1) {
            const now = new Map();
            (places.get(one[a]) || []).forEach((b) => {
                const length = (ending.get(b - 1) || 0) + 1;
                now.set(b, length);
                if (length > best.length) {
                    best = {a: a - length + 1, b: b - length + 1, length};
                }
            });
            ending = now;
        }
        return best;
    }

    /** Columns of a range without a common word: those of one length stand under each other, else one after the other. */
    function unlike({fromA, toA, fromB, toB}) {
        const [countA, countB] = [toA - fromA, toB - fromB];
        if (countA === countB) {
            return Array.from({length: countA}, (_, place) => ({a: fromA + place, b: fromB + place, same: false}));
        }
        return [
            ...Array.from({length: countA}, (_, place) => ({a: fromA + place, b: -1, same: false})),
            ...Array.from({length: countB}, (_, place) => ({a: -1, b: fromB + place, same: false})),
        ];
    }

    /** Columns {a, b, same}: an index of each sentence, -1 where it has no word there. */
    function aligned(one, other, range) {
        const all = range || {fromA: 0, toA: one.length, fromB: 0, toB: other.length};
        const run = longestRun(one, other, all);
        if (run.length === 0) {
            return unlike(all);
        }
        return [
            ...aligned(one, other, {...all, toA: run.a, toB: run.b}),
            ...Array.from({length: run.length}, (_, place) => ({a: run.a + place, b: run.b + place, same: true})),
            ...aligned(one, other, {...all, fromA: run.a + run.length, fromB: run.b + run.length}),
        ];
    }

    /** Both from the left: for sentences that one common word would only tear apart. */
    function sideBySide(one, other) {
        return Array.from({length: Math.max(one.length, other.length)}, (_, index) => ({
            a: index < one.length ? index : -1, b: index < other.length ? index : -1, same: false,
        }));
    }

    /** The columns of what is shown, and whether A and B are too unlike to stand under each other word by word. */
    sentences.columnsOf = function ({a, b}) {
        const texts = (answer) => (answer ? answer.tokens.map((token) => token.text) : []);
        const [one, other] = [texts(a), texts(b)];
        if (!a || !b) {
            return {columns: texts(a || b).map((_, index) => ({a: a ? index : -1, b: a ? -1 : index, same: true})), isApart: false};
        }
        const columns = aligned(one, other);
        const isApart = columns.filter(({same}) => same).length < LEAST_COMMON * Math.min(one.length, other.length);
        return {columns: isApart ? sideBySide(one, other) : columns, isApart};
    };
})();
