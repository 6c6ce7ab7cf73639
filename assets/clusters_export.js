// The picture as SVG: the same scene, every mark a vector, every text a text.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const SVG = "http://www.w3.org/2000/svg";
    const TOP = 58;
    const MARGIN = 12;
    const LEGEND_LINE = 18;

    function svg(tag, attributes, text) {
        const made = document.createElementNS(SVG, tag);
        Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
        if (text !== undefined) {
            made.textContent = text;
        }
        return made;
    }

    const written = (x, y, text, size, color, more) => svg("text", {x, y, "font-size": size, fill: clusters.style(color), ...more}, text);

    function chips(scene) {
        const word = clusters.shownWord();
        const limit = word ? clusters.colorLimit() : 1;
        const quiet = clusters.style("--unselected");
        const color = (unit) => (word ? stateroom.colors.diverging(clusters.response(unit, word) / limit) : quiet);
        return [...scene.chips, scene.aside].filter(Boolean).flatMap((chip) => {
            const side = chip.cell >= 4 ? chip.cell - 1 : chip.cell;
            const frame = svg("rect", {x: chip.left, y: chip.top, width: chip.width, height: chip.height, rx: 3,
                fill: clusters.style("--surface-strong"), stroke: clusters.style("--line-strong")});
            const squares = chip.units.map((unit, index) => {
                const {left, top} = clusters.layout.squareOf(chip, index);
                const square = svg("rect", {x: left, y: top, width: side, height: side, fill: color(unit)});
                square.append(svg("title", {}, "unit " + unit));
                return square;
            });
            const name = chip.number < 0 ? "set aside" : String(chip.number + 1) + " · " + chip.units.length;
            return [frame, ...squares, written(0, chip.top + chip.height / 2 + 4, name, 12, "--text")];
        });
    }

    const edges = (scene) => scene.edges.map((edge) => svg("path", {
        d: clusters.edgeCurve(edge), fill: "none", stroke: clusters.style(clusters.edgeColor(edge)), "stroke-width": edge.width.toFixed(2), "stroke-opacity": 0.6}));

    function clouds(scene) {
        const {tags} = clusters.overview;
        const {narrow, labelLeft} = scene.columns;
        return scene.clouds.flatMap((cloud) => {
            const title = String(cloud.number + 1) + "  " + (cloud.cluster.label || "");
            const words = cloud.arrangement.placed.map((box) => {
                const fill = tags && box.word.tag >= 0 ? clusters.tagColor(box.word.tag) : clusters.style("--text");
                return svg("text", {x: cloud.left + box.left + box.width / 2, y: cloud.top + cloud.inner + box.top + box.height * 0.76, "font-size": box.size,
                    "text-anchor": "middle", fill}, stateroom.visible(box.word.text));
            });
            const {more} = cloud.arrangement;
            const rest = more.length === 0 ? [] : [written(cloud.left + cloud.width, cloud.top + cloud.height / 2, "+" + more.length + " more", 12, "--text-quiet", {"text-anchor": "end"})];
            const middle = narrow ? cloud.top + 6 : cloud.top + cloud.height / 2;
            const detail = narrow ? "" : (cloud.cluster.labelDetail || "").split("; ")[0];
            const fitting = (text, size) => clusters.cloud.shortened(text, size, narrow ? cloud.width : scene.columns.label - 12);
            return [written(labelLeft, middle + (detail ? -2 : 5), fitting(title, 14), 13, "--text", {"font-weight": 600}),
                written(labelLeft, middle + 13, fitting(detail, 11.5), 11, "--text-quiet"), ...words, ...rest];
        });
    }

    function legend(scene) {
        const {overview} = clusters;
        const word = clusters.shownWord();
        const limit = word ? stateroom.number(clusters.colorLimit()) : "";
        const told = [
            overview.state + ", " + overview.method + ", seed " + overview.seed + ", stability " + (Number.isFinite(overview.stability) ? overview.stability.toFixed(2) : "–"),
            "edges: orange positive, blue negative, the widest " + stateroom.number(clusters.largestEdge()),
            word ? "squares: expected response to " + stateroom.visible(word.text) + ", blue −" + limit + " to orange +" + limit : "",
        ];
        const made = [written(0, 14, clusters.view().recording, 15, "--text", {"font-weight": 600}), written(0, 32, told.filter(Boolean).join(" · "), 12, "--text-quiet")];
        let x = 0;
        (overview.tags ? overview.tags.labels : []).forEach((label, tag) => {
            if (!overview.words.some((each) => each.tag === tag)) {
                return;
            }
            const width = 22 + 7 * label.length;
            if (x + width < scene.width) {
                made.push(svg("rect", {x, y: 39, width: 10, height: 10, fill: clusters.tagColor(tag)}), written(x + 14, 48, label, 11, "--text"));
                x += width;
            }
        });
        return made;
    }

    clusters.exportPicture = function () {
        const scene = clusters.scene;
        if (!scene) {
            stateroom.messages.show(["There is no picture yet. Close the table, or wait until it is drawn."], "note");
            return;
        }
        const [width, height] = [scene.width + 2 * MARGIN, scene.height + TOP + 2 * MARGIN + LEGEND_LINE];
        const picture = svg("svg", {xmlns: SVG, width, height, viewBox: "0 0 " + width + " " + height, "font-family": "IBM Plex Sans, sans-serif"});
        const body = svg("g", {transform: "translate(" + MARGIN + " " + (MARGIN + TOP) + ")"});
        body.append(...edges(scene), ...chips(scene), ...clouds(scene));
        const top = svg("g", {transform: "translate(" + MARGIN + " " + MARGIN + ")"});
        top.append(...legend(scene));
        picture.append(svg("rect", {width, height, fill: clusters.style("--surface")}), top, body);
        stateroom.files.download(new XMLSerializer().serializeToString(picture), "image/svg+xml", clusters.fileName("") + ".svg");
    };
});
