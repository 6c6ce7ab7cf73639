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

    /** A list of entries, each once; what it cannot hold is dropped, and that is said. */
    function fitted(entries) {
        const each = [...new Set(entries)];
        if (each.length > MOST) {
            const dropped = each.length - MOST;
            window.stateroom.messages.show(["The list holds " + MOST + " sentences. The last " + (dropped === 1 ? "one was" : dropped + " were") + " dropped."], "note");
        }
        return each.slice(0, MOST);
    }

    /** Show a list of entries; what was chosen in the others is released. */
    function show(entries, more) {
        sentences.change({...fresh, entries: fitted(entries), ...more});
    }

    /** Whether two recordings are of one text, so that the places of one mean the same in the other. */
    function isSameText(one, other) {
        const [first, second] = [one, other].map((key) => window.stateroom.catalog[key]);
        return one === other || Boolean(first && second) && ["positions", "sequences", "sequenceName"].every((name) => first[name] === second[name]);
    }

    /** An entry as the other network reads it: its place where both recordings are of one text, else its words; null where they are not known. */
    function inOther(entry, beside) {
        const {recording} = sentences.view();
        const parts = read(entry);
        if (parts.kind === "typed" || isSameText(recording, beside || recording)) {
            return write({...parts, second: !parts.second});
        }
        const text = sentences.typed.textOf(entry);
        return text ? write({kind: "typed", second: !parts.second, start: -1, stop: -1, text}) : null;
    }

    /** Whether B is A read by the second network: then what is added is read by both as well. */
    function isPair() {
        const [one, other] = all();
        return Boolean(one && other) && other === write({...read(one), second: true});
    }

    function add(entry, place) {
        const parts = read(entry);
        const byBoth = place === 0 && !parts.second && sentences.view().linked && isPair() && (parts.kind === "typed" || !sentences.view().beside);
        const added = byBoth ? [entry, write({...parts, second: true})] : [entry];
        const rest = all().filter((other) => !added.includes(other));
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

    /** The same sentence read by the other network, below the one that is there. */
    function beside(place) {
        const other = inOther(all()[place], sentences.view().beside);
        if (other === null) {
            window.stateroom.messages.show(["The other recording is of another text: show this sentence as A or B first, so that its words are known."], "note");
        } else {
            add(other, place + 1);
        }
    }

    Object.assign(sentences, {
        entries: {read, write, all, show, fitted, inOther, add, move, edit, beside, remove: (place) => show(all().filter((_, index) => index !== place)), most: MOST},
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
