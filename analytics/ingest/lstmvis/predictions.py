"""The likeliest words of an LSTMVis project (`meta` of type wordvec), as predictions and annotations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.errors import AnalyticsError, ShapeError
from analytics.ingest.arrays.hdf5_arrays import Hdf5Array
from analytics.ingest.importing.id_codes import whole_numbers
from analytics.ingest.importing.plan import Column, Read
from analytics.ingest.importing.report import Notes
from analytics.ingest.lstmvis.dictionary_file import placeholder
from analytics.ingest.lstmvis.files import ProjectFiles
from analytics.ingest.lstmvis.sections import MetaEntry
from analytics.ingest.lstmvis.words import SCAN_POSITIONS, WordTable

__all__ = ["WordVector", "choose_predictions", "word_vectors"]

MAX_WORDS = 100
"""Words kept at each position."""

MAX_SHOWN = 5
"""Words at each position that become annotations, where they are not the predictions: as LSTMVis shows."""

NOTHING = "<none>"
"""Stands where there is no word, with the probability 0."""

_SLACK = 1e-3


@dataclass(slots=True)
class WordVector:
    """Some words at each position, and what the network gave each, as far as the project tells."""

    name: str
    n_positions: int
    words: Hdf5Array
    weights: Hdf5Array | None
    table: WordTable
    texts: dict[int, str] | None
    """The dictionary, where it is not that of the text."""
    low: float = np.inf
    high: float = -np.inf
    has_gaps: bool = False

    @property
    def width(self) -> int:
        """Words at each position."""
        widths = [self.words.shape[1]] + ([] if self.weights is None else [self.weights.shape[1]])
        return min(*widths, MAX_WORDS) if len(widths) > 1 else min(widths[0], MAX_WORDS)

    @property
    def are_probabilities(self) -> bool:
        """Whether the weights lie in [0, 1]."""
        return self.low >= 0 and self.high <= 1 + _SLACK

    @property
    def are_logarithms(self) -> bool:
        """Whether the weights are 0 or less."""
        return not self.are_probabilities and self.high <= _SLACK

    def scan(self) -> None:
        """Look through all of it: for ids without a text, and for the range of the weights."""
        for start in range(0, self.n_positions, SCAN_POSITIONS):
            stop = min(start + SCAN_POSITIONS, self.n_positions)
            numbers, there = self._ids(start, stop)
            self.has_gaps |= not there.all()
            if self.texts is None:
                self.table.add_ids(numbers[there])
            else:
                self.table.add_texts(self._text(number) for number in np.unique(numbers[there]).tolist())
            weights = self.weights_at(start, stop)
            weights = weights[np.isfinite(weights)]
            if weights.size:
                self.low, self.high = min(self.low, weights.min()), max(self.high, weights.max())
        if self.has_gaps:
            self.table.add_texts([NOTHING])

    def token_ids(self, start: int, stop: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Token ids of shape (stop - start, width), and where there is a word at all."""
        numbers, there = self._ids(start, stop)
        if self.texts is None:
            codes = self.table.codes(numbers)
        else:
            texts = np.array([self._text(number) for number in numbers.ravel().tolist()], dtype=object)
            texts[~there.ravel()] = NOTHING
            codes = self.table.codes_of_texts(texts).reshape(numbers.shape)
        if not there.all():
            codes[~there] = self.table.codes_of_texts(np.array([NOTHING], dtype=object))[0]
        return codes, there

    def weights_at(self, start: int, stop: int) -> NDArray[np.float64]:
        """Weights of shape (stop - start, width); NaN where there is none."""
        found = np.full((stop - start, self.width), np.nan)
        if self.weights is not None:
            there = max(start, min(stop, len(self.weights)))
            if there > start:
                found[: there - start] = self.weights.read(start, there)[:, : self.width]
        return found

    def _ids(self, start: int, stop: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        numbers = np.zeros((stop - start, self.width), dtype=np.int64)
        is_word = np.zeros(numbers.shape, dtype=bool)
        there = max(start, min(stop, len(self.words)))
        if there > start:
            block = self.words.read(start, there)[:, : self.width]
            numbers[: there - start], is_word[: there - start] = whole_numbers(block)
        return numbers, is_word

    def _text(self, number: int) -> str:
        return (self.texts or {}).get(number, placeholder(number))


def word_vectors(
    files: ProjectFiles, table: WordTable, *, n_positions: int, notes: Notes
) -> list[WordVector]:
    """Open and look through all of type wordvec; one that cannot be read is left out, and told."""
    found = []
    for entry in files.project.meta:
        if entry.kind == "wordvec":
            try:
                vector = _open(entry, files, table, n_positions, notes)
                vector.scan()
                found.append(vector)
            except AnalyticsError as error:
                notes.add(f"The predictions '{entry.name}' are left out: {error}")
    return found


def choose_predictions(
    vectors: list[WordVector], notes: Notes
) -> tuple[Read | None, int, Iterator[tuple[str, Column]]]:
    """Return the predictions of the recording, their number, and annotations for what they do not hold.

    The first with weights becomes the predictions. Weights that are probabilities, or logarithms of them,
    say so by their range; of others the softmax is taken, and they are kept as annotations too.
    """
    if not vectors:
        return None, 0, iter(())
    first = next((vector for vector in vectors if vector.weights is not None), vectors[0])
    others = [vector for vector in vectors if vector is not first]
    _tell_first(first, notes)
    for vector in others:
        notes.add(
            f"A recording has one set of predictions, here '{first.name}': '{vector.name}' becomes "
            "annotations."
        )

    def read(start: int, stop: int) -> tuple[NDArray, NDArray]:
        return _ranked(first, start, stop)

    return read, first.width, _annotations(first, others)


def _open(
    entry: MetaEntry, files: ProjectFiles, table: WordTable, n_positions: int, notes: Notes
) -> WordVector:
    words = _two_axes(files.array(entry.file, entry.path))
    weights = None if entry.weights_path is None else _two_axes(files.array(entry.file, entry.weights_path))
    own = files.project.words.dictionary
    if entry.dictionary is None:
        notes.add(f"The predictions '{entry.name}' name no dict: that of word_sequence is taken.")
    other = entry.dictionary is not None and entry.dictionary != own
    vector = WordVector(
        entry.name, n_positions, words, weights, table, files.dictionary(entry.dictionary) if other else None
    )
    for what, rows in (("words", words), ("weights", weights)):
        if rows is not None and len(rows) != n_positions:
            rest = "the rest has none" if len(rows) < n_positions else "those after are left out"
            notes.add(
                f"The predictions '{entry.name}' have {what} at {len(rows):,} of {n_positions:,} "
                f"positions: {rest}."
            )
        if rows is not None and rows.shape[1] > vector.width:
            notes.add(f"Of the {rows.shape[1]} {what} of '{entry.name}', {vector.width} are kept.")
    return vector


def _two_axes(found: Hdf5Array) -> Hdf5Array:
    if found.dtype.kind not in "fiu":
        raise ShapeError(f"{found.name} holds numbers. Got {found.dtype}.")
    if len(found.shape) != 2 or 0 in found.shape:
        raise ShapeError(
            f"{found.name} has a row for each position and a column for each word. Got shape {found.shape}."
        )
    return found


def _ranked(vector: WordVector, start: int, stop: int) -> tuple[NDArray, NDArray]:
    ids, there = vector.token_ids(start, stop)
    shares = _probabilities(vector, vector.weights_at(start, stop), there)
    order = np.argsort(-shares, axis=1, kind="stable")
    return np.take_along_axis(ids, order, axis=1), np.take_along_axis(shares, order, axis=1)


def _probabilities(vector: WordVector, weights: NDArray, there: NDArray[np.bool_]) -> NDArray[np.float64]:
    if vector.weights is None:
        return there / np.maximum(there.sum(axis=1, keepdims=True), 1)
    has_weight = there & ~np.isnan(weights)
    if vector.are_probabilities:
        return np.where(has_weight, np.clip(np.where(has_weight, weights, 0), 0, 1), 0)
    exponents = np.where(has_weight, weights, -np.inf)
    if vector.are_logarithms:
        return np.clip(np.exp(exponents), 0, 1)
    highest = np.max(exponents, axis=1, keepdims=True, initial=-1e300)
    powers = np.exp(exponents - highest)
    return powers / np.maximum(powers.sum(axis=1, keepdims=True), 1)


def _tell_first(vector: WordVector, notes: Notes) -> None:
    name = f"The weights of '{vector.name}'"
    if vector.weights is None:
        notes.add(
            f"'{vector.name}' has no weights: its {vector.width} words share the probability "
            "equally, in their order."
        )
    elif vector.are_logarithms:
        notes.add(f"{name} are 0 or less: read as logarithms of probabilities.")
    elif not vector.are_probabilities:
        notes.add(
            f"{name} lie between {vector.low:.4g} and {vector.high:.4g} and are no probabilities: shown as "
            "their softmax over the listed words, and kept as annotations."
        )


def _annotations(first: WordVector, others: list[WordVector]) -> Iterator[tuple[str, Column]]:
    if first.weights is not None and not (first.are_probabilities or first.are_logarithms):
        yield from _weight_columns(first)
    for vector in others:
        for rank in range(min(vector.width, MAX_SHOWN)):
            yield f"{vector.name} {rank + 1}", Column("categorical", _words_at(vector, rank))
        if vector.weights is not None:
            yield from _weight_columns(vector)


def _weight_columns(vector: WordVector) -> Iterator[tuple[str, Column]]:
    for rank in range(min(vector.width, MAX_SHOWN)):
        yield f"{vector.name} weight {rank + 1}", Column("numeric", _weights_of(vector, rank))


def _words_at(vector: WordVector, rank: int) -> Callable[[int, int], NDArray]:
    def read(start: int, stop: int) -> NDArray:
        ids, there = vector.token_ids(start, stop)
        texts = np.array(vector.table.vocabulary, dtype=object)[ids[:, rank]]
        texts[~there[:, rank]] = None
        return texts

    return read


def _weights_of(vector: WordVector, rank: int) -> Callable[[int, int], NDArray]:
    def read(start: int, stop: int) -> NDArray:
        weights = vector.weights_at(start, stop)[:, rank]
        return np.where(np.isfinite(weights), weights, np.nan)

    return read
