"""One word of a sentence beside its usual response, and one unit along the sentence."""

import base64
from dataclasses import replace

import numpy as np
import pytest

import analytics
from analytics.errors import RangeError, UnknownNameError
from dashboard.queries import Queries
from dashboard.queries.cache import AnswerCache
from dashboard.queries.sentences.question import SentencesQuestion
from tests.live_networks import WORDS, language_recording
from tests.networks import lstm_recording
from tests.torch_threads import one_thread

__all__ = ["one_thread"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recordings")
    lstm_recording(folder / "plays")
    language_recording(folder / "tiny")
    return folder


@pytest.fixture
def queries(folder, tmp_path):
    return Queries(folder, AnswerCache(tmp_path / "cache", disk_megabytes=50, memory_megabytes=50))


def asked(entry, **fields):
    options = {"recording": "plays", "state": "layer0.cell", "clusters": 4, "min_count": 1, "entry": entry}
    return SentencesQuestion(**{**options, **fields})


def tiny(entry, **fields):
    return asked(entry, **{"recording": "tiny", "state": "layer1.cell", "clusters": 3, **fields})


def decoded(text, scale, dtype="<i2", most=32767):
    return np.frombuffer(base64.b64decode(text), dtype).astype(float) / most * scale


def change(recording, state, position):
    """`d` at one position, the definition to the letter."""
    values = np.asarray(recording.states(state).read(max(0, position - 1), position + 1), dtype=float)
    return values[-1] - (0 if position in recording.sequence_starts else values[0])


@pytest.mark.parametrize(("start", "stop", "index"), [(0, 5, 0), (0, 5, 3), (4, 9, 0), (183, 187, 2)])
def test_changes_are_those_between_this_word_and_the_one_before(queries, start, stop, index):
    recording = queries.recordings.open("plays")
    answer = queries.sentence_detail.word(asked(f"c{start}-{stop}", index=index))
    here = change(recording, "layer0.cell", start + index)
    found = decoded(answer["hereFine"], answer["hereScale"])
    np.testing.assert_allclose(found, here, atol=answer["hereScale"] / 32767)
    labels = np.array(answer["unitClusters"])
    means = [here[labels == cluster].mean() for cluster in range(4)]
    np.testing.assert_allclose(answer["updates"], means, rtol=1e-4, atol=1e-7)
    strongest = np.argsort(-np.abs(here), kind="stable")[:20]
    assert [unit["unit"] for unit in answer["top"]] == strongest.tolist()
    assert answer["top"][0]["value"] == pytest.approx(here[strongest[0]], rel=1e-5)
    assert answer["text"] == recording.tokens[start + index]


def test_updates_are_the_sum_of_both_hats(queries):
    answer = queries.sentence_detail.word(asked("c4-9", index=2))
    glyphs = queries.sentences.glyphs(asked("c4-9"))
    hats = [
        np.frombuffer(base64.b64decode(glyphs[name]), "<f4").reshape(5, 4)[2]
        for name in ("updatePositive", "updateNegative")
    ]
    np.testing.assert_allclose(answer["updates"], hats[0] + hats[1], rtol=1e-3, atol=1e-6)


def test_the_usual_response_is_that_of_the_clusters_page(queries):
    question = asked("c0-5", index=1)
    answer = queries.sentence_detail.word(question)
    usual = queries.cluster_detail.words(replace(question.clustering, chosen=(answer["id"],)))
    word = usual["words"][0]
    assert answer["nOccurrences"] == word["count"]
    assert answer["meanFine"] == word["meanFine"] and answer["quantiles"] == word["quantiles"]
    assert (answer["meanScale"], answer["scale"]) == (usual["meanScale"], usual["scale"])
    assert sorted(answer["unitOrder"]) == list(range(24))


def test_a_typed_word_has_the_usual_response_of_the_corpus(queries):
    typed = queries.sentence_detail.word(tiny("tthe cat sat", index=1))
    recorded = queries.sentence_detail.word(tiny("c0-3", index=1))
    assert typed["text"] == "cat" and typed["nOccurrences"] == recorded["nOccurrences"] == 2
    for name in ("meanFine", "quantiles", "meanScale", "scale"):
        assert typed[name] == recorded[name]
    np.testing.assert_allclose(typed["updates"], recorded["updates"], atol=1e-3)


def test_an_unknown_word_has_the_response_of_unk(queries):
    answer = queries.sentence_detail.word(tiny("tthe dog", index=1))
    assert (answer["text"], answer["id"]) == ("dog", WORDS.index("<unk>"))
    assert answer["nOccurrences"] == 3  # <unk>, and two words that the vocabulary lacks


def test_a_word_that_never_occurs_has_no_usual_response(tmp_path):
    analytics.write_recording(
        tmp_path / "own",
        name="own",
        tokens=[0, 1, 0, 1],
        vocabulary=["the", "cat", "never"],
        states={"s": np.eye(4, 3)},
    )
    queries = Queries(tmp_path, AnswerCache(tmp_path / "cache", disk_megabytes=5, memory_megabytes=5))
    recording = queries.recordings.open("own")
    assert queries.sentence_detail.usual(recording, "s", 2) == {
        "nOccurrences": 0, "meanFine": None, "meanScale": 1, "quantiles": None, "scale": 1,
    }  # fmt: skip
    assert queries.sentence_detail.usual(recording, "s", 1)["nOccurrences"] == 2


@pytest.mark.parametrize("index", [-1, 5, 10**9])
def test_words_beyond_the_sentence_are_refused(queries, index):
    with pytest.raises(RangeError, match="the sentence has words 0 to 4"):
        queries.sentence_detail.word(asked("c0-5", index=index))


@pytest.mark.parametrize(("start", "stop"), [(0, 5), (4, 9), (184, 187)])
def test_a_unit_has_its_recorded_values(queries, start, stop):
    recording = queries.recordings.open("plays")
    values = np.asarray(recording.states("layer0.cell").read(0, recording.n_positions, [7]))[:, 0]
    answer = queries.sentence_detail.unit(asked(f"c{start}-{stop}", unit=7))
    np.testing.assert_allclose(np.frombuffer(base64.b64decode(answer["values"]), "<f4"), values[start:stop])
    before = 0 if start in recording.sequence_starts else values[start - 1]
    assert answer["before"] == pytest.approx(before, rel=1e-5)
    assert answer["limit"] == pytest.approx(np.quantile(np.abs(values), 0.99), rel=1e-5)


def test_a_unit_of_typed_text_has_the_scale_of_the_recording(queries):
    typed = queries.sentence_detail.unit(tiny("tthe cat sat", unit=2))
    recorded = queries.sentence_detail.unit(tiny("c0-3", unit=2))
    values = [np.frombuffer(base64.b64decode(each["values"]), "<f4") for each in (typed, recorded)]
    np.testing.assert_allclose(*values, atol=1e-3)
    assert typed["limit"] == recorded["limit"] and typed["before"] == 0


@pytest.mark.parametrize("unit", [-1, 24, 10**12])
def test_units_that_are_not_there_are_refused(queries, unit):
    with pytest.raises(UnknownNameError, match=r"layer0\.cell has units 0 to 23"):
        queries.sentence_detail.unit(asked("c0-5", unit=unit))
