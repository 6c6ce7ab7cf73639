"""How does the state change at a word, on average? The expected response (RNNVis, section 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.blocks import N_THREADS, on_threads
from analytics.analyses.changes import as_words, blocks_of_rows, starts_in
from analytics.analyses.response_scan import add_changes, as_numbers, as_rows, by_word, finish
from analytics.analyses.selection import as_whole
from analytics.arrays import StateReader, as_states
from analytics.drawing import Drawn
from analytics.errors import UnknownNameError

__all__ = ["Response", "expected_response"]


@dataclass(frozen=True, slots=True)
class Response(Drawn):
    """The mean change of every unit at each of some words."""

    words: NDArray[np.int64]
    """Id of the word of each row, shape (n_words,)."""
    mean: NDArray[np.float64]
    """Expected response ``s``, shape (n_words, n_units); NaN for a word that never occurs."""
    standard_error: NDArray[np.float64]
    """Of `mean`, shape (n_words, n_units): sample deviation / sqrt(count); NaN below two occurrences.

    Occurrences count as independent of one another, which those of one text are not quite.
    """
    count: NDArray[np.int64]
    """Occurrences of each word, shape (n_words,)."""
    n_positions: int
    """Positions of the corpus."""

    @property
    def n_units(self) -> int:
        """Units of the state."""
        return self.mean.shape[1]

    def of_words(self, words: Sequence[int] | NDArray) -> Response:
        """Return the rows of some words, in the order given.

        Raises
        ------
        UnknownNameError
            If there is no such word.
        """
        rows = self.rows_of(words)
        return Response(
            words=_frozen(self.words[rows]),
            mean=_frozen(self.mean[rows]),
            standard_error=_frozen(self.standard_error[rows]),
            count=_frozen(self.count[rows]),
            n_positions=self.n_positions,
        )

    def rows_of(self, words: Sequence[int] | NDArray) -> NDArray[np.intp]:
        """Return the row of each of some words.

        Raises
        ------
        UnknownNameError
            If there is no such word.
        """
        places = {word: row for row, word in enumerate(self.words.tolist())}
        ids = [as_whole("A word", word) for word in words]
        for word in ids:
            if word not in places:
                raise UnknownNameError(f"There is no word {word} among the {len(places)} of this response.")
        return np.array([places[word] for word in ids], dtype=np.intp)


def expected_response(
    states: ArrayLike | StateReader,
    words: ArrayLike,
    *,
    n_words: int,
    sequence_starts: ArrayLike | None = None,
) -> Response:
    r"""Mean change of every unit at each word.

    :math:`s(w)_c = \frac{1}{n_w} \sum_{t : w_t = w} (x_{tc} - x_{t-1,c})`

    where :math:`x_{t-1}` is 0 in front of each sequence. The corpus is read once, in blocks; sums are kept in
    double precision whatever the states are stored in, as deviations from a word's first change.

    Parameters
    ----------
    states : array-like of shape (n_positions, n_units), or a reader
    words : array-like of int, shape (n_positions,)
        Id of the word at each position, from 0 to ``n_words - 1``.
    n_words : int
        Words of the vocabulary.
    sequence_starts : array-like of shape (n_sequences,), optional
        First position of each sequence. Default: a reader's own; one sequence for an array.

    Returns
    -------
    Response
        One row for every word of the vocabulary.

    Raises
    ------
    ShapeError, ParameterError
        If states hold NaN, or `words` is not one id for each position.

    References
    ----------
    Y. Ming, S. Cao, R. Zhang, Z. Li, Y. Chen, Y. Song, H. Qu: Understanding Hidden Memories of Recurrent
    Neural Networks. IEEE VAST, 2017, section 5.1, equations 4 and 5. arXiv:1710.10777

    Examples
    --------
    >>> response = expected_response(np.array([[1.0], [4.0], [6.0]]), [0, 1, 1], n_words=3)
    >>> response.mean.ravel().tolist(), response.count.tolist()
    ([1.0, 2.5, nan], [1, 2, 0])
    >>> response.standard_error[1].tolist()
    [0.5]
    """
    reader = as_states(states, sequence_starts=sequence_starts)
    n_words = as_whole("n_words", n_words, minimum=1)
    ids = as_words(words, n_positions=reader.shape[0], n_words=n_words)
    count = np.zeros(n_words, dtype=np.int64)
    # Their pages are first touched where they are filled, on all threads.
    mean, scatter = (np.empty((n_words, reader.shape[1])) for _ in range(2))
    before = np.zeros(reader.shape[1], dtype=reader.dtype)
    blocks = blocks_of_rows(reader)
    for first in range(0, len(blocks), N_THREADS):
        batch = blocks[first : first + N_THREADS]
        rows = on_threads(lambda block: as_rows(reader.read(*block)), batch)
        for (start, stop), values in zip(batch, rows, strict=True):
            block = (as_numbers(values), as_numbers(before), starts_in(reader, start, stop))
            _add(block, ids[start:stop], (count, mean, scatter))
            before = values[-1]
    on_threads(lambda part: finish(count, mean, scatter, *part), _parts(np.arange(n_words + 1)))
    return Response(
        words=_frozen(np.arange(n_words)),
        mean=_frozen(mean),
        standard_error=_frozen(scatter),
        count=_frozen(count),
        n_positions=reader.shape[0],
    )


def _add(block: tuple, words: NDArray[np.int64], sums: tuple) -> None:
    """Add a block's changes to the sums, each thread those of other words."""
    order, bounds = by_word(words, len(sums[0]))
    on_threads(lambda part: add_changes(*block, order, bounds, *part, *sums), _parts(bounds))


def _parts(bounds: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Ranges of words with about as many positions each, one for each thread."""
    shares = np.linspace(0, bounds[-1], N_THREADS + 1)[1:-1]
    borders = [0, *np.searchsorted(bounds, shares).tolist(), len(bounds) - 1]
    return [(low, high) for low, high in pairwise(borders) if low < high]


def _frozen(values: NDArray) -> NDArray:
    values.setflags(write=False)
    return values
