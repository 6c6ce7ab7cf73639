"""Which words and which units belong together? Co-clusters of the expected response (RNNVis, section 5.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.agreement import adjusted_rand_index
from analytics.analyses.blocks import on_threads
from analytics.analyses.cluster_edges import cluster_edges, distances_to_centroid
from analytics.analyses.cocluster_methods import METHODS, Labels, Method
from analytics.analyses.cocluster_order import in_display_order
from analytics.analyses.response import Response
from analytics.analyses.selection import as_whole
from analytics.arrays import as_array
from analytics.drawing import Drawn
from analytics.errors import ParameterError, ShapeError, nearest

__all__ = ["N_OTHER_SEEDS", "CoClusters", "cocluster"]

N_OTHER_SEEDS = 10
"""Runs that the answer is compared with: seeds ``seed + 1`` to ``seed + 10``."""


@dataclass(frozen=True, slots=True)
class CoClusters(Drawn):
    """Words and units in clusters, numbered in the order to show them in.

    Paired methods number a word cluster and its unit cluster alike: the one with the most words first, among
    equals that with the most units, then that with the first word. Without pairs, word clusters are ordered
    by size and unit clusters by the mean number of the word clusters they are tied to, weighted by
    ``abs(edges)``.
    """

    words: NDArray[np.int64]
    """Id of the word of each row, shape (n_words,)."""
    word_labels: NDArray[np.int64]
    """Cluster of each word, shape (n_words,); -1 for one set aside."""
    unit_labels: NDArray[np.int64]
    """Cluster of each unit, shape (n_units,); -1 for one set aside."""
    n_clusters: int
    """Clusters asked for; where fewer can be told apart the last numbers are empty, and `notes` says so."""
    method: str
    seed: int
    is_paired: bool
    edges: NDArray[np.float64]
    """Mean response over the pairs of word cluster i and unit cluster j, shape (n_clusters, n_clusters).

    NaN where one of the two is empty.
    """
    positive: NDArray[np.float64]
    """Mean over the same pairs of the positive responses, 0 for the others; `edges = positive + negative`."""
    negative: NDArray[np.float64]
    """Mean over the same pairs of the negative responses, at most 0."""
    word_distance: NDArray[np.float64]
    """Euclidean distance of each word to its cluster's centroid over all units; NaN for one set aside."""
    word_stability: float
    """Mean adjusted Rand index of the words' clusters against those of ten other seeds."""
    unit_stability: float
    """The same for the units."""
    words_aside: NDArray[np.int64]
    """Ids of the words set aside: no occurrence, or no response that tells them from others."""
    units_aside: NDArray[np.int64]
    """Units set aside."""
    notes: tuple[str, ...]
    """What was set aside and why, in sentences."""

    @property
    def stability(self) -> float:
        """Mean of the words' and the units' stability."""
        return (self.word_stability + self.unit_stability) / 2

    def words_in(self, cluster: int) -> NDArray[np.int64]:
        """Ids of the words of a cluster, the nearest to its centroid first."""
        rows = np.flatnonzero(self.word_labels == cluster)
        return self.words[rows[np.argsort(self.word_distance[rows], kind="stable")]]

    def units_in(self, cluster: int) -> NDArray[np.int64]:
        """Units of a cluster, rising."""
        return np.flatnonzero(self.unit_labels == cluster)

    def strong_edges(self, *, share: float = 0.2) -> NDArray[np.bool_]:
        """Where ``abs(edges)`` is at least this share of the largest, shape (n_clusters, n_clusters)."""
        strength = np.nan_to_num(np.abs(self.edges))
        return (strength >= share * strength.max()) & (strength > 0)


def cocluster(
    response: Response | ArrayLike, *, n_clusters: int, method: str = "signed", seed: int = 0
) -> CoClusters:
    r"""Cluster words and units by their responses.

    ``"signed"``: with :math:`a = |s - \bar s|`, the distances from each unit's mean over the words, and the
    degrees :math:`r_w = \sum_c a_{wc}`, :math:`q_c = \sum_w a_{wc}`, take the `n_clusters` leading singular
    vectors of :math:`a_{wc} / \sqrt{r_w q_c}` without the first, divided by :math:`\sqrt{r_w}` and
    :math:`\sqrt{q_c}`, scale each row to length 1, and cut rows of words and units together by k-means++.
    For two clusters :math:`a = |s|`: a unit's mean may lie as far from the one as from the other.
    ``"spectral"`` and ``"spectral-abs"``: scikit-learn's co-clustering of ``s`` less its smallest value, and
    of ``abs(s)``. ``"separate"``: words by the direction of their responses, units by that of theirs; their
    clusters are no pairs.

    Parameters
    ----------
    response : Response, or array-like of shape (n_words, n_units)
    n_clusters : int
        From 1 to the number of words and of units that are not set aside.
    method : {"signed", "spectral", "spectral-abs", "separate"}, default="signed"
    seed : int, default=0

    Returns
    -------
    CoClusters

    Raises
    ------
    ShapeError
        If there are not two axes, no word, no unit, or an infinite response.
    ParameterError
        If there are fewer words or units with a response of their own than clusters, or the method is
        unknown.

    References
    ----------
    Y. Ming et al.: Understanding Hidden Memories of Recurrent Neural Networks. IEEE VAST, 2017, section 5.2.
    arXiv:1710.10777. It clusters as I. S. Dhillon: Co-clustering documents and words using bipartite
    spectral graph partitioning. KDD, 2001, doi:10.1145/502512.502550, whose weights have no sign; ours
    differs in the distance from the mean, the number of vectors, and rows of length 1.

    Examples
    --------
    >>> responses = [[5, -4, 0.1], [4, -5, 0], [0, 0.1, 7], [0.1, 0, 6], [0, 0, 8]]
    >>> found = cocluster(responses, n_clusters=2)
    >>> found.word_labels.tolist(), found.unit_labels.tolist(), found.stability
    ([1, 1, 0, 0, 0], [1, 1, 0], 1.0)
    >>> found.edges.round(2).tolist()
    [[7.0, 0.03], [0.05, 0.0]]
    >>> found.positive.round(2).tolist()
    [[7.0, 0.03], [0.05, 2.25]]
    """
    values, words = _as_responses(response)
    n_clusters, seed = as_whole("n_clusters", n_clusters, minimum=1), as_whole("seed", seed)
    if method not in METHODS:
        raise ParameterError(f"method {method!r} is unknown.{nearest(str(method), METHODS)}")
    chosen = METHODS[method]
    rows, units = _with_response(values, chosen if n_clusters > 1 else METHODS["separate"], n_clusters)
    _refuse_too_many(n_clusters, len(rows), len(units))
    part = values[np.ix_(rows, units)]
    labels, stabilities = _labels_and_stability(part, chosen, n_clusters, seed)
    labels = in_display_order(part, labels, n_clusters=n_clusters, is_paired=chosen.is_paired)
    word_labels = _spread(labels[0], rows, len(values))
    unit_labels = _spread(labels[1], units, values.shape[1])
    edges, positive, negative = cluster_edges(values, word_labels, unit_labels, n_clusters=n_clusters)
    words_aside, units_aside = words[word_labels < 0], np.flatnonzero(unit_labels < 0)
    arrays = {
        "words": words,
        "word_labels": word_labels,
        "unit_labels": unit_labels,
        "edges": edges,
        "positive": positive,
        "negative": negative,
        "word_distance": distances_to_centroid(values, word_labels),
        "words_aside": words_aside,
        "units_aside": units_aside,
    }
    return CoClusters(
        **{name: _frozen(array) for name, array in arrays.items()},
        n_clusters=n_clusters,
        method=method,
        seed=seed,
        is_paired=chosen.is_paired,
        word_stability=stabilities[0],
        unit_stability=stabilities[1],
        notes=_notes(len(words_aside), len(units_aside), labels, n_clusters),
    )


def _as_responses(response: Response | ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    if isinstance(response, Response):
        values, words = response.mean, response.words.copy()
    else:
        values = as_array(response, what="response")
        words = np.arange(len(values)) if values.ndim else np.empty(0, dtype=np.int64)
    if values.ndim != 2 or 0 in values.shape or not np.issubdtype(values.dtype, np.number):
        raise ShapeError(
            "response must have shape (n_words, n_units) of numbers, both at least 1. "
            f"Got shape {values.shape} of {values.dtype}."
        )
    if np.iscomplexobj(values) or np.isinf(values).any():
        raise ShapeError("A response must be finite, or NaN for a word that never occurs. Got another value.")
    return values.astype(np.float64, copy=False), words


def _with_response(
    values: NDArray[np.float64], method: Method, n_clusters: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns that weigh something, among those that do; NaN is no response."""
    rows = np.flatnonzero(~np.isnan(values).any(axis=1) & values.any(axis=1))
    units = np.arange(values.shape[1])
    while len(rows) and len(units):
        part = values[np.ix_(rows, units)]
        weights = method.weigh(part, n_clusters)
        kept_rows = part.any(axis=1) & (weights.sum(axis=1) > 0)
        kept_units = part.any(axis=0) & (weights.sum(axis=0) > 0)
        if kept_rows.all() and kept_units.all():
            break
        rows, units = rows[kept_rows], units[kept_units]
    return (rows, units) if len(rows) and len(units) else (rows[:0], units[:0])


def _refuse_too_many(n_clusters: int, n_words: int, n_units: int) -> None:
    if n_clusters > min(n_words, n_units):
        raise ParameterError(
            f"n_clusters must be at most the number of words and of units that respond differently from "
            f"others: {n_words} words and {n_units} units here. Got {n_clusters}. Ask for fewer clusters, or "
            "give more words."
        )


def _labels_and_stability(
    values: NDArray[np.float64], method: Method, n_clusters: int, seed: int
) -> tuple[Labels, tuple[float, float]]:
    if n_clusters == 1:
        alone = tuple(np.zeros(size, dtype=np.int64) for size in values.shape)
        return alone, (1.0, 1.0)
    run = method.prepare(values, n_clusters)
    labels, *others = on_threads(run, range(seed, seed + 1 + N_OTHER_SEEDS))
    agreements = [
        [adjusted_rand_index(own, other) for own, other in zip(labels, run_labels, strict=True)]
        for run_labels in others
    ]
    of_words, of_units = np.mean(agreements, axis=0).tolist()
    return labels, (of_words, of_units)


def _spread(labels: NDArray[np.int64], places: NDArray[np.intp], size: int) -> NDArray[np.int64]:
    spread = np.full(size, -1, dtype=np.int64)
    spread[places] = labels
    return spread


def _notes(n_words_aside: int, n_units_aside: int, labels: Labels, n_clusters: int) -> tuple[str, ...]:
    notes = []
    for number, thing in ((n_words_aside, "word"), (n_units_aside, "unit")):
        if number:
            what, verb = (f"1 {thing}", "was") if number == 1 else (f"{number:,} {thing}s", "were")
            notes.append(f"{what} {verb} set aside: no response that tells them from others.")
    for found, thing in zip(labels, ("words", "units"), strict=True):
        n_found = len(np.unique(found))
        if n_found < n_clusters:
            notes.append(f"The {thing} fall into {n_found} of the {n_clusters} clusters asked for.")
    return tuple(notes)


def _frozen(values: NDArray) -> NDArray:
    values.setflags(write=False)
    return values
