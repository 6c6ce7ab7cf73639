"""The verification of a recording as a piece of background work, and what it depends on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.store.recording import Recording
from dashboard.queries.cache import code_version
from dashboard.queries.recordings import RecordingQueries

__all__ = ["VerificationQueries", "Work"]


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
            function="analytics.ingest.verifying.job:verification_job",
            arguments={"path": str(recording.path.resolve())},
        )


def _files(recording: Recording) -> list[str]:
    names = sorted([*recording.manifest.get("files", {}), "recording.json"])
    return [f"{name} {_stamp(recording.path / name)}" for name in names]


def _stamp(file: Path) -> str:
    try:
        found = file.stat()
    except OSError:
        return "missing"
    return f"{found.st_ino} {found.st_mtime_ns} {found.st_size}"
