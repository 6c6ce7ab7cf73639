// The units of the selection as chips: point at one to see its line, drop it, keep it; then Match.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {element} = stateroom;
    const MOST_CHIPS = 40;

    stateroom.eachPanel((selection) => {
        let box = null;
        let all = false;

        const view = () => selection.view();
        const without = (list, unit) => list.filter((other) => other !== unit);

        /** Drop a selected unit, restore a dropped one, keep any other. */
        selection.toggleUnit = function (unit) {
            const {dropped, pinned} = view();
            if (dropped.includes(unit)) {
                selection.change({dropped: without(dropped, unit)});
            } else if (selection.selected.units.includes(unit)) {
                const drops = selection.selected.by_range.includes(unit);
                selection.change({
                    pinned: without(pinned, unit), dropped: drops ? [...dropped, unit].sort((a, b) => a - b) : dropped,
                });
            } else {
                selection.change({pinned: [...pinned, unit].sort((a, b) => a - b)});
            }
        };

        function togglePin(unit) {
            const {dropped, pinned} = view();
            selection.change({
                dropped: without(dropped, unit),
                pinned: pinned.includes(unit) ? without(pinned, unit) : [...pinned, unit].sort((a, b) => a - b),
            });
        }

        function mount() {
            box = {
                count: element("span", "units-count"),
                chips: element("div", "chips", null, {role: "list", "aria-label": "selected units"}),
                dropped: element("div", "chips chips-dropped", null, {role: "list", "aria-label": "dropped units"}),
                why: element("div", "units-why"),
                match: stateroom.button("Match", "Match: find where else these units are on (m)", match, "primary-button"),
            };
            box.match.id = selection === stateroom.selection ? "match-go" : "match-beside-go";
            box.live = element("div", "visually-hidden", null, {"aria-live": "polite"});
            const head = element("div", "units-head");
            head.append(element("span", "beside-badge is-" + selection.letter.toLowerCase(), selection.letter), box.count);
            const middle = element("div", "units-middle");
            middle.append(box.why, box.chips, box.dropped);
            box.match.hidden = selection !== stateroom.selection;
            selection.place("chips").replaceChildren(head, middle, box.match, box.live);
            [box.chips, box.dropped].forEach(listen);
        }

        function listen(list) {
            list.addEventListener("click", (event) => {
                const button = event.target.closest("button[data-act]");
                if (button) {
                    const unit = Number(button.closest(".chip").dataset.unit);
                    ({toggle: selection.toggleUnit, pin: togglePin})[button.dataset.act](unit);
                }
            });
            const over = (event) => {
                const chip = event.target.closest(".chip");
                selection.point({unit: chip ? Number(chip.dataset.unit) : -1});
            };
            ["pointerover", "focusin"].forEach((name) => list.addEventListener(name, over));
            ["pointerleave", "focusout"].forEach((name) => list.addEventListener(name, () => selection.point({unit: -1})));
        }

        function match() {
            if (!box.match.disabled) {
                const own = stateroom.view.get().matches_of;
                const has = {a: stateroom.selection.selected.units.length > 0, b: hasBeside()};
                selection.change({matched: true, matches_of: has[own] ? own : has.a ? "a" : "b"});
                const panel = document.getElementById("matches");
                if (panel) {
                    panel.scrollIntoView({behavior: "smooth", block: "nearest"});
                }
            }
        }
        selection.match = match;

        const hasBeside = () => stateroom.besideSelection.isActive() && stateroom.besideSelection.selected.units.length > 0;

        /** One button matches what either has. */
        function enable() {
            if (box && selection === stateroom.selection) {
                box.match.disabled = selection.selected.units.length === 0 && !hasBeside();
            }
        }

        /** A link to the words that move a unit most, on the page Clusters. */
        function inClusters(unit) {
            const {recording, state} = view();
            const label = "Unit " + unit + " in Clusters: the words that move it most";
            const href = stateroom.view.setting("clusters") + "?" + new URLSearchParams({recording, state, unit});
            const made = element("a", "chip-open", "\u2197", {href, "aria-label": label});
            made.title = label;
            return made;
        }

        function chip(unit, kind) {
            const made = element("span", "chip chip-" + kind, null, {role: "listitem"});
            made.dataset.unit = unit;
            const act = kind === "dropped" ? "Restore unit " : "Drop unit ";
            const name = element("button", "chip-name", String(unit), {type: "button", "aria-label": act + unit});
            name.dataset.act = "toggle";
            name.title = act + unit;
            made.append(name);
            if (kind !== "dropped") {
                const kept = kind === "pinned";
                const label = kept ? "Unit " + unit + " stays whatever the range; press to let it go"
                    : "Keep unit " + unit + " whatever the range";
                const pin = element("button", "chip-pin", null, {type: "button", "aria-label": label, "aria-pressed": String(kept)});
                pin.dataset.act = "pin";
                pin.title = label;
                pin.append(element("span", "icon icon-pin", null, {"aria-hidden": "true"}));
                made.append(pin, inClusters(unit));
            }
            return made;
        }

        function draw() {
            if (!box || !box.count.isConnected) {
                return;
            }
            const {units, n_units: nUnits, why_empty: why} = selection.selected;
            const {pinned, dropped} = view();
            const shown = all ? units : units.slice(0, MOST_CHIPS);
            const more = units.length - shown.length;
            box.chips.replaceChildren(...shown.map((unit) => chip(unit, pinned.includes(unit) ? "pinned" : "on")));
            if (more > 0) {
                box.chips.append(stateroom.button("and " + more + " more", "List every unit", () => {
                    all = true;
                    draw();
                }, "link-button"));
            }
            box.dropped.replaceChildren(...(dropped.length ? [element("span", "quiet", "dropped")] : []),
                ...dropped.map((unit) => chip(unit, "dropped")));
            box.count.replaceChildren(element("strong", "", String(units.length)),
                nUnits ? " of " + stateroom.whole(nUnits) + " units" : " units");
            box.why.textContent = why || "";
            box.why.hidden = !why;
            stateroom.selection.tell("counted");
            box.live.textContent = units.length + " units selected";
            highlight(selection.pointed);
        }

        function highlight(now) {
            selection.place("chips").querySelectorAll(".chip").forEach((made) => {
                made.classList.toggle("is-pointed", Number(made.dataset.unit) === now.unit);
            });
        }

        selection.part({
            mount,
            selected: draw,
            view(now, previous) {
                if (now.start !== previous.start) {
                    all = false;
                }
                if (previous.recording !== undefined && (now.dropped !== previous.dropped || now.pinned !== previous.pinned)) {
                    draw();
                }
            },
            pointed: highlight,
            counted: enable,
        });
    });
})();
