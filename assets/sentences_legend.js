// What a glyph means, drawn as a glyph; the one scale of the page; what is wrong where there is no picture.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const EXAMPLE = {k: 4, positive: [0.7, 0.5, 0.1, 0.3], negative: [-0.15, -0.25, -0.55, -0.35], updatePositive: [0.4, -0.3, 0, 0], updateNegative: [0, 0, -0.3, 0.25],
        preserved: [0.5, 0.75, 0.9, 0.35]};
    const make = (...given) => stateroom.element(...given);

    const TOLD = [
        "kept of the state before, 0 to 100 %",
        "outlined: mean positive part of a cluster’s units, above 0",
        "orange inside: it grew by this word; blue outside: it shrank by that",
        "below 0: mean negative part",
        "blue inside: more negative; orange outside: less",
    ];
    const LEADERS = [[[104, 16], [122, 16]], [[30, 56], [112, 40], [122, 40]], [[56, 50], [104, 62], [122, 64]], [[74, 104], [104, 92], [122, 88]], [[96, 112], [122, 112]]];
    const EXAMPLE_HEIGHT = 128;

    /** A glyph of four clusters, each with another change, and a line to each thing that is told; it begins at `top`. */
    function drawExample(pen, ink, top) {
        sentences.glyph.drawGlyph(pen, EXAMPLE, 0, {left: 10, width: 88, preservedTop: top + 4, preservedHeight: 24, zero: top + 84, scale: 56}, ink);
        TOLD.forEach((text, place) => pen.text(128, top + 20 + place * 24, text, {fill: ink.text, size: 11}));
        LEADERS.forEach((points) => pen.line(points.map(([x, y]) => [x, top + y]), {stroke: ink.strong}));
    }

    function example() {
        const picture = sentences.pens.svg("svg", {width: 470, height: EXAMPLE_HEIGHT, viewBox: "0 0 470 " + EXAMPLE_HEIGHT, role: "img",
            "aria-label": "A glyph: on top the share kept of the state before; below, outlined bars are what a cluster holds, orange and blue hats what the word changed"});
        drawExample(sentences.pens.svgPen(picture), sentences.glyph.inks(), 0);
        return picture;
    }

    function gradient() {
        const bar = make("span", "scale-bar");
        bar.style.background = "linear-gradient(to right, " + [-1, -0.5, 0, 0.5, 1].map((value) => stateroom.colors.diverging(value)).join(", ") + ")";
        return bar;
    }

    const round = (value) => stateroom.number(Number(value.toPrecision(3)));

    /** From where to where each sentence is drawn, where A and B have scales of their own. */
    sentences.scalesTold = (scene) => scene.blocks.map(({row, ends}) => sentences.stage.names[row] + " −" + round(scene.isHeat ? ends.net : ends.down)
        + " to +" + round(scene.isHeat ? ends.net : ends.up)).join(", ");

    function scaleLine(scene) {
        const made = make("div", "sentence-scale");
        if (!scene.isOne) {
            made.append(make("strong", "", "Not linked, each on a scale of its own: "), make("span", "", sentences.scalesTold(scene)), ...(scene.isHeat ? [gradient()] : []),
                make("span", "quiet", "mean over the units of a cluster. Link A and B in the frame to see them on one scale."));
        } else if (scene.isHeat) {
            made.append(make("strong", "", "One scale for everything here"), make("span", "scale-end", "−" + round(scene.scale.net)), gradient(), make("span", "scale-end", "+" + round(scene.scale.net)),
                make("span", "quiet", "mean state of a cluster’s units; a line is a cluster, in the order of Clusters. Mark fewer words to see glyphs."));
        } else {
            made.append(make("strong", "", "One scale for everything here: "), make("span", "", "−" + round(scene.scale.down) + " to +" + round(scene.scale.up)),
                make("span", "quiet", "mean over the units of a cluster; a bar is a cluster, in the order of Clusters. Point for numbers, click a word for its links."));
        }
        return made;
    }

    function draw(scene) {
        const place = sentences.place("legend");
        place.hidden = !scene || sentences.view().mode !== "glyphs";
        if (place.hidden) {
            sentences.place("explained").hidden = true;
            return;
        }
        place.replaceChildren(scaleLine(scene));
        sentences.place("explained").hidden = scene.isHeat;
        if (!scene.isHeat) {
            explain();
        }
    }

    /** What the reader made of the explanation; null: nothing yet. */
    let wanted = null;

    /** It stands below the picture, open until there is more to see, unless the reader decided otherwise. */
    function explained(details) {
        details.open = wanted === null ? !sentences.view().chosen && sentences.entries.all().length < 2 : wanted;
    }

    function explain() {
        const place = sentences.place("explained");
        const details = make("details", "sentence-explained");
        const summary = make("summary", "", "How to read a glyph");
        summary.addEventListener("click", () => {
            wanted = !details.open;
        });
        explained(details);
        details.append(summary, example());
        place.replaceChildren(details);
        place.hidden = false;
    }

    // ---- why there is no picture ------------------------------------------------------------------------
    function problems(list) {
        const place = sentences.place("why");
        place.hidden = list.length === 0;
        place.replaceChildren(...list.map(({row, sentence}) => {
            const made = make("div", "empty-state");
            made.append(make("p", "empty-why", sentences.stage.names[row] + ": " + sentence));
            return made;
        }));
    }

    function nothing() {
        const place = sentences.place("why");
        const made = make("div", "empty-state");
        const button = stateroom.button("From the recording", "From the recording: search and browse its sentences", () => sentences.change({list: true}), "quiet-button");
        made.append(make("p", "empty-why", "No sentence is chosen."), make("p", "", "Type one above, or pick one from the recording."), button);
        place.hidden = false;
        place.replaceChildren(made);
    }

    sentences.part({
        mount() {
            sentences.place("why").hidden = true;
            sentences.place("legend").hidden = true;
            sentences.place("explained").hidden = true;
            sentences.place("explained").replaceChildren();
            wanted = null;
            sentences.place("waiting").hidden = false;
        },
        scene: draw,
        answers() {
            const verdict = sentences.answers.a || sentences.answers.b ? sentences.verdict() : "";
            sentences.place("caption").textContent = sentences.view().mode === "glyphs" ? verdict : "";
        },
        problems(list) {
            sentences.place("waiting").hidden = true;
            if (sentences.view().entries.length > 0) {
                problems(list);
            } else {
                nothing();
            }
        },
        theme: () => draw(sentences.stage.scene()),
        failed: (question, sentence) => stateroom.messages.show([sentence], "error"),
        view(now, previous) {
            sentences.place("explained").querySelectorAll("details").forEach(explained);
            if (now.mode !== previous.mode) {
                ["legend", "explained"].filter(() => now.mode !== "glyphs").forEach((name) => {
                    sentences.place(name).hidden = true;
                });
                sentences.place("caption").hidden = now.mode !== "glyphs";
            }
        },
    });
    Object.assign(sentences, {legend: {drawExample, height: EXAMPLE_HEIGHT}});
})();
