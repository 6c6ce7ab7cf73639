// The word clouds: where each word lies, by d3-cloud.
//
// d3-cloud packs masks of words. Left to itself it draws each word on a canvas of 2048 x 2048 pixels and reads the
// canvas back for every cloud, and lets letters reach into each other's boxes. Here it gets the measured box of each
// word as its mask, on lines as high as the largest letters: no two boxes overlap, and ten clouds take milliseconds.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const FACE = '"IBM Plex Sans", system-ui, "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif';
    const SMALLEST = 11;
    const LEAST_LARGEST = 14;
    const LARGEST = 26;
    const LINE = 1.18;
    const BESIDE = 7;
    const FILLED = 0.9;
    const MORE_WIDTH = 76;
    const LABEL_LINE = 18;

    let widths = new Map();
    let pen = null;

    // ---- measuring --------------------------------------------------------------------------------------
    /** Width of a text at 100 pixels; letters scale with their size. */
    function widthOf(text) {
        if (!widths.has(text)) {
            pen = pen || document.createElement("canvas").getContext("2d");
            pen.font = "400 100px " + FACE;
            widths.set(text, pen.measureText(text).width);
        }
        return widths.get(text);
    }

    const boxOf = (word, size) => ({
        word, size, width: Math.ceil((widthOf(stateroom.visible(word.text)) * size) / 100) + BESIDE, height: Math.ceil(size * LINE)});

    /** Lines for letters of at most a size, and the words in sizes up to it: the nearer to the middle, the larger. */
    function sized(words, most, height) {
        const lines = Math.max(1, Math.floor(height / Math.ceil(most * LINE)));
        return {lines, boxes: words.map((word) => boxOf(word, Math.round(SMALLEST + (most - SMALLEST) * word.size)))};
    }

    /** As large as the room allows; where not all words fit, still large enough to tell near from far. */
    function fitted(words, width, height) {
        for (let most = LARGEST; most > LEAST_LARGEST; most -= 1) {
            const {lines, boxes} = sized(words, most, height);
            const length = boxes.reduce((sum, box) => sum + box.width, 0);
            if (most * LINE <= height && length <= FILLED * lines * width && boxes.every((box) => box.width <= width)) {
                return {lines, boxes};
            }
        }
        return sized(words, LEAST_LARGEST, height);
    }

    // ---- layout -----------------------------------------------------------------------------------------
    const WORD = 32;
    /** A mask may reach this far beyond its box; it is kept away from the ends of the board. */
    const BEYOND = 32;

    /** The mask that d3-cloud would have drawn: a bit a pixel across, a row a line, an empty row above and below. */
    function masked(box) {
        const cells = Math.ceil(box.width / WORD);
        const first = Math.floor((cells * WORD - box.width) / 2);
        const row = new Array(cells).fill(0);
        for (let x = first; x < first + box.width; x += 1) {
            row[x >> 5] |= 1 << (31 - (x & 31));
        }
        const empty = new Array(cells).fill(0);
        return {box, sprite: [...empty, ...row, ...empty], hasText: true, width: cells * WORD, height: 3,
            x0: first - (cells * WORD) / 2 - BEYOND, x1: first + box.width - (cells * WORD) / 2 + BEYOND, y0: -1, y1: 2};
    }

    /** Where to try next: all places of a grid, the nearest to the middle first. */
    const grids = new Map();

    function outwards([width, height]) {
        const key = width + "x" + height;
        if (!grids.has(key)) {
            grids.set(key, placesOf(width, height));
        }
        const places = grids.get(key);
        return (turn) => places[Math.abs(turn)];
    }

    function placesOf(width, height) {
        const places = [];
        const [far, deep] = [Math.ceil(width / 2), Math.ceil(height / 2)];
        for (let right = -far; right <= far; right += 3) {
            for (let down = -deep; down <= deep; down += 1) {
                // At multiples of 16 a mask may begin with a cell of the board, and d3-cloud then marks one cell too many.
                if (right % 16 !== 0) {
                    places.push([right, down, Math.hypot(right / width, down / height)]);
                }
            }
        }
        return places.sort((one, other) => one[2] - other[2]);
    }

    /** d3-cloud begins at random; from the middle the words pack best, and one address gives one picture. */
    const MIDDLE = () => 0.5;
    const NO_CANVAS = () => ({getContext: () => ({getImageData: () => ({data: [0, 0, 0, 0]})})});

    /** Place boxes on lines, the first in the middle; returns those that found a place. */
    function pack({boxes, lines}, width, height) {
        const across = Math.floor((width + 2 * BEYOND) / WORD) * WORD;
        const aside = (width + 2 * BEYOND - across) / 2;
        const pitch = height / lines;
        const inside = [];
        window.d3.layout.cloud().canvas(NO_CANVAS).size([across, lines + 2]).rotate(0).random(MIDDLE)
            .fontSize((item) => item.box.size).words(boxes.map(masked)).spiral(outwards).on("word", (item) => inside.push({
                ...item.box, left: item.x + item.x0 + aside, top: (item.y - 1) * pitch + (pitch - item.box.height) / 2,
            })).start();
        return inside;
    }

    /** The words of a cluster with their places; `more` are those for which there was no room. */
    function arranged(cloud) {
        const height = Math.max(LEAST_LARGEST * LINE + 1, cloud.height - cloud.inner);
        const attempt = (width) => {
            const line = fitted(cloud.words, width, height);
            if (width === cloud.width && line.boxes.reduce((sum, box) => sum + box.width, 0) > line.lines * width) {
                return null;
            }
            const placed = pack(line, width, height);
            const found = new Set(placed.map((box) => box.word.id));
            return {placed, more: cloud.words.filter((word) => !found.has(word.id))};
        };
        const all = attempt(cloud.width);
        return all && all.more.length === 0 ? all : attempt(cloud.width - MORE_WIDTH);
    }

    clusters.cloud = {
        face: FACE, labelLine: LABEL_LINE, moreWidth: MORE_WIDTH, arranged, line: LINE,
        /** A text with as many of its characters as fit a width. */
        shortened(text, size, width) {
            if ((widthOf(text) * size) / 100 <= width) {
                return text;
            }
            let kept = [...text];
            while (kept.length > 0 && (widthOf(kept.join("") + "…") * size) / 100 > width) {
                kept = kept.slice(0, -1);
            }
            return kept.join("") + "…";
        },
        /** The faces have arrived: measure anew. */
        forget() {
            widths = new Map();
        },
    };
});
