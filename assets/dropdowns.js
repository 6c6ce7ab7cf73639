// Dash's dropdown lets the keyboard into a field that is hidden from assistive software, and leaves its button out.
// Here the button itself is reached by Tab, and said by its label and its value.
(function () {
    "use strict";
    const hidden = document.getElementsByClassName("dash-dropdown-focus-target");

    const open = (field) => {
        const button = field.nextElementSibling;
        if (field.disabled || !button) {
            return;
        }
        field.disabled = true;
        button.tabIndex = 0;
        const label = (button.labels || [])[0];
        if (label && button.id) {
            label.id = label.id || button.id + "-label";
            button.setAttribute("aria-labelledby", label.id + " " + button.id + "-value");
        }
    };

    const watch = () => new MutationObserver(() => [...hidden].forEach(open)).observe(document.body, {childList: true, subtree: true});
    document.addEventListener("DOMContentLoaded", watch);
})();
