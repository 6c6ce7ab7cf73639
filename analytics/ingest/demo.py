"""The two recordings that `make demo` shows, made from the weights that come with the project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analytics.corpora.corpus import Corpus
from analytics.corpora.parentheses import MAX_DEPTH, parentheses_corpus
from analytics.corpora.plays import play_files, plays_corpus, split_plays
from analytics.corpora.tagging import CHUNK_LABELS, SPEECH_PART_LABELS, tag_play_words
from analytics.corpora.vocabulary import UNKNOWN, encode
from analytics.errors import UnknownNameError, nearest
from analytics.ingest.training.trained import record_network

__all__ = ["DEMO_RECORDINGS", "WEIGHTS_FOLDER", "DemoRecording", "find_phrase", "record_demo"]

WEIGHTS_FOLDER = Path(__file__).parents[2] / "data" / "weights"

DEMO_SEED = 4
"""Of the parentheses that are recorded; the network was trained, validated and tested on others."""

LEADING_CONTEXT = 35
"""Positions shown before the selection that is opened first: it lies near the middle of the window."""

_BOTH_LAYERS = tuple(f"layer{layer}.{kind}" for layer in (0, 1) for kind in ("hidden", "cell"))
_LAST_GATES = tuple(f"layer1.{gate}_gate" for gate in ("input", "forget", "candidate", "output"))


@dataclass(frozen=True, slots=True)
class DemoRecording:
    """What is recorded under one name."""

    corpus: Callable[[list[str]], Corpus]
    """From the network's vocabulary to the annotated corpus."""
    opening: Callable[[Corpus], dict[str, str]]
    """The finding to show first, as parameters of the dashboard's address."""
    labels: dict[str, tuple[str, ...]]
    description: str
    sequence_name: str
    states: tuple[str, ...]


def parentheses_demo(vocabulary: list[str]) -> Corpus:
    """50,000 tokens that the network has not seen."""
    return parentheses_corpus(50_000, seed=DEMO_SEED)


def parentheses_opening(corpus: Corpus) -> dict[str, str]:
    """An opening bracket into level four and the 4 after it, not too near the start of its sequence."""
    start = find_phrase(corpus.tokens, ["3", "(", "4", "4", ")"], after=LEADING_CONTEXT) + 1
    return {
        "title": "the units that carry nesting level four",
        "state": "layer1.cell",
        "at": str(start - LEADING_CONTEXT),
        "from": str(start),
        "to": str(start + 2),
        "before": "1",
        "threshold": "0.3",
        "tracks": "nesting depth",
        "matched": "1",
    }


def shakespeare_demo(vocabulary: list[str]) -> Corpus:
    """The test plays with speech parts, chunks and how frequent each word is in the training plays.

    The numbers of `word frequency rank` are the words' ids, which count from the most frequent word;
    words outside the vocabulary have none.
    """
    files = play_files()
    corpus = plays_corpus(split_plays(files)["test"], name="four plays of Shakespeare", files=files)
    given = dict(corpus.annotations)
    parts, chunks = tag_play_words(given.pop("printed"))
    ids = encode(corpus.tokens, vocabulary)
    rank = np.where(ids == vocabulary.index(UNKNOWN), np.nan, ids).astype(np.float32)
    added = {"part of speech": parts, "chunk": chunks, "word frequency rank": rank}
    return replace(corpus, annotations=added | given)


def shakespeare_opening(corpus: Corpus) -> dict[str, str]:
    """A noun phrase in Macbeth's last monologue; most of the ranges like it lie in noun phrases."""
    phrase = ["this", "petty", "pace"]
    start = find_phrase(corpus.tokens, phrase, after=LEADING_CONTEXT)
    return {
        "title": "a noun phrase, and ranges with the same units on",
        "state": "layer1.cell",
        "at": str(start - LEADING_CONTEXT),
        "from": str(start),
        "to": str(start + len(phrase)),
        "threshold": "1",
        "tracks": "part of speech,chunk",
        "matched": "1",
    }


DEMO_RECORDINGS = {
    "parentheses": DemoRecording(
        corpus=parentheses_demo,
        opening=parentheses_opening,
        states=_BOTH_LAYERS + _LAST_GATES,
        labels={"nesting depth": tuple(str(depth) for depth in range(MAX_DEPTH + 1))},
        description=(
            "A counting language: brackets nested at most four deep, and digits that say how deep. "
            "Which units carry nesting level four?"
        ),
        sequence_name="sequence",
    ),
    "shakespeare": DemoRecording(
        corpus=shakespeare_demo,
        opening=shakespeare_opening,
        states=_BOTH_LAYERS,
        labels={
            "part of speech": SPEECH_PART_LABELS,
            "chunk": CHUNK_LABELS,
            "stage direction": ("outside", "inside"),
        },
        description=(
            "Four plays that the network was not trained on: A Midsummer Night's Dream, Julius Caesar, "
            "Macbeth, The Tempest. <speech> stands where the next speaker is named, / between lines, "
            "[ ] around stage directions."
        ),
        sequence_name="scene",
    ),
}


def record_demo(name: str, folder: Path, *, weights: Path = WEIGHTS_FOLDER, overwrite: bool = False) -> Path:
    """Record one of `DEMO_RECORDINGS` into `folder` and return where it is.

    Raises
    ------
    AnalyticsError
        If its weights or the package with its text is missing.
    """
    from analytics.models.weights import load_network

    if name not in DEMO_RECORDINGS:
        raise UnknownNameError(f"There is no demo recording {name!r}.{nearest(name, DEMO_RECORDINGS)}")
    demo = DEMO_RECORDINGS[name]
    _, vocabulary, facts = load_network(weights / name)
    corpus = demo.corpus(vocabulary)
    record_network(
        weights / name,
        corpus,
        folder / name,
        states=demo.states,
        annotation_labels=demo.labels,
        dtype="float16",
        description=demo.description,
        sequence_name=demo.sequence_name,
        corpus={"text": facts["corpus"], "sequences": f"one for each {demo.sequence_name}"},
        opening_view=demo.opening(corpus),
        overwrite=overwrite,
    )
    return folder / name


def find_phrase(tokens: Sequence[str], phrase: Sequence[str], *, after: int) -> int:
    """First position from `after` on at which `phrase` begins.

    Examples
    --------
    >>> find_phrase(["a", "b", "a", "b"], ["a", "b"], after=1)
    2
    """
    for start in range(after, len(tokens) - len(phrase) + 1):
        if list(tokens[start : start + len(phrase)]) == list(phrase):
            return start
    raise UnknownNameError(f"The phrase {' '.join(phrase)!r} does not occur from position {after} on.")
