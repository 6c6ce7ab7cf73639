// The Findings page: what is asked for is in the address, the list and the files follow it.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const make = (...given) => stateroom.element(...given);
    const ids = {page: "findings-page", empty: "findings-empty", panel: "findings-panel", filters: "findings-filters",
        list: "findings-list", files: "findings-files"};
    const FILTERS = ["find", "of", "author", "page"];
    const MORE = 100;
    const RESTS_AFTER_MS = 200;

    let settings = null;
    let answer = null;
    let asked = 0;
    let opened = 0;
    let most = MORE;
    let resting = 0;

    const place = (name) => document.getElementById(ids[name]);
    const mounted = () => settings !== null && place("page") !== null;
    const parameters = () => new URLSearchParams(window.location.search);
    const wanted = () => Object.fromEntries(FILTERS.map((name) => [name, parameters().get(name) || ""]));
    const filtered = () => FILTERS.some((name) => parameters().get(name));

    // ---- address ----------------------------------------------------------------------------------------
    function write(changes, push) {
        const url = stateroom.address.patched(changes);
        if (url !== window.location.pathname + window.location.search) {
            push ? window.history.pushState({}, "", url) : window.history.replaceState(window.history.state, "", url);
            stateroom.markMenu();
        }
    }

    /** The finding that the address asks for; without one, the first of the list. */
    const chosen = () => parameters().get("finding") || (answer && answer.rows.length ? answer.rows[0].id : "");

    // ---- words ------------------------------------------------------------------------------------------
    const pageName = (page) => page.slice(0, 1).toUpperCase() + page.slice(1);
    const SINCE = {
        replaced: {text: "replaced since", title: "The picture and the numbers are of the recording as it was"},
        deleted: {text: "recording deleted", title: "The recording is not there any more"},
        damaged: {text: "recording damaged", title: "The recording does not open"},
    };

    function moment(text) {
        const made = make("time", "", new Date(text).toLocaleDateString("en-CA"), {datetime: text});
        made.title = new Date(text).toLocaleString("en-GB", {dateStyle: "medium", timeStyle: "short"});
        return made;
    }

    function badges(row) {
        const states = [...new Set(row.recordings.map((recording) => recording.state))].filter((state) => SINCE[state]);
        return states.map((state) => make("span", "finding-badge", SINCE[state].text, {title: SINCE[state].title}));
    }

    function byLine(row) {
        const made = make("span", "finding-by quiet");
        const named = row.recordings.map((recording) => recording.name);
        made.append(make("bdi", "", row.author), " · ", moment(row.created), " · " + pageName(row.page));
        if (named.length) {
            made.append(" of ", make("bdi", "", named.join(", ")));
        }
        return made;
    }

    // ---- list -------------------------------------------------------------------------------------------
    function rowElement(row) {
        const here = row.id === chosen();
        const made = make("li", here ? "finding-row is-chosen" : "finding-row", null, {"data-finding": row.id});
        const link = make("a", "finding-title", null, {href: stateroom.address.patched({finding: row.id})});
        link.append(make("bdi", "", row.title));
        if (here) {
            link.setAttribute("aria-current", "true");
        }
        const by = make("div", "finding-line");
        by.append(byLine(row), ...badges(row));
        made.append(link, ...(row.line ? [make("p", "finding-excerpt", row.line)] : []), by);
        return made;
    }

    function moreButton() {
        const left = answer.fitting - answer.rows.length;
        return left <= 0 ? [] : [stateroom.button("show " + stateroom.whole(Math.min(left, MORE)) + " more", "Show more findings", () => {
            most += MORE;
            follow();
        })];
    }

    function drawList() {
        const list = make("ul", "findings-rows");
        list.append(...answer.rows.map(rowElement));
        const none = make("p", "quiet findings-none", "No finding fits. ");
        none.append(stateroom.button("show all", "Take all filters off", () => {
            write(Object.fromEntries(FILTERS.map((name) => [name, ""])), true);
            drawFilters();
            follow();
        }, "link-button"));
        stateroom.redraw(place("list"), answer.rows.length ? [list, ...moreButton()] : [none]);
        place("filters").querySelector(".list-count").textContent = answer.fitting === answer.all
            ? stateroom.whole(answer.all) : stateroom.whole(answer.fitting) + " of " + stateroom.whole(answer.all);
        drawFiles();
    }

    function mark() {
        document.querySelectorAll("#" + ids.list + " .finding-row").forEach((row) => {
            const here = row.dataset.finding === chosen();
            row.classList.toggle("is-chosen", here);
            const link = row.querySelector("a");
            here ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
        });
    }

    // ---- filters ----------------------------------------------------------------------------------------
    function choice(name, any, options, label) {
        const made = make("select", "tool-input", null, {"data-filter": name, "aria-label": any});
        made.append(make("option", "", any, {value: ""}));
        made.append(...options.map(([value, count]) => make("option", "", label(value) + " (" + stateroom.whole(count) + ")", {value})));
        const value = parameters().get(name) || "";
        if (value && !options.some(([option]) => option === value)) {
            made.append(make("option", "", label(value) + " (0)", {value}));
        }
        made.value = value;
        return made;
    }

    function drawFilters() {
        const find = make("input", "tool-input", null, {type: "search", "data-filter": "find", "aria-label": "find", placeholder: "title, note, name, ...", autocomplete: "off"});
        find.value = parameters().get("find") || "";
        const line = make("div", "list-filter");
        line.append(make("span", "quiet", "find"), find, make("span", "quiet list-count", "", {role: "status"}));
        const choices = make("div", "findings-choices");
        const same = (value) => value;
        choices.append(choice("of", "any recording", answer.recordings, same), choice("author", "anybody", answer.authors, same), choice("page", "any page", answer.pages, pageName));
        stateroom.redraw(place("filters"), [line, choices]);
    }

    /** The files hold what the list holds. */
    function drawFiles() {
        const query = new URLSearchParams(Object.entries(wanted()).filter(([, value]) => value)).toString();
        const file = (path, text, title) => make("a", "quiet-button", text, {href: path + (query ? "?" + query : ""), title, download: ""});
        place("files").replaceChildren(...(answer.fitting === 0 ? [] : [
            make("span", "quiet", (filtered() ? "what is listed" : "all") + " as"),
            file(settings.table, "CSV", "A table: a row for each finding"),
            file(settings.file, "HTML", "One file with notes, pictures and numbers, which opens without a server"),
        ]));
    }

    // ---- asking -----------------------------------------------------------------------------------------
    async function follow() {
        asked += 1;
        const number = asked;
        const reply = await stateroom.keeping.ask("findings", {...wanted(), most});
        if (number !== asked || !mounted()) {
            return;
        }
        if (reply.error) {
            stateroom.messages.show([reply.error], "error");
            if (answer === null) {
                place("files").replaceChildren(make("span", "finding-error", reply.error));
            }
            return;
        }
        const first = answer === null;
        const facets = (each) => JSON.stringify(each && [each.recordings, each.authors, each.pages]);
        const changed = facets(answer) !== facets(reply.answer);
        answer = reply.answer;
        place("empty").hidden = answer.all > 0;
        place("panel").hidden = answer.all === 0;
        if (answer.all === 0) {
            ["files", "filters", "list"].forEach((name) => place(name).replaceChildren());
            stateroom.findings.show("");
            sayIfGone();
            return;
        }
        if (first || changed) {
            drawFilters();
        }
        drawList();
        stateroom.findings.show(chosen());
    }

    function sayIfGone() {
        if (parameters().get("finding")) {
            stateroom.messages.show(["There is no such finding any more, or it is on a recording that you do not see."], "note");
        }
    }

    function choose(id) {
        write({finding: id}, true);
        stateroom.messages.outdated();
        mark();
        stateroom.findings.show(id);
    }

    // findings_detail.js adds show, editing and forget.
    stateroom.findings = {
        mounted, write, follow, badges, byLine, moment, pageName, chosen,
        setting: (name) => settings[name],
        /** The list was changed by the reader; what is shown is asked for anew. */
        again: (id) => {
            write({finding: id}, false);
            return follow();
        },
    };

    // ---- what the reader does ---------------------------------------------------------------------------
    const plainClick = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

    document.addEventListener("click", (event) => {
        if (!mounted() || !(event.target instanceof Element) || !plainClick(event)) {
            return;
        }
        const row = event.target.closest("#" + ids.list + " .finding-row");
        if (row) {
            event.preventDefault();
            choose(row.dataset.finding);
        }
    });

    function filter(event, wait) {
        if (mounted() && event.target instanceof Element && event.target.dataset.filter) {
            most = MORE;
            write({[event.target.dataset.filter]: event.target.value, finding: ""}, false);
            window.clearTimeout(resting);
            resting = window.setTimeout(follow, wait);
        }
    }
    document.addEventListener("input", (event) => event.target.dataset && event.target.dataset.filter === "find" && filter(event, RESTS_AFTER_MS));
    document.addEventListener("change", (event) => event.target.dataset && event.target.dataset.filter !== "find" && filter(event, 0));

    document.addEventListener("keydown", (event) => {
        if (!mounted() || !(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        const find = place("filters").querySelector("[data-filter=find]");
        if (event.key === "/" && find && !event.target.closest("input, textarea, select, dialog, [role=listbox], [role=combobox]")) {
            event.preventDefault();
            find.focus();
            find.select();
            return;
        }
        const move = {ArrowDown: 1, ArrowUp: -1}[event.key];
        if (move && event.target.closest("#" + ids.list + " a, [data-filter=find]")) {
            const links = [...document.querySelectorAll("#" + ids.list + " .finding-title")];
            const next = links[Math.min(links.length - 1, Math.max(0, links.indexOf(document.activeElement) + move))];
            if (next) {
                event.preventDefault();
                next.focus();
            }
        }
    });

    window.addEventListener("popstate", () => {
        if (mounted() && answer !== null) {
            drawFilters();
            follow();
        }
    });
    // Others keep findings meanwhile; whoever writes is not disturbed.
    document.addEventListener("visibilitychange", () => {
        if (!document.hidden && mounted() && answer !== null && !stateroom.findings.editing()) {
            follow();
        }
    });

    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.stateroom_findings = {
        mounted(given) {
            settings = given;
            opened += 1;
            answer = null;
            most = MORE;
            stateroom.findings.forget();
            follow();
            return opened;
        },
    };
})();
