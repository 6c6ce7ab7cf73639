// Verification of the chosen recording: a button, the progress of the work behind it, and what was found.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const ids = {place: "home-verification"};
    const MOST_PASSED = 12;
    let settings = null;
    let recording = "";
    let drawn = "";
    let all = false;

    // ---- asking -----------------------------------------------------------------------------------------
    const work = stateroom.jobs.watch({
        url: () => settings.ask,
        wanted: () => ({recording}),
        isThere: () => Boolean(document.getElementById(ids.place)),
        ended: () => {},
        draw: () => draw(work.job()),
    });

    // ---- drawing ----------------------------------------------------------------------------------------
    function head(...parts) {
        const line = stateroom.element("div", "part-head");
        line.append(stateroom.element("h3", "", "Verification"), ...parts);
        return line;
    }

    function paragraph(text, className) {
        return stateroom.element("p", className || "", text);
    }

    function drawNone(answer) {
        const sentence = answer.sentence || "Not verified as it is now. Reads every file: checksums, row counts, missing "
            + "values, ranges of gates, agreement with the weights beside them.";
        return [head(work.startButton("Verify")), paragraph(sentence, answer.state === "failed" ? "verification-wrong" : "quiet")];
    }

    function drawRunning(answer) {
        return [head(...work.cancelButton()), ...stateroom.jobs.progress(answer, "Verification")];
    }

    const OUTCOMES = [
        {name: "wrong", text: "wrong", mark: "✗", is: (check) => check.passed === false},
        {name: "unknown", text: "could not be checked", mark: "?", is: (check) => check.passed === null},
        {name: "passed", text: "passed", mark: "✓", is: (check) => check.passed === true},
    ];

    function checkRow(check) {
        const outcome = OUTCOMES.find((each) => each.is(check));
        const line = stateroom.element("tr", "check-" + outcome.name);
        const result = stateroom.element("td", "check-outcome");
        result.append(stateroom.element("span", "check-mark", outcome.mark, {"aria-hidden": "true"}), outcome.text);
        line.append(
            result, stateroom.element("th", "token", check.part, {scope: "row"}), stateroom.element("td", "", check.what),
            stateroom.element("td", "check-sentence", check.sentence),
        );
        return line;
    }

    function checksTable(checks) {
        const table = stateroom.element("table", "facts-table checks");
        const heads = stateroom.element("tr");
        heads.append(...["outcome", "part", "check", "in words"].map((text) => stateroom.element("th", "", text, {scope: "col"})));
        const thead = stateroom.element("thead");
        thead.append(heads);
        const body = stateroom.element("tbody");
        body.append(...checks.map(checkRow));
        table.append(thead, body);
        return table;
    }

    function drawDone(answer) {
        const {checks, finished} = answer.result;
        const groups = OUTCOMES.map((outcome) => ({...outcome, checks: checks.filter(outcome.is)}));
        const [wrong, unknown, passed] = groups.map((group) => group.checks);
        const verdict = wrong.length ? wrong.length + " of " + checks.length + " checks found something wrong."
            : unknown.length ? "Nothing wrong was found; " + unknown.length + " of " + checks.length + " checks could not be made."
            : "Sound: all " + checks.length + " checks passed.";
        const when = "Verified " + finished.slice(0, 16).replace("T", " ") + " UTC in " + stateroom.jobs.duration(answer.seconds) + ".";
        const mark = wrong.length ? groups[0] : unknown.length ? groups[1] : groups[2];
        const line = paragraph("", "verification-verdict check-" + mark.name);
        line.append(stateroom.element("span", "check-mark", mark.mark, {"aria-hidden": "true"}), verdict + " ",
            stateroom.element("span", "quiet", when));
        const few = passed.length <= MOST_PASSED;
        const shown = [...wrong, ...unknown, ...(few || all ? passed : [])];
        const parts = [head(work.startButton("Verify again")), line];
        if (shown.length) {
            const scroller = stateroom.element("div", "table-scroller");
            scroller.append(checksTable(shown));
            parts.push(scroller);
        }
        if (!few) {
            const more = stateroom.element("button", "link-button", all ? "Hide what passed" : "Show the " + passed.length + " checks that passed",
                {type: "button", "aria-expanded": String(all)});
            more.addEventListener("click", () => {
                all = !all;
                drawn = "";
                draw(answer);
                document.querySelector("#" + ids.place + " .link-button").focus();
            });
            parts.push(more);
        }
        return parts;
    }

    function draw(answer) {
        const place = document.getElementById(ids.place);
        const kind = {waiting: drawRunning, running: drawRunning, done: drawDone}[answer.state] || drawNone;
        const written = JSON.stringify([answer, all]);
        if (written === drawn) {
            return;
        }
        drawn = written;
        const acted = document.activeElement && place.contains(document.activeElement);
        place.hidden = false;
        place.setAttribute("aria-busy", String(kind === drawRunning));
        if (kind === drawRunning && place.querySelector("progress") && Boolean(place.querySelector("[data-act]")) === answer.may_cancel) {
            // Only what moves: a button that is drawn anew under the pointer would lose its click.
            stateroom.jobs.update(place, answer);
            return;
        }
        place.replaceChildren(...kind(answer));
        if (acted && place.querySelector("button")) {
            place.querySelector("button").focus();
        }
    }

    stateroom.verification = {
        mount(whereToAsk) {
            settings = whereToAsk;
        },
        /** Another recording is shown; "" when there is none. */
        choose(key) {
            recording = key;
            drawn = "";
            all = false;
            // The same name may be another recording by now.
            work.follow("");
            const place = document.getElementById(ids.place);
            if (key && settings) {
                work.follow(key);
            } else if (place) {
                place.hidden = true;
            }
        },
    };
})();
