// Keys of the page: adding, which recording is A, which pair is matched, pages, closing.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const typing = (target) => target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select, [role=listbox], [role=combobox]");
    const helpIsOpen = () => !(document.getElementById("shell-help") || {hidden: true}).hidden;

    function makeFirst(number) {
        const {recordings} = compare.view();
        if (number > 1 && number <= recordings.length) {
            compare.choose([recordings[number - 1], ...recordings.filter((_, index) => index !== number - 1)]);
        }
    }

    const ACTS = {
        "+": () => compare.openAdding(),
        "[": () => compare.stepPair(-1),
        "]": () => compare.stepPair(1),
        "ArrowLeft": () => compare.turnPage(-1),
        "ArrowRight": () => compare.turnPage(1),
    };

    document.addEventListener("keydown", (event) => {
        if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !compare.mounted() || helpIsOpen()) {
            return;
        }
        if (event.key === "Escape") {
            compare.closeAdding() || (typing(event.target) && event.target.blur());
        } else if (!typing(event.target) && compare.ready() && !event.target.closest(".table-scroller")) {
            if (ACTS[event.key]) {
                event.preventDefault();
                ACTS[event.key]();
            } else if (/^[1-6]$/.test(event.key)) {
                makeFirst(Number(event.key));
            }
        }
    });
})();
