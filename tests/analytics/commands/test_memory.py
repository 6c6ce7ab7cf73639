"""`python -m analytics memory`: computes, prints, finds again, and says what is wrong."""

from __future__ import annotations

import json

import pytest

from analytics import annotate
from analytics.derived.recording_memory import stored_memory
from tests.memory_recordings import N_POSITIONS, memory_recording


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    return memory_recording(tmp_path_factory.mktemp("command") / "queens")


def test_it_computes_prints_and_finds_again(recording, run):
    folder = ("--folder", recording.path.parent)
    line = (
        "memory",
        "queens",
        *folder,
        "--delays",
        "5",
        "--by",
        "tag",
        "--word",
        "queen",
        "--words",
        "the never",
    )
    code, out, err = run(*line, "--positions", "150", "--json")
    assert code == 0, err
    found = json.loads(out)
    stored = stored_memory(
        recording, state="layer0.cell", delays=5, by=["tag"], words=[2, 1, 8], positions=150
    )
    assert found["largest"] == stored.largest.tolist()
    assert (found["n_counted"], found["count"][0], found["state"]) == (150, 150, "layer0.cell")
    words = [group["label"] for group in found["groups"] if group["grouping"] == "word"]
    assert words == ["queen", "the", "never"]
    code, out, _ = run(*line, "--positions", "150")
    assert "memory of layer0.cell over 150 positions, a sample (seed 0)" in out
    assert f"{stored.largest[0]:.4g}" in out
    assert "word: queen:" in out


def test_labels_without_a_class_are_counted(tmp_path, run):
    path = memory_recording(tmp_path / "many").path
    annotate(path, {"place": [f"place {number % 60}" for number in range(N_POSITIONS)]})
    line = ("memory", "many", "--folder", tmp_path, "--delays", "2", "--by", "tag", "--by", "place")
    code, _, err = run(*line)
    assert code == 0, err
    assert "Of the 60 labels of 'place' the 40 most frequent are classes." in err
    assert "labels of 'tag'" not in err


def test_all_positions(recording, run):
    code, out, err = run(
        "memory", "queens", "--folder", recording.path.parent, "--positions", "all", "--delays", "2",
        "--state", "layer0.hidden",
    )  # fmt: skip
    assert code == 0, err
    assert "over 240 positions, all" in out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--word", "quen"), 1, "has no word 'quen'. Did you mean 'queen'?"),
        (("--by", "letters"), 1, "'letters' has numbers"),
        (("--state", "layer0.forget_gate"), 1, "layer0.hidden, layer0.cell"),
        (("--positions", "none"), 2, "is not a valid integer"),
        (("--positions", "0"), 2, "0 is not in the range"),
        (("--delays", "0"), 2, "0 is not in the range"),
    ],
)
def test_what_is_wrong_is_said(recording, run, words, code, sentence):
    found, out, err = run("memory", "queens", "--folder", recording.path.parent, *words)
    assert (found, out) == (code, "")
    assert sentence in err
