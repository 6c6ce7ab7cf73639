// The edges between clusters: width is strength, orange is positive, blue is negative.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const SVG = "http://www.w3.org/2000/svg";
    const EASY_TO_HIT = 8;

    let picture = null;
    let scene = null;

    function svgElement(tag, attributes) {
        const made = document.createElementNS(SVG, tag);
        Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
        return made;
    }

    /** The curve of an edge, level at both ends. */
    function curve(edge) {
        const half = (edge.fromX + edge.toX) / 2;
        return "M" + [edge.fromX, edge.unitY].map((value) => value.toFixed(1)).join(" ") + "C" + [half, edge.unitY, half, edge.wordY,
            edge.toX, edge.wordY].map((value) => value.toFixed(1)).join(" ");
    }

    const color = (edge) => (edge.edge.mean > 0 ? "--positive" : "--negative");

    /** What an edge says: its mean, and what of it is positive and negative. */
    function told({edge}) {
        const share = Math.abs(edge.mean) / clusters.largestEdge();
        return [
            "unit cluster " + (edge.unit + 1) + ", word cluster " + (edge.word + 1),
            "mean expected response " + clusters.signed(edge.mean),
            "positive part " + clusters.signed(edge.positive) + ", negative part " + clusters.signed(edge.negative),
            clusters.percent(share) + " of the strongest edge",
        ];
    }

    function drawn(edge) {
        const path = {d: curve(edge), fill: "none"};
        const shown = svgElement("path", {...path, class: "edge", stroke: "var(" + color(edge) + ")", "stroke-width": edge.width.toFixed(2)});
        const reach = svgElement("path", {...path, class: "edge-reach", stroke: "transparent", "stroke-width": Math.max(EASY_TO_HIT, edge.width)});
        reach.addEventListener("pointermove", (event) => {
            shown.classList.add("is-pointed");
            stateroom.tip.show(event.clientX, event.clientY, told(edge));
        });
        reach.addEventListener("pointerleave", () => {
            shown.classList.remove("is-pointed");
            stateroom.tip.hide();
        });
        return [shown, reach];
    }

    function draw() {
        const {labelLeft} = scene.columns;
        const left = scene.columns.gutter;
        picture.setAttribute("viewBox", left + " 0 " + (labelLeft - left) + " " + scene.height);
        Object.assign(picture.style, {left: left + "px", width: labelLeft - left + "px", height: scene.height + "px"});
        if (picture.querySelector(".is-pointed")) {
            stateroom.tip.hide();
        }
        // The strong ones first, so that thin ones are not hidden under them.
        const edges = [...scene.edges].sort((one, other) => other.width - one.width).map(drawn);
        picture.replaceChildren(...edges.map(([shown]) => shown), ...edges.map(([, reach]) => reach));
    }

    clusters.edgeCurve = curve;
    clusters.edgeColor = color;
    clusters.part({
        mount() {
            picture = svgElement("svg", {class: "edges-picture", "aria-hidden": "true"});
            clusters.place("edges").replaceChildren(picture);
        },
        scene(now) {
            scene = now;
            draw();
        },
    });
});
