// Tokens under their positions, and the rows that share these positions.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {element} = stateroom;
    const LETTER = 7.85;
    const NARROWEST = 7;
    const LONGEST_DOWN = 13;
    /** Pixels for the whole sentence in place of tokens. */
    const HINT_WIDTH = 440;

    stateroom.eachPanel((selection) => {
        let cells = null;

        // ---- rows -------------------------------------------------------------------------------------------
        /** A row of the stage: a name in the gutter, cells under the plot, something beside it. */
        selection.row = function (name, className) {
            const row = element("div", "stage-row " + (className || ""));
            const label = element("div", "row-name", name);
            label.title = name;
            const middle = element("div", "cells");
            const side = element("div", "row-side");
            row.append(label, middle, side);
            return {row, label, cells: middle, side};
        };

        /** What is the same for each row of cells: borders of sequences, the fade of the mask. */
        selection.dress = function (cell, position) {
            const sequence = selection.sequenceOf(position);
            if (sequence && sequence[1] === position && position > selection.window.start) {
                cell.classList.add("begins");
            }
            cell.dataset.position = position;
        };

        // ---- tokens -----------------------------------------------------------------------------------------
        /** Beyond the end of a recording that is shown beside a longer one, there is none. */
        const isToken = (token) => token !== null;

        function writing(tokens, width) {
            if (width < NARROWEST) {
                return "hidden";
            }
            const lengths = tokens.filter(isToken).map((token) => [...stateroom.visible(token)].length).sort((a, b) => a - b);
            const most = lengths[Math.floor((lengths.length - 1) * 0.98)];
            return most * LETTER + 3 <= width ? "across" : "down";
        }

        function drawTokens() {
            const shown = selection.window;
            const place = selection.place("tokens");
            if (!shown || !place) {
                return;
            }
            if (!cells || !cells.row.isConnected) {
                cells = selection.row("tokens", "tokens-row");
                place.replaceChildren(cells.row);
                selection.brush(cells.cells);
                pointing(cells.cells);
            }
            const width = cells.cells.clientWidth / (shown.stop - shown.start);
            const style = writing(shown.tokens, width);
            const longest = Math.max(1, ...shown.tokens.filter(isToken).map((token) => [...stateroom.visible(token)].length));
            cells.row.dataset.writing = style;
            cells.row.style.setProperty("--token-size", Math.min(13, Math.max(9, width * 1.05)) + "px");
            cells.cells.style.height = style === "down" ? Math.min(longest, LONGEST_DOWN) * LETTER + 14 + "px" : "";
            cells.cells.replaceChildren(...shown.tokens.map((token, place_) => {
                const cell = element("div", "cell");
                selection.dress(cell, shown.start + place_);
                if (style !== "hidden" && isToken(token)) {
                    cell.append(stateroom.tokenElement(token));
                }
                return cell;
            }));
            markOther();
            if (style === "hidden") {
                cells.cells.append(element("div", "cells-hint", cells.cells.clientWidth < HINT_WIDTH
                    ? "Press − to read." : "The tokens have no room at this width. Show fewer (press −) to read them."));
            }
            cells.side.textContent = shown.stop - shown.start + " tokens";
            // What lies over the tokens is placed by their row.
            selection.tell("tokens");
        }

        /** Beside a panel of the same positions, only what it has of its own is worth reading again. */
        function markOther() {
            const other = selection.otherTokens && selection.linked() ? new Set(selection.otherTokens()) : null;
            cells.row.hidden = other !== null && other.size === 0;
            [...cells.cells.querySelectorAll(".cell")].forEach((cell) => {
                cell.classList.toggle("is-same", other !== null && !other.has(Number(cell.dataset.position)));
            });
        }

        function pointing(area) {
            area.addEventListener("pointermove", (event) => {
                const at = selection.geometry();
                if (!at || event.buttons) {
                    return;
                }
                const position = at.positionAt(event.clientX);
                selection.point({position, unit: -1});
                stateroom.tip.show(event.clientX, event.clientY, selection.describe(position));
            });
            area.addEventListener("pointerleave", () => {
                selection.point({position: -1});
                stateroom.tip.hide();
            });
        }
        selection.pointing = pointing;

        /** What is known of a position, as lines for the floating label. */
        selection.describe = function (position) {
            const shown = selection.window;
            const head = element("div", "tip-head");
            const token = shown.tokens[position - shown.start];
            head.append("position " + stateroom.whole(position) + "  ", isToken(token) ? stateroom.tokenElement(token) : "beyond the end");
            const sequence = selection.sequenceOf(position);
            const count = selection.countAt(position);
            const total = selection.selected.units.length;
            const other = selection.linked();
            const countLine = (panel) => (other ? panel.letter + ": " : "") + panel.countAt(position) + " of "
                + panel.selected.units.length + " selected units on";
            return [
                head,
                sequence && shown.sequence_name + " " + stateroom.whole(sequence[0] + 1) + " of " + stateroom.whole(shown.n_sequences)
                    + ", token " + stateroom.whole(position - sequence[1] + 1) + " of " + stateroom.whole(sequence[2] - sequence[1]),
                total > 0 && count !== null && countLine(selection),
                other && other.countAt(position) !== null && other.selected.units.length > 0 && countLine(other),
            ];
        };

        selection.part({
            window: drawTokens,
            resize: drawTokens,
            paired() {
                if (cells && cells.row.isConnected && selection.window) {
                    drawTokens();
                }
            },
            view(view, previous) {
                if (view.linked !== previous.linked && cells && cells.row.isConnected && selection.window) {
                    drawTokens();
                }
            },
        });
    });
})();
