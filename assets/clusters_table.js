// The same as tables: for those who hear the page, and to take along as CSV.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const make = (...given) => stateroom.element(...given);

    const number = (value) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : "");
    const oneBased = (cluster) => (cluster < 0 ? "set aside" : cluster + 1);
    const chosen = () => (clusters.words ? clusters.words.words : []);

    // ---- rows: [heads, rows]; what is text is text, what is a number is a number ------------------------------
    function wordTable() {
        const {words, tags} = clusters.overview;
        const heads = ["word", "id", "count", "cluster", "label of the cluster", ...(tags ? [tags.annotation, "share"] : []), "distance"];
        const rows = [...words].sort((one, other) => (one.cluster - other.cluster) || (other.size - one.size)).map((word) => [
            word.text, word.id, word.count, oneBased(word.cluster), word.cluster < 0 ? "" : clusters.overview.clusters[word.cluster].label || "",
            ...(tags ? [word.tag < 0 ? "" : tags.labels[word.tag], word.tag < 0 ? "" : number(word.tagShare ?? NaN)] : []), number(word.distance ?? NaN),
        ]);
        return [heads, rows];
    }

    function unitTable() {
        const heads = ["unit", "cluster", ...chosen().map((word) => "expected response to " + stateroom.visible(word.text))];
        const rows = clusters.overview.unitOrder.map((unit) => [unit, oneBased(clusters.overview.unitClusters[unit]),
            ...chosen().map((word) => number(Number(clusters.response(unit, word).toPrecision(3))))]);
        return [heads, rows];
    }

    function edgeTable() {
        const heads = ["word cluster", "unit cluster", "mean response", "positive part", "negative part", "share of the strongest"];
        const {edges, largestEdge} = clusters.overview;
        const rows = edges.filter((edge) => Number.isFinite(edge.mean) && edge.mean !== null).map((edge) => [edge.word + 1, edge.unit + 1, number(edge.mean),
            number(edge.positive), number(edge.negative), largestEdge > 0 ? number(Math.abs(edge.mean) / largestEdge) : 0]);
        return [heads, rows];
    }

    const TABLES = {words: ["Words", wordTable], units: ["Units", unitTable], edges: ["Edges", edgeTable]};

    // ---- on the page ------------------------------------------------------------------------------------
    function shownCell(value, column, kind) {
        const made = make(column === 0 ? "th" : "td", typeof value === "number" ? "number" : "", null, column === 0 ? {scope: "row"} : {});
        if (kind === "words" && column === 0) {
            made.append(stateroom.tokenElement(value));
        } else {
            made.textContent = typeof value !== "number" ? value : Number.isInteger(value) ? stateroom.whole(value) : stateroom.number(value);
        }
        return made;
    }

    function chooseButton(made, kind, row) {
        const act = kind === "words" ? () => clusters.toggleWord(row[1]) : () => clusters.toggleUnit(row[0]);
        const button = make("button", "link-button", null, {type: "button"});
        button.append(...made.childNodes);
        button.addEventListener("click", act);
        made.append(button);
    }

    function section(kind) {
        const [title, rowsOf] = TABLES[kind];
        const [heads, rows] = rowsOf();
        const made = make("section", "table-part");
        const head = make("div", "part-line");
        head.append(make("h2", "", title), make("span", "quiet", stateroom.whole(rows.length) + " rows"),
            stateroom.button("CSV", "CSV: download the " + title.toLowerCase(), () => clusters.exportTable(kind)));
        const table = make("table", "facts-table");
        const top = make("tr");
        top.append(...heads.map((text, column) => make("th", rows.length > 0 && typeof rows[0][column] === "number" ? "number" : "", text, {scope: "col"})));
        const body = make("tbody");
        body.append(...rows.map((row) => {
            const line = make("tr");
            line.append(...row.map((value, column) => shownCell(value, column, kind)));
            if (kind !== "edges") {
                chooseButton(line.firstChild, kind, row);
            }
            return line;
        }));
        const headRow = make("thead");
        headRow.append(top);
        table.append(headRow, body);
        const scroller = make("div", "table-scroller", null, {tabindex: "0", role: "region", "aria-label": title});
        scroller.append(table);
        made.append(head, scroller);
        return made;
    }

    function draw() {
        const place = clusters.place("table");
        const open = clusters.view().table && clusters.overview;
        place.hidden = !open;
        place.replaceChildren(...(open ? Object.keys(TABLES).map(section) : []));
    }

    // ---- as files ---------------------------------------------------------------------------------------
    clusters.fileName = (kind) => {
        const {recording, state} = clusters.view();
        return stateroom.files.name(recording, state, "clusters", kind);
    };

    clusters.exportTable = function (kind) {
        if (clusters.overview) {
            stateroom.files.csv(clusters.fileName(kind), ...TABLES[kind][1]());
        }
    };

    clusters.part({
        mount: draw,
        overview: draw,
        words: () => clusters.view().table && draw(),
        view(now, previous) {
            if (now.table !== previous.table) {
                draw();
            }
        },
    });
});
