// The frame in the browser: theme, messages, pickers, copy link, explanation, keys.
// Other scripts add to `window.stateroom`; each begins with the same line, so that their order does not matter.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const ids = {
        address: "shell-address", messages: "shell-messages", theme: "shell-theme", themeButton: "shell-theme-button",
        copyLink: "shell-copy-link", helpButton: "shell-help-button", help: "shell-help", helpClose: "shell-help-close",
        recording: "shell-recording", state: "shell-state", brand: "shell-brand",
    };

    // ---- text -------------------------------------------------------------------------------------------
    const MARKS = {" ": "␣", "\n": "↵", "\r": "↵", "\t": "⇥"};
    const INVISIBLE = /[\u0000-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

    /** A token as it is shown: white space and characters without a shape become visible. */
    stateroom.visible = function (text) {
        if (text === "") {
            return "∅";
        }
        return text
            .replace(/[ \n\r\t]/g, (character) => MARKS[character])
            .replace(INVISIBLE, (character) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0"));
    };

    // ---- numbers ----------------------------------------------------------------------------------------
    function bytesOf(base64) {
        const binary = window.atob(base64);
        const bytes = new Uint8Array(binary.length);
        for (let index = 0; index < binary.length; index += 1) {
            bytes[index] = binary.charCodeAt(index);
        }
        return bytes;
    }

    let halves = null;

    /** The value of each of the 65,536 half-precision numbers. */
    function halfTable() {
        if (halves === null) {
            halves = new Float32Array(65536);
            for (let bits = 0; bits < 65536; bits += 1) {
                const sign = bits & 0x8000 ? -1 : 1;
                const exponent = (bits >> 10) & 0x1f;
                const fraction = bits & 0x3ff;
                if (exponent === 0) {
                    halves[bits] = sign * fraction * 2 ** -24;
                } else if (exponent === 31) {
                    halves[bits] = fraction ? NaN : sign * Infinity;
                } else {
                    halves[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
                }
            }
        }
        return halves;
    }

    /** Half-precision numbers (little-endian, base64) as a Float32Array. */
    stateroom.decodeFloat16 = function (base64) {
        const table = halfTable();
        return Float32Array.from(new Uint16Array(bytesOf(base64).buffer), (bits) => table[bits]);
    };
    stateroom.decodeFloat32 = (base64) => new Float32Array(bytesOf(base64).buffer);
    stateroom.decodeUint8 = bytesOf;

    // ---- theme ------------------------------------------------------------------------------------------
    const root = document.documentElement;
    stateroom.theme = {
        current: () => root.dataset.bsTheme,
        listeners: [],
        choose(name) {
            root.dataset.bsTheme = name;
            try {
                window.localStorage.setItem("stateroom-theme", name);
            } catch (error) {
                // Nothing to remember it in; it holds for this page.
            }
            this.announce();
        },
        announce() {
            window.dash_clientside.set_props(ids.theme, {data: this.current()});
            this.listeners.forEach((listener) => listener(this.current()));
        },
    };

    // ---- messages ---------------------------------------------------------------------------------------
    const MOST_MESSAGES = 3;
    stateroom.messages = {
        /** Show sentences; `kind` is "note" or "error". The same sentence is not shown twice. */
        show(texts, kind) {
            const area = document.getElementById(ids.messages);
            texts.forEach((text) => {
                const same = [...area.children].find((message) => message.firstChild.textContent === text);
                if (same) {
                    same.dataset.shownAt = Date.now();
                    return;
                }
                area.append(messageElement(text, kind || "note"));
            });
            while (area.children.length > MOST_MESSAGES) {
                area.firstChild.remove();
            }
        },
        /** The reader acted: what was said of the view before is no longer of use. */
        outdated() {
            const area = document.getElementById(ids.messages);
            [...(area ? area.children : [])]
                .filter((message) => Date.now() - message.dataset.shownAt > 1500)
                .forEach((message) => message.remove());
        },
    };

    function messageElement(text, kind) {
        const message = document.createElement("div");
        message.className = "message message-" + kind;
        message.dataset.shownAt = Date.now();
        const sentence = document.createElement("span");
        sentence.textContent = text;
        const close = document.createElement("button");
        close.type = "button";
        close.className = "message-close";
        close.setAttribute("aria-label", "Dismiss");
        close.innerText = "×";
        close.addEventListener("click", () => message.remove());
        message.append(sentence, close);
        return message;
    }

    // ---- address ----------------------------------------------------------------------------------------
    stateroom.address = {
        /** Change parameters of the address; an empty value removes one. */
        patched(changes) {
            const parameters = new URLSearchParams(window.location.search);
            Object.entries(changes).forEach(([name, value]) =>
                value ? parameters.set(name, value) : parameters.delete(name));
            const query = parameters.toString();
            return window.location.pathname + (query ? "?" + query : "");
        },
        /** Write it without loading anything. */
        replace(url) {
            window.history.replaceState(window.history.state, "", url);
            markMenu();
        },
    };

    /** The choice that goes along to another page. */
    function carriedChoice(parameters) {
        // The Compare page has more than two recordings, and says which of them go along.
        const compared = stateroom.compareCarried && stateroom.compareCarried();
        if (compared) {
            const {beside_state: state2, ...others} = compared;
            return {...others, state2};
        }
        const [recording, state] = [parameters.get("recording"), parameters.get("state")];
        return {recording, state, ...stateroom.beside.carried(parameters)};
    }

    function markMenu() {
        const parameters = new URLSearchParams(window.location.search);
        const carried = new URLSearchParams();
        Object.entries(carriedChoice(parameters)).forEach(([name, value]) => value && carried.set(name, value));
        const query = carried.toString();
        document.querySelectorAll(".menu-link").forEach((link) => {
            const here = link.pathname === window.location.pathname;
            here ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
            const href = link.pathname + (query ? "?" + query : "");
            if (link.getAttribute("href") !== href) {
                window.dash_clientside.set_props({menu: link.pathname}, {href});
            }
        });
        stateroom.beside.draw();
    }
    stateroom.markMenu = markMenu;

    // ---- pickers ----------------------------------------------------------------------------------------
    stateroom.catalog = {};
    stateroom.pickers = {
        /** A page that keeps recording and state in its view adds a function (recording, state);
            it returns false while that page is not shown. */
        handlers: [],
        shown: {recording: "", state: ""},
        /** A page that shows a second recording or state adds a function (recording, state, what), assets/beside.js;
            `recording` is empty where it is that of the page. It returns false while that page is not shown. */
        besideHandlers: [],
        /** Show in the frame what is beside; two empty texts: nothing. */
        showBeside: (...given) => stateroom.beside.show(...given),
        /** Show a choice in the frame without asking anybody. */
        show(recording, state) {
            const facts = stateroom.catalog[recording];
            const names = facts ? Object.keys(facts.states) : [];
            const chosen = names.includes(state) ? state : "";
            this.shown = {recording: facts ? recording : "", state: chosen};
            const setProps = window.dash_clientside.set_props;
            setProps(ids.recording, {
                options: Object.entries(stateroom.catalog).map(([key, entry]) => ({
                    value: key, label: entry.name === key ? key : entry.name + " (" + key + ")",
                })),
                value: this.shown.recording || null,
            });
            setProps(ids.state, {
                options: names.map((name) => ({value: name, label: name})), value: chosen || null,
            });
            setProps("shell-facts", {children: factsLine(facts, chosen)});
            stateroom.beside.draw();
        },
    };

    const whole = new Intl.NumberFormat("en-US");

    function factsLine(facts, state) {
        if (!facts) {
            return "";
        }
        const units = state ? " × " + whole.format(facts.states[state]) + (facts.states[state] === 1 ? " unit" : " units") : "";
        const counted = (count, noun) => whole.format(count) + " " + noun + (count === 1 ? "" : "s");
        return counted(facts.positions, "position") + units + " · " + counted(facts.sequences, facts.sequenceName);
    }

    function picked(recording, state) {
        const shown = stateroom.pickers.shown;
        if (!recording || (recording === shown.recording && (state || "") === shown.state)) {
            return;
        }
        const facts = stateroom.catalog[recording];
        const kept = facts && (state || "") in facts.states ? state : "";
        if (stateroom.pickers.handlers.some((handler) => handler(recording, kept) !== false)) {
            return;
        }
        if (stateroom.recordings && stateroom.recordings.picked(recording, kept)) {
            return;
        }
        stateroom.pickers.show(recording, kept);
        stateroom.address.replace(stateroom.address.patched({recording, state: kept}));
    }

    function sayIfUnknown(parameters) {
        const recording = parameters.get("recording");
        const state = parameters.get("state");
        const facts = stateroom.catalog[recording];
        if (recording && !facts) {
            stateroom.messages.show(["There is no recording '" + recording.slice(0, 60) + "' here."], "note");
        } else if (facts && state && !(state in facts.states)) {
            stateroom.messages.show(
                ["Recording '" + facts.name + "' has no state '" + state.slice(0, 60) + "'."], "note"
            );
        }
    }

    // ---- keys -------------------------------------------------------------------------------------------
    // Pages add functions by key, e.g. stateroom.keys["m"] = (event) => {...}; they get no keys typed into fields.
    stateroom.keys = stateroom.keys || {};

    function typing(target) {
        return target instanceof Element
            && target.closest("input, textarea, select, [contenteditable=true], [role=listbox], [role=combobox]");
    }

    document.addEventListener("keydown", (event) => {
        if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) {
            return;
        }
        if (event.key === "Escape" && !help().hidden) {
            toggleHelp(false);
            return;
        }
        if (typing(event.target)) {
            return;
        }
        if (event.key === "?") {
            toggleHelp(help().hidden);
        } else if (stateroom.keys[event.key]) {
            stateroom.keys[event.key](event);
        }
    });

    // ---- buttons of the frame ---------------------------------------------------------------------------
    const help = () => document.getElementById(ids.help) || {hidden: true};

    function toggleHelp(open) {
        help().hidden = !open;
        document.getElementById(ids.helpButton).setAttribute("aria-expanded", String(open));
        document.getElementById(open ? ids.helpClose : ids.helpButton).focus();
    }

    /** Write a text to the clipboard; fails where the browser does not let it. */
    stateroom.toClipboard = (text) => window.navigator.clipboard
        ? window.navigator.clipboard.writeText(text)
        : Promise.reject(new Error("no clipboard"));

    /** Copy a text and say so; where the browser does not let it, show the text instead. */
    stateroom.copy = function (text, sentence) {
        const say = (told) => stateroom.messages.show([told], "note");
        return stateroom.toClipboard(text).then(
            () => say(sentence), () => say("The browser does not let it be copied. It is: " + text)
        );
    };

    const copyAddress = () => stateroom.copy(window.location.href, "The address of this view is copied.");

    const actions = {
        [ids.themeButton]: () => stateroom.theme.choose(stateroom.theme.current() === "dark" ? "light" : "dark"),
        [ids.copyLink]: copyAddress,
        [ids.helpButton]: () => toggleHelp(help().hidden),
        [ids.helpClose]: () => toggleHelp(false),
    };
    document.addEventListener("click", (event) => {
        const button = event.target instanceof Element && event.target.closest("button[id]");
        if (button && actions[button.id]) {
            actions[button.id]();
        }
    });

    // ---- what Dash calls --------------------------------------------------------------------------------
    window.dash_clientside = window.dash_clientside || {};
    window.dash_clientside.stateroom_frame = {
        fill(catalog, search) {
            stateroom.catalog = catalog || {};
            const parameters = new URLSearchParams(search || "");
            const page = stateroom.views.find((candidate) => candidate.mounted());
            const view = page && page.get();
            const chosen = view || {recording: parameters.get("recording"), state: parameters.get("state")};
            const home = stateroom.recordings && stateroom.recordings.mounted() ? stateroom.recordings.chosen() : "";
            stateroom.pickers.show(chosen.recording || home, chosen.state || "");
            stateroom.theme.announce();
            markMenu();
            if (catalog && window.location.pathname === document.getElementById(ids.brand).pathname) {
                sayIfUnknown(parameters);
            }
            return window.dash_clientside.no_update;
        },
        picked(recording, state) {
            picked(recording, state);
        },
        showNotice(notice) {
            if (notice) {
                stateroom.messages.show(notice.texts, notice.kind);
            }
        },
    };
})();
