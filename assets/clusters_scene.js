// Decides when the picture is laid out anew, and tells the parts; says why there is no picture.
window.stateroom.clustersPart(function (clusters) {
    "use strict";
    const {stateroom} = window;
    const RELAYOUT = ["pick", "share", "chips"];

    let scene = null;
    let arrangements = new Map();

    /** Where the words of a cluster lie; worked out once for each size of its room. */
    function arrangement(cloud) {
        const key = [cloud.number, cloud.width, Math.round(cloud.height), cloud.inner].join();
        if (!arrangements.has(key)) {
            arrangements.set(key, clusters.cloud.arranged(cloud));
        }
        return arrangements.get(key);
    }

    function layOut(fromNew) {
        const stage = clusters.place("stage");
        const width = stage.clientWidth;
        if (!clusters.overview || width === 0 || clusters.view().table) {
            return;
        }
        if (fromNew) {
            stateroom.tip.hide();
            clusters.pointNowhere();
        }
        scene = clusters.layout.compute(width);
        scene.clouds.forEach((cloud) => {
            cloud.arrangement = arrangement(cloud);
        });
        stage.style.height = scene.height + "px";
        stage.classList.remove("is-blank");
        clusters.scene = scene;
        clusters.tell("scene", scene, fromNew);
    }

    let fromNew = true;

    function shown() {
        layOut(fromNew);
        fromNew = fromNew && Boolean(clusters.view().table);
    }

    function why(sentence) {
        const place = clusters.place("why");
        place.hidden = !sentence;
        place.replaceChildren();
        if (sentence) {
            const state = stateroom.element("div", "empty-state");
            state.append(stateroom.element("p", "empty-why", sentence),
                stateroom.element("p", "", "Change the number of clusters or words, the minimum count or the method above, or choose another state."));
            place.append(state);
        }
        clusters.place("result").classList.toggle("is-refused", Boolean(sentence));
    }

    clusters.part({
        mount() {
            scene = null;
            fromNew = true;
            why("");
            clusters.place("stage").classList.add("is-blank");
            clusters.place("stage").style.height = "30rem";
        },
        overview() {
            arrangements = new Map();
            fromNew = true;
            why("");
            shown();
            clusters.place("waiting").hidden = true;
        },
        failed(question, sentence) {
            clusters.place("waiting").hidden = true;
            if (question === "clusters") {
                why(sentence);
            } else {
                stateroom.messages.show([sentence], "error");
            }
        },
        view(now, previous) {
            if (previous.table !== undefined && now.table !== previous.table) {
                clusters.place("stage").hidden = now.table;
            } else if (previous.table === undefined) {
                clusters.place("stage").hidden = now.table;
            }
            if (clusters.overview && (fromNew || now.table !== previous.table || RELAYOUT.some((field) => now[field] !== previous[field]))) {
                shown();
            }
        },
        resize: () => shown(),
        scale: () => shown(),
    });

    // The widths of words are those of their face, which may come after the words.
    document.addEventListener("DOMContentLoaded", () => document.fonts.addEventListener("loadingdone", () => {
        if (clusters.mounted() && clusters.overview) {
            clusters.cloud.forget();
            arrangements = new Map();
            shown();
        }
    }));
});
