// The memory chips: one square for each unit, on a canvas, so that thousands cost nothing.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const RADIUS = 3;
    const ROOM_BETWEEN_FROM = 4;

    let canvas = null;
    let heads = [];
    let scene = null;

    const every = () => [...scene.chips, scene.aside].filter(Boolean);
    const faded = (chip) => Boolean(scene.expanded) && !scene.expanded.u.has(chip.number);

    // ---- drawing ----------------------------------------------------------------------------------------
    function fresh() {
        const ratio = window.devicePixelRatio || 1;
        const width = scene.columns.labelLeft;
        [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(scene.height * ratio)];
        [canvas.style.width, canvas.style.height] = [width + "px", scene.height + "px"];
        const paint = canvas.getContext("2d");
        paint.setTransform(ratio, 0, 0, ratio, 0, 0);
        return paint;
    }

    /** Colours of the units: by their response to the word that is shown, else one quiet grey. */
    function colorOf() {
        const word = clusters.shownWord();
        if (!word) {
            const quiet = clusters.style("--unselected");
            return () => quiet;
        }
        const limit = clusters.colorLimit();
        return (unit) => stateroom.colors.diverging(clusters.response(unit, word) / limit);
    }

    function drawChip(paint, chip, color) {
        const chosen = clusters.picked();
        const isPicked = chosen && chosen.kind === "u" && chosen.number === chip.number;
        paint.globalAlpha = faded(chip) ? 0.5 : 1;
        paint.beginPath();
        paint.roundRect(chip.left + 0.5, chip.top + 0.5, chip.width - 1, chip.height - 1, RADIUS);
        paint.fillStyle = clusters.style("--surface-strong");
        paint.fill();
        paint.strokeStyle = clusters.style(isPicked ? "--text" : "--line-strong");
        paint.lineWidth = isPicked ? 2 : 1;
        paint.setLineDash(chip.number < 0 ? [3, 3] : []);
        paint.stroke();
        paint.setLineDash([]);
        const side = chip.cell >= ROOM_BETWEEN_FROM ? chip.cell - 1 : chip.cell;
        chip.units.forEach((unit, index) => {
            const {left, top} = clusters.layout.squareOf(chip, index);
            paint.fillStyle = color(unit);
            paint.fillRect(left, top, side, side);
        });
        paint.globalAlpha = 1;
    }

    function ring(paint, unit, color) {
        const chip = every().find((candidate) => candidate.units.includes(unit));
        if (!chip) {
            return;
        }
        const {left, top} = clusters.layout.squareOf(chip, chip.units.indexOf(unit));
        const side = Math.max(chip.cell - 1, 5);
        paint.strokeStyle = clusters.style("--surface");
        paint.lineWidth = 4;
        paint.strokeRect(left - 1, top - 1, side + 2, side + 2);
        paint.strokeStyle = clusters.style(color);
        paint.lineWidth = 2;
        paint.strokeRect(left - 1, top - 1, side + 2, side + 2);
    }

    function draw() {
        if (!scene || !canvas || !canvas.isConnected) {
            return;
        }
        const paint = fresh();
        const color = colorOf();
        every().forEach((chip) => drawChip(paint, chip, color));
        const {unit} = clusters.view();
        if (unit >= 0) {
            ring(paint, unit, "--text");
        }
        if (clusters.pointed.kind === "unit") {
            ring(paint, clusters.pointed.id, "--hovered");
        }
    }

    // ---- heads ------------------------------------------------------------------------------------------
    function plural(count, noun) {
        return stateroom.whole(count) + " " + noun + (count === 1 ? "" : "s");
    }

    function head(chip) {
        const made = stateroom.element("button", "chip-head", null, {type: "button", tabindex: "-1"});
        made.dataset.cluster = "u" + chip.number;
        made.append(stateroom.element("span", "visually-hidden", "unit cluster "), stateroom.element("span", "cluster-number", String(chip.number + 1)),
            stateroom.element("span", "quiet", plural(chip.units.length, "unit")));
        made.addEventListener("click", () => clusters.toggleCluster("u", chip.number));
        return made;
    }

    function placeHeads(fromNew) {
        const holder = clusters.place("units");
        if (fromNew) {
            heads = scene.chips.map((chip) => chip && head(chip));
            holder.querySelectorAll(".chip-head, .chip-aside").forEach((old) => old.remove());
            holder.prepend(...heads.filter(Boolean));
            if (scene.aside) {
                holder.append(stateroom.element("span", "chip-aside quiet", plural(scene.aside.units.length, "unit") + " set aside"));
            }
        }
        const chosen = clusters.picked();
        scene.chips.filter(Boolean).forEach((chip) => {
            const made = heads[chip.number];
            const isPicked = Boolean(chosen) && chosen.kind === "u" && chosen.number === chip.number;
            made.style.top = Math.round(chip.top + chip.height / 2) + "px";
            made.style.width = scene.columns.gutter - 6 + "px";
            made.classList.toggle("is-faded", faded(chip));
            made.setAttribute("aria-pressed", String(isPicked));
        });
        const aside = holder.querySelector(".chip-aside");
        if (aside) {
            Object.assign(aside.style, {top: scene.aside.top + "px", width: scene.columns.gutter - 6 + "px"});
        }
    }

    // ---- pointing ---------------------------------------------------------------------------------------
    const at = (event) => {
        const box = canvas.getBoundingClientRect();
        return [event.clientX - box.left, event.clientY - box.top];
    };

    clusters.describeUnit = function (unit) {
        const cluster = clusters.overview.unitClusters[unit];
        const lines = ["unit " + unit + (cluster < 0 ? ", set aside" : ", cluster " + (cluster + 1))];
        (clusters.words ? clusters.words.words : []).forEach((word) => lines.push(
            "expected response to " + stateroom.visible(word.text) + ": " + clusters.signed(clusters.response(unit, word))));
        return lines;
    };

    function pointAt(event) {
        const found = scene && clusters.layout.unitAt(scene, ...at(event));
        clusters.point(found ? "unit" : "", found ? found.unit : -1);
        canvas.style.cursor = found || (scene && clusters.layout.chipAt(scene, ...at(event))) ? "pointer" : "default";
        if (found) {
            stateroom.tip.show(event.clientX, event.clientY, [...clusters.describeUnit(found.unit),
                stateroom.element("div", "quiet", "click: what it responds to")]);
        } else {
            stateroom.tip.hide();
        }
    }

    function press(event) {
        const found = clusters.layout.unitAt(scene, ...at(event));
        const chip = clusters.layout.chipAt(scene, ...at(event));
        if (found) {
            clusters.toggleUnit(found.unit);
        } else if (chip) {
            clusters.toggleCluster("u", chip.number);
        }
    }

    clusters.part({
        mount() {
            scene = null;
            canvas = stateroom.element("canvas", "chips-canvas", null, {"aria-hidden": "true"});
            canvas.addEventListener("pointermove", pointAt);
            canvas.addEventListener("pointerleave", () => {
                clusters.pointNowhere();
                stateroom.tip.hide();
            });
            canvas.addEventListener("click", press);
            clusters.place("units").replaceChildren(canvas);
        },
        scene(now, fromNew) {
            scene = now;
            placeHeads(fromNew);
            draw();
        },
        words: draw,
        scale: draw,
        theme: draw,
        view(now, previous) {
            if (now.unit !== previous.unit) {
                draw();
            }
        },
        pointed(now, before) {
            if (now.kind === "unit" || before.kind === "unit") {
                draw();
            }
        },
    });
});
