"""What an import gives back: the recording, and a sentence for everything that was dropped or adapted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from analytics.store.recording import Recording

__all__ = ["ImportReport", "Notes", "some_of"]

_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class ImportReport:
    """A recording that was imported, and what is to be known about the import."""

    recording: Recording
    notes: tuple[str, ...]
    """A sentence for everything that was left out, guessed or changed on the way; empty: nothing was."""


class Notes:
    """Sentences gathered while importing: some at once, some when all blocks have been read.

    Examples
    --------
    >>> notes = Notes()
    >>> notes.add("One line was dropped.")
    >>> notes.add("One line was dropped.")
    >>> notes.add_last(lambda: "Three values were missing.")
    >>> notes.add_last(lambda: None)
    >>> notes.sentences()
    ('One line was dropped.', 'Three values were missing.')
    """

    def __init__(self) -> None:
        self._sentences: list[str] = []
        self._last: list[Callable[[], str | None]] = []

    def add(self, sentence: str) -> None:
        """Keep a sentence, once."""
        if sentence not in self._sentences:
            self._sentences.append(sentence)

    def add_last(self, sentence: Callable[[], str | None]) -> None:
        """Keep a function that is asked for its sentence at the end; None: nothing to say."""
        self._last.append(sentence)

    def sentences(self) -> tuple[str, ...]:
        """All of them, those of `add` first."""
        late = [sentence() for sentence in self._last]
        return (*self._sentences, *(sentence for sentence in late if sentence))


def some_of(values: Iterable[object], *, limit: int = _EXAMPLES) -> str:
    """Return the first few values with commas, and dots where there are more.

    Examples
    --------
    >>> some_of([3, 4]), some_of("abcdefg", limit=2)
    ('3, 4', 'a, b, ...')
    """
    shown = list(values)
    return ", ".join(map(str, shown[:limit])) + (", ..." if len(shown) > limit else "")
