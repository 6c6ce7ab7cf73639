// The colours that scripts draw with. The values are those of dashboard/figures/theme.py; a test compares them.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});

    const SEQUENTIAL = {
        light: ["#ffffff", "#dbe9f6", "#bad6eb", "#89bedc", "#539ecd", "#2b7bba", "#0b5fa5"],
        dark: ["#14171a", "#17293a", "#1b3f5e", "#245a87", "#3478ad", "#4c96d0", "#6cb4f0"],
    };
    const DIVERGING = {
        light: ["#2166ac", "#67a9cf", "#d1e5f0", "#ffffff", "#fde0c5", "#ef8a47", "#b35806"],
        dark: ["#74aee6", "#3f6f9c", "#24394c", "#14171a", "#46321f", "#a4672f", "#f4a259"],
    };
    const CATEGORIES = {
        light: ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#4d4d4d",
            "#5d3a9b", "#8c6d1f", "#1b5e20", "#a3195b", "#00838f", "#7b3f00", "#9ccc65"],
        dark: ["#3d9fd6", "#e69f00", "#22b88d", "#d68fb6", "#8ad0f5", "#e87722", "#f0e442", "#b8bec4",
            "#a58ae0", "#c9a646", "#66b36b", "#e0629a", "#4cc3cf", "#c08457", "#c5e1a5"],
    };
    const OTHER = {light: "#b8bec4", dark: "#4a525a"};
    const DARK_INK = "#000000";
    const LIGHT_INK = "#ffffff";
    const READABLE = 4.5;

    const theme = () => (document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light");
    const channels = (hex) => [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));

    function luminance(hex) {
        const [red, green, blue] = channels(hex).map((value) => {
            const share = value / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    }

    function mixed(scale, share) {
        const place = Math.min(Math.max(share, 0), 1) * (scale.length - 1);
        const low = Math.min(Math.floor(place), scale.length - 2);
        const [from, to] = [channels(scale[low]), channels(scale[low + 1])];
        const between = from.map((value, index) => Math.round(value + (to[index] - value) * (place - low)));
        return "#" + between.map((value) => value.toString(16).padStart(2, "0")).join("");
    }

    const contrast = (one, other) => {
        const [low, high] = [luminance(one), luminance(other)].sort((first, second) => first - second);
        return (high + 0.05) / (low + 0.05);
    };

    function legible(hex) {
        const surface = DIVERGING[theme()][3];
        const ink = contrast(surface, DARK_INK) > contrast(surface, LIGHT_INK) ? DARK_INK : LIGHT_INK;
        let share = 0;
        while (share < 1 && contrast(mixed([hex, ink], share), surface) < READABLE) {
            share += 0.05;
        }
        return mixed([hex, ink], share);
    }

    stateroom.colors = {
        /** Colour of a share from 0 (nothing) to 1 (all). */
        sequential: (share) => mixed(SEQUENTIAL[theme()], share),
        /** Colour of a value from -1 to 1; 0 is the surface. */
        diverging: (value) => mixed(DIVERGING[theme()], (value + 1) / 2),
        /** Colour of a category by its number; numbers beyond the last share one. */
        category: (number) => CATEGORIES[theme()][number] || OTHER[theme()],
        /** A category's colour for text: as much darker, or lighter on a dark page, as it takes to be read. */
        legible: (number) => legible(CATEGORIES[theme()][number] || OTHER[theme()]),
        /** The ink that is easier to read on a colour: of black and white one always has a contrast of 4.5 to 1. */
        ink(hex) {
            const ground = luminance(hex);
            const onDark = 1.05 / (ground + 0.05);
            const onLight = (ground + 0.05) / (luminance(DARK_INK) + 0.05);
            return onDark > onLight ? LIGHT_INK : DARK_INK;
        },
    };
})();
