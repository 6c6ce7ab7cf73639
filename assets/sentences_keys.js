// Keys. The words of a sentence are one tab stop; arrows go between them, up and down between clusters and sentences.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const TOKEN = ".sentence-token";

    const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [role=listbox], [role=combobox]");
    const helpIsOpen = () => !(document.getElementById("shell-help") || {hidden: true}).hidden;

    function focus(token) {
        if (token) {
            token.closest(".sentence-tokens").querySelectorAll('[tabindex="0"]').forEach((other) => other.setAttribute("tabindex", "-1"));
            token.setAttribute("tabindex", "0");
            token.focus();
        }
    }

    /** A line of the floating label as it is read out; cells of a table are words of their own. */
    function spoken(line) {
        const cells = line instanceof Node ? [...line.querySelectorAll("td")] : [];
        return cells.length > 0 ? "expects " + cells.map((cell) => cell.textContent).join(" ") : line instanceof Node ? line.textContent : line;
    }

    /** Numbers of the word that has the focus, and of one of its clusters. */
    function tell(token, cluster) {
        const scene = sentences.stage.scene();
        const block = scene && scene.blocks.find((each) => each.row === token.dataset.row);
        if (block) {
            const here = {column: Number(token.dataset.column), cluster};
            const box = token.getBoundingClientRect();
            sentences.point({...here, row: block.row});
            const lines = sentences.describe(scene, block, here);
            stateroom.tip.show(box.left, box.bottom - 8, lines);
            token.setAttribute("aria-description", lines.filter(Boolean).map(spoken).join(". "));
        }
    }

    function stepSideways(token, by) {
        const row = [...token.parentElement.querySelectorAll(TOKEN)];
        const next = row[row.indexOf(token) + by];
        if (next) {
            focus(next);
            return;
        }
        // At an end the part that is looked at moves on, where there is more.
        const {range, columns, isPart} = sentences.stage.scene();
        const from = Math.min(Math.max(range[0] + by, 0), columns.length - (range[1] - range[0]));
        if (isPart && from !== range[0]) {
            const row = token.dataset.row;
            sentences.change({zoom_from: from, zoom_to: from + range[1] - range[0]}, {history: "replace"});
            const shown = [...document.querySelectorAll('.sentence-block.is-' + row + " " + TOKEN)];
            focus(by > 0 ? shown[shown.length - 1] : shown[0]);
        }
    }

    function arrow(event) {
        const token = event.target.closest(TOKEN);
        if (!token || event.ctrlKey || event.altKey || event.metaKey) {
            return;
        }
        const by = {ArrowLeft: -1, ArrowRight: 1}[event.key];
        const down = {ArrowUp: -1, ArrowDown: 1}[event.key];
        if (by) {
            event.preventDefault();
            stepSideways(token, by);
        } else if (down) {
            event.preventDefault();
            const count = sentences.answers[token.dataset.row].k;
            tell(token, (Math.max(sentences.pointed.cluster, down > 0 ? -1 : 0) + down + count) % count);
        }
    }

    document.addEventListener("keydown", (event) => {
        if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !sentences.mounted() || helpIsOpen()) {
            return;
        }
        const field = typing(event.target);
        if (event.key === "Escape") {
            if (sentences.closePicker() || (!field && sentences.release())) {
                event.preventDefault();
            } else if (field) {
                field.blur();
            }
        } else if (event.key === "/" && !field) {
            event.preventDefault();
            sentences.view().list ? document.querySelector("[name=find-sentence]").focus() : sentences.change({list: true});
        } else if (event.key === "t" && !field) {
            event.preventDefault();
            sentences.typed.focus();
        } else if (event.key === "x" && !field) {
            sentences.entries.move(1, 0);
        }
    });

    sentences.part({
        mount() {
            const stage = sentences.place("stage");
            stage.addEventListener("keydown", arrow);
            stage.addEventListener("focusin", (event) => event.target.matches(TOKEN + ":focus-visible") && tell(event.target, -1));
            stage.addEventListener("focusout", (event) => {
                if (event.target.matches(TOKEN)) {
                    sentences.pointNowhere();
                    stateroom.tip.hide();
                }
            });
        },
    });
})();
