// What Sentences shows, for a finding: the sentences and what the network said of each; the picture as it is saved.
(function () {
    "use strict";
    const stateroom = (window.stateroom = window.stateroom || {});
    const MOST_WORDS = 60;
    const rows = () => ["a", "b"].filter((row) => stateroom.sentences.answers[row]);
    const answerOf = (row) => stateroom.sentences.answers[row];
    const read = (row) => answerOf(row).tokens.slice(0, MOST_WORDS).map((token) => stateroom.visible(token.text)).join(" ")
        + (answerOf(row).tokens.length > MOST_WORDS ? " …" : "");
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

    function title() {
        const [first] = rows();
        const {recording, state} = stateroom.sentencesView.get();
        return first ? "“" + read(first).slice(0, 120) + "” read by " + recording + ", " + state : recording + ", " + state;
    }

    function ofRow(row) {
        const {predictions, classes, clusters, n} = answerOf(row);
        const name = row.toUpperCase() + ": ";
        const known = predictions && predictions.loss ? predictions.loss.filter(Number.isFinite) : [];
        const last = (index) => classes.p[(n - 1) * classes.names.length + index];
        return [
            {name: name + "sentence", value: read(row)},
            {name: name + "read by", value: stateroom.sentences.networkOf(row).join(" · ")},
            {name: name + "words", value: n},
            {name: name + "clusters", value: clusters.sizes.length},
            ...(known.length ? [{name: name + "mean loss", value: mean(known), unit: "nats over " + known.length + " words"}] : []),
            ...(classes && n ? classes.names.slice(0, 8).map((label, index) => ({name: name + "p of " + label + " after the last word", value: last(index)})) : []),
        ].filter(({value}) => typeof value !== "number" || Number.isFinite(value));
    }

    async function picture() {
        const isDrawn = stateroom.sentences.stage.scene() && stateroom.sentencesView.get().mode === "glyphs";
        return isDrawn ? stateroom.files.captured(stateroom.sentences.exportSvg)[0] || null : null;
    }

    (stateroom.shown = stateroom.shown || {}).sentences = {title, numbers: () => rows().flatMap(ofRow), picture};
})();
