"""The vocabulary of an imported project: the dictionary's words, and a text for each id it lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.corpora.vocabulary import ids_of_texts
from analytics.errors import ShapeError
from analytics.ingest.importing.id_codes import IdCodes, as_ids
from analytics.ingest.importing.plan import Rows
from analytics.ingest.importing.report import Notes, some_of
from analytics.ingest.lstmvis.dictionary_file import placeholder, placeholders

__all__ = ["SCAN_POSITIONS", "WordTable"]

SCAN_POSITIONS = 1 << 16
"""Positions looked at at once before anything is written."""

MAX_UNKNOWN = 100_000
"""Different ids without a word. More of them are no words."""


class WordTable:
    """Numbers the words of a project densely, as a recording has them, in the order of their ids.

    Words and predictions are looked through first, for ids that the dictionary lacks; `close` then fixes
    the numbers.

    Parameters
    ----------
    words : Rows of shape (n,)
        Ids, or texts.
    texts : mapping of int to str, optional
        The dictionary. Without it, an id is shown as its number.
    what : str
        The set's name, for sentences.
    """

    def __init__(self, words: Rows, texts: Mapping[int, str] | None, *, what: str) -> None:
        self._words, self._what = words, what
        self._has_dictionary = texts is not None
        self._known = dict(texts or {})
        self._known_codes = IdCodes(self._known)
        self._unknown: Counter[int] = Counter()
        self._texts: dict[str, int] = {}
        self._is_text = words.dtype == object
        self.vocabulary: list[str] = []
        """Text of each token id, once closed."""

    def scan(self, n_positions: int, notes: Notes, *, dictionary: str) -> None:
        """Look through the words for ids that have no text.

        Raises
        ------
        ShapeError
            If an id is no whole number, or hardly any id is in the dictionary.
        """
        for start in range(0, n_positions, SCAN_POSITIONS):
            block = self._words.read(start, min(start + SCAN_POSITIONS, n_positions))
            if self._is_text:
                self.add_texts(block.tolist())
            else:
                self._count_unknown(as_ids(block, what=self._what, start=start))
        if self._has_dictionary and self._unknown:
            self._tell(n_positions, notes, dictionary)

    def add_ids(self, ids: NDArray[np.int64]) -> None:
        """Make room for ids that predictions have."""
        if not self._is_text:
            self._count_unknown(ids)

    def add_texts(self, texts: Iterable[str]) -> None:
        """Make room for texts that are no word's."""
        for text in texts:
            self._texts.setdefault(text, 0)

    def close(self) -> None:
        """Fix the numbers: ids in rising order, then texts without an id."""
        self._codes = IdCodes([*self._known, *self._unknown])
        self.vocabulary = [self._text(word_id) for word_id in self._codes.ids.tolist()]
        first = ids_of_texts(self.vocabulary)
        for text in self._texts:
            if text not in first:
                first[text] = len(self.vocabulary)
                self.vocabulary.append(text)
        self._texts = first

    def token_ids(self, start: int, stop: int) -> NDArray[np.int64]:
        """Token ids of the positions [start, stop)."""
        block = self._words.read(start, stop)
        return self.codes_of_texts(block) if self._is_text else self.codes(as_ids(block, what=self._what))

    def codes(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Token ids of a project's ids, which were all looked through before."""
        return self._codes.of(ids)

    def codes_of_texts(self, texts: NDArray) -> NDArray[np.int64]:
        """Token ids of texts."""
        codes = [self._texts[text] for text in texts.ravel().tolist()]
        return np.array(codes, dtype=np.int64).reshape(texts.shape)

    def _text(self, word_id: int) -> str:
        if word_id in self._known:
            return self._known[word_id]
        return placeholder(word_id) if self._has_dictionary else str(word_id)

    def _count_unknown(self, ids: NDArray[np.int64]) -> None:
        lacking = ids[self._known_codes.of(ids) < 0]
        found, counts = np.unique(lacking, return_counts=True)
        self._unknown.update(dict(zip(found.tolist(), counts.tolist(), strict=True)))
        if len(self._unknown) > MAX_UNKNOWN:
            raise ShapeError(
                f"{self._what} holds more than {MAX_UNKNOWN:,} different ids that no dictionary has, such as "
                f"{some_of(self._unknown, limit=3)}: is it the set of the words' ids?"
            )

    def _tell(self, n_positions: int, notes: Notes, dictionary: str) -> None:
        ids, count = sorted(self._unknown), self._unknown.total()
        if count == n_positions:
            raise ShapeError(
                f"None of the ids in {self._what} ({some_of(ids, limit=3)}) is in {dictionary}: one of the "
                "two belongs to another text."
            )
        notes.add(
            f"{count:,} position{'' if count == 1 else 's'} of {self._what} hold ids that {dictionary} does "
            f"not have ({some_of(ids)}): shown as {placeholders(ids)}."
        )
