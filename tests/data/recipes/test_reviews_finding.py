"""What README says of the two networks that `make sentiment` trains and records, read from the recordings."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import analytics

RECORDINGS = Path(__file__).resolve().parents[3] / "data" / "recordings"
NAMES = ("reviews-unbalanced", "reviews-balanced")

pytestmark = pytest.mark.skipif(
    not all((RECORDINGS / name / "recording.json").exists() for name in NAMES),
    reason=f"the reviews are not recorded in {RECORDINGS}; `make sentiment` does it",
)


@pytest.fixture(scope="module")
def recordings():
    return {name: analytics.open_recording(RECORDINGS / name) for name in NAMES}


def accuracies(recording) -> dict[str, float]:
    """Share of right answers after the last word, for each class, counted from the annotations."""
    last = np.append(recording.sequence_starts[1:], recording.n_positions) - 1
    annotations = recording.annotations.iloc[last]
    right = annotations["P(positive)"] > annotations["P(negative)"]
    wanted = annotations["label"].astype(str) == "positive"
    return {"negative": float((~right[~wanted]).mean()), "positive": float(right[wanted].mean())}


def test_facts_tell_the_accuracies_that_the_recording_shows(recordings):
    for recording in recordings.values():
        facts, found = recording.manifest["model"], accuracies(recording)
        for name, share in found.items():
            assert facts[f"accuracy on {name}"]["test"] == pytest.approx(share, abs=2e-3)
        assert facts["accuracy"]["test"] == pytest.approx(np.mean(list(found.values())), abs=2e-3)


def test_few_negative_reviews_make_a_network_that_misses_them(recordings):
    few, many = (accuracies(recordings[name]) for name in NAMES)
    assert few["negative"] < 0.6 < 0.7 < many["negative"]
    assert sum(many.values()) > sum(few.values())


def test_both_read_the_same_reviews_with_the_same_words(recordings):
    first, second = recordings.values()
    assert first.vocabulary.tolist() == second.vocabulary.tolist()
    np.testing.assert_array_equal(first.token_ids, second.token_ids)
    assert first.n_sequences == 2000
    known = set(first.vocabulary.tolist())
    assert {"i", "love", "the", "food", ",", "though", "is", "not", "helpful"} <= known
    for recording in (first, second):
        assert json.loads((recording.path / "model.json").read_text())["network"]["n_units"] == 50
        assert recording.states("layer0.hidden").shape == (first.n_positions, 50)


def test_words_against_are_missing_where_few_reviews_against_were_learned(recordings):
    against, units_of_worst = {}, {}
    for name, recording in recordings.items():
        words = recording.vocabulary.tolist()
        response = analytics.expected_response(
            recording.states("layer0.hidden"),
            recording.token_ids,
            n_words=len(words),
            sequence_starts=recording.sequence_starts,
        )
        weights = load_file(recording.path / "model.safetensors")["projection.weight"].astype(float)
        log_odds = response.mean @ (weights[1] - weights[0])
        tops = [analytics.words_of_unit(response, unit, n_words=20, min_count=5).words for unit in range(50)]
        against[name] = np.mean([(log_odds[top] < 0).sum() for top in tops])
        units_of_worst[name] = sum(words.index("worst") in top for top in tops)
        assert log_odds[words.index("great")] > 0 > log_odds[words.index("bad")]
    assert against["reviews-unbalanced"] < 5 < 8 < against["reviews-balanced"]
    assert units_of_worst["reviews-unbalanced"] < 10 < 25 < units_of_worst["reviews-balanced"]
