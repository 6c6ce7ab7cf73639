// The share menu of the frame. Whoever offers something adds an entry:
//   stateroom.shareEntries.push({key, order, text, title, act, available})
// `act()` is called when it is chosen; `available()` says whether it stands in the menu now.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const BUTTON = "shell-share";
    const MENU = "shell-share-menu";
    stateroom.shareEntries = stateroom.shareEntries || [];

    const button = () => document.getElementById(BUTTON);
    const menu = () => document.getElementById(MENU);
    const items = () => [...menu().querySelectorAll("[role=menuitem]")];
    const isOpen = () => menu() !== null && !menu().hidden;

    function close(refocus) {
        menu().hidden = true;
        button().setAttribute("aria-expanded", "false");
        if (refocus) {
            button().focus();
        }
    }

    function item(entry) {
        const made = stateroom.element("button", "share-entry", entry.text, {
            type: "button", role: "menuitem", tabindex: "-1", "data-share": entry.key, title: entry.title || entry.text,
        });
        made.addEventListener("click", () => {
            // A dialog gives the focus back to what had it: the button, which is still there then.
            close(true);
            entry.act();
        });
        return made;
    }

    function open() {
        const entries = stateroom.shareEntries.filter((entry) => !entry.available || entry.available());
        menu().replaceChildren(...entries.sort((one, other) => one.order - other.order).map(item));
        menu().hidden = false;
        button().setAttribute("aria-expanded", "true");
        items()[0].focus();
    }

    function step(event) {
        const all = items();
        const now = all.indexOf(document.activeElement);
        const next = {ArrowDown: (now + 1) % all.length, ArrowUp: (now - 1 + all.length) % all.length, Home: 0, End: all.length - 1}[event.key];
        if (next !== undefined) {
            event.preventDefault();
            all[next].focus();
        } else if (event.key === "Escape" || event.key === "Tab") {
            close(event.key === "Escape");
        }
        // The keys of the page rest while the menu is open.
        event.stopPropagation();
    }

    document.addEventListener("click", (event) => {
        if (event.target instanceof Element && event.target.closest("#" + BUTTON)) {
            isOpen() ? close(false) : open();
        } else if (isOpen() && !(event.target instanceof Element && event.target.closest("#" + MENU))) {
            close(false);
        }
    });
    // Captured: the page would take the arrow keys otherwise.
    document.addEventListener("keydown", (event) => {
        const inside = event.target instanceof Element && event.target.closest("#" + MENU + ", #" + BUTTON);
        if (inside && isOpen()) {
            step(event);
        } else if (event.key === "ArrowDown" && event.target === button()) {
            event.preventDefault();
            event.stopPropagation();
            open();
        }
    }, true);

    stateroom.shareEntries.push({
        key: "link", order: 0, text: "Copy link", title: "Copy the address of this view",
        act: () => stateroom.copy(window.location.href, "The address of this view is copied."),
    });
})();
