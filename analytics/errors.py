"""Every error Stateroom raises on purpose. Each message says what was wanted, what came and what to do.

AnalyticsError
├── ShapeError          an array has the wrong axes, length or values (NaN)        also a ValueError
├── RangeError          a range of positions is empty, outside, or crosses a border also a ValueError
├── ParameterError      an argument is outside what the method accepts             also a ValueError
├── UnknownNameError    no recording, state, unit or annotation of that name       also a LookupError
├── MissingPackageError  a package that only this work needs is not installed
├── BusyError           another process does the same work
├── SourceFileError     a file to be imported cannot be read, or is not safe to
└── RecordingError      a recording on disk cannot be used
    ├── NotARecordingError   the folder holds no finished recording
    ├── FormatVersionError   written by a newer version of the format
    ├── DamagedRecordingError   a file is missing, truncated or foreign
    ├── RecordingChangedError   replaced or removed while it was open
    ├── NetworkError            it ships no network, or one that cannot be run
    └── RecordingWriteError     it could not be written (exists, no permission, disk full)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "AnalyticsError",
    "BusyError",
    "DamagedRecordingError",
    "FormatVersionError",
    "MissingPackageError",
    "NetworkError",
    "NotARecordingError",
    "ParameterError",
    "RangeError",
    "RecordingChangedError",
    "RecordingError",
    "RecordingWriteError",
    "ShapeError",
    "SourceFileError",
    "UnknownNameError",
    "nearest",
]


class AnalyticsError(Exception):
    """Base of every error that Stateroom raises on purpose; its text is fit for a reader."""


class ShapeError(AnalyticsError, ValueError):
    """An array has the wrong axes, length or values."""


class RangeError(AnalyticsError, ValueError):
    """A range of positions is empty, outside the recording, or crosses a sequence border."""


class ParameterError(AnalyticsError, ValueError):
    """An argument is outside what the method accepts."""


class UnknownNameError(AnalyticsError, LookupError):
    """No recording, state, unit or annotation of that name."""


class MissingPackageError(AnalyticsError):
    """A package that only this piece of work needs is not installed."""


class BusyError(AnalyticsError):
    """Another process does the same work at the moment."""


class SourceFileError(AnalyticsError):
    """A file that is to be imported cannot be read, or is not safe to read."""


class RecordingError(AnalyticsError):
    """A recording on disk cannot be used."""


class NotARecordingError(RecordingError):
    """The folder holds no finished recording."""


class FormatVersionError(RecordingError):
    """The recording was written by a newer version of the format."""


class DamagedRecordingError(RecordingError):
    """A file of the recording is missing, truncated or not what the manifest says."""


class RecordingChangedError(RecordingError):
    """The recording was replaced or removed while it was open."""


class NetworkError(RecordingError):
    """The recording ships no network, or one that does not fit, or gives NaN."""


class RecordingWriteError(RecordingError):
    """The recording could not be written; nothing half-written is left."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the hint that ends a sentence about an unknown name.

    Examples
    --------
    >>> nearest("layer1.cel", ["layer1.cell", "layer1.hidden"])
    " Did you mean 'layer1.cell'?"
    >>> nearest("zebra", [])
    ''
    """
    known = list(known)
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f" Did you mean {close[0]!r}?"
    return f" There are: {', '.join(known[:8])}{', ...' if len(known) > 8 else ''}." if known else ""
