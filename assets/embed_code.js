// "Embed code": the lines that show this very view in a page of a portal.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const make = (...given) => stateroom.element(...given);
    const THEMES = [["light", "light"], ["dark", "dark"], ["", "of the reader"]];
    const HEIGHT = {usual: 720, least: 200, most: 4000};

    const portals = () => (document.querySelector(".shell").dataset.portals || "").split(" ").filter(Boolean);

    /** The absolute address of what is shown, without the frame. */
    function address(theme) {
        const url = new URL(window.location.href);
        url.hash = "";
        url.searchParams.set("embed", "1");
        theme ? url.searchParams.set("theme", theme) : url.searchParams.delete("theme");
        return url.href;
    }

    const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

    function title() {
        const shown = stateroom.pickers.shown;
        const page = document.querySelector(".menu-link[aria-current]");
        return ["Stateroom", page && page.textContent, shown.recording, shown.state, stateroom.beside.words()].filter(Boolean).join(", ");
    }

    function frameLine({theme, height}) {
        return '<iframe src="' + escaped(address(theme)) + '" title="' + escaped(title()) + '" loading="lazy" '
            + 'style="width: 100%; height: ' + height + 'px; border: 0"></iframe>';
    }

    function growing() {
        return [
            "<script>",
            'window.addEventListener("message", (event) => {',
            '  const frames = [...document.querySelectorAll("iframe")];',
            "  const frame = frames.find((each) => each.contentWindow === event.source);",
            '  if (frame && event.origin === "' + window.location.origin + '" && event.data.stateroomHeight) {',
            '    frame.style.height = event.data.stateroomHeight + "px";',
            "  }",
            "});",
            "</script>",
        ].join("\n");
    }

    const written = (chosen) => frameLine(chosen) + (chosen.grows ? "\n" + growing() : "");

    function whoMay() {
        const allowed = portals();
        const named = make("p", "quiet");
        if (allowed.length) {
            named.textContent = "May be shown by pages of " + [window.location.origin, ...allowed].join(", ")
                + ". In other pages the browser leaves the frame empty; portals are added by whoever runs this host (STATEROOM_EMBED_PORTALS).";
        } else {
            named.textContent = "No portal may show it yet, only pages of " + window.location.origin
                + ": in others the browser leaves the frame empty. Whoever runs this host allows a portal by its origin: "
                + "STATEROOM_EMBED_PORTALS=https://portal.example.org";
        }
        return named;
    }

    function themeField(chosen, changed) {
        const field = make("fieldset", "embed-themes");
        field.append(make("legend", "quiet", "theme"));
        THEMES.forEach(([value, text]) => {
            const label = make("label", "embed-theme");
            const input = make("input", "", null, {type: "radio", name: "embed-theme", value});
            input.checked = value === chosen.theme;
            input.addEventListener("change", () => changed({theme: value}));
            label.append(input, make("span", "", text));
            field.append(label);
        });
        return field;
    }

    function heightField(chosen, changed) {
        const label = make("label", "embed-height");
        const input = make("input", "tool-input", null, {
            type: "number", min: HEIGHT.least, max: HEIGHT.most, step: 10, value: chosen.height,
        });
        input.addEventListener("input", () => {
            if (input.validity.valid && input.value) {
                changed({height: Number(input.value)});
            }
        });
        label.append(make("span", "quiet", "height"), input, make("span", "quiet", "px"));
        return label;
    }

    function growsField(changed) {
        const label = make("label", "embed-grows");
        const input = make("input", "", null, {type: "checkbox"});
        input.addEventListener("change", () => changed({grows: input.checked}));
        label.append(input, make("span", "", "grows with its view (adds a script to the page)"));
        return label;
    }

    function open() {
        const chosen = {theme: stateroom.theme.current(), height: HEIGHT.usual, grows: false};
        const body = make("div", "embed-code");
        const code = make("textarea", "code embed-lines", null, {readonly: "", rows: 5, "aria-label": "Embed code", spellcheck: "false"});
        const changed = (patch) => {
            Object.assign(chosen, patch);
            code.value = written(chosen);
            code.rows = chosen.grows ? 15 : 5;
        };
        const fields = make("div", "embed-fields");
        fields.append(themeField(chosen, changed), heightField(chosen, changed), growsField(changed));
        const told = make("span", "quiet", "", {role: "status"});
        const copy = stateroom.button("Copy", "Copy the code", () => {
            code.select();
            stateroom.toClipboard(code.value).then(
                () => (told.textContent = "Copied."),
                () => (told.textContent = "The browser does not let it be copied: press Ctrl+C."));
        }, "quiet-button");
        const line = make("div", "dialog-actions");
        line.append(copy, told);
        body.append(make("p", "", "These lines show this view in a page of your own, as it is now."), fields, code, line, whoMay());
        changed({});
        stateroom.dialog.open({title: "Embed this view", body});
        copy.focus();
    }

    (stateroom.shareEntries = stateroom.shareEntries || []).push({
        key: "embed", order: 30, text: "Embed code", title: "Show this view in a page of a portal", act: open,
    });
})();
