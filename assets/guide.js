// The guided form "Record your own": a few questions, and the lines for this case.
// Questions and lines come from dashboard/components/guide_table.py; a test holds both ways of composing equal.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const ids = {guide: "home-guide", questions: "home-guide-questions", lines: "home-guide-lines"};
    const FOLDER = "data/recordings/";
    let table = null;

    // ---- composing --------------------------------------------------------------------------------------
    const holds = (when, answers) => Object.entries(when).every(([question, values]) =>
        values.includes("*") ? Boolean(answers[question]) : values.includes(answers[question]));

    /** Answers that make sense: those to questions that are not asked are empty. */
    function settled(given) {
        const answers = {};
        table.questions.forEach((question) => {
            const asked = holds(question.when, answers);
            const offered = question.choices.filter((choice) => holds(choice.when, answers)).map((choice) => choice.value);
            const fallback = offered.includes(question.default) ? question.default : offered[0];
            const wanted = given[question.name];
            if (!asked) {
                answers[question.name] = "";
            } else if (offered.length) {
                answers[question.name] = offered.includes(wanted) ? wanted : fallback;
            } else {
                answers[question.name] = (wanted || "").trim() || question.default;
            }
        });
        return answers;
    }

    const literal = (text) => JSON.stringify(text);
    const shellWord = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\"'\"'") + "'");

    function modulesLiteral(text) {
        const names = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
        return "{" + names.map((name) => literal(name) + ": " + literal(name)).join(", ") + "}";
    }

    function filled(text, answers, quote) {
        const source = answers.source || table.sources[answers.own] || "";
        const file = answers.file || table.sources[answers.reads] || table.sources.text;
        const values = {
            path: quote(FOLDER + answers.name), name: quote(answers.name), source: quote(source), file: quote(file),
            modules: modulesLiteral(answers.modules),
        };
        return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
    }

    function called(call, answers) {
        const parts = call.arguments.filter((argument) => holds(argument.when, answers))
            .map((argument) => filled(argument.text, answers, literal));
        const line = call.function + "(" + parts.join(", ") + ")";
        return line.length <= table.width ? line : call.function + "(\n" + parts.map((part) => "    " + part + ",\n").join("") + ")";
    }

    /** The lines for these answers: Python, the command (or ""), and what each name stands for. */
    function compose(given) {
        const answers = settled(given);
        const calls = table.calls.filter((call) => holds(call.when, answers)).map((call) => called(call, answers));
        const commands = table.commands.filter((command) => holds(command.when, answers))
            .map((command) => [command.function, ...command.arguments.filter((part) => holds(part.when, answers))
                .map((part) => filled(part.text, answers, shellWord))].join(" "));
        const names = table.names.filter((name) => holds(name.when, answers));
        return {
            python: calls.length ? ["import analytics", "", ...calls].join("\n") + "\n" : "",
            command: commands.length ? commands.join("\n") + "\n" : "",
            names: names.map((name) => [name.name, name.meaning]),
        };
    }

    // ---- answers and the address ------------------------------------------------------------------------
    function given() {
        const parameters = new URLSearchParams(window.location.search);
        return Object.fromEntries(table.questions.map((question) => [question.name, parameters.get(question.name) || ""]));
    }

    function answer(name, value, push) {
        const question = table.questions.find((each) => each.name === name);
        // Which case it is always stands in the address: it says that the form is shown.
        const isDefault = value === question.default && name !== "own";
        stateroom.recordings.write({[name]: isDefault ? "" : value}, push);
    }

    // ---- drawing ----------------------------------------------------------------------------------------
    function choiceElement(question, choice, answers) {
        const label = stateroom.element("label", "guide-choice");
        const input = stateroom.element("input", "", null, {type: "radio", name: "guide-" + question.name, value: choice.value});
        input.checked = answers[question.name] === choice.value;
        label.append(input, stateroom.element("span", "", choice.text));
        return label;
    }

    function questionElement(question, answers) {
        const offered = question.choices.filter((choice) => holds(choice.when, answers));
        if (question.choices.length) {
            const group = stateroom.element("fieldset", "guide-question", null, {"data-question": question.name});
            const choices = stateroom.element("div", "guide-choices");
            choices.append(...offered.map((choice) => choiceElement(question, choice, answers)));
            group.append(stateroom.element("legend", "", question.text), choices);
            return group;
        }
        const id = "guide-" + question.name;
        const field = stateroom.element("div", "guide-question", null, {"data-question": question.name});
        const input = stateroom.element("input", "tool-input guide-text", null, {
            type: "text", id, name: id, autocomplete: "off", spellcheck: "false", "aria-describedby": id + "-hint",
            placeholder: {source: table.sources[answers.own], file: table.sources[answers.reads]}[question.name] || question.default,
        });
        input.value = given()[question.name];
        const typed = stateroom.element("div", "guide-choices");
        typed.append(input, stateroom.element("span", "quiet", question.hint, {id: id + "-hint"}));
        field.append(stateroom.element("label", "", question.text, {for: id}), typed);
        return field;
    }

    function drawQuestions() {
        const place = document.getElementById(ids.questions);
        const answers = settled(given());
        const focused = document.activeElement && place.contains(document.activeElement)
            ? [document.activeElement.name, document.activeElement.value] : null;
        place.replaceChildren(...table.questions.filter((question) => holds(question.when, answers))
            .map((question) => questionElement(question, answers)));
        if (focused) {
            const inputs = [...place.querySelectorAll("input")].filter((input) => input.name === focused[0]);
            const same = inputs.find((input) => input.value === focused[1]) || inputs[0];
            if (same) {
                same.focus();
            }
        }
    }

    function codeBlock(title, text, kind) {
        const block = stateroom.element("div", "guide-code", null, {"data-kind": kind});
        const head = stateroom.element("div", "guide-code-head");
        const copy = stateroom.element("button", "quiet-button", "Copy", {type: "button", "aria-label": "Copy: " + title});
        copy.addEventListener("click", () => stateroom.copy(text, title + ": copied."));
        head.append(stateroom.element("h3", "", title), copy);
        block.append(head, stateroom.element("pre", "code", text, {tabindex: "0", "aria-label": title}));
        return block;
    }

    function drawLines() {
        const {python, command, names} = compose(given());
        const parts = [];
        if (python) {
            parts.push(codeBlock("In Python", python, "python"));
        }
        if (command) {
            parts.push(codeBlock("On the command line", command, "command"));
        }
        if (names.length) {
            const list = stateroom.element("dl", "facts guide-names");
            names.forEach(([name, meaning]) => list.append(
                stateroom.element("dt", "token", name), stateroom.element("dd", "", meaning)));
            parts.push(list);
        }
        document.getElementById(ids.lines).replaceChildren(...parts);
    }

    function draw() {
        if (table !== null && document.getElementById(ids.questions)) {
            drawQuestions();
            drawLines();
        }
    }

    document.addEventListener("input", (event) => {
        const asked = event.target instanceof Element && event.target.closest("#" + ids.questions + " [data-question]");
        if (!asked) {
            return;
        }
        answer(asked.dataset.question, event.target.value, false);
        if (event.target.type === "radio") {
            drawQuestions();
        }
        drawLines();
    });

    stateroom.guide = {
        mount(questionsAndLines) {
            table = questionsAndLines;
            draw();
        },
        compose,
        follow: draw,
        /** Bring the reader who asked for the form to it. */
        focus() {
            const heading = document.querySelector("#" + ids.guide + " h2");
            heading.focus({preventScroll: true});
            heading.scrollIntoView({block: "nearest"});
            draw();
        },
    };
})();
