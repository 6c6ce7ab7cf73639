// Two pens with the same strokes: one draws on a canvas, one makes marks of an SVG. So a saved picture is the picture.
(function () {
    "use strict";
    const {sentences} = (window.stateroom = window.stateroom || {});
    const SVG = "http://www.w3.org/2000/svg";
    const FACE = "IBM Plex Sans, sans-serif";
    const ANCHORS = {left: "start", center: "middle", right: "end"};

    function canvasPen(paint) {
        return {
            rect(x, y, width, height, {fill, stroke, lineWidth = 1, alpha = 1}) {
                paint.globalAlpha = alpha;
                if (fill) {
                    paint.fillStyle = fill;
                    paint.fillRect(x, y, width, height);
                }
                if (stroke) {
                    paint.strokeStyle = stroke;
                    paint.lineWidth = lineWidth;
                    paint.strokeRect(x, y, width, height);
                }
                paint.globalAlpha = 1;
            },
            line(points, {stroke, lineWidth = 1, dash = []}) {
                paint.strokeStyle = stroke;
                paint.lineWidth = lineWidth;
                paint.setLineDash(dash);
                paint.beginPath();
                points.forEach(([x, y]) => paint.lineTo(x, y));
                paint.stroke();
                paint.setLineDash([]);
            },
            text(x, y, text, {fill, size = 12, align = "left", weight = 400, face = FACE, turned = false}) {
                paint.save();
                paint.translate(x, y);
                if (turned) {
                    paint.rotate(Math.PI / 2);
                }
                paint.font = weight + " " + size + "px " + face;
                paint.fillStyle = fill;
                paint.textAlign = align;
                paint.fillText(text, 0, 0);
                paint.restore();
            },
        };
    }

    function svg(tag, attributes, text) {
        const made = document.createElementNS(SVG, tag);
        Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, typeof value === "number" ? Number(value.toFixed(2)) : value));
        if (text !== undefined) {
            made.textContent = text;
        }
        return made;
    }

    function svgPen(parent) {
        return {
            rect(x, y, width, height, {fill, stroke, lineWidth = 1, alpha = 1}) {
                parent.append(svg("rect", {x, y, width: Math.max(0, width), height: Math.max(0, height), fill: fill || "none",
                    ...(stroke ? {stroke, "stroke-width": lineWidth} : {}), ...(alpha < 1 ? {opacity: alpha} : {})}));
            },
            line(points, {stroke, lineWidth = 1, dash = []}) {
                parent.append(svg("polyline", {points: points.map(([x, y]) => x.toFixed(2) + "," + y.toFixed(2)).join(" "), fill: "none", stroke,
                    "stroke-width": lineWidth, ...(dash.length > 0 ? {"stroke-dasharray": dash.join(" ")} : {})}));
            },
            text(x, y, text, {fill, size = 12, align = "left", weight = 400, face = FACE, turned = false}) {
                parent.append(svg("text", {...(turned ? {transform: "translate(" + x.toFixed(2) + " " + y.toFixed(2) + ") rotate(90)"} : {x, y}),
                    "font-size": size, "font-weight": weight, "font-family": face, "text-anchor": ANCHORS[align], fill}, text));
            },
        };
    }

    /** A canvas of a size in CSS pixels, sharp on any screen, with its pen. */
    function freshCanvas(canvas, width, height) {
        const ratio = window.devicePixelRatio || 1;
        const [wide, tall] = [Math.round(width * ratio), Math.round(height * ratio)];
        if (canvas.width !== wide || canvas.height !== tall) {
            [canvas.width, canvas.height] = [wide, tall];
            Object.assign(canvas.style, {width: width + "px", height: height + "px"});
        }
        const paint = canvas.getContext("2d");
        paint.setTransform(ratio, 0, 0, ratio, 0, 0);
        paint.clearRect(0, 0, width, height);
        return canvasPen(paint);
    }

    Object.assign(sentences, {pens: {canvasPen, svgPen, svg, freshCanvas, SVG}});
})();
