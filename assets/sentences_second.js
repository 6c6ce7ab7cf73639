// The second network of the page, chosen in the frame: the sentence that is read stands below itself, read by the other.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const FRESH = {chosen: "", zoom_from: -1, zoom_to: -1};
    const {view, change} = sentences;
    const isSecond = (entry) => entry.startsWith("+");

    function remove() {
        change({...FRESH, beside: "", beside_state: "", linked: true, entries: view().entries.filter((entry) => !isSecond(entry))});
    }

    function choose(recording, state) {
        const now = view();
        const first = now.entries[0];
        // The sentence that is read stands below itself, read by the other network.
        const same = !first || isSecond(first) ? first : sentences.entries.inOther(first, recording);
        // Places of the recording that was beside mean nothing in another.
        const meant = (entry) => recording === now.beside || !isSecond(entry) || sentences.entries.read(entry).kind === "typed";
        const entries = sentences.entries.fitted([first, same, ...now.entries.slice(1).filter(meant)].filter(Boolean));
        change({...FRESH, beside: recording, beside_state: state, entries});
        if (same === null) {
            stateroom.messages.show(["Places of one recording mean nothing in another: type a sentence to see both networks read it."], "note");
        }
    }

    /** The second network becomes the first: the picture has what was below on top. */
    function swap() {
        const now = view();
        const entries = now.entries.map((entry) => sentences.entries.write({...sentences.entries.read(entry), second: !isSecond(entry)}));
        const [first, second, ...others] = entries;
        const isPair = second !== undefined && isSecond(first) && !isSecond(second);
        const fresh = {...FRESH, pick: "", unit: -1, find: "", label: "", page: 0, rows: now.beside ? [] : now.rows};
        stateroom.sentencesView.open({...now, ...fresh, recording: now.beside || now.recording, state: now.beside_state,
            beside: now.beside && now.recording, beside_state: now.state, entries: isPair ? [second, first, ...others] : entries});
    }

    function act(recording, state, what) {
        const acts = {choose: () => choose(recording, state), remove, swap, link: () => change({linked: true}), unlink: () => change({linked: false})};
        acts[what]();
        return true;
    }

    Object.assign(sentences, {
        second: {
            act,
            /** Say in the frame what is beside. */
            show(now) {
                const same = now.beside === now.recording;
                const nothing = (same || !now.beside) && now.beside_state === now.state;
                stateroom.pickers.showBeside(same ? "" : now.beside, nothing ? "" : now.beside_state, {linked: now.linked});
            },
        },
    });
})();
