// The hits of a search: each with its context; pressing one goes there and selects it.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {selection, element} = stateroom;
    let hits = null;

    const view = () => stateroom.view.get();
    const list = () => document.getElementById("match-hit-list");

    /** Search, or with the same words go to the next hit after the selection. */
    selection.search = function (query) {
        const wanted = query.trim();
        if (wanted && wanted === view().search && hits && hits.query === wanted && hits.n_hits > 0) {
            next(1);
        } else {
            stateroom.view.change({search: wanted});
        }
    };

    function next(by) {
        const here = view().start >= 0 ? view().start : view().at - 1;
        const rows = hits.rows;
        const row = by > 0 ? rows.find((hit) => hit.start > here) || rows[0]
            : [...rows].reverse().find((hit) => hit.start < here) || rows[rows.length - 1];
        choose(row);
    }

    function choose(row) {
        const now = view();
        const inside = row.start >= now.at && row.stop <= now.at + now.width;
        const at = inside ? now.at : Math.max(0, row.start - Math.floor((now.width - (row.stop - row.start)) / 2));
        const stop = Math.min(row.stop, row.start + 500);
        stateroom.view.change({at: Math.min(at, Math.max(0, hits.n_positions - now.width)), start: row.start, stop});
    }

    function draw() {
        const place = list();
        const open = Boolean(view().search) && hits !== null && hits.query === view().search;
        place.hidden = !open;
        if (!open) {
            return;
        }
        const head = element("div", "hits-head");
        head.append(element("span", "hits-count", stateroom.hits.told(hits)));
        if (hits.n_hits > 0) {
            head.append(stateroom.button("↑", "Previous hit", () => next(-1)), stateroom.button("↓", "Next hit (Enter in the field)", () => next(1)));
        }
        head.append(stateroom.button("×", "Close the list", () => stateroom.view.change({search: ""}), "row-remove"));
        place.replaceChildren(head, stateroom.hits.rows(hits, choose));
        mark(view());
    }

    function mark(now) {
        list().querySelectorAll(".hit").forEach((line) => {
            line.classList.toggle("is-here", Number(line.dataset.start) === now.start);
        });
    }

    selection.part({
        hits(arrived) {
            hits = arrived;
            draw();
        },
        view(now, previous) {
            if (now.search !== previous.search) {
                draw();
            } else if (now.start !== previous.start && !list().hidden) {
                mark(now);
            }
        },
    });
})();
