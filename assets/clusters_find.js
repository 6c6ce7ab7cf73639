// Finding a word or a unit, and the list of all words of a cluster. Both are lists of buttons in one panel.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const UNIT = /^(?:unit\s*|c)?(\d+)$/i;
    const make = (...given) => stateroom.element(...given);
    const plural = (count, noun) => stateroom.whole(count) + " " + noun + (count === 1 ? "" : "s");

    let opener = null;
    /** What was found before there was a picture to say the clusters of it. */
    let early = null;
    const panel = () => clusters.place("list");

    function close() {
        panel().hidden = true;
        panel().replaceChildren();
        if (opener && opener.isConnected) {
            opener.focus();
        }
        opener = null;
    }

    function line(word) {
        const made = make("button", "list-word", null, {type: "button"});
        made.append(stateroom.tokenElement(word.text), make("span", "quiet", stateroom.whole(word.count)
            + (word.cluster === undefined ? "" : word.cluster < 0 ? ", set aside" : ", cluster " + (word.cluster + 1))));
        made.addEventListener("click", () => clusters.toggleWord(word.id));
        return made;
    }

    function open(title, lines, what) {
        const head = make("div", "list-head");
        head.append(make("h2", "", title), stateroom.button("×", "Close (Esc)", what === "find" ? () => clusters.find("") : close, "row-remove"));
        const rows = make("div", "list-rows");
        rows.append(...lines);
        panel().dataset.what = what;
        panel().hidden = false;
        panel().replaceChildren(head, rows);
    }

    clusters.openList = function (number, button) {
        opener = button;
        const words = clusters.overview.members.w[number];
        open("Cluster " + (number + 1) + ": " + plural(words.length, "word"), words.map(line), "cluster");
        panel().querySelector(".list-rows button").focus();
    };

    /** Close the list; returns whether it was open. */
    clusters.closeList = function () {
        if (panel().hidden) {
            return false;
        }
        panel().dataset.what === "find" ? clusters.find("") : close();
        return true;
    };

    // ---- finding ----------------------------------------------------------------------------------------
    clusters.find = function (text) {
        const wanted = text.trim();
        const same = wanted && wanted === clusters.view().find && !panel().hidden;
        if (same) {
            panel().querySelector(".list-rows button")?.click();
        } else {
            clusters.change({find: wanted});
        }
    };

    /** A rare word takes part in the clustering when it is named. */
    function alsoButton(word) {
        return stateroom.button("cluster it too", "cluster it too: " + stateroom.visible(word.text) + " with the frequent words",
            () => clusters.change({named: [...clusters.view().named, word.id]}), "list-also link-button");
    }

    function unitLine(number) {
        const made = make("button", "list-word", null, {type: "button"});
        made.append("unit " + number, make("span", "quiet", "of " + stateroom.whole(clusters.overview.nUnits)));
        made.addEventListener("click", () => clusters.toggleUnit(number));
        return made;
    }

    function found(answer, text) {
        early = clusters.overview ? null : [answer, text];
        if (text !== clusters.view().find || early) {
            return;
        }
        const asUnit = UNIT.exec(text.trim());
        const unit = asUnit ? Number(asUnit[1]) : -1;
        const words = answer.words.map((word) => clusters.overview.byId.get(word.id) || {...word, cluster: undefined});
        const lines = [...(unit >= 0 && unit < clusters.overview.nUnits ? [unitLine(unit)] : []), ...words.map((word) => {
            const made = make("div", "list-line");
            made.append(line(word), ...(word.cluster === undefined && word.count > 0 ? [alsoButton(word)] : []));
            return made;
        })];
        const none = make("p", "quiet", answer.why || "No word of this recording has " + stateroom.visible(text) + " in it, and no unit has that number.");
        const beyond = (answer.nFound || 0) - words.length;
        const title = lines.length === 0 ? "Nothing found" : plural(words.length, "word") + (beyond > 0 ? ", " + stateroom.whole(beyond) + " more" : "");
        open(title, lines.length === 0 ? [none] : lines, "find");
    }

    clusters.part({
        mount() {
            opener = early = null;
            panel().hidden = true;
        },
        found,
        view(now, previous) {
            if (!now.find && previous.find) {
                close();
            }
        },
        overview() {
            if (!panel().hidden && panel().dataset.what === "cluster") {
                close();
            }
            if (early) {
                found(...early);
            }
        },
    });
});
