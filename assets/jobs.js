// Work that goes on behind the page: asking for it in this tab's name, and how far it is.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const MINUTE_S = 90;
    const HOUR_MIN = 90;
    const LOOK_EVERY_MS = 700;
    const ENDED = ["done", "failed", "cancelled"];
    let name = "";

    /** A name for this tab, so that cancelling here does not end what another page waits for. */
    function tab() {
        try {
            name = name || window.sessionStorage.getItem("stateroom-tab") || "";
        } catch (error) {
            // Nothing to remember it in; it holds for this page.
        }
        if (!name) {
            name = stateroom.newName();
            try {
                window.sessionStorage.setItem("stateroom-tab", name);
            } catch (error) {
                // As above.
            }
        }
        return name;
    }

    /** Ask `url` in the name of this tab; what starts work has a name of its own, so that it starts once. */
    const ask = (url, asked) => stateroom.ask(url, {...asked, tab: tab(), request: stateroom.newName()});

    /** A time that may be long, as a reader says it. */
    function duration(seconds) {
        const minutes = seconds / 60;
        return seconds < MINUTE_S ? Math.max(1, Math.round(seconds)) + " s"
            : minutes < HOUR_MIN ? Math.round(minutes) + " min" : (minutes / 60).toFixed(1) + " h";
    }

    const share = (answer) => (answer.total ? answer.done / answer.total : 0);

    /** How far it is, in words. */
    function told(answer) {
        const whose = answer.may_cancel ? "" : "Started from another page. ";
        return whose + (answer.state === "waiting" ? "Waits for its turn." : [
            answer.total ? Math.floor(100 * share(answer)) + " %" : "Begins.",
            answer.what,
            answer.remaining_seconds === null ? "" : "about " + duration(answer.remaining_seconds) + " left",
        ].filter(Boolean).join(" · "));
    }

    /** The bar and the words of work that goes on. */
    function progress(answer, label) {
        const bar = stateroom.element("progress", "job-bar", null, {max: "1", "aria-label": label});
        if (answer.total) {
            bar.value = share(answer);
        }
        return [bar, stateroom.element("p", "quiet job-told", told(answer))];
    }

    /** Bring what `progress` made up to date: a bar that is drawn anew would begin to move again. */
    function update(place, answer) {
        const bar = place.querySelector(".job-bar");
        answer.total ? (bar.value = share(answer)) : bar.removeAttribute("value");
        place.querySelector(".job-told").textContent = told(answer);
    }

    /** A button that acts once: it is drawn anew with the answer, and a disabled one would lose the focus. */
    function actButton(text, action, act, className) {
        const made = stateroom.element("button", className || "quiet-button", text, {type: "button", "data-act": action});
        made.addEventListener("click", () => {
            if (made.getAttribute("aria-disabled") === null) {
                made.setAttribute("aria-disabled", "true");
                act(action);
            }
        });
        return made;
    }

    const goesOn = (answer) => ["waiting", "running"].includes(answer.state);

    /**
     * Watch one piece of work, as it was left when the page was loaded anew. `url()` and `wanted()` are what is asked,
     * `isThere()` whether anybody still looks; `ended()` is called when it made something, `draw()` upon every answer.
     */
    function watch({url, wanted, isThere, ended, draw}) {
        let job = null;
        let meant = "";
        let timer = 0;
        let turns = 0;
        const isRunning = () => job !== null && goesOn(job);

        async function act(action) {
            window.clearTimeout(timer);
            turns += 1;
            const [mine, turn] = [meant, turns];
            const reply = await ask(url() + action, wanted());
            // An answer that was overtaken says how it stood before: it must not end the watch over what began since.
            if (!isThere() || mine !== meant || turn !== turns) {
                return;
            }
            const went = isRunning();
            job = reply.error ? {state: "failed", sentence: reply.error} : reply.answer;
            if (ENDED.includes(job.state) && !reply.error && (went || action !== "status")) {
                ended();
            }
            draw();
            if (isRunning()) {
                window.clearTimeout(timer);
                timer = window.setTimeout(() => act("status"), LOOK_EVERY_MS);
            }
        }

        /** Other work is meant, or none (an empty text): an answer to what was meant before does not count. */
        function follow(now) {
            if (now !== meant) {
                [meant, job] = [now, null];
                window.clearTimeout(timer);
                if (now) {
                    act("status");
                }
            }
        }

        return {
            act, follow, isRunning,
            job: () => job,
            /** What stopped it, or that it was cancelled; empty where it went well. */
            sentence: () => (job && ["failed", "cancelled"].includes(job.state) ? job.sentence : ""),
            /** The button that begins it; what was done already is done again. */
            startButton: (text, className) => actButton(text, job && job.state === "done" ? "again" : "start", act, className),
            cancelButton: () => (job.may_cancel ? [actButton("Cancel", "cancel", act)] : []),
        };
    }

    stateroom.jobs = {tab, ask, duration, told, progress, update, actButton, goesOn, watch};
})();
