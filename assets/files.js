// Files that the browser makes of what is shown: tables as CSV, pictures as SVG.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});

    /** A cell that a spreadsheet does not take for a formula. */
    function cell(value) {
        if (value === null || value === undefined) {
            return "";
        }
        if (typeof value === "number") {
            return Number.isFinite(value) ? String(value) : "";
        }
        const text = String(value);
        const safe = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
        return '"' + safe.replaceAll('"', '""') + '"';
    }

    let captured = null;

    stateroom.files = {
        /** The name of a file from what it shows; what no file name may hold becomes an underscore. */
        name: (...parts) => parts.filter(Boolean).join("-").replace(/[^\w.-]+/g, "_"),
        /** The texts that an export would download, instead of downloading them; it has to be done when it returns. */
        captured(act) {
            captured = [];
            try {
                act();
                return captured;
            } finally {
                captured = null;
            }
        },
        download(text, type, name) {
            if (captured !== null) {
                captured.push(text);
                return;
            }
            const link = stateroom.element("a", "", "", {href: URL.createObjectURL(new Blob([text], {type})), download: name});
            link.click();
            window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
        },
        /** Download rows under their heads; numbers stay numbers, what is none stays empty. */
        csv(name, heads, rows) {
            const lines = [heads, ...rows].map((row) => row.map(cell).join(","));
            stateroom.files.download(lines.join("\r\n") + "\r\n", "text/csv", name + ".csv");
        },
    };
})();
