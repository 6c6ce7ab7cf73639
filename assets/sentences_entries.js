// Sentences as the address writes them, and what is done with the list of them.
(function () {
    "use strict";
    const {sentences} = (window.stateroom = window.stateroom || {});
    const MOST = 8;
    const RANGE = /^c(\d+)-(\d+)$/;
    const EDITED = /^e(\d+)-(\d+):([\s\S]*)$/;

    /** An entry as {kind: "corpus" | "typed" | "edited", second, start, stop, text}. */
    function read(entry) {
        const second = entry.startsWith("+");
        const rest = second ? entry.slice(1) : entry;
        const [range, edited] = [RANGE.exec(rest), EDITED.exec(rest)];
        if (range) {
            return {kind: "corpus", second, start: Number(range[1]), stop: Number(range[2]), text: ""};
        }
        if (edited) {
            return {kind: "edited", second, start: Number(edited[1]), stop: Number(edited[2]), text: edited[3]};
        }
        return {kind: "typed", second, start: -1, stop: -1, text: rest.slice(1)};
    }

    function write({kind, second, start, stop, text}) {
        const plain = {corpus: () => "c" + start + "-" + stop, edited: () => "e" + start + "-" + stop + ":" + text, typed: () => "t" + text};
        return (second ? "+" : "") + plain[kind]();
    }

    const all = () => sentences.view().entries;
    const fresh = {chosen: "", zoom_from: -1, zoom_to: -1};

    /** Show a list of entries, each once; what was chosen in the others is released. */
    function show(entries, more) {
        sentences.change({...fresh, entries: [...new Set(entries)].slice(0, MOST), ...more});
    }

    /** Whether B is A read by the second network: then what is added is read by both as well. */
    function isPair() {
        const [one, other] = all();
        return Boolean(one && other) && other === write({...read(one), second: true});
    }

    function add(entry, place) {
        const parts = read(entry);
        const byBoth = place === 0 && !parts.second && isPair() && (parts.kind === "typed" || !sentences.view().beside);
        const added = byBoth ? [entry, write({...parts, second: true})] : [entry];
        const rest = all().filter((other) => !added.includes(other));
        if (rest.length + added.length > MOST) {
            window.stateroom.messages.show(["The list holds " + MOST + " sentences. The last one was dropped."], "note");
        }
        show([...rest.slice(0, place), ...added, ...rest.slice(place)]);
    }

    /** Bring a sentence to another place of the list. */
    function move(from, to) {
        const entries = [...all()];
        if (to >= 0 && to < entries.length) {
            entries.splice(to, 0, ...entries.splice(from, 1));
            show(entries);
        }
    }

    /** The same sentence with other words: the old one stays as A, the new one becomes B. */
    function edit(place, text) {
        const old = all()[place];
        const parts = read(old);
        const made = write({...parts, kind: parts.kind === "typed" ? "typed" : "edited", text});
        if (made !== old) {
            show([old, made, ...all().filter((other, index) => index !== place && other !== made)]);
        }
    }

    /** The same sentence in the second network, below the first; again takes it away. */
    function beside(place) {
        const parts = read(all()[place]);
        const other = write({...parts, second: !parts.second});
        add(other, place + 1);
    }

    Object.assign(sentences, {
        entries: {read, write, all, show, add, move, edit, beside, remove: (place) => show(all().filter((_, index) => index !== place)), most: MOST},
        /** The place in the list of a row of the picture. */
        placeOf: (row) => (row === "a" ? 0 : 1),
        /** Whether A and B are read by one network in one state, so that their clusters are the same. */
        comparable() {
            const {recording, state, beside: other, beside_state: otherState} = sentences.view();
            const network = (entry) => (read(entry).second ? [other || recording, otherState || state] : [recording, state]).join("\n");
            return all().length > 1 && network(all()[0]) === network(all()[1]);
        },
    });
})();
