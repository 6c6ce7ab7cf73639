// The line of chosen recordings, each with its letter, colour and state; what may be added; and the first choice.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {compare} = stateroom;
    const {view} = compare;
    const make = (...given) => stateroom.element(...given);
    let dragged = -1;
    let adding = null;
    let ticked = [];

    /** Groups of recordings to choose from: those over the same tokens together, then all others in one. */
    function groups(fits) {
        const all = (compare.choice ? compare.choice.groups : []).map((group) => ({...group, members: group.rows.filter(fits)}));
        const own = (group) => group.rows.some((row) => row.key === view().recordings[0]);
        const shared = all.filter((group) => group.same).sort((one, other) => own(other) - own(one));
        const alone = all.filter((group) => !group.same).flatMap((group) => group.members);
        return [...shared.map((group) => ({...group, own: own(group)})), {same: false, members: alone}].filter((group) => group.members.length > 0);
    }

    /** The letter of a recording on its colour. */
    compare.badge = function (index) {
        const made = make("span", "compare-badge", compare.letter(index), {"aria-hidden": "true"});
        const color = compare.color(index);
        made.style.background = color;
        made.style.color = stateroom.colors.ink(color);
        return made;
    };

    // ---- a chosen recording -----------------------------------------------------------------------------
    function stateField(index) {
        const row = compare.rowOf(index);
        const field = make("select", "tool-input compare-state", null, {"aria-label": "State of " + compare.nameOf(index)});
        const names = Object.keys((row && row.states) || {});
        field.append(...names.map((name) => make("option", "", name, {value: name})));
        field.value = compare.stateOf(index);
        field.disabled = names.length === 0;
        field.addEventListener("change", () => compare.setState(index, field.value));
        return field;
    }

    function moved(from, to) {
        const order = [...view().recordings];
        order.splice(to, 0, ...order.splice(from, 1));
        compare.choose(order);
    }

    function buttons(index) {
        const name = compare.nameOf(index);
        const {recordings} = view();
        const left = index === 0 ? [] : [stateroom.button("‹", index === 1 ? "Make " + name + " A, the one compared with" : "Move " + name + " to the left",
            () => moved(index, index - 1), "chip-button")];
        const remove = stateroom.button("×", recordings.length > 2 ? "Remove " + name : "Remove " + name + ", and choose again",
            () => compare.choose(recordings.filter((_, place) => place !== index)), "chip-button");
        return [...left, remove];
    }

    function chip(_, index) {
        const made = make("div", "compare-chip", null, {draggable: "true", role: "group", "aria-label": compare.letter(index) + ": " + compare.nameOf(index)});
        made.style.setProperty("--own", compare.color(index));
        const name = make("bdi", "chip-name", compare.nameOf(index));
        name.title = index === 0 ? "A: the others are compared with it. Drag to reorder." : "Drag to reorder.";
        made.append(compare.badge(index), name, stateField(index), ...buttons(index));
        made.addEventListener("dragstart", (event) => {
            dragged = index;
            event.dataTransfer.effectAllowed = "move";
        });
        made.addEventListener("dragover", (event) => dragged >= 0 && event.preventDefault());
        made.addEventListener("drop", (event) => {
            event.preventDefault();
            if (dragged >= 0 && dragged !== index) {
                moved(dragged, index);
            }
            dragged = -1;
        });
        made.addEventListener("dragend", () => { dragged = -1; });
        return made;
    }

    // ---- what may be added ------------------------------------------------------------------------------
    const told = (each) => [each.model, stateroom.whole(each.positions) + " positions", each.training && Number.isFinite(each.step) ? "step " + stateroom.whole(each.step) : ""]
        .filter(Boolean).join(" · ");

    function addLine(each) {
        const made = make("button", "add-line", null, {type: "button"});
        made.append(make("bdi", "", each.name), make("span", "quiet", told(each)));
        made.addEventListener("click", () => {
            adding.open = false;
            compare.choose([...view().recordings, each.key]);
        });
        return made;
    }

    function addMenu() {
        const {recordings} = view();
        const found = groups((each) => !recordings.includes(each.key));
        const made = make("details", "tool-menu add-menu");
        const list = make("div", "tool-menu-list");
        const full = recordings.length >= compare.MOST;
        list.append(...(full ? [make("p", "quiet", "At most " + compare.MOST + " at once. Remove one first.")]
            : found.length === 0 ? [make("p", "quiet", "Every recording here is chosen.")]
            : found.flatMap(({same, own, members}) => [
                make("p", "quiet add-group", own ? "over the same tokens as A" : same ? "over the same tokens as one another" : "over tokens of their own"),
                ...members.map(addLine)])));
        made.append(make("summary", "tool-button", "+ add", {title: "Add a recording (+)"}), list);
        made.addEventListener("keydown", (event) => {
            if (event.key === "Escape" && made.open) {
                made.open = false;
                made.firstChild.focus();
                event.preventDefault();
            }
        });
        adding = made;
        return made;
    }

    document.addEventListener("pointerdown", (event) => {
        if (adding && adding.open && !adding.contains(event.target)) {
            adding.open = false;
        }
    });
    compare.openAdding = function () {
        if (adding && adding.isConnected) {
            adding.open = true;
            (adding.querySelector(".add-line") || adding.firstChild).focus();
        }
    };
    compare.closeAdding = function () {
        const was = Boolean(adding && adding.isConnected && adding.open);
        if (was) {
            adding.open = false;
        }
        return was;
    };

    function drawChosen() {
        stateroom.redraw(compare.place("choice"), compare.ready() ? [...view().recordings.map(chip), addMenu()] : []);
    }

    // ---- the first choice -------------------------------------------------------------------------------
    function startLine(each) {
        const made = make("label", "tool-check");
        const box = make("input", "", null, {type: "checkbox", value: each.key});
        box.checked = ticked.includes(each.key);
        box.disabled = !box.checked && ticked.length >= compare.MOST;
        box.addEventListener("change", () => {
            ticked = box.checked ? [...ticked, each.key] : ticked.filter((other) => other !== each.key);
            drawStart();
        });
        made.append(box, ticked.includes(each.key) ? compare.badge(ticked.indexOf(each.key)) : make("span", "compare-badge is-empty"),
            make("bdi", "", each.name), make("span", "quiet", told(each)));
        return made;
    }

    function startGroup({same, members}) {
        const made = make("fieldset", "start-group");
        made.append(make("legend", "", same ? "Over the same tokens" : "Over tokens of their own"), ...members.map(startLine));
        if (same) {
            const some = members.slice(0, compare.MOST);
            made.append(stateroom.button(some.length === members.length ? "Compare these " + some.length : "Compare the first " + some.length,
                "Compare " + some.map((each) => each.name).join(", "), () => compare.choose(some.map((each) => each.key)), "quiet-button"));
        }
        return made;
    }

    function drawStart() {
        const place = compare.place("start");
        if (compare.ready() || !compare.choice) {
            return;
        }
        const found = groups(() => true);
        const single = found.flatMap((group) => group.members).length < 2;
        const act = make("button", "primary-button", ticked.length < 2 ? "Choose two or more" : "Compare these " + ticked.length, {type: "button"});
        act.disabled = ticked.length < 2;
        act.addEventListener("click", () => compare.choose(ticked));
        const line = make("div", "start-line");
        line.append(act, make("span", "quiet", "Two to six. The first you tick is A, the one that the others are compared with."));
        stateroom.redraw(place, [make("h2", "", "Which networks shall be compared?"), ...(single ? [oneRecording()] : [line, ...found.map(startGroup)])]);
    }

    function oneRecording() {
        const made = make("div", "empty-state");
        made.append(make("p", "empty-why", "There is only one recording here, and comparing takes two."),
            make("a", "", "How to record your own", {href: stateroom.compareView.setting("recordings") + "?own=torch"}));
        return made;
    }

    function draw() {
        ticked = compare.ready() ? [] : [...new Set([...view().recordings, ...ticked])].slice(0, compare.MOST);
        drawChosen();
        drawStart();
    }

    compare.part({
        mount() {
            ticked = [];
            compare.place("start").replaceChildren(make("p", "quiet", "Looking for what there is to compare."));
            draw();
        },
        choice: draw,
        facts: draw,
        theme: draw,
        view(now, previous) {
            if (JSON.stringify(now.recordings) !== JSON.stringify(previous.recordings)) {
                draw();
            }
        },
    });
})();
