// What stands under the words: what the network expected, the classes as it reads on, annotations of the corpus.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const ROOM_FOR_NUMBER = 30;
    const ROOM_FOR_WORD = 30;
    /** Narrower cells are bars that stand, wider ones have a bar that lies below the number. */
    const NARROW = 14;
    const NOTHING = "none";

    const finite = (value) => value !== null && value !== undefined && Number.isFinite(value);
    const told = (value) => (value < 0.0005 ? "<.001" : value >= 0.9995 ? "1.00" : value.toFixed(value < 0.1 ? 3 : 2).replace(/^0/, ""));

    // ---- which rows -------------------------------------------------------------------------------------
    const measured = (answer, name) => Boolean(answer.predictions && answer.predictions[name] && answer.predictions[name].some(finite));

    const PREDICTIONS = {
        p: {
            title: "p(next)", told: "probability of the word that follows",
            has: (answer) => measured(answer, "p"), value: (answer, index) => answer.predictions.p[index], share: (value) => value, text: told,
        },
        loss: {
            title: "loss", told: "−log p of the word that follows, in nats",
            has: (answer) => measured(answer, "loss"), value: (answer, index) => answer.predictions.loss[index], share: (value) => value / 10, text: (value) => value.toFixed(1),
        },
        entropy: {
            title: "entropy", told: "how undecided the network is, in nats",
            has: (answer) => measured(answer, "entropy"), value: (answer, index) => answer.predictions.entropy[index], share: (value) => value / 10, text: (value) => value.toFixed(1),
        },
        top: {
            title: "expects", told: "the word that the network finds most probable next; point for more",
            has: (answer) => Boolean(answer.predictions && answer.predictions.top && answer.predictions.top.some((each) => each && each.length > 0)),
            token: (answer, index) => (answer.predictions.top[index] || [])[0] || null,
        },
    };

    function classRow(number) {
        const p = (answer, index) => answer.classes.p[index * answer.classes.names.length + number];
        return {key: "classes", kind: "class", number, told: "probability of this class, had the text ended here", value: p, share: (value) => value, text: told};
    }

    function trackRow(name) {
        return {key: name, kind: "track", title: name, told: "annotation of the corpus: " + name, track: (answer) => answer.tracks.find((track) => track.name === name)};
    }

    /** Names of all rows that an answer can have under its words. */
    function offered(answer) {
        return [...Object.keys(PREDICTIONS).filter((name) => PREDICTIONS[name].has(answer)), ...(answer.classes ? ["classes"] : []), ...answer.tracks.map((track) => track.name)];
    }

    function wanted(answer) {
        const {rows} = sentences.view();
        if (rows.length === 0) {
            return answer.classes ? ["classes"] : ["p", "top"];
        }
        return rows.filter((name) => name !== NOTHING);
    }

    /** With two classes the second says it all. */
    const classesShown = (names) => (names.length === 2 ? [1] : names.map((_, number) => number));

    /** The rows of an answer, in the order in which they stand. */
    function rowsOf(answer) {
        const names = wanted(answer);
        return offered(answer).filter((name) => names.includes(name)).flatMap((name) => {
            if (name === "classes") {
                return classesShown(answer.classes.names).map((number) => ({...classRow(number), title: answer.classes.names[number]}));
            }
            return [PREDICTIONS[name] ? {key: name, kind: name === "top" ? "token" : "number", ...PREDICTIONS[name]} : trackRow(name)];
        });
    }

    /** The rows that have room in a scene: a word cannot be read in a narrow column, a bar can. */
    const rowsIn = (scene, answer) => rowsOf(answer).filter((row) => row.kind !== "token" || scene.shown.some(({width}) => width >= ROOM_FOR_WORD));

    // ---- cells ------------------------------------------------------------------------------------------
    function numberCell(made, row, value, width) {
        if (!finite(value)) {
            return;
        }
        made.classList.add(width >= NARROW ? "has-bar" : "is-bar");
        made.style.setProperty("--share", Math.min(Math.max(row.share(value), 0), 1));
        if (width >= ROOM_FOR_NUMBER) {
            made.textContent = row.text(value);
        }
    }

    function trackCell(made, track, index, width) {
        const label = track.labels ? track.labels[index] : null;
        const value = track.values ? track.values[index] : null;
        if (label !== null && label !== undefined) {
            const color = stateroom.colors.category(track.colors[index]);
            made.style.background = color;
            made.style.color = stateroom.colors.ink(color);
            made.title = track.name + ": " + label;
            if (width >= 12) {
                made.textContent = label;
            }
        } else if (finite(value)) {
            made.title = track.name + ": " + stateroom.number(value);
            made.textContent = width >= ROOM_FOR_NUMBER ? stateroom.number(value) : "";
        }
    }

    function cell(row, answer, index, width) {
        const made = stateroom.element("span", "sentence-cell is-" + row.kind);
        if (row.kind === "token") {
            const top = row.token(answer, index);
            if (top) {
                made.append(stateroom.tokenElement(top[0]));
                made.classList.toggle("is-right", answer.predictions.target[index] === top[0]);
            }
        } else if (row.kind === "track") {
            trackCell(made, row.track(answer), index, width);
        } else {
            numberCell(made, row, row.value(answer, index), width);
        }
        return made;
    }

    /** One row as an element: its name in the gutter, a cell under each word that is shown. */
    function element(row, answer, shown) {
        const made = stateroom.element("div", "sentence-row");
        const name = stateroom.element("span", "sentence-row-name", row.title);
        name.title = row.told;
        made.append(name, ...shown.filter(({index, width}) => index >= 0 && (row.kind !== "token" || width >= ROOM_FOR_WORD)).map(({index, left, width}) => {
            const made = cell(row, answer, index, width);
            Object.assign(made.style, {left: left + "px", width: width + "px"});
            return made;
        }));
        return made;
    }

    // ---- in words ---------------------------------------------------------------------------------------
    function topTable(answer, index) {
        const table = stateroom.element("table", "tip-table");
        answer.predictions.top[index].slice(0, 5).forEach(([text, p]) => {
            const line = stateroom.element("tr", answer.predictions.target[index] === text ? "is-right" : "");
            const word = stateroom.element("td");
            word.append(stateroom.tokenElement(text));
            line.append(word, stateroom.element("td", "number", sentences.percent(p)));
            table.append(line);
        });
        return table;
    }

    /** What the network expected after a word, as lines of the floating label. */
    function describe(answer, index) {
        const {predictions, classes} = answer;
        const lines = [];
        if (classes) {
            lines.push(...classes.names.map((name, number) => name + " " + sentences.percent(classes.p[index * classes.names.length + number])).slice(0, 6));
        }
        if (predictions && finite((predictions.p || [])[index])) {
            lines.push("next " + stateroom.visible(String(predictions.target[index])) + ": p " + sentences.percent(predictions.p[index])
                + (finite((predictions.loss || [])[index]) ? ", loss " + stateroom.number(predictions.loss[index]) + " nats" : ""));
        }
        if (predictions && predictions.entropy && finite(predictions.entropy[index])) {
            lines.push("entropy " + stateroom.number(predictions.entropy[index]) + " nats");
        }
        if (predictions && predictions.top && predictions.top[index] && predictions.top[index].length > 0) {
            lines.push(topTable(answer, index));
        }
        answer.tracks.forEach((track) => {
            const value = (track.labels || track.values)[index];
            lines.push(value === null || value === undefined ? null : track.name + ": " + (typeof value === "number" ? stateroom.number(value) : value));
        });
        return lines;
    }

    Object.assign(sentences, {rows: {offered, wanted, rowsOf, rowsIn, element, describe, finite, told, nothing: NOTHING, isMeasure: (name) => name === NOTHING || name === "classes" || Object.hasOwn(PREDICTIONS, name), titleOf: (name) => (PREDICTIONS[name] ? PREDICTIONS[name].title : name)}});
})();
