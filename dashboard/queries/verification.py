"""The verification of a recording as a piece of background work: what it depends on, and how it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics.store.recording import Recording
from dashboard.queries.cache import code_version
from dashboard.queries.recordings import RecordingQueries

__all__ = ["VerificationQueries", "Work", "verify"]

BYTES_PER_MEGABYTE = 1_000_000
SMALL_MEGABYTES = 10


@dataclass(frozen=True, slots=True)
class Work:
    """Work for `dashboard.jobs`: the same key, the same answer."""

    key: str
    function: str
    arguments: dict[str, Any]


class VerificationQueries:
    """Which work verifies a recording."""

    def __init__(self, recordings: RecordingQueries) -> None:
        self._recordings, self._version = recordings, code_version()

    def work(self, key: str) -> Work:
        """Return the work of verifying a recording.

        Its key holds the fingerprint and what the file system says of each file: a file that is changed
        behind the manifest's back is verified anew, as is everything when the code changes.
        """
        recording = self._recordings.open(key)
        told = "\n".join(
            [self._version, str(recording.path.resolve()), recording.fingerprint, *_files(recording)]
        )
        return Work(
            key=hashlib.sha256(told.encode()).hexdigest(),
            function="dashboard.queries.verification:verify",
            arguments={"path": str(recording.path.resolve())},
        )


def verify(arguments: Mapping[str, Any], report: Callable[[int, int, str], None]) -> dict[str, Any]:
    """Verify a recording; return plain values. Runs in a process of its own."""
    import analytics

    def tell(done: int, total: int) -> None:
        read, size = (n_bytes / BYTES_PER_MEGABYTE for n_bytes in (done, total))
        digits = 1 if size < SMALL_MEGABYTES else 0
        report(done, total, f"{read:,.{digits}f} of {size:,.{digits}f} MB read")

    found = analytics.verify(arguments["path"], progress=tell)
    return {
        "fingerprint": found.fingerprint,
        "finished": datetime.now(UTC).isoformat(),
        "checks": [
            {"part": check.part, "what": check.what, "passed": check.passed, "sentence": check.sentence}
            for check in found.checks
        ],
    }


def _files(recording: Recording) -> list[str]:
    names = sorted([*recording.manifest.get("files", {}), "recording.json"])
    return [f"{name} {_stamp(recording.path / name)}" for name in names]


def _stamp(file: Path) -> str:
    try:
        found = file.stat()
    except OSError:
        return "missing"
    return f"{found.st_ino} {found.st_mtime_ns} {found.st_size}"
