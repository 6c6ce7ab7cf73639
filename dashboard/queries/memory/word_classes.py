"""The two classes of words that make a property: read from its text, counted in the recording.

A side is `w:12;15`, words by their ids, or `annotation=label;label`, the words that carry one of the labels.
In names and labels `%`, `|`, `=` and `;` are written `%25`, `%7C`, `%3D`, `%3B`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.errors import ParameterError, UnknownNameError, nearest
from analytics.store.recording import Recording
from dashboard.queries.annotations import annotation
from dashboard.queries.responses import tag_annotations

__all__ = ["WordClass", "property_text", "side_labels", "suggested_properties", "word_classes"]

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
BY_LIST = 2
"""Outweighs which label is more frequent."""


@dataclass(frozen=True, slots=True)
class WordClass:
    """Words of one side of a property."""

    name: str
    words: NDArray[np.int64]
    """Ids, each once, rising."""
    count: NDArray[np.int64]
    """Positions of each that belong to the class."""
    is_list: bool
    """Whether the words were listed one by one."""

    def part(self, kept: NDArray[np.bool_]) -> WordClass:
        """Return some of the words."""
        return replace(self, words=self.words[kept], count=self.count[kept])


def word_classes(recording: Recording, text: str) -> tuple[WordClass, WordClass, int]:
    """Return the two classes of a property, apart from each other, and how many words would be in both.

    A word that carries labels of both belongs to the class it carries more often, to neither when it is as
    often in both; a listed word belongs to its list.

    Raises
    ------
    ParameterError, UnknownNameError
        If there is no such annotation, label or word, a class has no word of its own, or two lists share one.
    """
    one, other = (_side(recording, side) for side in text.split("|"))
    shared, left, right = np.intersect1d(one.words, other.words, return_indices=True)
    if len(shared) and one.is_list and other.is_list:
        raise ParameterError(
            f"'{recording.vocabulary[shared[0]]}' is in both lists. Take it out of one: a property needs "
            "classes apart."
        )
    if not len(shared):
        return one, other, 0
    more = np.sign(one.count[left] - other.count[right]) + BY_LIST * (one.is_list - other.is_list)
    keeps_one, keeps_other = np.ones(len(one.words), dtype=bool), np.ones(len(other.words), dtype=bool)
    keeps_one[left[more <= 0]] = False
    keeps_other[right[more >= 0]] = False
    parted = one.part(keeps_one), other.part(keeps_other)
    for each, rival in (parted, reversed(parted)):
        if not len(each.words):
            raise ParameterError(
                f"All words of '{each.name}' are as often of '{rival.name}' or more often, so nothing sets "
                "them apart. Choose other classes."
            )
    return *parted, len(shared)


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
        return _listed(recording, list(dict.fromkeys(map(int, filter(None, side[2:].split(";"))))))
    return _labelled(recording, *side_labels(side))


def side_labels(side: str) -> tuple[str, list[str]]:
    """Return the annotation and the labels of a class, as an address writes it.

    Examples
    --------
    >>> side_labels("tag=NN;a%7Cb")
    ('tag', ['NN', 'a|b'])
    """
    name, _, labels = side.partition("=")
    return _read(name), [_read(label) for label in labels.split(";")]


def _listed(recording: Recording, words: list[int]) -> WordClass:
    if not words:
        raise ParameterError(
            f"{recording.name} has none of these words, so they have no mean. Choose others."
        )
    n_words = len(recording.vocabulary)
    outside = [word for word in words if word >= n_words]
    if outside:
        raise UnknownNameError(
            f"There is no word {outside[0]}: {recording.name} has words 0 to {n_words - 1:,}."
        )
    ids = np.unique(np.array(words, dtype=np.int64))
    counts = np.bincount(recording.token_ids, minlength=n_words)[ids]
    name = _title([str(recording.vocabulary[word]) for word in words])
    return _occurring(recording, WordClass(name, ids, counts, is_list=True))


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
    return _occurring(recording, WordClass(_title(labels), words.astype(np.int64), counts, is_list=False))


def _occurring(recording: Recording, found: WordClass) -> WordClass:
    if not found.count.sum():
        raise ParameterError(
            f"'{found.name}' never occurs in {recording.name}, so it has no mean. Choose others."
        )
    return found.part(found.count > 0)


def _title(parts: Sequence[str]) -> str:
    shown = ", ".join(parts[:MOST_NAMED])
    return shown if len(parts) <= MOST_NAMED else f"{shown} and {len(parts) - MOST_NAMED} more"


def _escaped(text: str) -> str:
    return "".join(ESCAPED.get(character, character) for character in text)


def _read(text: str) -> str:
    for character, written in reversed(ESCAPED.items()):
        text = text.replace(written, character)
    return text
