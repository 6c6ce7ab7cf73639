"""Random words of the same frequencies as a class: what a class's memory is to be compared with."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.errors import ShapeError

__all__ = ["matched_control"]

NEAREST = 5
"""Words of the nearest frequencies that one is drawn from."""


def matched_control(words: ArrayLike, is_member: ArrayLike, *, seed: int) -> NDArray[np.bool_]:
    """Positions of a random set of words that matches a class in how many words it has and how often.

    The largest singular value of a class depends on how varied and how frequent its words are. So for each
    word of the class, the most frequent first, another word is drawn among the five that are the nearest in
    frequency (as often as the word is in the class, or more often), and as many of its positions at random.
    Words that are mostly of the class are not drawn, and none twice. Where no word is frequent enough, the
    most frequent one that is left stands in with all its positions; then the control is smaller than the
    class.

    Parameters
    ----------
    words : array-like of int, shape (n_positions,)
    is_member : array-like of bool, shape (n_positions,)
        Whether each position is of the class.
    seed : int

    Returns
    -------
    ndarray of bool, shape (n_positions,)

    Examples
    --------
    >>> matched_control([0, 0, 1, 1, 1], [True, True, False, False, False], seed=0).sum()
    np.int64(2)
    """
    ids, members = np.asarray(words, dtype=np.int64), np.asarray(is_member, dtype=bool)
    if ids.ndim != 1 or ids.shape != members.shape:
        raise ShapeError(f"words and is_member must be equally long. Got {ids.shape}, {members.shape}.")
    rng = np.random.default_rng(seed)
    all_counts = np.bincount(ids)
    counts = np.bincount(ids[members], minlength=len(all_counts))
    free = np.flatnonzero((all_counts > 0) & (2 * counts <= all_counts))
    free = free[np.argsort(all_counts[free], kind="stable")].tolist()
    order = np.argsort(ids, kind="stable")
    first = np.concatenate([[0], np.cumsum(all_counts)])
    chosen = np.zeros(len(ids), dtype=bool)
    for word in sorted(np.flatnonzero(counts).tolist(), key=lambda word: -counts[word]):
        # A word that is partly of the class does not stand in for itself.
        near = _nearest(free, all_counts, int(counts[word]), word)
        if not near:
            break
        drawn = near[rng.integers(len(near))]
        free.remove(drawn)
        places = order[first[drawn] : first[drawn + 1]]
        places = places[~members[places]]
        chosen[rng.choice(places, size=min(len(places), int(counts[word])), replace=False)] = True
    return chosen


def _nearest(free: list[int], counts: NDArray[np.int64], n: int, word: int) -> list[int]:
    """Return the free words whose counts are the next from n up, or the most frequent one."""
    place = int(np.searchsorted([counts[other] for other in free], n))
    found = [other for other in free[place : place + NEAREST + 1] if other != word][:NEAREST]
    return found or [other for other in free[-2:] if other != word][-1:]
