// What is shown, as CSV and as SVG: the pictures are SVG already, so they are only put on one sheet.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const MARGIN = 16;
    const LINE = 20;

    const fileName = (kind) => stateroom.files.name("compare", ...compare.view().recordings.map((_, index) => compare.nameOf(index)).slice(0, 3), kind);

    compare.exportTable = function (name) {
        const table = compare.TABLES[name] && compare.TABLES[name]();
        if (table) {
            stateroom.files.csv(fileName(name), ...table);
        } else {
            stateroom.messages.show(["There are no numbers yet. Wait until they are computed."], "note");
        }
    };

    // ---- pictures ---------------------------------------------------------------------------------------
    function legend(width) {
        const made = compare.svg("g", {});
        let [x, y] = [0, 0];
        compare.view().recordings.forEach((_, index) => {
            const text = compare.nameOf(index) + (compare.stateOf(index) ? "  " + compare.stateOf(index) : "");
            const wide = 40 + 6.6 * text.length;
            if (x > 0 && x + wide > width) {
                [x, y] = [0, y + LINE];
            }
            made.append(compare.svgBadge(x + 8, y + 8, index), compare.svgText(x + 22, y + 12, text, {"font-size": 12, "fill": compare.style("--text")}));
            x += wide;
        });
        return {made, height: y + LINE};
    }

    const figures = (place) => [...place.querySelectorAll("svg.compare-figure")];

    /** The pictures of a part, each where it stands on the page. */
    function sheet(place) {
        const origin = place.getBoundingClientRect();
        const boxes = figures(place).map((figure) => ({figure, box: figure.getBoundingClientRect()})).filter(({box}) => box.width > 0);
        const top = Math.min(...boxes.map(({box}) => box.top));
        const made = compare.svg("g", {});
        boxes.forEach(({figure, box}) => {
            const copy = figure.cloneNode(true);
            copy.querySelectorAll(".chart-ring").forEach((ring) => ring.remove());
            copy.setAttribute("x", box.left - origin.left);
            copy.setAttribute("y", box.top - top);
            made.append(copy);
        });
        return {made, height: boxes.length ? Math.max(...boxes.map(({box}) => box.bottom)) - top : 0};
    }

    function pictureOf(names) {
        const places = names.map(compare.place).filter((place) => place && !place.hidden && figures(place).length > 0);
        if (places.length === 0) {
            return null;
        }
        const width = compare.place("result").clientWidth + 2 * MARGIN;
        const body = compare.svg("g", {transform: "translate(" + MARGIN + " " + MARGIN + ")"});
        const top = legend(width - 2 * MARGIN);
        body.append(top.made);
        let y = top.height + 8;
        places.forEach((place) => {
            const {made, height} = sheet(place);
            const title = place.querySelector("h2").textContent;
            const part = compare.svg("g", {transform: "translate(0 " + y + ")"});
            const moved = compare.svg("g", {transform: "translate(0 " + (LINE + 4) + ")"});
            moved.append(made);
            part.append(compare.svgText(0, 13, title, {"font-size": 14, "font-weight": 600, "fill": compare.style("--text")}), moved);
            body.append(part);
            y += height + LINE + 20;
        });
        const height = y + 2 * MARGIN;
        const picture = compare.svg("svg", {xmlns: "http://www.w3.org/2000/svg", width, height, "viewBox": "0 0 " + width + " " + height, "font-family": "IBM Plex Sans, system-ui, sans-serif"});
        picture.append(compare.svg("rect", {width, height, fill: compare.style("--surface")}), body);
        return new XMLSerializer().serializeToString(picture);
    }

    compare.PICTURES = ["layers", "memory", "activity", "response", "units", "steps"];
    /** All pictures of the page, or of some parts, as the text of an SVG; null while there is none. */
    compare.svgOf = (names) => pictureOf(names || compare.PICTURES);
    compare.exportPicture = function (name) {
        const text = pictureOf(name ? [name] : compare.PICTURES);
        if (text) {
            stateroom.files.download(text, "image/svg+xml", fileName(name || "pictures") + ".svg");
        } else {
            stateroom.messages.show(["There is no picture yet. Wait until it is drawn."], "note");
        }
    };
})();
