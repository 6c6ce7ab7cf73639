// The field for typed text, and the list of sentences: A, B, and those that wait.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const {sentences} = stateroom;
    const LETTERS = "ABCDEFGH";
    const ASK_AGAIN_MS = 500;
    /** Longer query strings are not read (dashboard/links/reading.py). */
    const LONGEST_ADDRESS = 8000;
    /** More are not run (analytics/live/tokens.py); however a network cuts text, there are no fewer than these. */
    const MOST_WORDS = 1000;
    const make = (...given) => stateroom.element(...given);

    let field = null;
    let send = null;
    let sign = null;
    /** Place in the list of the sentence that is edited; -1: a new one is typed. */
    let editing = -1;
    /** Why what was typed is not read; it stays until another text is. */
    let refusal = "";
    let network = null;
    const texts = new Map();

    /** White space around a text is dropped only where it is no token of the network. */
    const asTyped = (text) => (network && network.joint === "" ? text : text.trim());

    // ---- typed text -------------------------------------------------------------------------------------
    function submit() {
        const text = asTyped(field.value);
        if (!text) {
            refuse("Type at least one word.");
            return;
        }
        const count = text.trim().split(/\s+/u).length;
        if (count > MOST_WORDS) {
            refuse("A text to read has at most " + stateroom.whole(MOST_WORDS) + " words. This has " + stateroom.whole(count) + ": take a part of it, or record the whole with analytics.record.");
            return;
        }
        if (editing >= 0) {
            sentences.entries.edit(editing, text);
        } else {
            sentences.entries.add("t" + text, 0);
        }
        stopEditing();
        if (stateroom.sentencesView.address().length > LONGEST_ADDRESS) {
            stateroom.messages.show(["The list is too long for an address: a copied link will not show it."], "note");
        }
    }

    function refuse(sentence) {
        refusal = sentence;
        saySign();
        field.focus();
    }

    function stopEditing() {
        editing = -1;
        refusal = "";
        send.textContent = "Read it";
        field.value = "";
        saySign();
    }

    function startEditing(place) {
        editing = place;
        field.value = textOf(sentences.entries.all()[place]);
        send.textContent = "Compare";
        sign.textContent = "Change a word: the sentence stays as A, what you write becomes B.";
        field.focus();
        field.select();
    }

    /** Why the field cannot be used, or what the network is doing. */
    function saySign() {
        const loading = network && network.ready === false && !network.why;
        const refused = Boolean(network && network.why);
        field.disabled = refused;
        send.disabled = refused;
        field.placeholder = refused ? "This recording has no network that could read what you type" : network && network.task === "language model" ? "Type a beginning: the network says what it expects next" : "I love the food, though the staff is not helpful";
        sign.textContent = refused ? network.why : refusal || (loading ? "The network is being loaded; the first sentence takes a moment." : "");
        sign.classList.toggle("is-loading", Boolean(loading) && !refusal);
    }

    function typedField() {
        field = make("input", "tool-input sentence-field", null, {type: "text", name: "typed", maxlength: 60000, "aria-label": "Type a sentence", autocomplete: "off", spellcheck: "false", dir: "auto"});
        field.addEventListener("keydown", (event) => {
            if (event.key === "Enter" && !event.isComposing) {
                submit();
            } else if (event.key === "Escape" && editing >= 0) {
                stopEditing();
                event.preventDefault();
            }
        });
        send = make("button", "primary-button sentence-send", "Read it", {type: "button"});
        send.addEventListener("click", submit);
        const browse = stateroom.button("From the recording", "From the recording: search and browse its sentences", () => sentences.change({list: !sentences.view().list}));
        browse.dataset.toggle = "list";
        sign = make("span", "sentence-sign quiet", "", {role: "status"});
        const line = make("div", "sentence-typed-line");
        line.append(field, send, browse);
        sentences.place("typed").replaceChildren(line, sign);
    }

    // ---- the list ---------------------------------------------------------------------------------------
    /** The words of an entry: as typed, or as they came with its glyphs. */
    function textOf(entry) {
        const parts = sentences.entries.read(entry);
        return parts.kind === "corpus" ? texts.get(entry) || "" : parts.text;
    }

    const shownText = (entry) => {
        const parts = sentences.entries.read(entry);
        const range = parts.kind === "typed" ? "" : "positions " + stateroom.whole(parts.start) + " – " + stateroom.whole(parts.stop - 1);
        return [textOf(entry), range];
    };

    function tool(text, label, act, disabled) {
        const made = stateroom.button(text, label, act, "row-tool");
        made.disabled = Boolean(disabled);
        return made;
    }

    const isLive = () => Boolean(network && network.ready !== undefined && !network.why);

    function row(entry, place) {
        const count = sentences.entries.all().length;
        const name = LETTERS[place];
        const made = make("li", "sentence-entry" + (place < 2 ? " is-shown" : ""));
        made.dataset.entry = entry;
        const badge = make("span", "sentence-badge " + ["is-a", "is-b"][place], name);
        const [text, range] = shownText(entry);
        const words = make("bdi", "sentence-entry-text", text ? text.slice(0, 300) : range);
        words.dir = "auto";
        const {second} = sentences.entries.read(entry);
        const told = make("span", "quiet", [text ? range : "", second ? "second network" : ""].filter(Boolean).join(", "));
        made.append(badge, words, told,
            tool("↑", "Move " + name + " up", () => sentences.entries.move(place, place - 1), place === 0),
            tool("↓", "Move " + name + " down", () => sentences.entries.move(place, place + 1), place === count - 1),
            tool("edit", "Edit a word of " + name + " and compare", () => startEditing(place), !isLive() || !textOf(entry)),
            tool("beside", second ? "Read " + name + " by the first network" : "Read " + name + " by the second network or state", () => sentences.entries.beside(place), !secondNetwork()),
            tool("×", "Remove " + name, () => sentences.entries.remove(place)));
        return made;
    }

    const secondNetwork = () => Boolean(sentences.view().beside || sentences.view().beside_state);

    function draw() {
        const entries = sentences.entries.all();
        const list = make("ol", "sentence-list", null, {"aria-label": "Sentences: the first is A, the second B"});
        list.append(...entries.map(row));
        sentences.place("entries").replaceChildren(list);
    }

    sentences.part({
        mount() {
            editing = -1;
            refusal = "";
            network = null;
            texts.clear();
            typedField();
            saySign();
        },
        answers({a, b}) {
            [a, b].forEach((answer, place) => {
                const entry = sentences.entries.all()[place];
                if (answer && entry) {
                    texts.set(entry, answer.tokens.map((token) => token.text).join(answer.joint ?? " "));
                }
            });
            draw();
        },
        network(answer) {
            const was = isLive();
            network = answer;
            if (editing < 0) {
                saySign();
            }
            // A button that is drawn anew under the pointer would lose its click.
            if (isLive() !== was) {
                draw();
            }
            if (!answer.ready && !answer.why) {
                window.setTimeout(() => sentences.mounted() && stateroom.sentencesView.again("sentences-network"), ASK_AGAIN_MS);
            }
        },
        view(now, previous) {
            document.querySelectorAll("#sentences-typed [data-toggle]").forEach((button) => button.setAttribute("aria-pressed", String(now[button.dataset.toggle])));
            if (now.entries !== previous.entries || now.beside !== previous.beside || now.beside_state !== previous.beside_state) {
                draw();
            }
        },
    });
    Object.assign(sentences, {typed: {textOf, asTyped, focus: () => field.focus(), startEditing, live: () => Boolean(network && !network.why)}});
})();
