"""Measures, predictions and classes at each word, over recordings of small networks, against loops."""

import base64

import numpy as np
import pytest

import analytics
from analytics.errors import AnalyticsError, NetworkError, ParameterError, RangeError, UnknownNameError
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.sentences.question import SentencesQuestion
from tests.live_networks import CORPUS, TEXTS, WORDS, classifier_recording, language_recording
from tests.networks import lstm_recording
from tests.torch_threads import one_thread

__all__ = ["one_thread"]

MEASURES = ("positive", "negative", "updatePositive", "updateNegative")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    lstm_recording(folder / "plays")
    language_recording(folder / "tiny")
    language_recording(folder / "gru", kind="gru", n_layers=1)
    classifier_recording(folder / "reviews", kind="gru")
    return folder


@pytest.fixture
def queries(folder, tmp_path):
    return Queries(folder, AnswerCache(tmp_path / "cache", disk_megabytes=50, memory_megabytes=50))


def asked(entry, **fields):
    options = {"recording": "plays", "state": "layer0.cell", "clusters": 4, "min_count": 1, "entry": entry}
    return SentencesQuestion(**{**options, **fields})


def tiny(entry, **fields):
    return asked(entry, **{"recording": "tiny", "state": "layer1.cell", "clusters": 3, **fields})


def numbers(answer, name):
    """The values of one measure, (n_words, n_clusters)."""
    values = np.frombuffer(base64.b64decode(answer[name]), dtype="<f4")
    return values.reshape(len(answer["tokens"]), len(answer["clusters"]["sizes"]))


def texts(answer):
    return [token["text"] for token in answer["tokens"]]


def by_loop(recording, state, start, stop, labels, gate=None):
    """The definitions to the letter, unit by unit; averages over the units of each cluster."""
    values = np.asarray(recording.states(state).read(0, stop), dtype=float)
    gates = None if gate is None else np.asarray(recording.states(gate).read(0, stop), dtype=float)
    begins = set(recording.sequence_starts.tolist())
    found = {name: np.zeros((stop - start, max(labels) + 1)) for name in (*MEASURES, "preservedShare")}
    for row, position in enumerate(range(start, stop)):
        for cluster in range(max(labels) + 1):
            units = [unit for unit, label in enumerate(labels) if label == cluster]
            now = values[position, units]
            old = np.zeros(len(units)) if position in begins else values[position - 1, units]
            plus, minus = now[now > 0].sum(), now[now < 0].sum()
            old_plus, old_minus = old[old > 0].sum(), old[old < 0].sum()
            kept = 0.0
            for unit, x, y in zip(units, now, old, strict=True):
                ratio = 0.0 if y == 0 else min(1.0, max(0.0, x / y))
                kept += abs(y) * (ratio if gates is None else gates[position, unit])
            n, there = len(units), old_plus - old_minus
            measures = (plus / n, minus / n, (plus - old_plus) / n, (minus - old_minus) / n)
            for name, value in zip(MEASURES, measures, strict=True):
                found[name][row, cluster] = value
            found["preservedShare"][row, cluster] = kept / there if there else np.nan
    return found


# ---- words of the recording -------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "stop"), [(0, 6), (1, 4), (160, 200), (183, 186), (185, 187)])
def test_measures_are_those_of_a_loop(queries, start, stop):
    answer = queries.sentences.glyphs(asked(f"c{start}-{stop}"))
    recording = queries.recordings.open("plays")
    labels = queries.clusters.found(asked("").clustering).clusters.unit_labels.tolist()
    loop = by_loop(recording, "layer0.cell", start, stop, labels)
    for name, values in loop.items():
        np.testing.assert_allclose(numbers(answer, name), values, rtol=1e-5, atol=1e-6, err_msg=name)
    largest = max(np.abs(loop[name]).max() for name in MEASURES)
    assert answer["limit"] == pytest.approx(largest, rel=1e-5)
    assert answer["clusters"]["sizes"] == [labels.count(cluster) for cluster in range(4)]


def test_a_gap_stands_where_a_sequence_begins_and_nowhere_else(queries):
    recording = queries.recordings.open("plays")
    border = int(recording.sequence_starts[1])
    answer = queries.sentences.glyphs(asked(f"c{border - 2}-{border + 2}"))
    gaps = np.isnan(numbers(answer, "preservedShare")).all(axis=1)
    assert gaps.tolist() == [False, False, True, False]
    assert answer["starts"] == [2] and answer["isStart"] is False and answer["sequence"] == 0
    assert queries.sentences.glyphs(asked(f"c{border}-{border + 2}"))["isStart"] is True


def test_clusters_are_those_of_the_clusters_page(queries):
    question = asked("c0-5", seed=3)
    overview = queries.clusters.overview(question.clustering)
    answer = queries.sentences.glyphs(question)
    assert answer["clusters"]["labels"] == [cluster["label"] for cluster in overview["clusters"]]
    assert answer["clusters"]["sizes"] == [cluster["nUnits"] for cluster in overview["clusters"]]
    assert answer["clusters"]["order"] == [0, 1, 2, 3]


def test_unit_clusters_without_pairs_have_no_label(queries):
    answer = queries.sentences.glyphs(asked("c0-5", method="separate"))
    assert set(answer["clusters"]["labels"]) == {""}


def test_words_and_predictions_are_the_recorded_ones(queries):
    recording = queries.recordings.open("plays")
    answer = queries.sentences.glyphs(asked("c5-9"))
    found = answer["predictions"]
    assert texts(answer) == recording.token_texts(5, 9)
    assert not any(token["unknown"] for token in answer["tokens"])
    assert found["target"] == recording.token_texts(6, 10)
    np.testing.assert_allclose(found["loss"], -recording.log_probability[5:9], rtol=1e-5)
    np.testing.assert_allclose(found["p"], np.exp(recording.log_probability[5:9]), rtol=1e-5)
    assert found["pBefore"] == pytest.approx(np.exp(recording.log_probability[4]), rel=1e-5)
    ids, shares = recording.predictions.read(5, 9)
    assert [[word for word, _ in top] for top in found["top"]] == recording.vocabulary[ids].tolist()
    np.testing.assert_allclose([[share for _, share in top] for top in found["top"]], shares, rtol=1e-5)
    assert found["entropy"] is None and answer["classes"] is None


def test_nothing_was_expected_before_a_sequence_and_after_the_last_word(queries):
    n_positions = queries.recordings.open("plays").n_positions
    first = queries.sentences.glyphs(asked("c0-2"))["predictions"]
    last = queries.sentences.glyphs(asked(f"c{n_positions - 2}-{n_positions}"))["predictions"]
    assert first["pBefore"] is None
    assert last["target"][-1] is None and last["p"][-1] is None and last["loss"][-1] is None


def test_rows_bring_their_annotations(queries):
    answer = queries.sentences.glyphs(asked("c0-4", rows=("loss", "part_of_speech", "letters")))
    tags, letters = answer["tracks"]
    assert [tags["labels"][code] for code in tags["codes"]][:2] == ["DET", "NOUN"]
    assert letters["values"] == [3, 5, 2, 3]
    assert queries.sentences.glyphs(asked("c0-4"))["tracks"] == []


def test_recordings_without_predictions_are_drawn(tmp_path):
    states = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    analytics.write_recording(tmp_path / "own", name="own", tokens=["a", "b"] * 20, states={"s": states})
    own = Queries(tmp_path, AnswerCache(tmp_path / "cache", disk_megabytes=5, memory_megabytes=5))
    answer = own.sentences.glyphs(asked("c3-9", recording="own", state="s", clusters=2))
    assert answer["predictions"] == dict.fromkeys(("target", "p", "loss", "pBefore", "entropy", "top"))
    assert answer["gate"] == {"name": None, "used": False}


def test_a_thousand_words_are_drawn_and_one_more_is_refused(queries):
    assert len(queries.sentences.glyphs(asked("c0-1000"))["tokens"]) == 1000
    with pytest.raises(RangeError, match=r"At most 1,000 words are drawn at once\. Got 1,001"):
        queries.sentences.glyphs(asked("c0-1001"))


@pytest.mark.parametrize("entry", ["c5-5", "c7-5", "c0-100000", "+c0-100000"])
def test_ranges_that_are_not_there_are_refused(queries, entry):
    with pytest.raises(RangeError, match="plays has positions 0 to"):
        queries.sentences.glyphs(asked(entry))


@pytest.mark.parametrize("entry", ["", "x", "c", "c5", "c5-", "c-5-9", "c5-9 ", "e5-9", "++c5-9", "c٥-٩"])
def test_entries_that_are_none_are_refused(queries, entry):
    with pytest.raises(ParameterError, match="A sentence is written c120-148"):
        queries.sentences.glyphs(asked(entry))


# ---- what keeps ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recording", "state", "gate"),
    [
        ("gru", "layer0.hidden", "layer0.update_gate"),
        ("tiny", "layer0.cell", "layer0.forget_gate"),
        ("tiny", "layer1.cell", "layer1.forget_gate"),
    ],
)
@pytest.mark.parametrize("entry", ["c4-9", "t" + TEXTS[1]])
def test_the_gate_says_what_is_preserved(queries, recording, state, gate, entry):
    opened = queries.recordings.open(recording)
    question = tiny(entry, recording=recording, state=state, gate=True, clusters=2)
    labels = queries.clusters.found(question.clustering).clusters.unit_labels.tolist()
    answer = queries.sentences.glyphs(question)
    start, stop = (4, 9) if entry.startswith("c") else (3, 10)
    loop = by_loop(opened, state, start, stop, labels, gate=gate)
    np.testing.assert_allclose(numbers(answer, "preservedShare"), loop["preservedShare"], atol=1e-5)
    assert answer["gate"] == {"name": gate, "used": True}
    without = queries.sentences.glyphs(tiny(entry, recording=recording, state=state, clusters=2))
    assert without["gate"] == {"name": gate, "used": False}
    assert not np.allclose(
        numbers(without, "preservedShare"), numbers(answer, "preservedShare"), equal_nan=True
    )


def test_without_a_gate_the_states_say_it_and_that_is_told(queries):
    answer = queries.sentences.glyphs(asked("c5-9", gate=True))
    assert answer["gate"] == {"name": None, "used": False}
    assert answer["notes"] == [
        "No gate that keeps layer0.cell was recorded, so what is preserved follows from the states."
    ]
    plain = queries.sentences.glyphs(asked("c5-9"))
    assert plain["preservedShare"] == answer["preservedShare"] and plain["notes"] == []


# ---- typed text ------------------------------------------------------------------------------------------


def sequences():
    return [(part.start, part.stop) for part in CORPUS.sequences()]


@pytest.mark.parametrize("number", range(len(TEXTS)))
@pytest.mark.parametrize("recording", ["tiny", "gru", "reviews"])
def test_typed_text_equals_what_was_recorded(queries, recording, number):
    opened = queries.recordings.open(recording)
    (start, stop), text = sequences()[number], TEXTS[number]
    for state in [name for name in opened.state_names if name.endswith(("hidden", "cell"))]:
        options = {"recording": recording, "state": state, "clusters": 2}
        recorded = queries.sentences.glyphs(tiny(f"c{start}-{stop}", **options))
        typed = queries.sentences.glyphs(tiny(f"t{text}", **options))
        for name in (*MEASURES, "preservedShare"):
            np.testing.assert_allclose(numbers(typed, name), numbers(recorded, name), atol=1e-3, err_msg=name)
        assert [token["id"] for token in typed["tokens"]] == [token["id"] for token in recorded["tokens"]]
        assert typed["isStart"] and typed["start"] is None and typed["sequence"] is None
        assert typed["clusters"] == recorded["clusters"]


def test_typed_predictions_equal_the_recorded_ones(queries):
    start, stop = sequences()[1]
    recorded = queries.sentences.glyphs(tiny(f"c{start}-{stop}"))["predictions"]
    typed = queries.sentences.glyphs(tiny(f"t{TEXTS[1]}"))["predictions"]
    assert typed["target"] == recorded["target"]
    for name in ("p", "loss", "entropy"):
        known = [value for value in recorded[name] if value is not None]
        assert [value is None for value in typed[name]] == [value is None for value in recorded[name]]
        np.testing.assert_allclose([v for v in typed[name] if v is not None], known, rtol=1e-3)
    assert [[word for word, _ in top] for top in typed["top"]] == [
        [word for word, _ in top] for top in recorded["top"]
    ]
    assert typed["pBefore"] is None


def test_classes_are_known_at_every_word(queries):
    start, stop = sequences()[1]
    options = {"recording": "reviews", "state": "layer0.hidden", "clusters": 2}
    recorded = queries.sentences.glyphs(tiny(f"c{start}-{stop}", **options))["classes"]
    typed = queries.sentences.glyphs(tiny(f"t{TEXTS[1]}", **options))["classes"]
    assert recorded["names"] == typed["names"] == ["bad", "good"]
    values = [np.frombuffer(base64.b64decode(each["p"]), "<f4").reshape(-1, 2) for each in (recorded, typed)]
    np.testing.assert_allclose(values[0], values[1], atol=1e-5)
    np.testing.assert_allclose(values[0].sum(axis=1), 1, atol=1e-5)
    annotations = queries.recordings.open("reviews").annotations
    np.testing.assert_allclose(values[0][:, 1], annotations["P(good)"][start:stop], atol=1e-6)


def test_unknown_words_are_marked_and_counted(queries):
    answer = queries.sentences.glyphs(tiny("tthe dog sat <b>bold</b> 🙂"))
    assert texts(answer) == ["the", "dog", "sat", "<b>bold</b>", "🙂"]
    assert [token["unknown"] for token in answer["tokens"]] == [False, True, False, True, False]
    assert answer["notes"] == ["2 of the 5 words are unknown to the network, which reads <unk> for each."]
    assert answer["how"] == "at white space" and answer["joint"] == " "


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dog", "The only word is unknown to the network, which reads <unk> for it."),
        ("dog dog", "All 2 words are unknown to the network, which reads <unk> for each."),
        ("dog the", "1 of the 2 words is unknown to the network, which reads <unk> for it."),
    ],
)
def test_only_unknown_words_are_read_and_told(queries, text, said):
    answer = queries.sentences.glyphs(tiny(f"t{text}"))
    assert answer["notes"] == [said]
    assert {token["id"] for token in answer["tokens"]} <= {WORDS.index("<unk>"), WORDS.index("the")}


def test_the_last_word_stays_and_marks_are_words(queries):
    assert texts(queries.sentences.glyphs(tiny("t<unk> the cat"))) == ["<unk>", "the", "cat"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "no word"), ("  \n ", "no word"), ("cat " * 10_000, "at most 1,000 words. Got 10,000")],
    ids=["nothing", "white space", "10,000 words"],
)
def test_what_cannot_be_read_is_a_sentence(queries, text, sentence):
    with pytest.raises(AnalyticsError, match=sentence):
        queries.sentences.glyphs(tiny(f"t{text}"))


def test_a_recording_without_a_network_says_how_to_ship_one(queries):
    with pytest.raises(NetworkError, match=r"'plays' ships no network.*analytics\.record"):
        queries.sentences.glyphs(asked("tthe queen"))


def test_a_state_that_the_network_does_not_give_is_told(queries):
    with pytest.raises(UnknownNameError, match=r"no state 'layer9\.cell'"):
        queries.sentences.glyphs(tiny("tthe", state="layer9.cell"))


# ---- edited words ----------------------------------------------------------------------------------------


def test_the_same_words_in_the_place_of_a_range_change_nothing(queries):
    recorded = queries.sentences.glyphs(tiny("c5-8"))
    edited = queries.sentences.glyphs(tiny("e5-8:" + recorded["joint"].join(texts(recorded))))
    for name in (*MEASURES, "preservedShare"):
        np.testing.assert_allclose(numbers(edited, name), numbers(recorded, name), atol=1e-5, err_msg=name)
    assert edited["predictions"]["target"] == recorded["predictions"]["target"]
    np.testing.assert_allclose(edited["predictions"]["p"], recorded["predictions"]["p"], rtol=1e-3)
    assert edited["predictions"]["pBefore"] == pytest.approx(recorded["predictions"]["pBefore"], rel=1e-3)
    assert edited["start"] is None and not edited["isStart"]


def test_an_edited_word_changes_what_follows_and_nothing_before(queries):
    before = queries.sentences.glyphs(tiny("c4-9"))
    words = texts(before)
    after = queries.sentences.glyphs(tiny("e4-9:" + " ".join([*words[:2], "🙂", *words[3:]])))
    same = np.isclose(numbers(before, "positive"), numbers(after, "positive"), atol=1e-5).all(axis=1)
    assert same[:2].all() and not same[2:].any()
    assert len(texts(after)) == len(words)


def test_the_word_behind_the_edited_ones_is_still_expected(queries):
    start, stop = sequences()[1]
    answer = queries.sentences.glyphs(tiny(f"e{start + 1}-{start + 2}:cat sat"))
    assert texts(answer) == ["cat", "sat"]
    assert answer["predictions"]["target"] == ["sat", CORPUS.tokens[start + 2]]
    end = queries.sentences.glyphs(tiny(f"e{stop - 1}-{stop}:cat"))
    assert end["predictions"]["target"] == [None]


def test_a_classifier_reads_no_word_behind_the_edited_ones(queries):
    start, _ = sequences()[1]
    options = {"recording": "reviews", "state": "layer0.hidden", "clusters": 2}
    answer = queries.sentences.glyphs(tiny(f"e{start}-{start + 2}:the cat", **options))
    assert texts(answer) == ["the", "cat"] and answer["isStart"]
    assert answer["classes"] == queries.sentences.glyphs(tiny("tthe cat", **options))["classes"]


def test_a_range_over_a_border_is_not_edited(queries):
    border = sequences()[1][0]
    with pytest.raises(RangeError, match="lie in several sequences"):
        queries.sentences.glyphs(tiny(f"e{border - 1}-{border + 1}:cat"))


# ---- two networks, kept answers --------------------------------------------------------------------------


def test_a_plus_asks_the_second_network(queries):
    question = tiny("+c4-9", beside="gru", beside_state="layer0.hidden", clusters=2)
    alone = tiny("c4-9", recording="gru", state="layer0.hidden", clusters=2)
    second, first = queries.sentences.glyphs(question), queries.sentences.glyphs(alone)
    assert second["positive"] == first["positive"] and second["clusters"] == first["clusters"]
    assert second["entry"] == "+c4-9"


def test_a_plus_without_a_second_recording_is_another_state_of_the_first(queries):
    question = tiny("+tthe cat", beside_state="layer0.cell")
    assert (
        queries.sentences.glyphs(question)["positive"]
        == queries.sentences.glyphs(tiny("tthe cat", state="layer0.cell"))["positive"]
    )


def test_named_words_belong_to_the_first_vocabulary(queries):
    question = tiny("+c4-9", beside="gru", beside_state="layer0.hidden", named=(3,))
    assert question.clustering.named == ()
    assert tiny("c4-9", named=(3,)).clustering.named == (3,)


def test_what_is_typed_is_kept_in_memory_and_never_written(queries, tmp_path, monkeypatch):
    queries.sentences.glyphs(tiny("tthe cat sat"))
    written = {file.name for file in (tmp_path / "cache").iterdir()}
    first = queries.sentences.glyphs(tiny("tthe secret cat"))
    assert {file.name for file in (tmp_path / "cache").iterdir()} == written
    assert not any(
        b"secret" in file.read_bytes() for file in (tmp_path / "cache").rglob("*") if file.is_file()
    )
    monkeypatch.setattr("dashboard.queries.sentences.reading.read_typed", None)
    again = queries.sentences.glyphs(tiny("tthe secret cat"))
    assert {**again, "ms": 0} == {**first, "ms": 0}


def test_each_parameter_has_its_own_answer(queries):
    questions = [
        tiny("c4-9"), tiny("c4-8"), tiny("c5-9"), tiny("tthe cat sat"), tiny("tcat sat the"),
        tiny("e4-9:the cat"), tiny("e5-9:the cat"), tiny("c4-9", state="layer0.cell"),
        tiny("c4-9", clusters=2), tiny("c4-9", gate=True), tiny("c4-9", seed=7, method="separate"),
    ]  # fmt: skip
    answers = [queries.sentences.glyphs(question) for question in questions]
    shown = [(each["positive"], each["preservedShare"]) for each in answers]
    assert len(set(shown)) == len(shown)
