"""Where does a reader's sentence begin and end? Ranges short enough to be read word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.changes import as_words
from analytics.arrays import as_sequence_starts
from analytics.errors import ParameterError, ShapeError

__all__ = ["END_MARKS", "MAX_LENGTH", "SHORT_SEQUENCE", "SentenceRanges", "mean_of_ranges", "split_sentences"]

END_MARKS = frozenset({".", "?", "!", "...", "…", "?!", "!?", "。", "！", "？", "।", "؟", "<eos>", "</s>"})
"""Tokens that end a sentence; one that holds a line break does too."""
CLOSING_MARKS = frozenset({"”", "’", "''", "»", ")", "]", "}", "）", "」"})
"""Tokens that belong to the sentence in front of them when they follow its end mark."""
_GLUED = re.compile(r"\w[.?!…。！？।؟]+[\"”’'»)\]}）」]*$")
"""A word with its end mark, as in text that was cut at white space only."""
SHORT_SEQUENCE = 60
"""Where half of the sequences are no longer, each is a sentence: a review, a headline, a formula."""
MAX_LENGTH = 80


@dataclass(frozen=True, slots=True)
class SentenceRanges:
    """Ranges of positions [start, stop) that cover the corpus; none crosses the border of a sequence."""

    start: NDArray[np.int64]
    """First position of each, shape (n_sentences,), rising."""
    stop: NDArray[np.int64]
    sequence: NDArray[np.int64]
    """The sequence each lies in."""
    are_sequences: bool
    """Whether a sentence is a whole sequence unless that is longer than `max_length`."""
    max_length: int
    n_cut: int
    """Sentences that end only because they would be longer than `max_length`."""


def split_sentences(
    words: ArrayLike,
    texts: Sequence[str],
    *,
    sequence_starts: ArrayLike | None = None,
    line_ends: Sequence[str] = (),
    max_length: int = MAX_LENGTH,
) -> SentenceRanges:
    """Part a corpus into sentences.

    Where the median sequence has at most 60 positions, each sequence is a sentence. Elsewhere a sentence is a
    run of tokens up to an end mark (``. ? !``, ``<eos>``, a token that holds a line break), the end marks and
    closing quotes or brackets that follow it included. In a text without any end mark of its own, cut at
    white space only, a word that ends in one (``mat.``) ends the sentence. A sequence longer than
    `max_length` is always parted at its end marks, and what is then still longer into pieces as equal as can
    be.

    Parameters
    ----------
    words : array-like of int, shape (n_positions,)
        Id of the word at each position.
    texts : sequence of str
        Text of each id.
    sequence_starts : array-like of shape (n_sequences,), optional
        First position of each sequence. Default: one sequence.
    line_ends : sequence of str, default=()
        Tokens that stand for the end of a line inside sentences (verse); one that follows an end mark belongs
        to the sentence in front of it.
    max_length : int, default=80
        At least 1.

    Raises
    ------
    ShapeError
        If `words` is not one whole number for each position.
    ParameterError
        If one is no id of `texts`, or `max_length` is below 1.

    Examples
    --------
    >>> texts = ["a", ".", "!", "”"]
    >>> long = [0] * 100 + [1, 2, 3] + [0] * 5
    >>> found = split_sentences(long, texts)
    >>> list(zip(found.start.tolist(), found.stop.tolist()))
    [(0, 52), (52, 103), (103, 108)]
    >>> split_sentences([0, 1, 0, 1, 0], texts, sequence_starts=[0, 3]).start.tolist()
    [0, 3]
    """
    ids = _as_ids(words, n_texts=len(texts))
    if max_length < 1:
        raise ParameterError(f"max_length must be at least 1. Got {max_length}.")
    starts = as_sequence_starts(sequence_starts, n_positions=len(ids))
    bounds = np.append(starts, len(ids))
    lengths = np.diff(bounds)
    are_sequences = bool(np.median(lengths) <= SHORT_SEQUENCE)
    begins = _begins_after_end_marks(ids, texts, line_ends)
    if are_sequences:
        # Only sequences too long to be read are parted inside.
        begins &= np.repeat(lengths > max_length, lengths)
    begins[starts] = True
    first, after, n_cut = _cut(np.flatnonzero(begins), len(ids), max_length)
    sequence = np.searchsorted(starts, first, side="right") - 1
    for values in (first, after, sequence):
        values.setflags(write=False)
    return SentenceRanges(first, after, sequence, are_sequences, max_length, n_cut)


def mean_of_ranges(
    values: ArrayLike, start: NDArray[np.int64], stop: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Mean of the numbers in each range that covers the corpus with the others; NaN counts as no number.

    Examples
    --------
    >>> mean_of_ranges([1.0, 3.0, np.nan, np.nan], np.array([0, 3]), np.array([3, 4])).tolist()
    [2.0, nan]
    """
    numbers = np.asarray(values, dtype=np.float64)
    known = np.isfinite(numbers)
    total = np.add.reduceat(np.where(known, numbers, 0.0), start)
    count = np.add.reduceat(known.astype(np.int64), start)
    return np.divide(total, count, out=np.full(len(start), np.nan), where=count > 0)


def _as_ids(words: ArrayLike, *, n_texts: int) -> NDArray[np.int64]:
    array = np.asarray(words)
    if array.ndim != 1 or not len(array):
        raise ShapeError(f"words must be one id for each position, at least one. Got shape {array.shape}.")
    return as_words(array, n_positions=len(array), n_words=n_texts)


def _begins_after_end_marks(
    ids: NDArray[np.int64], texts: Sequence[str], line_ends: Sequence[str]
) -> NDArray[np.bool_]:
    """Where a sentence begins: behind an end mark and all that closes with it."""
    stripped = [str(text).strip(" \t") for text in texts]
    ends = np.array([text in END_MARKS or "\n" in text for text in stripped], dtype=bool)
    is_glued = not ends[ids].any()
    if is_glued:
        ends = np.array([bool(_GLUED.search(text)) for text in stripped], dtype=bool)
    closes = np.array([text in CLOSING_MARKS or text in line_ends for text in stripped], dtype=bool)
    is_end, is_closing = ends[ids], closes[ids]
    # The last position up to here that is no closing mark: is it an end mark?
    places = np.where(is_closing, -1, np.arange(len(ids)))
    last = np.maximum.accumulate(places)
    after_end = (last >= 0) & is_end[np.maximum(last, 0)]
    begins = np.zeros(len(ids), dtype=bool)
    # Marks in a row close together; words that end in one do not.
    begins[1:] = after_end[:-1] & (is_glued | ~is_end[1:]) & ~is_closing[1:]
    return begins


def _cut(
    first: NDArray[np.int64], n_positions: int, max_length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Part ranges that are too long into pieces as equal as can be."""
    lengths = np.diff(first, append=n_positions)
    n_pieces = -(-lengths // max_length)
    piece = np.arange(n_pieces.sum()) - np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)
    whole, pieces = np.repeat(lengths, n_pieces), np.repeat(n_pieces, n_pieces)
    # Piece i of p begins at i * length / p, rounded up, so the longer pieces come first.
    start = np.repeat(first, n_pieces) + -(-piece * whole // pieces)
    return start, np.append(start[1:], n_positions), int((n_pieces - 1).sum())
