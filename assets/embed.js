// A view in a frame of a portal (?embed=1): it says what it shows and where all of it is, tells the portal its
// height, and opens other pages in a tab of their own, because the frame has no menu to come back by.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const ids = {shown: "shell-embed-shown", open: "shell-embed-open"};
    const embedded = document.documentElement.dataset.embed === "1";
    let told = 0;
    let watching = false;

    /** The address of what is shown, with the frame around it, as the reader likes it. */
    function fullAddress() {
        const url = new URL(window.location.href);
        ["embed", "theme"].forEach((name) => url.searchParams.delete(name));
        return url.href;
    }

    function words() {
        const {recording, state} = stateroom.pickers.shown;
        const beside = stateroom.beside.words();
        const page = [...document.querySelectorAll(".menu-link")].find((link) => link.pathname === window.location.pathname);
        return [page && page.textContent, recording, state, beside].filter(Boolean).join(" · ");
    }

    function follow() {
        const link = document.getElementById(ids.open);
        if (embedded && link) {
            link.href = fullAddress();
            document.getElementById(ids.shown).textContent = words();
        }
    }

    /** Links to other pages, not those that change the view of this one. */
    function opensElsewhere(link) {
        const url = new URL(link.href);
        return url.origin === window.location.origin && url.pathname !== window.location.pathname && !link.hasAttribute("download");
    }

    document.addEventListener("click", (event) => {
        const link = event.target instanceof Element && event.target.closest("a[href]");
        if (!embedded || !link || event.button !== 0) {
            return;
        }
        if (link.id === ids.open) {
            follow();
        } else if (opensElsewhere(link)) {
            event.preventDefault();
            event.stopPropagation();
            window.open(link.href, "_blank", "noopener");
        }
    }, true);

    // ---- height -----------------------------------------------------------------------------------------
    function portals(shell) {
        return [window.location.origin, ...(shell.dataset.portals || "").split(" ").filter(Boolean)];
    }

    /** The origin of the page around this one, where the browser tells it. */
    function around() {
        const above = window.location.ancestorOrigins;
        if (above && above.length) {
            return above[0];
        }
        return document.referrer ? new URL(document.referrer).origin : "";
    }

    /** Tell the page around how tall the view is; nobody hears it but the portals that the host allows. */
    function tellHeight(shell) {
        const height = Math.ceil(shell.getBoundingClientRect().height);
        const known = around();
        if (height === told || !height) {
            return;
        }
        told = height;
        portals(shell).filter((origin) => !known || origin === known)
            .forEach((origin) => window.parent.postMessage({stateroomHeight: height}, origin));
    }

    function watch() {
        const shell = document.querySelector(".shell");
        watching = true;
        new ResizeObserver(() => tellHeight(shell)).observe(shell);
    }

    // Views write the address without telling; whoever copies the link or opens it has been over it.
    ["pointerover", "focusin"].forEach((name) => document.addEventListener(name, (event) => {
        if (event.target.id === ids.open) {
            follow();
        }
    }));

    stateroom.embed = {follow};

    // ---- what Dash calls --------------------------------------------------------------------------------
    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.stateroom_embed = {
        /** The frame is there, or shows another choice. */
        shown() {
            follow();
            if (embedded && !watching && window.parent !== window) {
                watch();
            }
        },
    };
})();
