"""The two classes of words that make a property: read from its text, counted in the recording.

A side is `w:12;15`, words by their ids, or `annotation=label;label`, the words that carry one of the labels.
In names and labels `%`, `|`, `=` and `;` are written `%25`, `%7C`, `%3D`, `%3B`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.errors import ParameterError, UnknownNameError, nearest
from analytics.store.recording import Recording
from dashboard.queries.annotations import annotation
from dashboard.queries.responses import tag_annotations

__all__ = ["WordClass", "property_text", "suggested_properties", "word_classes"]

ESCAPED = {"%": "%25", "|": "%7C", "=": "%3D", ";": "%3B"}
MOST_NAMED = 3
"""Words of a list in the name of a class."""
KNOWN_PAIRS = (
    ("singular and plural nouns", ("NN",), ("NNS",)),
    ("common and proper nouns", ("NN", "NNS"), ("NNP", "NNPS")),
    ("common and proper nouns", ("NOUN",), ("PROPN",)),
    ("nouns and verbs", ("NOUN",), ("VERB",)),
)
"""Labels of the Penn treebank and of Universal Dependencies that are worth a property."""
MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class WordClass:
    """Words of one side of a property."""

    name: str
    words: NDArray[np.int64]
    """Ids, each once, rising."""
    count: NDArray[np.int64]
    """Positions of each that belong to the class."""

    def mean(self, embedding: NDArray[np.floating], *, types: bool) -> NDArray[np.float64]:
        """Return the mean embedding over word types or over tokens, shape (n_embedding,)."""
        weights = np.ones(len(self.words)) if types else self.count.astype(float)
        return np.average(embedding[self.words].astype(float), axis=0, weights=weights)


def word_classes(recording: Recording, text: str) -> tuple[WordClass, WordClass]:
    """Return the two classes of a property.

    Raises
    ------
    ParameterError, UnknownNameError
        If there is no such annotation, label or word, a class never occurs, or both hold the same words.
    """
    one, other = (_side(recording, side) for side in text.split("|"))
    if np.array_equal(one.words, other.words):
        raise ParameterError(
            f"'{one.name}' and '{other.name}' hold the same words, so nothing sets them apart. "
            "Choose other classes."
        )
    return one, other


def property_text(annotation_name: str, one: Sequence[str], other: Sequence[str]) -> str:
    """Return the property between two sets of labels as it stands in an address.

    Examples
    --------
    >>> property_text("tag", ["NN", "NNS"], ["a|b"])
    'tag=NN;NNS|tag=a%7Cb'
    """
    sides = (";".join(map(_escaped, labels)) for labels in (one, other))
    return "|".join(f"{_escaped(annotation_name)}={side}" for side in sides)


def suggested_properties(recording: Recording) -> list[dict[str, str]]:
    """Return properties worth a first look: known pairs of labels, else the two most frequent ones."""
    found: dict[str, str] = {}
    for name in tag_annotations(recording):
        labels = {str(label) for label in annotation(recording, name).cat.categories}
        for title, one, other in KNOWN_PAIRS:
            if {*one, *other} <= labels:
                found.setdefault(title, property_text(name, one, other))
    if not found:
        found.update(_two_largest(recording))
    return [{"name": name, "text": text} for name, text in list(found.items())[:MOST_SUGGESTED]]


def _two_largest(recording: Recording) -> dict[str, str]:
    for name in tag_annotations(recording):
        column = annotation(recording, name)
        largest = column.value_counts().head(2)
        if len(largest) == 2 and largest.iloc[1]:
            one, other = map(str, largest.index)
            return {f"{one} and {other}": property_text(name, [one], [other])}
    return {}


def _side(recording: Recording, side: str) -> WordClass:
    if side.startswith("w:"):
        return _listed(recording, [int(word) for word in side[2:].split(";")])
    name, _, labels = side.partition("=")
    return _labelled(recording, _read(name), [_read(label) for label in labels.split(";")])


def _listed(recording: Recording, words: list[int]) -> WordClass:
    n_words = len(recording.vocabulary)
    outside = [word for word in words if word >= n_words]
    if outside:
        raise UnknownNameError(
            f"There is no word {outside[0]}: {recording.name} has words 0 to {n_words - 1:,}."
        )
    ids = np.unique(np.array(words, dtype=np.int64))
    counts = np.bincount(recording.token_ids, minlength=n_words)[ids]
    return _occurring(recording, _title([str(recording.vocabulary[word]) for word in words]), ids, counts)


def _labelled(recording: Recording, name: str, labels: list[str]) -> WordClass:
    known = tag_annotations(recording)
    if name not in known:
        raise UnknownNameError(
            f"{recording.name} has no categorical annotation '{name[:40]}'.{nearest(name, known)}"
        )
    column = annotation(recording, name)
    categories = [str(label) for label in column.cat.categories]
    unknown = [label for label in labels if label not in categories]
    if unknown:
        raise UnknownNameError(f"'{name}' has no label '{unknown[0][:40]}'.{nearest(unknown[0], categories)}")
    codes = [categories.index(label) for label in labels]
    carried = recording.token_ids[np.isin(column.cat.codes.to_numpy(), codes)]
    words, counts = np.unique(carried, return_counts=True)
    return _occurring(recording, _title(labels), words.astype(np.int64), counts)


def _occurring(
    recording: Recording, name: str, words: NDArray[np.int64], counts: NDArray[np.int64]
) -> WordClass:
    if not counts.sum():
        raise ParameterError(f"'{name}' never occurs in {recording.name}, so it has no mean. Choose others.")
    return WordClass(name, words[counts > 0], counts[counts > 0])


def _title(parts: Sequence[str]) -> str:
    shown = ", ".join(parts[:MOST_NAMED])
    return shown if len(parts) <= MOST_NAMED else f"{shown} and {len(parts) - MOST_NAMED} more"


def _escaped(text: str) -> str:
    return "".join(ESCAPED.get(character, character) for character in text)


def _read(text: str) -> str:
    for character, written in reversed(ESCAPED.items()):
        text = text.replace(written, character)
    return text
