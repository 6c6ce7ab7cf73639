// The Recordings page: the list (sorted and searched here, so that it answers at once), and which recording is shown.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const ids = {
        list: "home-list", chosen: "home-chosen", pane: "home-pane", guide: "home-guide", own: "home-own",
        verification: "home-verification",
    };
    const COLUMNS = [
        {name: "name", text: "name", value: (row) => row.name.toLowerCase()},
        {name: "positions", text: "positions", value: (row) => row.positions, number: true},
        {name: "size", text: "on disk", value: (row) => row.bytes, number: true},
        {name: "recorded", text: "recorded", value: (row) => row.created, number: true},
    ];
    const FILTER_FROM = 6;
    const BYTES = [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]];

    let catalog = null;
    let chosen = "";
    let counter = 0;

    const mounted = () => document.getElementById(ids.list) !== null;
    const parameters = () => new URLSearchParams(window.location.search);

    function sizeText(bytes) {
        const [unit, size] = BYTES.find(([, least]) => bytes >= least) || ["B", 1];
        const digits = unit === "B" ? 0 : 1;
        return (bytes / size).toLocaleString("en-US", {minimumFractionDigits: digits, maximumFractionDigits: digits}) + " " + unit;
    }

    // ---- address ----------------------------------------------------------------------------------------
    /** Change parameters of the address. `push` makes a step for the back button. */
    function write(changes, push) {
        const url = stateroom.address.patched(changes);
        if (url === window.location.pathname + window.location.search) {
            return;
        }
        if (push) {
            window.history.pushState({}, "", url);
        } else {
            window.history.replaceState(window.history.state, "", url);
        }
        stateroom.markMenu();
    }

    /** What the address sorts by: a column and whether the largest comes first. */
    function sorting() {
        const asked = parameters().get("sort") || "name";
        const name = asked.replace(/^-/, "");
        return {name: COLUMNS.some((column) => column.name === name) ? name : "name", falling: asked.startsWith("-")};
    }

    // ---- list -------------------------------------------------------------------------------------------
    function rowsToShow() {
        const {name, falling} = sorting();
        const {value} = COLUMNS.find((column) => column.name === name);
        const words = (parameters().get("filter") || "").toLowerCase().split(/\s+/).filter(Boolean);
        const text = (row) => [row.key, row.name, ...row.states, row.words].join(" ").toLowerCase();
        const compare = (one, other) => (value(one) < value(other) ? -1 : value(one) > value(other) ? 1 : 0);
        return catalog.rows
            .filter((row) => words.every((word) => text(row).includes(word)))
            .sort((one, other) => (falling ? compare(other, one) : compare(one, other)) || (one.key < other.key ? -1 : 1));
    }

    function headCell(column) {
        const {name, falling} = sorting();
        const cell = stateroom.element("th", column.number ? "number" : "", null, {scope: "col"});
        const here = name === column.name;
        const button = stateroom.element("button", "sort-button", column.text, {type: "button", title: "Sort by " + column.text});
        cell.setAttribute("aria-sort", here ? (falling ? "descending" : "ascending") : "none");
        button.dataset.sort = column.name;
        cell.append(button);
        return cell;
    }

    function rowElement(row) {
        const line = stateroom.element("tr", row.key === chosen ? "is-chosen" : "", null, {"data-recording": row.key});
        const head = stateroom.element("th", "list-name", null, {scope: "row"});
        const link = stateroom.element("a", "", null, {href: stateroom.address.patched({recording: row.key, own: ""})});
        link.append(stateroom.element("bdi", "", row.name));
        if (row.key === chosen) {
            link.setAttribute("aria-current", "true");
        }
        link.title = row.key === row.name ? row.states.join(", ") : "folder " + row.key + ": " + row.states.join(", ");
        head.append(link);
        if (row.key !== row.name) {
            head.append(stateroom.element("span", "quiet list-key", row.key));
        }
        line.append(
            head,
            stateroom.element("td", "number", stateroom.whole(row.positions)),
            stateroom.element("td", "number", sizeText(row.bytes)),
            stateroom.element("td", "number", row.created ? row.created.slice(0, 10) : "–"),
        );
        return line;
    }

    function filterField() {
        const field = stateroom.element("div", "list-filter");
        const input = stateroom.element("input", "tool-input", null, {
            type: "search", id: "home-filter", placeholder: "name, state, annotation, ...", autocomplete: "off",
        });
        input.value = parameters().get("filter") || "";
        const label = stateroom.element("label", "quiet", "find", {for: "home-filter"});
        field.append(label, input, stateroom.element("span", "quiet list-count", "", {role: "status"}));
        return field;
    }

    /** Draw the whole list; typing and sorting only draw its table. */
    function draw() {
        const place = document.getElementById(ids.list);
        const scroller = stateroom.element("div", "list-scroller");
        const filtered = catalog.rows.length >= FILTER_FROM || parameters().get("filter");
        place.replaceChildren(...(catalog.rows.length ? [...(filtered ? [filterField()] : []), scroller] : []));
        drawTable();
    }

    function drawTable() {
        const scroller = document.querySelector("#" + ids.list + " .list-scroller");
        if (!scroller) {
            return;
        }
        const rows = rowsToShow();
        const table = stateroom.element("table", "list-table");
        const heads = stateroom.element("tr");
        heads.append(...COLUMNS.map(headCell));
        const head = stateroom.element("thead");
        head.append(heads);
        const body = stateroom.element("tbody");
        body.append(...rows.map(rowElement));
        table.append(head, body);
        const focused = document.activeElement && document.activeElement.dataset.sort;
        scroller.replaceChildren(table);
        if (focused) {
            scroller.querySelector("[data-sort=" + focused + "]").focus();
        }
        if (rows.length === 0) {
            scroller.append(stateroom.element("p", "quiet list-none", "No recording fits. Clear the field to see all."));
        }
        const count = document.querySelector("#" + ids.list + " .list-count");
        if (count) {
            const all = stateroom.whole(catalog.rows.length);
            count.textContent = rows.length === catalog.rows.length ? all : stateroom.whole(rows.length) + " of " + all;
        }
    }

    function markChosen() {
        document.querySelectorAll("#" + ids.list + " tr[data-recording]").forEach((line) => {
            const here = line.dataset.recording === chosen;
            line.classList.toggle("is-chosen", here);
            const link = line.querySelector("a");
            here ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
        });
    }

    function revealChosen() {
        const line = document.querySelector("#" + ids.list + " tr.is-chosen");
        const scroller = line && line.closest(".list-scroller");
        if (!scroller) {
            return;
        }
        const head = scroller.querySelector("thead").offsetHeight;
        const low = line.offsetTop - head;
        if (low < scroller.scrollTop || line.offsetTop + line.offsetHeight > scroller.scrollTop + scroller.clientHeight) {
            scroller.scrollTop = low - (scroller.clientHeight - head) / 3;
        }
    }

    // ---- which recording --------------------------------------------------------------------------------
    /** The recording that the address asks for; without one, that of the first finding. */
    const asked = () => parameters().get("recording") || catalog.first;

    function show(key) {
        chosen = key;
        counter += 1;
        const known = catalog.rows.some((row) => row.key === key);
        stateroom.pickers.show(known ? key : "", parameters().get("state") || "");
        stateroom.verification.choose(known ? key : "");
        stateroom.recordingsBeside.show();
        return {key, n: counter};
    }

    function choose(key) {
        const facts = stateroom.catalog[key];
        const state = parameters().get("state");
        write({recording: key, own: "", state: facts && state in facts.states ? state : ""}, true);
        stateroom.messages.outdated();
        follow();
    }

    /** Show what the address says. */
    function follow() {
        const key = asked();
        const own = parameters().has("own") || catalog.rows.length === 0;
        document.getElementById(ids.pane).hidden = own;
        document.getElementById(ids.guide).hidden = !own;
        const link = document.getElementById(ids.own);
        own ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
        if (key !== chosen) {
            window.dash_clientside.set_props(ids.chosen, {data: show(key)});
        }
        markChosen();
    }

    stateroom.recordings = {
        mounted,
        write,
        chosen: () => chosen,
        follow,
        parameters,
        isListed: (key) => catalog !== null && catalog.rows.some((row) => row.key === key),
        /** Another recording or state was picked in the frame; false when this page is not shown. */
        picked(recording, state) {
            if (!mounted() || catalog === null) {
                return false;
            }
            write({recording, own: recording === chosen ? parameters().get("own") : "", state}, recording !== chosen);
            stateroom.pickers.show(recording, state);
            follow();
            revealChosen();
            return true;
        },
    };

    // ---- what the reader does ---------------------------------------------------------------------------
    const plainClick = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

    document.addEventListener("click", (event) => {
        // Until the list is there, a link is an ordinary one.
        if (!(event.target instanceof Element) || !mounted() || catalog === null || !plainClick(event)) {
            return;
        }
        const sort = event.target.closest("#" + ids.list + " [data-sort]");
        const line = event.target.closest("#" + ids.list + " tr[data-recording]");
        if (sort) {
            const {name, falling} = sorting();
            const turned = name === sort.dataset.sort ? !falling : sort.dataset.sort !== "name";
            const next = (turned ? "-" : "") + sort.dataset.sort;
            write({sort: next === "name" ? "" : next}, false);
            drawTable();
        } else if (line) {
            event.preventDefault();
            choose(line.dataset.recording);
        } else if (event.target.closest("#" + ids.own)) {
            event.preventDefault();
            write({own: parameters().get("own") || "torch"}, true);
            follow();
            stateroom.guide.focus();
        }
    });

    document.addEventListener("input", (event) => {
        if (event.target.id === "home-filter") {
            write({filter: event.target.value}, false);
            drawTable();
        }
    });

    document.addEventListener("keydown", (event) => {
        if (!mounted() || !(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        const filter = document.getElementById("home-filter");
        if (event.key === "/" && filter && !event.target.closest("input, textarea, select, [role=listbox], [role=combobox]")) {
            event.preventDefault();
            filter.focus();
            filter.select();
            return;
        }
        const move = {ArrowDown: 1, ArrowUp: -1}[event.key];
        if (move && event.target.closest("#" + ids.list + " .list-scroller a, #home-filter")) {
            const links = [...document.querySelectorAll("#" + ids.list + " tbody a")];
            const next = links[Math.min(links.length - 1, Math.max(0, links.indexOf(document.activeElement) + move))];
            if (next) {
                event.preventDefault();
                next.focus();
            }
        }
    });

    window.addEventListener("popstate", () => {
        if (mounted() && catalog !== null) {
            draw();
            follow();
            stateroom.recordingsBeside.show();
            revealChosen();
            stateroom.guide.follow();
        }
    });

    // ---- what Dash calls --------------------------------------------------------------------------------
    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.stateroom_recordings = {
        listed(data, guideTable, verificationSettings) {
            if (!data) {
                return window.dash_clientside.no_update;
            }
            stateroom.guide.mount(guideTable);
            stateroom.verification.mount(verificationSettings);
            catalog = data;
            chosen = "";
            stateroom.recordingsBeside.forget();
            const first = show(asked());
            draw();
            follow();
            revealChosen();
            return first;
        },
        shown() {
            stateroom.messages.outdated();
        },
        navigated() {
            if (mounted() && catalog !== null) {
                follow();
            }
        },
    };
})();
