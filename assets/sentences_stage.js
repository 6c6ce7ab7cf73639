// The picture: a block for each sentence, glyphs on a canvas, words and rows under them; then the difference.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const NAMES = {a: "A", b: "B", d: "B − A"};
    const TOKEN_ROOM = 13;
    const MOST_UPRIGHT = 96;
    const make = (...given) => stateroom.element(...given);

    let scene = null;
    let blocks = [];

    // ---- words ------------------------------------------------------------------------------------------
    const indexed = (row) => scene.shown.map((column) => ({...column, index: scene.columns[column.number][row]}));

    function tokenButton(block, {index, left, width, number}, upright) {
        const token = block.answer.tokens[index];
        const made = make("button", "sentence-token", null, {type: "button", tabindex: "-1"});
        made.append(stateroom.tokenElement(token.text));
        Object.assign(made.dataset, {row: block.row, index, column: number});
        Object.assign(made.style, {left: left + "px", width: width + "px"});
        made.classList.toggle("is-unknown", Boolean(token.unknown));
        made.classList.toggle("is-upright", upright);
        made.setAttribute("aria-pressed", String(sentences.view().chosen === block.row + index));
        if (token.unknown) {
            made.setAttribute("aria-label", stateroom.visible(token.text) + ", unknown to the network");
        }
        const column = scene.columns[number];
        made.classList.toggle("is-other", Boolean(sentences.answers.a && sentences.answers.b) && !column.same && !scene.isApart);
        return made;
    }

    function tokenRow(block) {
        const made = make("div", "sentence-tokens", null, {role: "group", "aria-label": "Words of sentence " + NAMES[block.row]});
        const shown = indexed(block.row).filter(({index}) => index >= 0);
        const written = shown.map(({index}) => sentences.layout.widthOf(sentences.layout.textAt(block.answer, index)));
        const tight = shown.some(({width}, place) => Math.min(written[place], 138) > width + 2);
        const narrowest = Math.min(...shown.map(({width}) => width));
        if (narrowest < TOKEN_ROOM) {
            made.append(make("span", "sentence-row-name quiet", "words"), make("span", "sentence-hint quiet", "Mark fewer words in the strip above to read them, or point."));
            made.style.height = "22px";
            return made;
        }
        made.append(...shown.map((column) => tokenButton(block, column, tight)));
        made.style.height = (tight ? Math.min(Math.max(...written), MOST_UPRIGHT) : 24) + "px";
        const first = made.querySelector(".sentence-token");
        if (first) {
            first.setAttribute("tabindex", "0");
        }
        return made;
    }

    // ---- drawing ----------------------------------------------------------------------------------------
    /** Draw the glyphs of a block; `top` is where it begins. */
    function paintBlock(pen, block, ink, top = 0) {
        axis(pen, block, ink, top);
        const color = sentences.glyph.heatScale(block.ends.net);
        scene.shown.forEach((column) => {
            const index = scene.columns[column.number][block.row];
            if (index < 0) {
                return;
            }
            if (scene.isHeat) {
                sentences.glyph.drawColumn(pen, sentences.glyph.netOf(block.answer, index), {left: column.left, width: column.width + 0.4, top, height: block.heatHeight}, color);
            } else {
                const place = {...sentences.layout.glyphPlace(scene, column), preservedTop: top + block.preservedTop, preservedHeight: block.preservedHeight, zero: top + block.zero, scale: block.scale};
                sentences.glyph.drawGlyph(pen, block.answer, index, place, ink);
            }
        });
    }

    function paintDifference(pen, block, ink, top = 0) {
        if (!block.values) {
            return;
        }
        const label = (y, text) => pen.text(scene.gutter - 8, top + y + 4, text, {fill: ink.quiet, size: 11, align: "right"});
        label(block.zero, "0");
        if (block.zero > 18) {
            label(10, sentences.signed(Number(((block.zero - 4) / block.scale).toPrecision(2))));
        }
        scene.shown.forEach((column) => {
            const values = block.values[column.number];
            if (values) {
                sentences.glyph.drawDifference(pen, values, {...sentences.layout.glyphPlace(scene, column), zero: top + block.zero, scale: block.scale}, ink);
            }
        });
    }

    /** Names of the lines in the gutter: what is kept, and the ends of the scale. */
    function axis(pen, block, ink, top) {
        const right = scene.gutter - 8;
        const quiet = {fill: ink.quiet, size: 11, align: "right"};
        if (scene.isHeat) {
            Array.from({length: block.answer.k}, (_, cluster) => pen.text(right, top + (cluster + 0.5) * sentences.layout.line + 4, String(cluster + 1), {...quiet, size: 10}));
            return;
        }
        pen.text(right, top + block.preservedTop + 8, "kept 100 %", quiet);
        pen.text(right, top + block.preservedTop + block.preservedHeight, "0", quiet);
        const {up, down} = block.ends;
        pen.text(right, top + block.zero + 4, "0", quiet);
        if (up * block.scale > 14) {
            pen.text(right, top + block.zero - up * block.scale + 8, sentences.signed(Number(up.toPrecision(2))), quiet);
        }
        if (down * block.scale > 14) {
            pen.text(right, top + block.zero + down * block.scale + 2, "−" + stateroom.number(Number(down.toPrecision(2))), quiet);
        }
    }

    // ---- marks over the picture --------------------------------------------------------------------------
    /** Ring the cluster that is pointed at in every glyph, and the column; frame the chosen word. */
    function paintMarks() {
        const ink = {hovered: sentences.style("--hovered"), text: sentences.style("--text")};
        blocks.forEach(({block, over}) => {
            const pen = sentences.pens.freshCanvas(over, scene.width, block.height);
            const {column, cluster} = sentences.pointed;
            const chosen = sentences.chosen();
            scene.shown.forEach((each) => {
                const index = block.row === "d" ? -1 : scene.columns[each.number][block.row];
                if (chosen && chosen.row === block.row && chosen.index === index) {
                    pen.rect(each.left + 1, 1, each.width - 2, block.height - 2, {stroke: ink.text, lineWidth: 1.5});
                }
                if (column === each.number) {
                    pen.rect(each.left, 0, each.width, block.height, {fill: ink.hovered, alpha: 0.08});
                }
                const isDrawn = block.row === "d" ? Boolean(block.values && block.values[each.number]) : index >= 0;
                if (cluster >= 0 && isDrawn && !scene.isHeat) {
                    markBar(pen, block, each, cluster, ink);
                }
            });
            if (cluster >= 0 && scene.isHeat && block.answer) {
                pen.rect(scene.gutter, cluster * sentences.layout.line, scene.width - scene.gutter - 10, sentences.layout.line, {stroke: ink.hovered, lineWidth: 1.5});
            }
        });
    }

    function markBar(pen, block, column, cluster, ink) {
        if (!(sentences.comparable() && scene.isOne) && block.row !== sentences.pointed.row && sentences.pointed.row) {
            return;
        }
        const place = sentences.layout.glyphPlace(scene, column);
        const {left, step} = sentences.glyph.barOf(place, cluster, block.answer ? block.answer.k : scene.clusters);
        pen.rect(left - 0.5, 1, Math.max(step, 3), block.height - 2, {stroke: ink.hovered, lineWidth: 1});
    }

    // ---- blocks -----------------------------------------------------------------------------------------
    function headOf(block) {
        const made = make("div", "sentence-head");
        made.append(make("span", "sentence-badge is-" + block.row, NAMES[block.row]));
        if (block.row === "d") {
            const unit = block.why ? "" : block.isOwnScale ? "; on a scale of its own" : ", on the same scale";
            made.append(make("span", "quiet", block.why || "what B holds more than A after words that stand under each other, both parts together" + unit));
        } else {
            made.append(...sentences.headline(block));
        }
        return made;
    }

    function build(block) {
        const holder = make("section", "sentence-block is-" + block.row, null, {"aria-label": block.row === "d" ? "Difference" : "Sentence " + NAMES[block.row]});
        const [canvas, over] = [make("canvas", "sentence-canvas", null, {"aria-hidden": "true"}), make("canvas", "sentence-over", null, {"aria-hidden": "true"})];
        const picture = make("div", "sentence-picture");
        picture.style.height = block.height + "px";
        picture.append(canvas, over);
        holder.append(headOf(block), picture);
        const made = {block, holder, canvas, over, picture};
        picture.addEventListener("pointermove", (event) => pointAt(event, made));
        picture.addEventListener("pointerleave", leave);
        picture.addEventListener("click", (event) => press(event, made));
        if (block.row !== "d") {
            holder.append(tokenRow(block), ...sentences.rows.rowsIn(scene, block.answer).map((row) => sentences.rows.element(row, block.answer, indexed(block.row))));
        } else {
            holder.append(...sentences.differenceRows(scene));
        }
        return made;
    }

    function paint() {
        const ink = sentences.glyph.inks();
        blocks.forEach(({block, canvas}) => {
            const pen = sentences.pens.freshCanvas(canvas, scene.width, block.height);
            block.row === "d" ? paintDifference(pen, block, ink) : paintBlock(pen, block, ink);
        });
        paintMarks();
    }

    function draw() {
        const place = sentences.place("stage");
        const width = place.clientWidth;
        if (width === 0 || sentences.view().mode !== "glyphs") {
            return;
        }
        if (!sentences.answers.a && !sentences.answers.b) {
            scene = null;
            blocks = [];
            place.replaceChildren();
            sentences.tell("scene", null);
            return;
        }
        scene = sentences.layout.compute(width);
        sentences.scene = scene;
        blocks = [...scene.blocks, ...(scene.difference ? [scene.difference] : [])].map(build);
        place.replaceChildren(...blocks.map(({holder}) => holder));
        paint();
        sentences.tell("scene", scene);
    }

    // ---- pointing ---------------------------------------------------------------------------------------
    function found(event, {block, picture}) {
        const box = picture.getBoundingClientRect();
        return sentences.layout.at(scene, event.clientX - box.left, event.clientY - box.top, block);
    }

    function pointAt(event, made) {
        const here = found(event, made);
        const index = here && made.block.row !== "d" ? scene.columns[here.column][made.block.row] : -1;
        if (!here || (made.block.row !== "d" && index < 0)) {
            leave();
            return;
        }
        sentences.point({...here, row: made.block.row});
        stateroom.tip.show(event.clientX, event.clientY, sentences.describe(scene, made.block, here));
    }

    function leave() {
        sentences.pointNowhere();
        stateroom.tip.hide();
    }

    function press(event, made) {
        const here = found(event, made);
        const index = here && made.block.row !== "d" ? scene.columns[here.column][made.block.row] : -1;
        if (index >= 0) {
            sentences.choose(made.block.row, index);
        }
    }

    function pressToken(event) {
        const token = event.target.closest(".sentence-token");
        if (token) {
            sentences.choose(token.dataset.row, Number(token.dataset.index));
        }
    }

    function pointToken(event) {
        const token = event.target.closest(".sentence-token");
        const made = token && blocks.find(({block}) => block.row === token.dataset.row);
        if (made) {
            const here = {column: Number(token.dataset.column), cluster: -1};
            sentences.point({...here, row: made.block.row});
            stateroom.tip.show(event.clientX, event.clientY, sentences.describe(scene, made.block, here));
        } else if (!event.target.closest(".sentence-picture")) {
            leave();
        }
    }

    let marking = 0;
    const REDRAW = ["zoom_from", "zoom_to", "mode", "rows", "linked"];
    sentences.part({
        mount() {
            scene = null;
            blocks = [];
            const place = sentences.place("stage");
            place.replaceChildren();
            place.addEventListener("click", pressToken);
            place.addEventListener("pointermove", pointToken);
            place.addEventListener("pointerleave", leave);
        },
        answers: draw,
        resize: () => scene && draw(),
        theme: () => scene && draw(),
        view(now, previous) {
            sentences.place("stage").hidden = now.mode !== "glyphs";
            if (REDRAW.some((field) => JSON.stringify(now[field]) !== JSON.stringify(previous[field])) && sentences.answers.a) {
                draw();
            } else if (now.chosen !== previous.chosen && scene) {
                sentences.place("stage").querySelectorAll(".sentence-token").forEach((token) => {
                    token.setAttribute("aria-pressed", String(now.chosen === token.dataset.row + token.dataset.index));
                });
                paintMarks();
            }
        },
        pointed() {
            if (scene && !marking) {
                marking = window.requestAnimationFrame(() => {
                    marking = 0;
                    if (scene && sentences.mounted()) {
                        paintMarks();
                    }
                });
            }
        },
    });
    Object.assign(sentences, {stage: {paintBlock, paintDifference, names: NAMES, scene: () => scene}});
})();
