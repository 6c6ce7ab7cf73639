// The word clouds on the page: the heads of the clusters, a button for each word, and what did not fit.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const TWO_LINES = 34;
    const THREE_LINES = 50;

    let scene = null;
    let heads = [];
    let words = new Map();
    let mores = [];

    const holder = () => clusters.place("clouds");
    const plural = (count, noun) => stateroom.whole(count) + " " + noun + (count === 1 ? "" : "s");

    // ---- words ------------------------------------------------------------------------------------------
    clusters.describeWord = function (word) {
        const {tags} = clusters.overview;
        const inCluster = word.cluster === undefined ? "not among the clustered words"
            : word.cluster < 0 ? "set aside" : "cluster " + (word.cluster + 1);
        const lines = [stateroom.tokenElement(word.text, "token tip-token"), stateroom.whole(word.count) + " times in the corpus, " + inCluster];
        if (tags && word.tag >= 0) {
            lines.push(tags.annotation + ": " + tags.labels[word.tag] + (word.tagShare === null || word.tagShare === undefined ? "" : ", " + clusters.percent(word.tagShare) + " of them"));
        }
        if (Number.isFinite(word.distance)) {
            lines.push("distance to its cluster's middle " + stateroom.number(word.distance));
        }
        return lines;
    };

    function said(word) {
        const {tags} = clusters.overview;
        const tag = tags && word.tag >= 0 ? ", " + tags.labels[word.tag] : "";
        return stateroom.visible(word.text) + ", " + stateroom.whole(word.count) + (word.count === 1 ? " time" : " times") + tag;
    }

    function wordButton(word) {
        const made = stateroom.element("button", "cloud-word", null, {type: "button", tabindex: "-1", "aria-label": said(word)});
        made.dataset.word = word.id;
        const text = stateroom.element("bdi", "", stateroom.visible(word.text));
        text.dir = "auto";
        made.append(text);
        return made;
    }

    function color() {
        const {tags} = clusters.overview;
        words.forEach((made, id) => {
            const {tag} = clusters.overview.byId.get(id);
            made.style.color = tags && tag >= 0 ? clusters.tagColor(tag) : "";
            made.dataset.tag = tags ? tag : -1;
        });
    }

    /** Chosen words carry their number, the one that the chips show is filled. */
    function mark() {
        const {chosen} = clusters.view();
        words.forEach((made, id) => {
            const place = chosen.indexOf(id);
            made.classList.toggle("is-chosen", place >= 0);
            made.setAttribute("aria-pressed", String(place >= 0));
            place >= 0 ? (made.dataset.place = place + 1) : delete made.dataset.place;
        });
        // A chosen word for which there was no room is marked where it is listed.
        scene.clouds.forEach((cloud) => {
            const hidden = cloud.arrangement.more.filter((word) => chosen.includes(word.id));
            const button = mores[cloud.number];
            button.classList.toggle("is-chosen", hidden.length > 0);
            hidden.length > 0 ? (button.dataset.place = chosen.indexOf(hidden[0].id) + 1) : delete button.dataset.place;
            button.title = (hidden.length > 0 ? hidden.map((word) => stateroom.visible(word.text)).join(", ") + " is among them. " : "") + "List all words of this cluster";
        });
    }

    function place() {
        const shown = new Set();
        scene.clouds.forEach((cloud) => {
            const faded = Boolean(scene.expanded) && !scene.expanded.w.has(cloud.number);
            const {placed, more} = cloud.arrangement;
            placed.forEach((box) => {
                const made = words.get(box.word.id);
                shown.add(box.word.id);
                Object.assign(made.style, {left: cloud.left + box.left + "px", top: cloud.top + cloud.inner + box.top + "px",
                    width: box.width + "px", height: box.height + "px", fontSize: box.size + "px", lineHeight: box.height + "px"});
                made.classList.toggle("is-faded", faded);
                made.hidden = false;
            });
            const button = mores[cloud.number];
            button.hidden = more.length === 0;
            button.textContent = placed.length === 0 ? plural(more.length, "word") : "+" + stateroom.whole(more.length) + " more";
            Object.assign(button.style, {left: cloud.left + cloud.width - clusters.cloud.moreWidth + 4 + "px",
                top: cloud.top + cloud.inner + (cloud.height - cloud.inner) / 2 + "px"});
        });
        words.forEach((made, id) => {
            made.hidden = !shown.has(id);
        });
    }

    // ---- heads ------------------------------------------------------------------------------------------
    function head(cloud) {
        const made = stateroom.element("button", "cloud-head", null, {type: "button", tabindex: "-1"});
        made.dataset.cluster = "w" + cloud.number;
        const first = stateroom.element("span", "cloud-label");
        first.append(stateroom.element("span", "visually-hidden", "word cluster "), stateroom.element("span", "cluster-number", String(cloud.number + 1)),
            stateroom.element("bdi", "", cloud.words.length === 0 ? "no words" : cloud.cluster.label || plural(cloud.words.length, "word")));
        // The rest of it, what its words are, is in the tip.
        made.append(first, stateroom.element("span", "cloud-detail quiet", (cloud.cluster.labelDetail || "").split("; ")[0]));
        made.title = [cloud.cluster.label, cloud.cluster.labelDetail, plural(cloud.words.length, "word")].filter(Boolean).join("\n");
        made.addEventListener("click", () => clusters.toggleCluster("w", cloud.number));
        return made;
    }

    function placeHeads() {
        const chosen = clusters.picked();
        const {narrow, labelLeft, label} = scene.columns;
        scene.clouds.forEach((cloud) => {
            const made = heads[cloud.number];
            const isPicked = Boolean(chosen) && chosen.kind === "w" && chosen.number === cloud.number;
            Object.assign(made.style, {left: labelLeft + "px", top: cloud.top + "px", width: (narrow ? cloud.width : label - 10) + "px",
                height: (narrow ? clusters.cloud.labelLine : cloud.height) + "px"});
            made.classList.toggle("is-short", narrow || cloud.height < TWO_LINES);
            made.classList.toggle("is-tight", cloud.height < THREE_LINES);
            made.classList.toggle("is-faded", Boolean(scene.expanded) && !scene.expanded.w.has(cloud.number));
            made.setAttribute("aria-pressed", String(isPicked));
        });
    }

    function moreButton(cloud) {
        const made = stateroom.element("button", "cloud-more", "", {type: "button", tabindex: "-1"});
        made.dataset.more = cloud.number;
        made.title = "List all words of this cluster";
        made.addEventListener("click", () => clusters.openList(cloud.number, made));
        return made;
    }

    function build() {
        heads = scene.clouds.map(head);
        mores = scene.clouds.map(moreButton);
        words = new Map();
        const inOrder = scene.clouds.flatMap((cloud) => {
            const buttons = cloud.words.map((word) => {
                const made = wordButton(word);
                words.set(word.id, made);
                return made;
            });
            return [heads[cloud.number], ...buttons, mores[cloud.number]];
        });
        holder().replaceChildren(...inOrder);
        color();
    }

    // ---- pointing ---------------------------------------------------------------------------------------
    const wordOf = (event) => {
        const made = event.target instanceof Element && event.target.closest(".cloud-word");
        return made ? clusters.overview.byId.get(Number(made.dataset.word)) : null;
    };

    function point(event) {
        const word = wordOf(event);
        clusters.point(word ? "word" : "", word ? word.id : -1);
        if (word) {
            stateroom.tip.show(event.clientX, event.clientY, [...clusters.describeWord(word),
                stateroom.element("div", "quiet", clusters.view().chosen.includes(word.id) ? "click: release it" : "click: show the response to it")]);
        } else {
            stateroom.tip.hide();
        }
    }

    clusters.part({
        mount() {
            scene = null;
            const place = holder();
            place.replaceChildren();
            place.addEventListener("pointermove", point);
            place.addEventListener("pointerleave", () => {
                clusters.pointNowhere();
                stateroom.tip.hide();
            });
            place.addEventListener("click", (event) => {
                const word = wordOf(event);
                if (word) {
                    clusters.toggleWord(word.id);
                }
            });
        },
        scene(now, fromNew) {
            scene = now;
            if (fromNew) {
                build();
            }
            placeHeads();
            place();
            mark();
        },
        view(now, previous) {
            if (scene && now.chosen !== previous.chosen) {
                mark();
            }
        },
        theme: () => scene && color(),
        pointed(now, before) {
            [[before, false], [now, true]].forEach(([{kind, id}, on]) => {
                const made = kind === "word" && words.get(id);
                if (made) {
                    made.classList.toggle("is-pointed", on);
                }
                const word = made && made.hidden && clusters.overview.byId.get(id);
                if (word && mores[word.cluster]) {
                    mores[word.cluster].classList.toggle("is-pointed", on);
                }
            });
        },
    });
});
