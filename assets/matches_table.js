// The table of matches: rows aligned at the start of the match, heat maps beside the words. Only rows near the
// visible part are in the page, so a thousand matches scroll as lightly as fifty.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const whole = new Intl.NumberFormat("en-US");
    const ROW = 26;
    const HEAT = 16;
    const HEAT_BY_DIGITS = {2: 19, 3: 24};
    const GAP = 12;
    const SCROLLBAR = 17;
    const SPARE_ROWS = 12;
    const LETTER = 7.8;
    const [NARROWEST, WIDEST] = [18, 68];
    const [MOST_BEFORE, LEAST_COLUMNS] = [8, 8];
    const META = [
        ["#", 36, "Rank: larger overlap, then smaller union, then longer, then earlier"],
        ["len", 36, "Length in positions"],
        ["|∩|", 36, "Overlap: units of the pattern that the match holds"],
        ["|∪|", 36, "Union: units of the pattern or of the match"],
        ["Jacc.", 44, "Jaccard: overlap divided by union"],
    ];
    const WHERE = 84;
    const OPEN = 58;
    const META_WIDTH = META.reduce((sum, column) => sum + column[1], 0) + WHERE + OPEN;

    const {min, max, round, floor} = Math;
    let shown = null;

    /** A count may have several digits; labels and small numbers need less room. */
    const heatWidth = (results, heat) =>
        (heat === "count" && HEAT_BY_DIGITS[String(results.units).length]) || HEAT;

    /** How wide a word is: as asked, else wide enough for most of these words. */
    function wordWidth(rows, asked) {
        return asked || round(min(max(rows.letters * LETTER + 8, NARROWEST), WIDEST));
    }

    function geometry(results, options, width) {
        const rows = results.rows;
        let word = wordWidth(rows, options.cell);
        const maps = options.heats.map((heat) => heatWidth(results, heat));
        const cells = maps.reduce((sum, cell) => sum + cell, 0);
        const free = width - META_WIDTH - GAP * (maps.length + 1) - SCROLLBAR;
        const room = floor(free / (word + cells));
        const longest = max(...rows.stop.map((stop, row) => stop - rows.start[row]));
        const columns = min(max(room, LEAST_COLUMNS), 40);
        const before = min(max(round((columns - min(longest, columns / 2)) / 2), 2), MOST_BEFORE);
        if (!options.cell && word === WIDEST) {
            word += max(0, min(floor(free / columns) - cells - word, WIDEST / 2));
        }
        const all = META_WIDTH + GAP * (maps.length + 1) + (word + cells) * columns;
        return {word, before, columns, wordsWidth: word * columns, width: all};
    }

    const element = (...given) => stateroom.matchScales.element(...given);

    // ---- rows -------------------------------------------------------------------------------------------
    function header() {
        const {geo, scales, options, results} = shown;
        const head = element("div", "match-header");
        head.setAttribute("role", "row");
        const meta = element("div", "match-meta");
        meta.setAttribute("role", "presentation");
        META.forEach(([text, width, title]) => meta.append(headerCell(text, width, title)));
        const name = results.rows.sequence_name;
        meta.append(headerCell("where", WHERE, results.rows.n_sequences > 1
            ? "Number of the " + name + " · how far into it the match begins" : "Position where the match begins"));
        meta.append(headerCell("", OPEN, ""));
        head.append(meta, headerCell("words, aligned where the match begins", geo.wordsWidth + GAP,
            "The frame is the match; words beside it are its context"));
        options.heats.forEach((heat) =>
            head.append(headerCell(scales[heat].title, heatWidth(results, heat) * geo.columns + GAP,
                scales[heat].title + " at each word")));
        return head;
    }

    function headerCell(text, width, title) {
        const cell = element("span", "match-head-cell", text);
        cell.setAttribute("role", "columnheader");
        cell.style.width = width + "px";
        cell.title = title;
        return cell;
    }

    function gridCell(className, text, width) {
        const cell = element("span", className, text);
        cell.setAttribute("role", "gridcell");
        cell.style.width = width + "px";
        return cell;
    }

    /** Whether a match shares a position with one of the other state's. */
    const coincides = (index) => Boolean(shown.results.coincide && shown.results.coincide.rows && shown.results.coincide.rows[index]);

    function buildRow(index) {
        const {results, options} = shown;
        const rows = results.rows;
        const row = element("div", "match-row");
        row.setAttribute("role", "row");
        row.setAttribute("aria-rowindex", index + 2);
        row.dataset.row = index;
        row.style.top = index * ROW + "px";
        row.tabIndex = index === shown.focus ? 0 : -1;
        const selection = rows.start[index] === options.start && rows.stop[index] === options.stop;
        row.classList.toggle("match-meets-selection",
            rows.start[index] < options.stop && rows.stop[index] > options.start);
        row.classList.toggle("match-coincides", coincides(index));
        row.append(metaCells(index, selection), wordCells(index));
        options.heats.forEach((heat) => row.append(heatCells(index, heat)));
        return row;
    }

    function metaCells(index, selection) {
        const rows = shown.results.rows;
        const [start, stop] = [rows.start[index], rows.stop[index]];
        const values = [index + 1, stop - start, rows.overlap[index], rows.union[index],
            (rows.overlap[index] / rows.union[index]).toFixed(2)];
        const meta = element("div", "match-meta");
        meta.setAttribute("role", "presentation");
        values.forEach((value, column) => meta.append(gridCell("match-number", String(value), META[column][1])));
        const where = gridCell("match-where", undefined, WHERE);
        const place = rows.n_sequences > 1
            ? whole.format(rows.sequence[index] + 1) + " · " + whole.format(rows.place[index]) : whole.format(start);
        where.append(button("match-look", place, "Show it above; the pattern stays. " + placeWords(index, start)));
        const open = gridCell("match-open-cell", undefined, OPEN);
        if (selection) {
            open.append(element("span", "match-selected", "selected"));
        } else {
            open.append(button("match-open", "open", "Select this range above (Enter)"));
        }
        meta.append(where, open);
        return meta;
    }

    function button(className, text, title) {
        const made = element("button", className, text);
        made.type = "button";
        made.tabIndex = -1;
        made.title = title;
        return made;
    }

    function placeWords(index, position) {
        const rows = shown.results.rows;
        const place = position - rows.start[index] + rows.place[index];
        return "position " + whole.format(position)
            + (rows.n_sequences > 1 ? " (" + rows.sequence_name + " " + whole.format(rows.sequence[index] + 1)
                + ", " + whole.format(place) + ")" : "");
    }

    /** Calls draw(place, column) for each word of a row that has a column. */
    function eachWord(index, draw) {
        const {results: {rows}, geo} = shown;
        const offset = rows.first[index] - rows.start[index] + geo.before;
        rows.words[index].forEach((_, place) => {
            const column = place + offset;
            if (column >= 0 && column < geo.columns) {
                draw(place, column);
            }
        });
    }

    function wordCells(index) {
        const {results: {rows}, geo, scales, options} = shown;
        const cells = gridCell("match-words", undefined, geo.wordsWidth);
        const scale = scales[options.color];
        eachWord(index, (place, column) => {
            const word = element("span", "match-word", stateroom.visible(rows.texts[rows.words[index][place]]));
            word.dir = "auto";
            word.style.left = column * geo.word + "px";
            word.style.width = geo.word + "px";
            word.dataset.place = place;
            paint(word, scale && scale.color(scale.of(index, place)));
            const position = rows.first[index] + place;
            word.classList.toggle("match-in-selection", position >= options.start && position < options.stop);
            if (options.mask && rows.counts[index][place] === 0) {
                word.classList.add("match-faded");
            }
            cells.append(word);
        });
        cells.append(frame(index));
        return cells;
    }

    function frame(index) {
        const {results: {rows}, geo} = shown;
        const length = rows.stop[index] - rows.start[index];
        const room = geo.columns - geo.before;
        const around = element("span", "match-frame" + (length > room ? " match-cut" : ""));
        around.style.left = geo.before * geo.word + "px";
        around.style.width = min(length, room) * geo.word + "px";
        if (length > room) {
            around.append(element("span", "match-more", "+" + (length - room)));
        }
        return around;
    }

    function heatCells(index, heat) {
        const {results: {rows}, geo, scales} = shown;
        const scale = scales[heat];
        const width = heatWidth(shown.results, heat);
        const cells = gridCell("match-heat", undefined, width * geo.columns);
        eachWord(index, (place, column) => {
            const value = scale.of(index, place);
            const cell = element("span", "match-heat-cell", scale.cell(value));
            cell.style.left = column * width + "px";
            cell.style.width = width + "px";
            cell.dataset.place = place;
            paint(cell, scale.color(value));
            cells.append(cell);
        });
        const length = min(rows.stop[index] - rows.start[index], geo.columns - geo.before);
        const around = element("span", "match-frame");
        around.style.left = geo.before * width + "px";
        around.style.width = length * width + "px";
        cells.append(around);
        return cells;
    }

    function paint(cell, color) {
        if (color) {
            cell.style.background = color;
            cell.style.color = stateroom.colors.ink(color);
        }
    }

    // ---- scrolling --------------------------------------------------------------------------------------
    function fill() {
        const {body, scroller, built, n} = shown;
        const first = max(0, floor(scroller.scrollTop / ROW) - SPARE_ROWS);
        const last = min(n, floor((scroller.scrollTop + scroller.clientHeight) / ROW) + SPARE_ROWS);
        built.forEach((row, index) => {
            if ((index < first || index >= last) && index !== shown.focus) {
                row.remove();
                built.delete(index);
            }
        });
        const fresh = document.createDocumentFragment();
        for (let index = first; index < last; index += 1) {
            if (!built.has(index)) {
                built.set(index, buildRow(index));
                fresh.append(built.get(index));
            }
        }
        body.append(fresh);
    }

    // ---- pointing and keys ------------------------------------------------------------------------------
    function point(event) {
        const cell = event.target.closest("[data-place]");
        const row = event.target.closest("[data-row]");
        shown.body.querySelectorAll(".match-pointed").forEach((old) => old.classList.remove("match-pointed"));
        if (!row) {
            return;
        }
        const index = Number(row.dataset.row);
        if (cell) {
            row.querySelectorAll('[data-place="' + cell.dataset.place + '"]')
                .forEach((same) => same.classList.add("match-pointed"));
        }
        shown.onPoint(sentence(index, cell ? Number(cell.dataset.place) : null));
    }

    function sentence(index, place) {
        const {results: {rows, units}, scales} = shown;
        const parts = ["match " + (index + 1)];
        if (place === null) {
            const length = rows.stop[index] - rows.start[index];
            parts.push(length + (length === 1 ? " position" : " positions"), placeWords(index, rows.start[index]),
                "holds " + rows.overlap[index] + " of the pattern's " + units + " units",
                ...(coincides(index) ? ["one of the other's matches is there too"] : []), rows.union[index] + " in the union", "Jaccard " + (rows.overlap[index] / rows.union[index]).toFixed(3));
            return parts.join(" · ");
        }
        parts.push("“" + stateroom.visible(rows.texts[rows.words[index][place]]) + "”",
            placeWords(index, rows.first[index] + place));
        Object.values(scales).forEach((scale) => parts.push(scale.words(scale.of(index, place))));
        return parts.join(" · ");
    }

    function focusRow(index) {
        const {scroller, built} = shown;
        const old = built.get(shown.focus);
        if (old) {
            old.tabIndex = -1;
        }
        shown.focus = min(max(index, 0), shown.n - 1);
        const top = shown.focus * ROW;
        const height = scroller.clientHeight - 2 * ROW;
        scroller.scrollTop = min(max(scroller.scrollTop, top - height), top);
        fill();
        const row = built.get(shown.focus);
        row.tabIndex = 0;
        row.focus({preventScroll: true});
        shown.onPoint(sentence(shown.focus, null));
    }

    const MOVES = {ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -Infinity, End: Infinity};

    function onKey(event) {
        const row = event.target.closest("[data-row]");
        if (!row || event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        const index = Number(row.dataset.row);
        if (event.key in MOVES) {
            focusRow(index + MOVES[event.key]);
        } else if (event.key === "Enter") {
            shown.onOpen(index);
        } else if (event.key === " ") {
            shown.onLook(index);
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    }

    function onClick(event) {
        const row = event.target.closest("[data-row]");
        if (!row) {
            return;
        }
        const index = Number(row.dataset.row);
        if (event.target.closest(".match-open")) {
            shown.onOpen(index);
        } else if (event.target.closest(".match-look")) {
            shown.onLook(index);
        }
    }

    // ---- all of it --------------------------------------------------------------------------------------
    stateroom.matchTable = {
        /** Draw the table; `options`: start, stop, color, heats, mask, cell; `on`: point, open, look. */
        draw(container, results, options, on) {
            const keep = shown && shown.results === results ? shown.scroller.scrollTop : 0;
            const scroller = element("div", "matches-scroller");
            const body = element("div", "matches-rows");
            const n = results.rows.start.length;
            shown = {
                results, options, scroller, body, n, built: new Map(), focus: 0,
                scales: stateroom.matchScales.all(results),
                geo: geometry(results, options, container.clientWidth),
                onPoint: on.point, onOpen: on.open, onLook: on.look, width: container.clientWidth,
            };
            scroller.setAttribute("role", "grid");
            scroller.setAttribute("aria-label", "Matches in rank order");
            scroller.setAttribute("aria-rowcount", n + 1);
            body.setAttribute("role", "rowgroup");
            body.style.height = n * ROW + "px";
            body.style.width = shown.geo.width + "px";
            scroller.append(header(), body);
            container.replaceChildren(scroller);
            scroller.scrollTop = keep;
            fill();
            scroller.addEventListener("scroll", fill, {passive: true});
            scroller.addEventListener("pointerover", point);
            scroller.addEventListener("pointerleave", () => point({target: scroller}));
            scroller.addEventListener("keydown", onKey);
            scroller.addEventListener("click", onClick);
        },
        legends: () => [...new Set(["count", shown.options.color, ...shown.options.heats])]
            .filter((name) => shown.scales[name]).map((name) => shown.scales[name].legend()),
        wordWidth,
        /** Whether the table was drawn for another width. */
        isMisfit: (container) => shown !== null && shown.width !== container.clientWidth,
    };
})();
