"""How often each class occurs among the documents that a classifier learns from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.corpora.corpus import Corpus
from analytics.corpora.documents import sequence_labels
from analytics.errors import ParameterError

__all__ = ["draw_class_shares", "repeat_rarer_classes", "take_sequences"]


def draw_class_shares(corpus: Corpus, shares: Mapping[str, float], *, seed: int) -> Corpus:
    """Leave out as few documents as it takes for the classes to have these shares; the order stays.

    Parameters
    ----------
    corpus : Corpus
        With the annotation `label`.
    shares : mapping of str to float
        For each class, in any measure: 1 and 3 are a quarter and three quarters.
    seed : int
        Decides which documents are left out.

    Raises
    ------
    ParameterError
        If a class has no document.

    Examples
    --------
    >>> corpus = Corpus("tiny", list("12345678"), np.arange(8), {"label": list("aabbabab")})
    >>> draw_class_shares(corpus, {"a": 2, "b": 1}, seed=0).tokens
    ['1', '2', '3', '5', '7', '8']
    """
    places = _places(corpus, tuple(shares))
    # So many documents a share of 1 can stand for; the class that has the fewest decides.
    per_share = min(len(places[name]) / share for name, share in shares.items())
    generator = np.random.default_rng(seed)
    kept = [
        generator.choice(places[name], size=max(int(per_share * share + 1e-9), 1), replace=False)
        for name, share in shares.items()
    ]
    return take_sequences(corpus, np.sort(np.concatenate(kept)))


def repeat_rarer_classes(corpus: Corpus, classes: Sequence[str], *, seed: int) -> Corpus:
    """Repeat documents of the rarer classes until all classes are as frequent (over-sampling).

    Parameters
    ----------
    corpus : Corpus
        With the annotation `label`.
    classes : sequence of str
    seed : int
        Decides which documents come once more than others, where the numbers do not divide.

    Raises
    ------
    ParameterError
        If a class has no document.

    Examples
    --------
    >>> corpus = Corpus("tiny", list("1234"), np.arange(4), {"label": list("baaa")})
    >>> repeat_rarer_classes(corpus, ["a", "b"], seed=0).tokens
    ['1', '1', '1', '2', '3', '4']
    """
    places = _places(corpus, classes)
    most = max(map(len, places.values()))
    generator = np.random.default_rng(seed)
    kept = []
    for here in places.values():
        rest = generator.choice(here, size=most % len(here), replace=False)
        kept += [np.tile(here, most // len(here)), rest]
    return take_sequences(corpus, np.sort(np.concatenate(kept)))


def take_sequences(corpus: Corpus, numbers: NDArray[np.intp]) -> Corpus:
    """Return some sequences of a corpus, in the order given; one that is named twice comes twice.

    Examples
    --------
    >>> take_sequences(Corpus("tiny", list("abc"), np.array([0, 2])), np.array([1, 0, 1])).tokens
    ['c', 'a', 'b', 'c']
    """
    parts = corpus.sequences()
    chosen = [parts[number] for number in numbers.tolist()]
    positions = np.concatenate([np.arange(part.start, part.stop) for part in chosen])
    lengths = [part.stop - part.start for part in chosen]
    return Corpus(
        name=corpus.name,
        tokens=[corpus.tokens[position] for position in positions.tolist()],
        sequence_starts=np.cumsum([0, *lengths])[:-1].astype(np.int64),
        annotations={name: pd.Series(values).array[positions] for name, values in corpus.annotations.items()},
    )


def _places(corpus: Corpus, classes: Sequence[str]) -> dict[str, NDArray[np.intp]]:
    """Numbers of the documents of each class."""
    labels = np.array(sequence_labels(corpus) or [], dtype=object)
    places = {name: np.flatnonzero(labels == name) for name in classes}
    empty = next((name for name, here in places.items() if not len(here)), None)
    if empty is not None:
        raise ParameterError(
            f"The {len(labels):,} documents of {corpus.name:.80} hold none of the class {empty!r}, so the "
            "classes cannot be balanced. Read more documents, or leave out class_shares and balance."
        )
    return places
