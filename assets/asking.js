// Asking the server, in one place: the scripts of the pages ask by `stateroom.ask`, Dash by `fetch`. Where the
// connection breaks, as when the process that answers dies, the same is asked once or twice more, so whatever the
// server takes may arrive twice. What the browser itself loads, scripts and styles, is not asked for here.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    /** Before the second time and the third. */
    const PAUSES_MS = [300, 1200];
    /** What a proxy answers where its own connection to the server broke; the server never does. */
    const BROKEN_BEHIND_A_PROXY = 502;
    const CALLBACK = /\/_dash-update-component$/;
    const SILENT = "The server does not answer. Is it still running?";
    const LOAD_AGAIN = "Load the page again.";
    const send = window.fetch;

    // ---- a broken connection ----------------------------------------------------------------------------
    const addressOf = (resource) => new URL(resource, document.baseURI);

    /** Whether this can be sent once more: to our server, with nothing that is used up by sending it. */
    function repeats(resource, options) {
        const {body} = options || {};
        return typeof resource === "string" && addressOf(resource).origin === window.location.origin
            && (body === undefined || body === null || typeof body === "string");
    }

    /** Send a request up to three times; an answer counts once all of it is here. */
    async function sent(resource, options, times) {
        const isLast = times === PAUSES_MS.length;
        try {
            const reply = await send.call(window, resource, options);
            await reply.clone().arrayBuffer();
            if (isLast || reply.status !== BROKEN_BEHIND_A_PROXY) {
                return reply;
            }
        } catch (failure) {
            if (isLast || failure.name === "AbortError") {
                throw failure;
            }
        }
        await new Promise((done) => window.setTimeout(done, PAUSES_MS[times]));
        return sent(resource, options, times + 1);
    }

    /** Dash says nothing to the reader when it gets no answer. */
    function tellSilence(resource) {
        if (CALLBACK.test(addressOf(resource).pathname) && document.getElementById("shell-messages")) {
            stateroom.messages.show([SILENT], "error");
        }
    }

    window.fetch = async function (resource, options) {
        if (!repeats(resource, options)) {
            return send.call(window, resource, options);
        }
        try {
            return await sent(resource, options, 0);
        } catch (failure) {
            if (failure.name !== "AbortError") {
                tellSilence(resource);
            }
            throw failure;
        }
    };

    // ---- asking -----------------------------------------------------------------------------------------
    /**
     * Ask `url`; the reply has an answer or an error, which is a sentence. `then` is a sentence that follows where
     * the server did not come to answering: what became of what was sent, or what to do.
     */
    stateroom.ask = async function (url, asked, then) {
        let reply = null;
        try {
            reply = await window.fetch(url, {
                method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(asked),
            });
        } catch (failure) {
            return {error: [SILENT, then].filter(Boolean).join(" ")};
        }
        const told = await reply.json().catch(() => null);
        if (reply.ok && told) {
            return told;
        }
        const said = told && told.error;
        const error = said || "The server could not answer (" + reply.status + ").";
        return {error: [error, then || (said ? "" : LOAD_AGAIN)].filter(Boolean).join(" ")};
    };

    /** A name that nobody else has: of a page, or of something that is sent and must count once. */
    stateroom.newName = () => [...window.crypto.getRandomValues(new Uint8Array(16))]
        .map((value) => value.toString(16).padStart(2, "0")).join("");
})();
