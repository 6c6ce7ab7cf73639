// Small parts of the page that scripts make: elements, fields, the floating label with numbers.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});

    /** Make an element; `text` is always shown as it is, never read as markup. */
    stateroom.element = function (tag, className, text, attributes) {
        const made = document.createElement(tag);
        if (className) {
            made.className = className;
        }
        if (text !== undefined && text !== null) {
            made.textContent = text;
        }
        Object.entries(attributes || {}).forEach(([name, value]) => made.setAttribute(name, value));
        return made;
    };

    /** A token: white space visible, any script in its own direction. */
    stateroom.tokenElement = function (text, className) {
        const written = stateroom.visible(text);
        const shown = stateroom.element("bdi", className || "token", written);
        shown.dir = "auto";
        // A single letter or mark is never turned on its side.
        shown.classList.toggle("is-single", [...written].length === 1);
        return shown;
    };

    stateroom.button = function (text, label, act, className) {
        const made = stateroom.element("button", className || "tool-button", text, {type: "button", "aria-label": label});
        made.title = label;
        made.addEventListener("click", act);
        return made;
    };

    const whole = new Intl.NumberFormat("en-US");
    const short = new Intl.NumberFormat("en-US", {maximumSignificantDigits: 4, useGrouping: false});
    stateroom.whole = (value) => whole.format(value);
    /** Whether a measured value is too long to read without a power of ten. */
    stateroom.isExtreme = (value) => value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-6);
    /** A measured value: four digits that mean something, a true minus. */
    stateroom.number = function (value) {
        if (!Number.isFinite(value)) {
            return "–";
        }
        const text = stateroom.isExtreme(value) ? Number(value.toPrecision(4)).toExponential() : short.format(value);
        return text.replaceAll("-", "−");
    };

    /** Writes the numbers of a column alike: three digits of the largest, the same place behind the point for all. */
    stateroom.column = function (values, options) {
        const {signed} = {signed: false, ...options};
        const known = values.filter(Number.isFinite);
        const most = Math.max(0, ...known.map(Math.abs));
        const extreme = most > 0 && stateroom.isExtreme(most);
        const places = most > 0 ? Math.min(Math.max(2 - Math.floor(Math.log10(most)), 0), 12) : 0;
        return (value) => (Number.isFinite(value) ? (signed && value > 0 ? "+" : "")
            + (extreme ? value.toExponential(2) : value.toFixed(places)).replaceAll("-", "−") : "–");
    };

    // ---- the floating label -----------------------------------------------------------------------------
    let tip = null;

    function place(x, y) {
        const {width, height} = tip.getBoundingClientRect();
        const left = x + 14 + width > window.innerWidth ? x - 14 - width : x + 14;
        const top = y + 18 + height > window.innerHeight ? y - 12 - height : y + 18;
        tip.style.transform = "translate(" + Math.max(2, left) + "px," + Math.max(2, top) + "px)";
    }

    stateroom.tip = {
        /** Show lines beside a point of the screen; a line is text, or an element. */
        show(x, y, lines) {
            if (!tip || !tip.isConnected) {
                tip = stateroom.element("div", "tip", null, {role: "tooltip"});
                document.body.append(tip);
            }
            tip.replaceChildren(...lines.filter(Boolean).map((line) =>
                line instanceof Node ? line : stateroom.element("div", "", line)));
            tip.hidden = false;
            place(x, y);
        },
        hide() {
            if (tip) {
                tip.hidden = true;
            }
        },
    };
})();
