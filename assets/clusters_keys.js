// Keys. One tab stop for the units and one for the words; arrows go between clusters, and from a cluster into it.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const ARROWS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
    const STOPS = ".chip-head, .unit-cursor, .cloud-head, .cloud-word, .cloud-more";

    let scene = null;
    let cursor = null;
    let square = null;

    const group = (name) => clusters.place(name);
    const visible = (list) => [...list].filter((made) => made && !made.hidden);
    const headsOf = (name) => visible(group(name).querySelectorAll(name === "units" ? ".chip-head" : ".cloud-head"));
    const numberOf = (head) => Number(head.dataset.cluster.slice(1));

    function focus(made) {
        if (made) {
            made.focus();
        }
    }

    // ---- units ------------------------------------------------------------------------------------------
    function showCursor(chip, index) {
        square = {chip, index};
        const unit = chip.units[index];
        const {left, top} = clusters.layout.squareOf(chip, index);
        Object.assign(cursor.style, {left: left + "px", top: top + "px", width: Math.max(chip.cell - 1, 4) + "px", height: Math.max(chip.cell - 1, 4) + "px"});
        cursor.setAttribute("aria-label", clusters.describeUnit(unit).join(", "));
        cursor.setAttribute("aria-pressed", String(clusters.view().unit === unit));
        cursor.hidden = false;
        focus(cursor);
        clusters.point("unit", unit);
        const box = cursor.getBoundingClientRect();
        stateroom.tip.show(box.right, box.bottom, clusters.describeUnit(unit));
    }

    function moveSquare([right, down]) {
        const {chip, index} = square;
        const [column, row] = [index % chip.columns, Math.floor(index / chip.columns)];
        if (column + right < 0) {
            focus(headsOf("units").find((head) => numberOf(head) === chip.number));
            return;
        }
        const next = (row + down) * chip.columns + column + right;
        if (column + right < chip.columns && next >= 0 && next < chip.units.length) {
            showCursor(chip, next);
        } else if (down !== 0) {
            const chips = scene.chips.filter(Boolean);
            const other = chips[chips.indexOf(chip) + down];
            if (other) {
                const last = Math.floor((other.units.length - 1) / other.columns) * other.columns;
                showCursor(other, Math.min((down > 0 ? 0 : last) + Math.min(column, other.columns - 1), other.units.length - 1));
            }
        }
    }

    // ---- words ------------------------------------------------------------------------------------------
    const cloudOf = (made) => {
        const id = made.dataset.word === undefined ? -1 : Number(made.dataset.word);
        return made.dataset.more === undefined ? clusters.overview.byId.get(id).cluster : Number(made.dataset.more);
    };

    /** The words of a cloud as they are read: line by line. */
    function inReadingOrder(number) {
        const {placed, more} = scene.clouds[number].arrangement;
        const line = (box) => Math.round((box.top + box.height / 2) / 14);
        const boxes = [...placed].sort((one, other) => line(one) - line(other) || one.left - other.left);
        const words = boxes.map((box) => group("clouds").querySelector('[data-word="' + box.word.id + '"]'));
        return more.length > 0 ? [...words, group("clouds").querySelector('[data-more="' + number + '"]')] : words;
    }

    function nearest(from, down) {
        const here = from.getBoundingClientRect();
        const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
        const [x, y] = middle(here);
        let [best, least] = [null, Infinity];
        visible(group("clouds").querySelectorAll(".cloud-word, .cloud-more")).forEach((made) => {
            const [otherX, otherY] = middle(made.getBoundingClientRect());
            const ahead = (otherY - y) * down;
            const distance = ahead + Math.abs(otherX - x) * 0.6;
            if (ahead > here.height / 3 && distance < least) {
                [best, least] = [made, distance];
            }
        });
        return best;
    }

    function moveWord(made, [right, down]) {
        if (down !== 0) {
            focus(nearest(made, down));
            return;
        }
        const order = inReadingOrder(cloudOf(made));
        const next = order.indexOf(made) + right;
        focus(next < 0 ? headsOf("clouds").find((head) => numberOf(head) === cloudOf(made)) : order[next]);
    }

    // ---- heads ------------------------------------------------------------------------------------------
    function moveHead(made, name, [right, down]) {
        const heads = headsOf(name);
        const number = numberOf(made);
        if (down !== 0) {
            focus(heads[heads.indexOf(made) + down]);
        } else if (name === "units" && right > 0) {
            showCursor(scene.chips[number], 0);
        } else if (name === "clouds") {
            const across = headsOf("units");
            focus(right > 0 ? inReadingOrder(number)[0] : across.find((head) => numberOf(head) === number) || across[0]);
        }
    }

    function move(event) {
        const by = ARROWS[event.key];
        const made = event.target;
        if (!by || event.ctrlKey || event.altKey || event.metaKey || !scene || !made.matches(STOPS)) {
            return;
        }
        event.preventDefault();
        if (made === cursor) {
            moveSquare(by);
        } else if (made.matches(".chip-head")) {
            moveHead(made, "units", by);
        } else if (made.matches(".cloud-head")) {
            moveHead(made, "clouds", by);
        } else {
            moveWord(made, by);
        }
    }

    // ---- focus ------------------------------------------------------------------------------------------
    /** Of each group only the one last used is a tab stop. */
    function rove(made) {
        const place = made.closest(".clusters-units, .clusters-clouds");
        place.querySelectorAll('[tabindex="0"]').forEach((other) => other.setAttribute("tabindex", "-1"));
        made.setAttribute("tabindex", "0");
    }

    function focused(event) {
        const made = event.target;
        if (!made.matches(STOPS)) {
            return;
        }
        rove(made);
        if (made.matches(".cloud-word:focus-visible")) {
            const word = clusters.overview.byId.get(Number(made.dataset.word));
            const box = made.getBoundingClientRect();
            clusters.point("word", word.id);
            stateroom.tip.show(box.left, box.bottom - 8, clusters.describeWord(word));
        }
    }

    function left(event) {
        if (event.target === cursor) {
            cursor.hidden = true;
        }
        if (event.target.matches(STOPS)) {
            clusters.pointNowhere();
            stateroom.tip.hide();
        }
    }

    function stops() {
        ["units", "clouds"].forEach((name) => {
            if (!group(name).querySelector('[tabindex="0"]') && headsOf(name).length > 0) {
                headsOf(name)[0].setAttribute("tabindex", "0");
            }
        });
    }

    // ---- keys of the page -------------------------------------------------------------------------------
    const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [role=listbox], [role=combobox]");
    const helpIsOpen = () => !(document.getElementById("shell-help") || {hidden: true}).hidden;

    // The keys of the page act on the first side, which releases what is chosen in either.
    document.addEventListener("keydown", (event) => {
        if (clusters.isSecond || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !clusters.mounted() || helpIsOpen()) {
            return;
        }
        if (event.key === "Escape") {
            const field = typing(event.target);
            if (clusters.closeList() || (!field && clusters.release())) {
                event.preventDefault();
            } else if (field) {
                field.blur();
            }
        } else if (event.key === "/" && !typing(event.target)) {
            event.preventDefault();
            clusters.focusSearch();
        }
    });

    clusters.part({
        mount() {
            scene = null;
            cursor = stateroom.element("button", "unit-cursor", null, {type: "button", tabindex: "-1"});
            cursor.hidden = true;
            cursor.addEventListener("click", () => clusters.toggleUnit(square.chip.units[square.index]));
            group("units").append(cursor);
            const stage = clusters.place("stage");
            stage.addEventListener("keydown", move);
            stage.addEventListener("focusin", focused);
            stage.addEventListener("focusout", left);
        },
        scene(now) {
            scene = now;
            stops();
            if (document.activeElement === cursor && square && square.chip.number >= 0) {
                const chip = scene.chips[square.chip.number];
                chip && square.index < chip.units.length ? showCursor(chip, square.index) : cursor.blur();
            }
        },
        view(now) {
            if (cursor && !cursor.hidden && square) {
                cursor.setAttribute("aria-pressed", String(now.unit === square.chip.units[square.index]));
            }
        },
    });
});
