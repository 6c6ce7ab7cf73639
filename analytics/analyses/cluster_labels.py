"""What sets a cluster of words apart? Its tags, and its words, by their share against the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.changes import as_words
from analytics.analyses.cocluster import CoClusters
from analytics.analyses.selection import as_whole
from analytics.errors import ParameterError, ShapeError

__all__ = ["ClusterLabel", "label_clusters", "word_tags"]


@dataclass(frozen=True, slots=True)
class ClusterLabel:
    """What sets the words of one cluster apart."""

    cluster: int
    n_words: int
    n_positions: int
    """Positions of the corpus that carry one of the cluster's words."""
    n_tagged: int
    """Those among them that carry a tag: what `tag_shares` are shares of."""
    tags: tuple[str, ...]
    """Tags that are more frequent here than in the corpus, the most telling first."""
    tag_shares: NDArray[np.float64]
    """Share of each among the cluster's tagged positions, shape (n_tags,)."""
    corpus_shares: NDArray[np.float64]
    """Share of each among the corpus's tagged positions, shape (n_tags,)."""
    words: tuple[int, ...]
    """Ids of the cluster's most frequent words."""
    word_shares: NDArray[np.float64]
    """Share of each among the cluster's positions, shape (n_listed,)."""
    corpus_word_shares: NDArray[np.float64]
    """Share of each among all positions, shape (n_listed,)."""
    central_words: tuple[int, ...]
    """Ids of the words nearest to the cluster's centroid."""

    @property
    def sentence(self) -> str:
        """The first tag with its shares; empty without tags that set the cluster apart."""
        if not self.tags:
            return ""
        return f"{self.tags[0]}: {self.tag_shares[0]:.0%}, against {self.corpus_shares[0]:.0%} of the corpus"


def label_clusters(
    clusters: CoClusters,
    words: ArrayLike,
    *,
    codes: ArrayLike | None = None,
    labels: Sequence[str] = (),
    n_listed: int = 5,
) -> tuple[ClusterLabel, ...]:
    r"""Name each word cluster by what is more frequent in it than in the corpus.

    Tags are ranked by :math:`p \log(p / q)` with the share :math:`p` inside and :math:`q` in the corpus, what
    each adds to the divergence of the two: a tag has to be frequent here and rarer elsewhere. Shares are of
    positions, so a word counts as often as it occurs, with the tag it has there.

    Parameters
    ----------
    clusters : CoClusters
        Made of words of this corpus.
    words : array-like of int, shape (n_positions,)
        Id of the word at each position.
    codes : array-like of int, shape (n_positions,), optional
        Index into `labels` of the tag at each position; -1 where there is none.
    labels : sequence of str
        Texts of the tags; any categorical annotation will do.
    n_listed : int, default=5
        Most tags and words listed.

    Returns
    -------
    tuple of ClusterLabel
        One for each of `n_clusters`, in their order; one of an empty cluster lists nothing.

    Raises
    ------
    ShapeError, ParameterError
        If words or codes are not one whole number for each position, or a code has no label.

    Examples
    --------
    >>> from analytics.analyses.cocluster import cocluster
    >>> clusters = cocluster([[5.0, 0.1], [0.0, 7.0], [0.1, 6.0]], n_clusters=2)
    >>> found = label_clusters(clusters, [0, 1, 2, 1], codes=[0, 1, 1, 0], labels=["noun", "verb"])
    >>> [label.sentence for label in found]
    ['verb: 67%, against 50% of the corpus', 'noun: 100%, against 50% of the corpus']
    >>> found[0].words, found[0].word_shares.round(2).tolist()
    ((1, 2), [0.67, 0.33])
    """
    n_listed = as_whole("n_listed", n_listed, minimum=1)
    given = np.asarray(words)
    ids = as_words(given, n_positions=len(given) if given.ndim else 0)
    tags = _as_codes(codes, n_positions=len(ids), n_labels=len(labels))
    size = int(max(ids.max(initial=-1), clusters.words.max(initial=-1))) + 1
    cluster_of_word = np.full(size, -1, dtype=np.int64)
    cluster_of_word[clusters.words] = clusters.word_labels
    table = _contingency(cluster_of_word[ids], tags, clusters.n_clusters, len(labels))
    corpus = np.bincount(tags[tags >= 0], minlength=len(labels))
    counts = np.bincount(ids, minlength=size)
    texts = tuple(map(str, labels))
    return tuple(
        _label(clusters, cluster, (table[cluster], corpus, texts), counts, n_listed)
        for cluster in range(clusters.n_clusters)
    )


def word_tags(
    words: ArrayLike, codes: ArrayLike, *, n_words: int, n_labels: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Most frequent tag of each word, and the share of the word's tagged positions that carry it.

    Parameters
    ----------
    words, codes : array-like of int, shape (n_positions,)
        Word and tag at each position; -1 where there is no tag.
    n_words, n_labels : int

    Returns
    -------
    tag, share : ndarrays of shape (n_words,)
        The first of equally frequent tags; -1 and NaN for a word that never carries one.

    Examples
    --------
    >>> tag, share = word_tags([0, 0, 0, 1], [1, 1, 0, -1], n_words=2, n_labels=2)
    >>> tag.tolist(), share.round(2).tolist()
    ([1, -1], [0.67, nan])
    """
    given = np.asarray(words)
    n_positions = len(given) if given.ndim else 0
    ids = as_words(given, n_positions=n_positions, n_words=n_words)
    tags = _as_codes(codes, n_positions=n_positions, n_labels=n_labels)
    table = _contingency(ids, tags, n_words, n_labels)
    total = table.sum(axis=1)
    tag = table.argmax(axis=1) if n_labels else np.zeros(n_words, dtype=np.int64)
    most = table.max(axis=1, initial=0)
    share = np.divide(most, total, out=np.full(n_words, np.nan), where=total > 0)
    return np.where(total > 0, tag, -1), share


def _label(
    clusters: CoClusters, cluster: int, tags: tuple, counts: NDArray[np.int64], n_listed: int
) -> ClusterLabel:
    inside, corpus, texts = tags
    members = clusters.words_in(cluster)
    n_positions = int(counts[members].sum())
    here, everywhere = inside / max(inside.sum(), 1), corpus / max(corpus.sum(), 1)
    more = np.flatnonzero(here > everywhere)
    telling = here[more] * np.log(here[more] / everywhere[more])
    more = more[np.argsort(-telling, kind="stable")[:n_listed]]
    common = np.sort(members)
    common = common[np.argsort(-counts[common], kind="stable")[:n_listed]]
    return ClusterLabel(
        cluster=cluster,
        n_words=len(members),
        n_positions=n_positions,
        n_tagged=int(inside.sum()),
        tags=tuple(texts[tag] for tag in more),
        tag_shares=_frozen(here[more]),
        corpus_shares=_frozen(everywhere[more]),
        words=tuple(common.tolist()),
        word_shares=_frozen(counts[common] / max(n_positions, 1)),
        corpus_word_shares=_frozen(counts[common] / max(counts.sum(), 1)),
        central_words=tuple(members[:n_listed].tolist()),
    )


def _contingency(groups: NDArray, tags: NDArray, n_groups: int, n_labels: int) -> NDArray[np.int64]:
    """Positions by group and tag, shape (n_groups, n_labels); -1 is neither."""
    both = (groups >= 0) & (tags >= 0)
    cells = groups[both] * n_labels + tags[both]
    return np.bincount(cells, minlength=n_groups * n_labels).reshape(n_groups, n_labels)


def _as_codes(codes: ArrayLike | None, *, n_positions: int, n_labels: int) -> NDArray[np.int64]:
    if codes is None:
        return np.full(n_positions, -1, dtype=np.int64)
    given = np.asarray(codes)
    if given.shape != (n_positions,) or not np.issubdtype(given.dtype, np.integer):
        raise ShapeError(
            f"codes must be one whole number for each of the {n_positions} positions. "
            f"Got shape {given.shape} of {given.dtype}."
        )
    if len(given) and not -1 <= given.min() <= given.max() < n_labels:
        raise ParameterError(
            f"codes must be from -1 to n_labels - 1 = {n_labels - 1}. Got {given.min()} to {given.max()}."
        )
    return given.astype(np.int64, copy=False)


def _frozen(values: NDArray) -> NDArray:
    values.setflags(write=False)
    return values
