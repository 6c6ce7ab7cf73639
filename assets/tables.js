// Tables that scripts make: heads that say what a column is and sort, numbers aligned.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const make = (...given) => stateroom.element(...given);

    function head(column, sorting) {
        const made = make("th", column.number ? "number" : "", column.sort ? null : column.name, {scope: "col"});
        made.title = column.title || "";
        if (column.sort) {
            const button = make("button", "sort-button", column.name, {type: "button"});
            button.addEventListener("click", () => sorting.choose(column.sort));
            made.append(button);
            made.setAttribute("aria-sort", sorting.by === column.sort ? "descending" : "none");
        }
        return made;
    }

    function cell(value, column, first) {
        const made = make(first ? "th" : "td", column.number ? "number" : "", null, first ? {scope: "row"} : {});
        if (value instanceof HTMLElement) {
            made.append(value);
            made.colSpan = value.dataset.span || 1;
        } else if (value !== null && value !== undefined) {
            made.textContent = value;
        }
        return made;
    }

    const nameOf = (made) => made.getAttribute("aria-label") || made.textContent;

    /** Put new contents into a place; what had the focus, and how far a table was scrolled, stays. */
    stateroom.redraw = function (place, parts) {
        const had = place.contains(document.activeElement) ? document.activeElement : null;
        const scrolled = [...place.querySelectorAll(".table-scroller")].map((each) => each.scrollTop);
        place.replaceChildren(...parts);
        place.querySelectorAll(".table-scroller").forEach((each, index) => { each.scrollTop = scrolled[index] || 0; });
        const again = had && [...place.querySelectorAll(had.tagName)].find((each) => nameOf(each) === nameOf(had));
        if (again) {
            again.focus({preventScroll: true});
        }
    };

    /**
     * A table in a scroller. `columns`: {name, title, number, sort}; `rows`: arrays of texts and elements, or
     * {cells, className, act} where the whole row is pressed; `sorting`: {by, choose(sort)}.
     */
    stateroom.table = function ({label, columns, rows, sorting, first}) {
        const headed = first === undefined ? 0 : first;
        const table = make("table", "facts-table");
        const top = make("tr");
        top.append(...columns.map((column) => head(column, sorting)));
        const body = make("tbody");
        body.append(...rows.map((row) => {
            const line = make("tr", row.className || "");
            line.append(...(row.cells || row).map((value, place) => cell(value, columns[place], place === headed)));
            Object.entries(row.data || {}).forEach(([name, value]) => { line.dataset[name] = value; });
            if (row.act) {
                line.addEventListener("click", (event) => !event.target.closest("button, a, input") && row.act());
            }
            return line;
        }));
        const headRow = make("thead");
        headRow.append(top);
        table.append(headRow, body);
        const scroller = make("div", "table-scroller", null, {"tabindex": "0", "role": "region", "aria-label": label});
        scroller.append(table);
        return scroller;
    };
})();
