// A session may end while its page is open: whoever asks then, a script of ours or Dash, is told so here.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const SIGNED_OUT = 401;
    const SENTENCE = "You are signed out. Sign in to go on.";
    const CALLBACK = /\/_dash-update-component$/;
    const NOTHING_CHANGES = 204;
    const ask = window.fetch;

    /** Say it once, with a link: the same address asks for the password and then shows this view again. */
    function tell() {
        if (!stateroom.messages || !document.getElementById("shell-messages")) {
            return;
        }
        stateroom.messages.show([SENTENCE], "error");
        const message = [...document.getElementById("shell-messages").children]
            .find((candidate) => candidate.firstChild.textContent === SENTENCE);
        if (message && !message.querySelector("a")) {
            const link = stateroom.element("a", "message-link", "Sign in", {href: window.location.href});
            // The page has to be asked for anew, although the address is the same.
            link.addEventListener("click", (event) => {
                event.preventDefault();
                window.location.reload();
            });
            message.firstChild.after(link);
        }
    }

    window.fetch = async function (...given) {
        const reply = await ask.apply(this, given);
        const {origin, pathname} = new URL(reply.url || window.location.href);
        if (reply.status !== SIGNED_OUT || origin !== window.location.origin) {
            return reply;
        }
        tell();
        // Dash fails at an answer of this kind; what is shown stays as it is.
        return CALLBACK.test(pathname) ? new Response(null, {status: NOTHING_CHANGES}) : reply;
    };
})();
