// Directions: those of the embedding space that are remembered best at the delay, named by the words at both ends.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {memory} = stateroom;
    const make = (...given) => stateroom.element(...given);

    function wordLink(word) {
        const made = make("a", "direction-word", null, {href: memory.matchAddress({search: word.text})});
        made.append(stateroom.tokenElement(word.text));
        const told = stateroom.visible(word.text) + ": cosine " + word.cosine.toFixed(2).replace("-", "−") + ", " + stateroom.whole(word.count) + " times. Find it in Match";
        made.title = told;
        made.style.setProperty("--near", Math.abs(word.cosine).toFixed(3));
        return made;
    }

    function end(words) {
        const made = make("span", "direction-end");
        words.forEach((word) => made.append(wordLink(word), " "));
        return made;
    }

    function shareBar(share) {
        const made = make("span", "share-bar", memory.percent(share));
        made.style.setProperty("--share", 100 * share + "%");
        return made;
    }

    function draw() {
        const place = memory.place("directions");
        if (!memory.directions) {
            place.replaceChildren();
            return;
        }
        const {delay, n, directions, notes} = memory.directions;
        const write = stateroom.column(directions.map((each) => each.value));
        const columns = [
            {name: "#"}, {name: "singular value", number: true}, {name: "share", title: "Of the singular value in the sum of all"},
            {name: "one end", title: "Words that lie furthest along the direction, the nearest first"},
            {name: "other end", title: "Words that lie furthest against it"},
        ];
        const rows = directions.map((each) => [String(each.rank), write(each.value), shareBar(each.share), end(each.positive), end(each.negative)]);
        const head = make("p", "quiet note", "At delay " + delay + ", mean over " + stateroom.whole(n) + " positions. " + notes.join(" "));
        place.replaceChildren(head, stateroom.table({label: "Directions", columns, rows}));
    }

    memory.part({mount: draw, directions: draw});
})();
