// Runs in the head, before the first paint, so that a dark page never flashes white.
(function () {
    "use strict";
    const asked = new URLSearchParams(window.location.search);
    let stored = null;
    try {
        stored = window.localStorage.getItem("stateroom-theme");
    } catch (error) {
        // Storage may be forbidden inside a frame; the system's choice is used.
    }
    const known = ["light", "dark"];
    const system = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const theme = [asked.get("theme"), stored, system].find((name) => known.includes(name));
    document.documentElement.dataset.bsTheme = theme;
    if (asked.get("embed") === "1") {
        document.documentElement.dataset.embed = "1";
    }
})();
