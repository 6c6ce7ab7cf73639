// Directions: those of the embedding space that are remembered best at the delay, named by the words at both ends.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {memory} = stateroom;
    const make = (...given) => stateroom.element(...given);

    function wordLink(word, whose) {
        const made = make("a", "direction-word", null, {href: memory.matchAddress({search: word.text}, whose)});
        made.append(stateroom.tokenElement(word.text));
        const told = stateroom.visible(word.text) + ": cosine " + word.cosine.toFixed(2).replace("-", "−") + ", " + stateroom.whole(word.count) + " times. Find it in Match";
        made.title = told;
        made.style.setProperty("--near", Math.abs(word.cosine).toFixed(3));
        return made;
    }

    function end(words, whose) {
        const made = make("span", "direction-end");
        words.forEach((word) => made.append(wordLink(word, whose), " "));
        return made;
    }

    function shareBar(share) {
        const made = make("span", "share-bar", memory.percent(share));
        made.style.setProperty("--share", 100 * share + "%");
        return made;
    }

    function tableOf({delay, n, directions, notes}, label, whose) {
        const write = stateroom.column(directions.map((each) => each.value));
        const columns = [
            {name: "#"}, {name: "singular value", number: true}, {name: "share", title: "Of the singular value in the sum of all"},
            {name: "one end", title: "Words that lie furthest along the direction, the nearest first"},
            {name: "other end", title: "Words that lie furthest against it"},
        ];
        const rows = directions.map((each) => [String(each.rank), write(each.value), shareBar(each.share), end(each.positive, whose), end(each.negative, whose)]);
        const head = make("p", "quiet note", "At delay " + delay + ", mean over " + stateroom.whole(n) + " positions. " + notes.join(" "));
        return [head, stateroom.table({label, columns, rows})];
    }

    /** Those of the second below: directions are not subtracted, and it says why. */
    function second() {
        const {directionsSecond: answer} = memory;
        if (!memory.hasSecond()) {
            return [];
        }
        const why = memory.second.why();
        return answer ? [make("p", "note", answer.why), memory.second.head("b"), ...tableOf(answer, "Directions of B", memory.second.curve())]
            : why ? [memory.second.head("b"), make("p", "quiet note", why)] : [];
    }

    function draw() {
        const place = memory.place("directions");
        if (!memory.directions) {
            place.replaceChildren();
            return;
        }
        place.replaceChildren(...(memory.hasSecond() ? [memory.second.head("a")] : []), ...tableOf(memory.directions, "Directions"), ...second());
    }

    memory.part({
        mount: draw,
        directions: draw,
        directionsSecond: draw,
        statusSecond: draw,
        view: (now, previous) => now.beside !== previous.beside && draw(),
    });
})();
