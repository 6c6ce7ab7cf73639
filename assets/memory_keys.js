// Keys of the page: another delay or word, finding, releasing.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {memory} = stateroom;
    const typing = (target) => target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select, [role=listbox], [role=combobox]");
    const helpIsOpen = () => !(document.getElementById("shell-help") || {hidden: true}).hidden;

    function escape(event) {
        const field = typing(event.target);
        const {unit} = memory.view();
        if (memory.closeMenus() || memory.closeHits()) {
            event.preventDefault();
        } else if (field) {
            field.blur();
        } else if (unit >= 0) {
            memory.change({unit: -1});
        }
    }

    document.addEventListener("keydown", (event) => {
        if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !memory.mounted() || helpIsOpen()) {
            return;
        }
        const by = {ArrowLeft: -1, ArrowRight: 1}[event.key];
        const where = memory.view().view === "where";
        if (event.key === "Escape") {
            escape(event);
        } else if (typing(event.target)) {
            return;
        } else if (by && !event.shiftKey) {
            event.preventDefault();
            where ? memory.stepWord(by) : memory.chooseDelay(memory.view().delay + by, {history: "replace"});
        } else if (event.key === "/") {
            event.preventDefault();
            if (where) {
                memory.focusHits();
            } else {
                memory.change({view: "classes"});
                memory.focusWord();
            }
        }
    });
})();
