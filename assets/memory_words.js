// A field that finds words of the vocabulary; the found are listed under it, and pressing one hands it on.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {memory} = stateroom;
    const TYPING_MS = 200;
    const make = (...given) => stateroom.element(...given);
    /** The finder that is typed into: {text, show}. */
    let active = null;

    memory.wantedWords = (now) => (active && active.text ? {...memory.pick(now, memory.RUN), find: active.text} : null);

    function wordButton(word, choose) {
        const made = make("button", "found-word", null, {type: "button", role: "option"});
        made.append(stateroom.tokenElement(word.text), make("span", "quiet", stateroom.whole(word.count)));
        made.addEventListener("click", () => choose(word));
        return made;
    }

    /** Make a field; `choose(word)` gets {id, text, count}. */
    memory.wordFinder = function (label, choose) {
        const made = make("span", "word-finder");
        const field = make("input", "tool-input", null, {
            "type": "search", "placeholder": label, "aria-label": label, "maxlength": 100, "spellcheck": "false", "autocomplete": "off"});
        const list = make("div", "found-words", null, {"role": "listbox", "aria-label": "Words found"});
        list.hidden = true;
        let timer = 0;
        const own = {text: "", show};

        function close() {
            list.hidden = true;
            own.text = "";
        }

        function chosen(word) {
            field.value = "";
            close();
            choose(word);
        }

        function show(answer) {
            const buttons = answer.words.map((word) => wordButton(word, chosen));
            const more = (answer.nFound || 0) - answer.words.length;
            list.replaceChildren(...buttons, ...(buttons.length === 0 ? [make("p", "quiet", answer.why || "No word has this in it.")] : []),
                ...(more > 0 ? [make("p", "quiet", stateroom.whole(more) + " more")] : []));
            list.hidden = false;
        }

        function look() {
            own.text = field.value.trim();
            active = own;
            own.text ? stateroom.memoryView.again("memory-find") : close();
        }

        field.addEventListener("input", () => {
            window.clearTimeout(timer);
            timer = window.setTimeout(look, TYPING_MS);
        });
        made.addEventListener("keydown", (event) => {
            const buttons = [...list.querySelectorAll("button")];
            const at = buttons.indexOf(document.activeElement);
            if (event.key === "Escape" && !list.hidden) {
                close();
                field.focus();
            } else if (event.key === "Enter" && event.target === field) {
                buttons.length > 0 && !list.hidden ? buttons[0].click() : look();
            } else if (event.key === "ArrowDown" && buttons.length > 0) {
                buttons[Math.min(at + 1, buttons.length - 1)].focus();
            } else if (event.key === "ArrowUp" && at >= 0) {
                (buttons[at - 1] || field).focus();
            } else {
                return;
            }
            event.preventDefault();
            event.stopPropagation();
        });
        made.addEventListener("focusout", (event) => {
            if (!made.contains(event.relatedTarget)) {
                list.hidden = true;
            }
        });
        made.append(field, list);
        return made;
    };

    memory.part({
        mount: () => { active = null; },
        found(answer, wanted) {
            if (active && active.text === wanted.find) {
                active.show(answer);
            }
        },
    });
})();
