// Dialogs: one at a time, over the page. The browser keeps the focus inside and gives it back.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    let counter = 0;

    function head(title, id, close) {
        const made = stateroom.element("div", "dialog-head");
        const button = stateroom.button("×", "Close (Esc)", close, "message-close");
        made.append(stateroom.element("h2", "", title, {id}), button);
        return made;
    }

    stateroom.dialog = {
        /** Show `body` under a title until the reader closes it; `onClose` is called then. Returns {close}. */
        open({title, body, onClose}) {
            counter += 1;
            const id = "dialog-title-" + counter;
            const dialog = stateroom.element("dialog", "dialog", null, {"aria-labelledby": id});
            const content = stateroom.element("div", "dialog-content");
            const close = () => dialog.open && dialog.close();
            content.append(head(title, id, close), body);
            dialog.append(content);
            // The keys of the page rest while a dialog is open.
            dialog.addEventListener("keydown", (event) => event.stopPropagation());
            dialog.addEventListener("close", () => {
                dialog.remove();
                if (onClose) {
                    onClose();
                }
            });
            document.body.append(dialog);
            dialog.showModal();
            return {close};
        },
    };
})();
