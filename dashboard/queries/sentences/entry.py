"""A sentence as the address writes it: a range of the recording, typed text, or a range with other words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analytics.errors import ParameterError, RangeError
from analytics.store.recording import Recording

__all__ = ["MAX_WORDS", "Entry", "check_range", "read_entry"]

MAX_WORDS = 1000
"""Words drawn at once."""
_RANGE = re.compile(r"c([0-9]{1,15})-([0-9]{1,15})")
_EDITED = re.compile(r"e([0-9]{1,15})-([0-9]{1,15}):(.*)", re.DOTALL)
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One sentence of the page, as its address writes it."""

    kind: str
    """`c` positions of the recording, `t` typed text, `e` other words in the place of a range."""
    start: int = -1
    stop: int = -1
    text: str = ""
    is_second: bool = False
    """Whether the second network reads it."""

    @property
    def is_live(self) -> bool:
        """Whether the network has to run."""
        return self.kind != "c"


def read_entry(text: str) -> Entry:
    """Read an entry of the address.

    Examples
    --------
    >>> read_entry("+e120-148:I love it")
    Entry(kind='e', start=120, stop=148, text='I love it', is_second=True)
    """
    is_second, text = text.startswith("+"), text.removeprefix("+")
    if text.startswith("t"):
        return Entry("t", text=text[1:], is_second=is_second)
    if found := _RANGE.fullmatch(text):
        return Entry("c", int(found[1]), int(found[2]), is_second=is_second)
    if found := _EDITED.fullmatch(text):
        return Entry("e", int(found[1]), int(found[2]), found[3], is_second)
    raise ParameterError(
        "A sentence is written c120-148 (positions from and up to), tI love it (typed), or "
        f"e120-148:I love it (other words there). Got {text[:_SHOWN]!r}."
    )


def check_range(entry: Entry, recording: Recording) -> None:
    """Refuse a range that the recording does not have, is too long, or cannot be edited."""
    if entry.kind == "t":
        return
    start, stop, n_positions = entry.start, entry.stop, recording.n_positions
    if not 0 <= start < stop <= n_positions:
        raise RangeError(
            f"{recording.name} has positions 0 to {n_positions - 1:,}, and a range ends behind its start. "
            f"Got {start:,} to {stop:,}."
        )
    if stop - start > MAX_WORDS:
        raise RangeError(
            f"At most {MAX_WORDS:,} words are drawn at once. Got {stop - start:,}: choose a shorter range."
        )
    starts = recording.sequence_starts
    if entry.kind == "e" and ((starts > start) & (starts < stop)).any():
        raise RangeError(
            f"The positions {start:,} to {stop:,} lie in several sequences, so they cannot be edited as one "
            "sentence. Choose a range inside one."
        )
