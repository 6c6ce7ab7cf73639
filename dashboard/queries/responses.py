"""The expected response of every word: read once, then shared by whatever asks for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.analyses.cluster_labels import word_tags
from analytics.analyses.response import Response, expected_response
from analytics.analyses.response_quantiles import response_quantiles
from analytics.errors import ParameterError
from analytics.store.recording import Recording
from dashboard.queries.annotations import annotation
from dashboard.queries.cache import AnswerCache

__all__ = ["ResponseQueries", "Tags", "tag_annotations"]

LIKE_PART_OF_SPEECH = ("partofspeech", "pos", "upos", "xpos", "tag")
"""Names, without spaces and underscores, of annotations that colour words when none was chosen."""


@dataclass(frozen=True, slots=True)
class Tags:
    """The labels of a categorical annotation, at each position and for each word."""

    name: str
    labels: tuple[str, ...]
    codes: NDArray[np.int64]
    """Label at each position, shape (n_positions,); -1 where there is none."""
    of_word: NDArray[np.int64]
    """Most frequent label of each word of the vocabulary, shape (n_words,); -1: it never carries one."""
    share: NDArray[np.float64]
    """Share of the word's labelled positions that carry it, shape (n_words,); NaN without one."""


class ResponseQueries:
    """What the state does at each word, kept for as long as the recording stays the same."""

    def __init__(self, cache: AnswerCache) -> None:
        self._cache = cache

    def response(self, recording: Recording, state: str) -> Response:
        """Return the expected response of each word that occurs."""
        return self._cache.answer(
            "response", recording.fingerprint, {"state": state}, lambda: _response(recording, state)
        )

    def quantiles(self, recording: Recording, state: str, word: int) -> NDArray[np.float64]:
        """Return the quantiles of the changes at one word, shape (n_quantiles, n_units)."""
        return self._cache.answer(
            "response quantiles",
            recording.fingerprint,
            {"state": state, "word": word},
            lambda: response_quantiles(recording.states(state), recording.token_ids, word),
        )

    def tags(self, recording: Recording, name: str) -> Tags | None:
        """Return an annotation's labels, or those of the one most like a part of speech; None without any."""
        chosen = name or next(iter(tag_annotations(recording)), "")
        if not chosen:
            return None
        return self._cache.answer(
            "word tags",
            recording.fingerprint,
            {"name": chosen},
            lambda: _tags(recording, chosen),
            on_disk=False,
        )


def tag_annotations(recording: Recording) -> list[str]:
    """Return the categorical annotations, the ones most like a part of speech first; only names are read."""
    facts = recording.manifest.get("annotations", {})
    names = [name for name, fact in facts.items() if fact["kind"] == "categorical"]
    return sorted(names, key=_unlikeness)


def _unlikeness(name: str) -> int:
    plain = name.lower().replace("_", "").replace(" ", "").replace("-", "")
    return LIKE_PART_OF_SPEECH.index(plain) if plain in LIKE_PART_OF_SPEECH else len(LIKE_PART_OF_SPEECH)


def _response(recording: Recording, state: str) -> Response:
    found = expected_response(
        recording.states(state), recording.token_ids, n_words=max(1, len(recording.vocabulary))
    )
    found = found.of_words(np.flatnonzero(found.count))
    # Nothing shows more than its first digits, and a response is large.
    return replace(found, standard_error=found.standard_error.astype(np.float32))


def _tags(recording: Recording, name: str) -> Tags:
    column = annotation(recording, name)
    if not isinstance(column.dtype, pd.CategoricalDtype):
        raise ParameterError(
            f"Annotation '{name}' holds numbers; words are coloured by a categorical one. Choose another."
        )
    labels = tuple(str(label) for label in column.cat.categories)
    codes = column.cat.codes.to_numpy().astype(np.int64)
    tag, share = word_tags(
        recording.token_ids, codes, n_words=max(1, len(recording.vocabulary)), n_labels=len(labels)
    )
    return Tags(name, labels, codes, tag, share)
