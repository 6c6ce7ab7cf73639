// Where everything of the picture lies: bands for the clusters, chips of squares, ports of the edges. No drawing.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const GAP = 8;
    const LEAST_BAND = 30;
    const COMFORTABLE_BAND = 52;
    const TALL_BAND = 72;
    const FRAME = 3;
    const NARROW = 900;
    const GUTTER = 58;
    const LARGEST_CELL = 20;
    const LARGEST_EXPANDED = 28;
    /** Room for the number of a chosen word. */
    const TOP = 9;
    const WIDEST_EDGE = 13;
    const ASIDE = {kind: "u", number: -1};

    // ---- columns and bands ------------------------------------------------------------------------------
    function columns(width) {
        const narrow = width < NARROW;
        const chips = Math.round(narrow ? width * 0.26 : Math.min(width * 0.2, 320));
        const edges = Math.round(width * (narrow ? 0.12 : 0.11));
        const label = narrow ? 0 : 164;
        const left = GUTTER + chips + edges;
        return {narrow, gutter: GUTTER, chips, edges, label, labelLeft: left, cloudLeft: left + label, cloudWidth: width - left - label};
    }

    /** Heights that share a length by weight, none under the least. */
    function shared(weights, least, length) {
        const spare = Math.max(0, length - least.reduce((sum, value) => sum + value, 0));
        const total = weights.reduce((sum, value) => sum + value, 0) || 1;
        return weights.map((weight, index) => least[index] + (spare * weight) / total);
    }

    function bands(weights, length) {
        const heights = shared(weights, weights.map(() => LEAST_BAND), length - TOP - GAP * (weights.length - 1));
        let top = TOP;
        return heights.map((height) => {
            const band = {top, height};
            top += height + GAP;
            return band;
        });
    }

    /** How much room a cluster asks for: by its members; more when it is looked at, little when others are. */
    function weights(kind, expanded) {
        const {members} = clusters.overview;
        return members[kind].map((list, number) => {
            const wanted = Math.sqrt(list.length) + 1;
            return !expanded ? wanted : expanded[kind].has(number) ? 2 + wanted : 0.15;
        });
    }

    function pictureHeight() {
        const count = clusters.overview.clusters.length;
        const room = Math.max(440, Math.min(760, window.innerHeight - 300));
        // Half as wide, a picture needs more lines for as many words.
        const band = clusters.other().mounted() && clusters.hasSecond(clusters.view()) ? TALL_BAND : COMFORTABLE_BAND;
        return Math.max(room, count * band - GAP);
    }

    // ---- chips ------------------------------------------------------------------------------------------
    /** The largest square with which each of `sizes` squares fits in rows of the same number: {rows, cell}. */
    function equalHeight(sizes, width, height, largest) {
        const most = Math.max(1, ...sizes);
        let best = {rows: 1, cell: 0};
        for (let rows = 1; rows <= 64; rows += 1) {
            const cell = Math.min((height - 2 * FRAME) / rows, (width - 2 * FRAME) / Math.ceil(most / rows), largest);
            if (cell > best.cell) {
                best = {rows, cell};
            }
        }
        return {...best, cell: rounded(best.cell)};
    }

    /** Whole pixels where squares are large; below that they would lose too much. */
    const rounded = (cell) => (cell >= 4 ? Math.floor(cell) : Math.max(cell, 0.5));

    function byHeight(lists, expanded, room, width) {
        const placed = [];
        const groups = [(number) => !expanded || expanded.u.has(number), (number) => expanded && !expanded.u.has(number)];
        groups.forEach((inside, group) => {
            const numbers = lists.map((_, number) => number).filter((number) => inside(number) && lists[number].length > 0);
            const height = Math.min(...numbers.map((number) => room[number].height));
            const {rows, cell} = equalHeight(numbers.map((number) => lists[number].length), width, height,
                expanded && group === 0 ? LARGEST_EXPANDED : LARGEST_CELL);
            numbers.forEach((number) => {
                const used = Math.min(rows, lists[number].length);
                const columnsUsed = Math.ceil(lists[number].length / used);
                const tall = used * cell + 2 * FRAME;
                placed[number] = {cell, columns: columnsUsed, rows: used, height: tall, width: columnsUsed * cell + 2 * FRAME,
                    top: room[number].top + (room[number].height - tall) / 2};
            });
        });
        return placed;
    }

    /** Chips of one width below each other; those looked at have larger squares. */
    function byWidth(lists, expanded, width, height) {
        const scale = lists.map((_, number) => (!expanded ? 1 : expanded.u.has(number) ? 1.6 : 0.6));
        const free = height - TOP - lists.length * (2 * FRAME + GAP);
        const largest = Math.max(...scale);
        let best = {columns: 1, cell: 0};
        for (let across = 1; across <= 200; across += 1) {
            const tall = lists.reduce((sum, list, number) => sum + Math.ceil(list.length / across) * scale[number], 0) || 1;
            const cell = Math.min((width - 2 * FRAME) / (across * largest), free / tall, LARGEST_CELL / largest);
            if (cell > best.cell) {
                best = {columns: across, cell};
            }
        }
        let top = TOP;
        return lists.map((list, number) => {
            const cell = rounded(best.cell * scale[number]);
            const rows = Math.ceil(list.length / best.columns);
            const placed = {cell, columns: best.columns, rows, width: best.columns * cell + 2 * FRAME, height: rows * cell + 2 * FRAME, top};
            top += placed.height + GAP;
            return list.length > 0 ? placed : null;
        });
    }

    function chips(room, column, expanded, height) {
        const lists = clusters.overview.members.u;
        const width = column.chips;
        const placed = clusters.view().chips === "width" ? byWidth(lists, expanded, width, height) : byHeight(lists, expanded, room, width);
        return lists.map((units, number) => placed[number] && {
            kind: "u", number, units, ...placed[number], left: column.gutter + (width - placed[number].width) / 2,
        });
    }

    /** Units that belong to no cluster: one row more, below all others. */
    function asideChip(column, top) {
        const units = clusters.overview.aside.u;
        if (units.length === 0) {
            return null;
        }
        const cell = rounded(Math.min(8, Math.sqrt((column.chips * 40) / units.length)));
        const across = Math.min(units.length, Math.floor(column.chips / cell));
        const rows = Math.ceil(units.length / across);
        const width = across * cell + 2 * FRAME;
        return {...ASIDE, units, cell, columns: across, rows, width, height: rows * cell + 2 * FRAME, top,
            left: column.gutter + (column.chips - width) / 2};
    }

    // ---- edges ------------------------------------------------------------------------------------------
    /** Lay the ends of the edges of each cluster side by side, in the order of where they go. */
    function ports(edges, end, other, middle, tall) {
        const byCluster = new Map();
        edges.forEach((edge) => byCluster.set(edge[end], [...(byCluster.get(edge[end]) || []), edge]));
        byCluster.forEach((list, number) => {
            list.sort((one, two) => middle(other, one.edge) - middle(other, two.edge));
            const total = list.reduce((sum, edge) => sum + edge.width + 1, 0);
            const squeeze = Math.min(1, tall(number) / total);
            let at = middle(end, list[0].edge) - (total * squeeze) / 2;
            list.forEach((edge) => {
                edge[end + "Y"] = at + ((edge.width + 1) * squeeze) / 2;
                at += (edge.width + 1) * squeeze;
            });
        });
    }

    function edgesOf(scene) {
        const largestEdge = clusters.largestEdge();
        const chip = (number) => scene.chips[number];
        const middle = (end, edge) => (end === "unit" ? chip(edge.unit).top + chip(edge.unit).height / 2
            : scene.clouds[edge.word].top + scene.clouds[edge.word].height / 2);
        const edges = clusters.edgeShown().filter((edge) => chip(edge.unit) && scene.clouds[edge.word]).map((edge) => ({
            edge, unit: edge.unit, word: edge.word, width: 1 + (WIDEST_EDGE * Math.abs(edge.mean)) / largestEdge,
        }));
        ports(edges, "unit", "word", middle, (number) => chip(number).height);
        ports(edges, "word", "unit", middle, (number) => scene.clouds[number].height);
        return edges.map((edge) => ({...edge, fromX: chip(edge.unit).left + chip(edge.unit).width + 2, toX: scene.columns.labelLeft - 6}));
    }

    // ---- the scene --------------------------------------------------------------------------------------
    function compute(width) {
        const {overview} = clusters;
        const column = columns(width);
        const expanded = clusters.partners();
        const height = pictureHeight();
        const right = bands(weights("w", expanded), height);
        const left = overview.paired && !expanded ? right : bands(weights("u", expanded), height);
        const scene = {width, columns: column, expanded};
        scene.chips = chips(left, column, expanded, height);
        const bottom = Math.max(0, ...scene.chips.filter(Boolean).map((chip) => chip.top + chip.height));
        scene.aside = asideChip(column, Math.max(bottom, height) + GAP);
        scene.height = scene.aside ? scene.aside.top + scene.aside.height + 4 : Math.max(height, bottom);
        scene.clouds = overview.clusters.map((cluster, number) => ({
            kind: "w", number, cluster, words: overview.members.w[number], ...right[number],
            left: column.cloudLeft, width: column.cloudWidth, inner: column.narrow ? clusters.cloud.labelLine : 0,
        }));
        scene.edges = edgesOf(scene);
        return scene;
    }

    /** Where a unit's square is, and which unit is at a point. */
    function squareOf(chip, index) {
        return {
            left: chip.left + FRAME + (index % chip.columns) * chip.cell,
            top: chip.top + FRAME + Math.floor(index / chip.columns) * chip.cell,
        };
    }

    function unitAt(scene, x, y) {
        for (const chip of [...scene.chips, scene.aside].filter(Boolean)) {
            const across = Math.floor((x - chip.left - FRAME) / chip.cell);
            const down = Math.floor((y - chip.top - FRAME) / chip.cell);
            const index = down * chip.columns + across;
            if (across >= 0 && across < chip.columns && down >= 0 && index < chip.units.length) {
                return {chip, index, unit: chip.units[index]};
            }
        }
        return null;
    }

    function chipAt(scene, x, y) {
        return scene.chips.filter(Boolean).find((chip) => (
            x >= chip.left && x < chip.left + chip.width && y >= chip.top && y < chip.top + chip.height)) || null;
    }

    Object.assign(clusters, {layout: {compute, squareOf, unitAt, chipAt, frame: FRAME}});
});
