// What is kept of the view that is shown: its address, a title, its numbers and its picture, small enough to keep.
// Each page tells it by `stateroom.shown[page]` of assets/shown_*.js: {title, numbers, picture}.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const SVG = "http://www.w3.org/2000/svg";
    const MOST_BYTES = 1200000;
    const MOST_NUMBERS = 60;
    const WIDEST = 1600;
    const SMALLER = 0.7;
    const TRIES = 6;
    stateroom.shown = stateroom.shown || {};

    /** The page that is shown: "match"; "recordings" for the first one. */
    function pageShown() {
        const first = document.getElementById("shell-brand").pathname;
        const path = window.location.pathname;
        return path === first ? "recordings" : path.slice(first.length).replace(/^\/|\/$/g, "");
    }

    /** The query of the address; the first page's names its recording even where the address is bare. */
    function queryShown(page) {
        const parameters = new URLSearchParams(window.location.search);
        if (page === "recordings" && !parameters.get("recording") && stateroom.pickers.shown.recording) {
            parameters.set("recording", stateroom.pickers.shown.recording);
        }
        return parameters.toString();
    }

    const isSvg = (picture) => !picture.startsWith("data:");
    /** A picture as the address of an image. */
    const addressOf = (picture) => (isSvg(picture) ? "data:image/svg+xml;charset=utf-8," + encodeURIComponent(picture) : picture);
    const sizeOf = (picture) => (isSvg(picture) ? new Blob([picture]).size : Math.ceil(0.75 * (picture.length - picture.indexOf(","))));

    function loaded(address) {
        return new Promise((resolve, reject) => {
            const image = new Image();
            image.onload = () => resolve(image);
            image.onerror = () => reject(new Error("no picture"));
            image.src = address;
        });
    }

    /** A picture that is small enough to keep: as it is, or drawn as a PNG, smaller until it fits; null: none does. */
    async function fitted(picture) {
        if (sizeOf(picture) <= MOST_BYTES) {
            return picture;
        }
        const image = await loaded(addressOf(picture));
        let scale = Math.min(1, WIDEST / image.width);
        for (let tried = 0; tried < TRIES; tried += 1) {
            const canvas = stateroom.element("canvas");
            [canvas.width, canvas.height] = [Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale))];
            canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
            const drawn = canvas.toDataURL("image/png");
            if (sizeOf(drawn) <= MOST_BYTES) {
                return drawn;
            }
            scale *= SMALLER;
        }
        return null;
    }

    /** Several SVGs under each other as one; null for none. */
    function stacked(texts) {
        if (texts.length < 2) {
            return texts[0] || null;
        }
        const root = document.createElementNS(SVG, "svg");
        let [width, height] = [0, 0];
        texts.forEach((text) => {
            const each = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
            each.setAttribute("y", height);
            width = Math.max(width, Number(each.getAttribute("width")));
            height += Number(each.getAttribute("height"));
            root.append(each);
        });
        Object.entries({width, height, viewBox: "0 0 " + width + " " + height}).forEach(([name, value]) => root.setAttribute(name, value));
        return new XMLSerializer().serializeToString(root);
    }

    async function pictureOf(shown) {
        try {
            const picture = shown.picture ? await shown.picture() : null;
            return picture ? await fitted(picture) : null;
        } catch (error) {
            // A view without a picture is worth keeping too.
            return null;
        }
    }

    /** Everything that is kept of the view, as it is at this moment. */
    async function viewShown() {
        const page = pageShown();
        const query = queryShown(page);
        const shown = stateroom.shown[page] || {};
        const told = (name, otherwise) => {
            try {
                return (shown[name] && shown[name]()) || otherwise;
            } catch (error) {
                // What a page cannot tell yet is left out.
                return otherwise;
            }
        };
        const {recording, state} = stateroom.pickers.shown;
        const title = told("title", [recording, state].filter(Boolean).join(", "));
        return {page, query, title, numbers: told("numbers", []).slice(0, MOST_NUMBERS), picture: await pictureOf(shown)};
    }

    Object.assign((stateroom.keeping = stateroom.keeping || {}), {pageShown, viewShown, addressOf, stacked});
})();
