// Under the tokens: how many selected units are on, then any number of annotations, predictions and losses.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {element} = stateroom;
    const LETTER = 7.2;

    stateroom.eachPanel((selection) => {
        let heat = null;
        let tracks = [];

        const width = () => selection.geometry().cell;
        const fits = (text) => [...text].length * LETTER + 2 <= width();

        /** Colours of the counts 0 to `total`. */
        let scales = {};
        selection.scale = function (total) {
            const theme = stateroom.theme.current();
            if (scales.theme !== theme || scales.total !== total) {
                const colors = Array.from({length: total + 1}, (_, count) => stateroom.colors.sequential(count / Math.max(total, 1)));
                scales = {theme, total, colors, inks: colors.map(stateroom.colors.ink)};
            }
            return scales.colors;
        };

        // ---- heat strip -------------------------------------------------------------------------------------
        function makeHeat() {
            heat = selection.row("units on", "heat-row");
            heat.bar = element("span", "legend-gradient");
            heat.high = element("span", "");
            heat.legend = element("span", "side-legend");
            heat.legend.append(element("span", "", "0"), heat.bar, heat.high);
            heat.side.append(heat.legend);
            selection.place("heat-strip").replaceChildren(heat.row);
            selection.pointing(heat.cells);
            selection.brush(heat.cells);
        }

        function cellsFor(row) {
            const shown = selection.window;
            row.cells.replaceChildren(...shown.tokens.map((_, place) => {
                const cell = element("div", "cell");
                selection.dress(cell, shown.start + place);
                return cell;
            }));
        }

        function drawHeat() {
            const shown = selection.window;
            if (!shown || !heat || !heat.row.isConnected || !selection.geometry()) {
                return;
            }
            if (heat.cells.children.length !== shown.tokens.length || Number(heat.cells.firstChild.dataset.position) !== shown.start) {
                cellsFor(heat);
            }
            const total = selection.selected.units.length;
            const wide = fits(String(total));
            const colors = selection.scale(total);
            const {inks} = scales;
            [...heat.cells.children].forEach((cell, place) => {
                const count = total > 0 ? selection.countAt(shown.start + place) : null;
                cell.style.background = count ? colors[count] : "";
                cell.style.color = count ? inks[count] : "";
                cell.textContent = wide && count ? String(count) : "";
            });
            const stops = [0, 0.25, 0.5, 0.75, 1].map(stateroom.colors.sequential);
            heat.bar.style.background = "linear-gradient(to right, " + stops.join(", ") + ")";
            heat.high.textContent = String(total);
            heat.legend.hidden = total === 0;
            mask();
        }

        /** Fade what stands where no selected unit is on. */
        function mask() {
            const faded = selection.view().mask && selection.selected.units.length > 0;
            ["tokens", "tracks"].forEach((name) => selection.place(name).querySelectorAll(".cell").forEach((cell) => {
                cell.classList.toggle("is-faded", faded && selection.countAt(Number(cell.dataset.position)) === 0);
            }));
        }

        // ---- tracks -----------------------------------------------------------------------------------------
        const KINDS = {categorical: drawLabels, numeric: drawNumbers, prediction: drawPredictions};

        function drawTracks() {
            const place = selection.place("tracks");
            if (!selection.window || !place || !selection.geometry()) {
                return;
            }
            tracks = ownTracks().map((track) => {
                const row = selection.row(track.title, "track-row track-" + track.kind);
                row.track = track;
                cellsFor(row);
                KINDS[track.kind](row, track);
                row.side.append(stateroom.button("×", "Remove the track " + track.title, () => remove(track.name), "row-remove"));
                pointing(row, track);
                selection.brush(row.cells);
                return row;
            });
            place.replaceChildren(...tracks.flatMap((row) => (row.legend ? [row.row, row.legend] : [row.row])));
            mask();
        }

        /** Tracks that the other panel shows over the same positions are not drawn twice. */
        function ownTracks() {
            const other = selection === stateroom.besideSelection && selection.linked();
            const shown = other && other.window ? other.window.tracks.map((track) => JSON.stringify(track)) : [];
            return selection.window.tracks.filter((track) => !shown.includes(JSON.stringify(track)));
        }

        /** The label where there is room for it, else the letters that the legend gives it. */
        function drawLabels(row, track) {
            const letters = stateroom.matchScales.lettersOf(track.labels);
            [...row.cells.children].forEach((cell, place) => {
                const code = track.codes[place];
                if (!(code >= 0)) {
                    return;
                }
                const color = stateroom.colors.category(track.colors[code]);
                cell.style.background = color;
                cell.style.color = stateroom.colors.ink(color);
                const text = [track.labels[code], letters[code]].find(fits);
                if (text) {
                    cell.append(element("bdi", "cell-text", text, {dir: "auto"}));
                }
            });
            row.legend = legend(track, letters);
        }

        function legend(track, letters) {
            const line = element("div", "stage-row legend-row");
            const items = element("div", "legend-labels");
            track.labels.forEach((label, code) => {
                const item = element("span", "legend-item");
                const color = stateroom.colors.category(track.colors[code]);
                const swatch = element("span", "legend-swatch", letters[code] === label ? "" : letters[code]);
                swatch.style.background = color;
                swatch.style.color = stateroom.colors.ink(color);
                item.append(swatch, element("bdi", "legend-label", label, {dir: "auto"}));
                items.append(item);
            });
            if (track.shares_last && track.colors.some((color) => color >= 15)) {
                items.append(element("span", "quiet", "rarer labels share one colour"));
            }
            line.append(element("div", "row-name"), items);
            return line;
        }

        function drawNumbers(row, track) {
            const low = Math.min(track.low, 0);
            const reach = track.high - low || 1;
            const whole = track.values.every((value) => value === null || Number.isInteger(value));
            [...row.cells.children].forEach((cell, place) => {
                const value = track.values[place];
                if (value === null || value === undefined) {
                    return;
                }
                const bar = element("div", "number-bar");
                const [from, to] = [Math.min(value, 0), Math.max(value, 0)];
                bar.style.bottom = ((from - low) / reach) * 100 + "%";
                bar.style.height = "max(1px, " + ((to - from) / reach) * 100 + "%)";
                cell.append(bar);
                const text = whole ? String(value) : "";
                if (text && fits(text)) {
                    cell.append(element("span", "number-text", text));
                }
            });
            row.side.append(element("span", "side-limits", stateroom.number(low) + " to " + stateroom.number(track.high)
                + (track.unit ? " " + track.unit : "")));
        }

        function drawPredictions(row, track) {
            const words = track.words.map((word) => stateroom.visible(word));
            const longest = Math.max(...track.ids.map((ids) => [...words[ids[0]]].length));
            const across = track.ids.filter((ids) => fits(words[ids[0]])).length >= 0.95 * track.ids.length;
            const writing = width() < 9 ? "hidden" : across ? "across" : "down";
            row.row.dataset.writing = writing;
            row.cells.style.height = writing === "down" ? Math.min(longest, 13) * 7.85 + 18 + "px" : "";
            [...row.cells.children].forEach((cell, place) => {
                if (!track.ids[place]) {
                    return;
                }
                const [best] = track.ids[place];
                const probability = track.probabilities[place][0];
                if (writing !== "hidden") {
                    cell.append(stateroom.tokenElement(track.words[best]));
                }
                const right = track.targets[place] !== null && track.targets[place] === track.words[best];
                cell.classList.toggle("is-right", right);
                cell.style.setProperty("--probability", probability);
            });
            row.side.append(element("span", "side-limits", "bar: probability"));
        }

        function pointing(row, track) {
            selection.pointing(row.cells);
            row.cells.addEventListener("pointermove", (event) => {
                const at = selection.geometry();
                if (at && !event.buttons) {
                    const position = at.positionAt(event.clientX);
                    stateroom.tip.show(event.clientX, event.clientY, [...selection.describe(position), ...told(track, position)]);
                }
            });
        }

        /** What a track says of a position. */
        function told(track, position) {
            const place = position - selection.window.start;
            if (selection.window.tokens[place] === null) {
                return [];
            }
            if (track.kind === "categorical") {
                const code = track.codes[place];
                return [track.title + ": " + (code < 0 ? "none" : track.labels[code])];
            }
            if (track.kind === "numeric") {
                const value = track.values[place];
                return [track.title + ": " + (value === null ? "none" : stateroom.number(value) + " " + (track.unit || ""))];
            }
            const table = element("table", "tip-table");
            track.ids[place].forEach((word, rank) => {
                const line = element("tr", track.words[word] === track.targets[place] ? "is-right" : "");
                const cell = element("td", "");
                cell.append(stateroom.tokenElement(track.words[word]));
                line.append(cell, element("td", "number", (track.probabilities[place][rank] * 100).toFixed(1) + " %"));
                table.append(line);
            });
            const target = track.targets[place];
            const next = element("div", "quiet");
            next.append(target === null ? "no next token" : "next token: ", target === null ? "" : stateroom.tokenElement(target));
            return [element("div", "quiet", "predicted after this token"), table, next];
        }

        function remove(name) {
            selection.change({tracks: selection.view().tracks.filter((track) => track !== name)});
        }

        selection.part({
            mount: makeHeat,
            window() {
                drawHeat();
                drawTracks();
            },
            selected: drawHeat,
            paired: drawTracks,
            resize() {
                drawHeat();
                drawTracks();
            },
            view(view, previous) {
                if (view.mask !== previous.mask && selection.window) {
                    mask();
                }
            },
        });
        window.addEventListener("DOMContentLoaded", () => stateroom.theme.listeners.push(() => {
            if (selection.isActive() && selection.window) {
                drawHeat();
                drawTracks();
            }
        }));
    });
})();
