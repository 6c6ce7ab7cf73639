// Keys of the select half. Arrows move the selection, with Shift its end, with Ctrl or Alt the off-windows.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {selection} = stateroom;
    const MAX_OFF = 500;
    const view = () => stateroom.view.get();
    const busy = (target) => target instanceof Element
        && target.closest("input, textarea, select, summary, [role=slider], [role=listbox], [role=combobox], [role=grid]");

    /** Keep the selection in the window: the window follows it by half its width. */
    function follow(patch) {
        const now = {...view(), ...patch};
        const [first, after] = [now.start - now.off_before, now.stop + now.off_after];
        if (first < now.at || after > now.at + now.width) {
            const at = Math.round((now.start + now.stop) / 2 - now.width / 2);
            patch.at = Math.max(0, Math.min(at, selection.window.n_positions - now.width));
        }
        stateroom.view.change(patch, {history: "replace"});
    }

    function begin() {
        const middle = view().at + Math.floor((selection.window.stop - selection.window.start) / 2);
        stateroom.view.change({start: middle, stop: middle + 1});
    }

    function shift(by) {
        const {start, stop} = view();
        const [first, last] = bounds();
        const moved = Math.min(Math.max(start + by, first), last - (stop - start));
        follow({start: moved, stop: moved + stop - start});
    }

    function extend(by) {
        const {start, stop} = view();
        const [, last] = bounds();
        follow({start, stop: Math.min(Math.max(stop + by, start + 1), last)});
    }

    /** Ends of the selection's sequence; of the window where it is not known. */
    function bounds() {
        const sequence = selection.sequenceOf(view().start);
        return sequence ? sequence.slice(1) : [view().start, view().stop];
    }

    function widen(side, by) {
        const field = side < 0 ? "off_before" : "off_after";
        follow({[field]: Math.min(Math.max(view()[field] + by, 0), MAX_OFF)});
    }

    document.addEventListener("keydown", (event) => {
        const by = {ArrowLeft: -1, ArrowRight: 1}[event.key];
        if (!by || event.defaultPrevented || event.metaKey || busy(event.target) || !stateroom.view.mounted() || !selection.window) {
            return;
        }
        event.preventDefault();
        if (view().start < 0) {
            begin();
        } else if (event.ctrlKey || event.altKey) {
            widen(by, event.shiftKey ? -1 : 1);
        } else if (event.shiftKey) {
            extend(by);
        } else {
            shift(by);
        }
    });

    const onPage = (act) => (event) => {
        if (stateroom.view.mounted() && view() && selection.window) {
            event.preventDefault();
            act();
        }
    };
    stateroom.keys = stateroom.keys || {};
    Object.assign(stateroom.keys, {
        "/": onPage(() => selection.focusSearch()),
        "m": onPage(() => selection.match()),
        "[": onPage(() => selection.sequenceStep(-1)),
        "]": onPage(() => selection.sequenceStep(1)),
        "+": onPage(() => selection.zoomStep(1)),
        "=": onPage(() => selection.zoomStep(1)),
        "-": onPage(() => selection.zoomStep(-1)),
        "PageUp": onPage(() => selection.go(view().at - view().width)),
        "PageDown": onPage(() => selection.go(view().at + view().width)),
        "Escape": onPage(() => {
            if (view().start >= 0) {
                stateroom.view.change({start: -1, stop: -1, off_before: 0, off_after: 0, matched: false});
            }
        }),
    });
})();
