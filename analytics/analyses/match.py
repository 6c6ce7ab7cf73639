"""Where else does a pattern of units occur? Exact, over the whole corpus (LSTMVis, section 4.3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.blocks import BLOCK_POSITIONS
from analytics.analyses.candidates import Candidates
from analytics.analyses.pattern import read_pattern
from analytics.analyses.ranking import N_WITNESSES, Scores, best_apart
from analytics.analyses.scan_counts import popcounts
from analytics.analyses.selection import as_units, as_whole
from analytics.analyses.threshold import on_rule
from analytics.arrays import StateReader, as_states
from analytics.drawing import Drawn
from analytics.errors import ParameterError

__all__ = ["Matches", "load_scans", "match_pattern"]


@dataclass(frozen=True, slots=True)
class Matches(Drawn):
    """The best ranges in rank order; no two share a position. Arrays have shape ``(n_matches,)``."""

    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    """Exclusive."""
    overlap: NDArray[np.int64]
    """Units of the pattern that the range holds, ``|S1 n S2|``."""
    union: NDArray[np.int64]
    """Units of the pattern or of the range, ``|S1 u S2|``."""
    sequence: NDArray[np.int64]
    on_counts: tuple[NDArray[np.int32], ...]
    """For each match, how many units of the pattern are on at each of its positions."""
    units: NDArray[np.int64]
    """The pattern ``S1``, shape ``(n_selected,)``."""
    n_positions: int
    """Positions searched: all of the recording."""

    def __len__(self) -> int:
        return len(self.start)

    @property
    def length(self) -> NDArray[np.int64]:
        """Positions in each match."""
        return self.stop - self.start

    @property
    def jaccard(self) -> NDArray[np.float64]:
        """Overlap over union, in (0, 1]."""
        return self.overlap / np.maximum(self.union, 1)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each match, in rank order."""
        return pd.DataFrame(
            {
                "sequence": self.sequence,
                "start": self.start,
                "stop": self.stop,
                "length": self.length,
                "overlap": self.overlap,
                "union": self.union,
                "jaccard": self.jaccard,
            }
        )


def match_pattern(
    states: ArrayLike | StateReader,
    units: ArrayLike,
    *,
    threshold: float,
    off_before: int = 0,
    off_after: int = 0,
    transform: str = "raw",
    sequence_starts: ArrayLike | None = None,
    min_length: int = 1,
    max_length: int | None = None,
    min_overlap: int = 1,
    limit: int = 50,
) -> Matches:
    r"""Find the ranges whose set of units is nearest to a pattern.

    For every range :math:`[a, b)` inside one sequence, :math:`S_2(a, b)` is what `select_units` would
    give. Ranges rank by :math:`|S_1 \cap S_2|` (falling), :math:`|S_1 \cup S_2|` (rising), length
    (falling) and start (rising). They are taken in that order, leaving out those that share a position
    with one already taken, until there are `limit`. All ranges are candidates, none is sampled: the
    result is exact. A state is read in blocks; only ranges that can still be among the results have
    their other units read.

    Parameters
    ----------
    states : array-like of shape (n_positions, n_units), or a reader
    units : array-like of int
        The pattern :math:`S_1`. With no unit there is no match.
    threshold, off_before, off_after, transform, sequence_starts
        As in `select_units`.
    min_length, max_length : int
        Limits of the length in positions; `max_length` None is unlimited.
    min_overlap : int, default=1
        Smallest overlap of a match.
    limit : int, default=50
        How many matches at most.

    Returns
    -------
    Matches

    Raises
    ------
    ShapeError, ParameterError, UnknownNameError
        If states hold NaN, an argument is out of bounds, or a unit does not exist.

    References
    ----------
    H. Strobelt, S. Gehrmann, H. Pfister, A. M. Rush: LSTMVis. IEEE TVCG 24(1), 2018, section 4.3.
    doi:10.1109/TVCG.2017.2744158. Its program searches the first part of the corpus and a sample of
    the ranges; here every range counts, and results never overlap.

    Examples
    --------
    >>> states = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0], [1.0, 0.0]])
    >>> matches = match_pattern(states, [0], threshold=0.5)
    >>> matches.to_frame()[["start", "stop", "overlap", "union"]].values.tolist()
    [[1, 3, 1, 1], [4, 5, 1, 1]]
    """
    reader = as_states(states, sequence_starts=sequence_starts)
    rule = on_rule(threshold, transform=transform, dtype=reader.dtype)
    units = as_units(units, n_units=reader.shape[1])
    off_before, off_after = as_whole("off_before", off_before), as_whole("off_after", off_after)
    min_length = as_whole("min_length", min_length, minimum=1)
    if max_length is not None and as_whole("max_length", max_length, minimum=1) < min_length:
        raise ParameterError(f"max_length must be at least min_length={min_length}. Got {max_length}.")
    min_overlap = as_whole("min_overlap", min_overlap, minimum=1)
    limit = as_whole("limit", limit, minimum=1)

    # Whatever exceeds the recording says the same, and the compiled loops count in 64 bits.
    n_positions = reader.shape[0]
    off_before, off_after = min(off_before, n_positions), min(off_after, n_positions)
    bits = read_pattern(reader, units, rule)
    candidates = Candidates(
        bits,
        np.append(reader.sequence_starts, n_positions),
        off_before=off_before,
        off_after=off_after,
        min_length=min(min_length, n_positions + 1),
        max_length=n_positions if max_length is None else min(max_length, n_positions),
    )
    scores = Scores(reader, rule, off_before=off_before, off_after=off_after)
    found = best_apart(candidates, scores, min_overlap=min_overlap, limit=limit)
    start, stop, overlap, n_on = (np.array(column, dtype=np.int64) for column in found)
    return Matches(
        start=start,
        stop=stop,
        overlap=overlap,
        union=len(units) + n_on - overlap,
        sequence=np.searchsorted(reader.sequence_starts, start, side="right") - 1,
        on_counts=_parted(popcounts(bits, start, stop), stop - start),
        units=units,
        n_positions=n_positions,
    )


def _parted(counts: NDArray[np.int32], lengths: NDArray[np.int64]) -> tuple[NDArray[np.int32], ...]:
    return tuple(np.split(counts, np.cumsum(lengths)[:-1])) if len(lengths) else ()


def load_scans() -> None:
    """Compile every loop of the match, or load it from where an earlier process left it.

    The first process of an installation takes seconds for it, later ones a part of one. A match does it
    by itself; call this before somebody waits.
    """
    n_positions = BLOCK_POSITIONS + 1
    # Ranges of 31 positions, and one that holds fewer units: enough for the short cuts to be taken.
    states = np.ones((n_positions, 2 * N_WITNESSES + 1), dtype=np.float16)
    states[::32] = states[:32, 2:] = 0
    for off_before, off_after in ((0, 0), (1, 0), (1, 1)):
        windows = {"off_before": off_before, "off_after": off_after}
        for n_units in (2, states.shape[1]):
            match_pattern(states, range(n_units), threshold=0.5, limit=1, **windows)
    match_pattern(states, [0], threshold=0.5, limit=1, max_length=16)
    match_pattern(states.astype(np.float32), [0], threshold=0.5, limit=1)
