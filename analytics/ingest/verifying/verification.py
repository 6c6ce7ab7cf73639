"""What a verification finds, and what its parts share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa

from analytics.errors import AnalyticsError, RecordingChangedError
from analytics.store.files import OpenFolder
from analytics.store.manifest import Manifest
from analytics.store.schema import MANIFEST_FILE

__all__ = ["Check", "Findings", "Verification"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    part: str
    """The file, as the manifest names it."""
    what: str
    """Such as `size and checksum`, `values`, `range`."""
    passed: bool | None
    """None: it could not be checked; the sentence says why."""
    sentence: str
    """What was found; where something is wrong, the column and the first position of it."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Everything that was looked at in a recording.

    Examples
    --------
    >>> good, open_ = Check("a", "size", True, "Right."), Check("b", "range", None, "Not known.")
    >>> Verification("5f", (good, open_)).is_sound
    True
    >>> Verification("5f", (good, Check("c", "size", False, "Wrong."))).problems[0].part
    'c'
    """

    fingerprint: str
    """Of the recording, as its manifest states it."""
    checks: tuple[Check, ...]

    @property
    def problems(self) -> tuple[Check, ...]:
        """Checks that did not pass."""
        return tuple(check for check in self.checks if check.passed is False)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong in what could be checked."""
        return not self.problems


@dataclass(slots=True)
class Findings:
    """Collects checks while a recording is read, and tells how far that is."""

    folder: OpenFolder
    manifest: Manifest
    progress: Callable[[int, int], None] | None
    n_bytes: int
    """All that will be read."""
    checks: list[Check] = field(default_factory=list)
    n_read: int = 0

    def add(self, part: str, what: str, wrong: str | None, right: str) -> None:
        """Add a check: a sentence on what is wrong, or None and a sentence that says what is right."""
        self.checks.append(Check(part, what, wrong is None, right if wrong is None else wrong))

    def leave_open(self, part: str, what: str, why: str) -> None:
        """Add what could not be checked."""
        self.checks.append(Check(part, what, None, why))

    def advance(self, n_bytes: int) -> None:
        """Count bytes that were read."""
        self.n_read = min(self.n_read + n_bytes, self.n_bytes)
        if self.progress is not None:
            self.progress(self.n_read, self.n_bytes)

    def has_failed(self, part: str, *whats: str) -> bool:
        """Whether one of these checks of a file did not pass."""
        return any(check.part == part and check.what in whats and not check.passed for check in self.checks)

    @contextmanager
    def guarded(self, part: str, what: str) -> Iterator[None]:
        """Turn what cannot be read into a check that failed."""
        try:
            yield
        except RecordingChangedError:
            raise
        except AnalyticsError as error:
            self.checks.append(Check(part, what, False, str(error)))
        except (OSError, pa.ArrowException, ValueError, TypeError, KeyError, IndexError) as error:
            reason = str(error).partition("\n")[0].rstrip(".") or type(error).__name__
            where = f"{part} and {MANIFEST_FILE} do not fit each other" if part != MANIFEST_FILE else part
            self.checks.append(Check(part, what, False, f"{where}: {reason}."))
