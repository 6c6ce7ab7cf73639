"""What is known of a job, read from its folder; `dashboard.jobs` says what lies there."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["JobStatus", "ended", "going_on", "read_json", "watchers"]


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What is known of a job. `state`: none, waiting, running, done, failed or cancelled."""

    state: str
    done: int = 0
    total: int = 0
    what: str = ""
    """What is being worked on."""
    seconds: float = 0.0
    """Since the work began."""
    remaining_seconds: float | None = None
    """As far as can be told."""
    may_cancel: bool = False
    """Whether the page that asks has a say in it."""
    result: Any = None
    sentence: str = ""
    """Why there is no result."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for the browser."""
        return asdict(self)


def going_on(folder: Path, *, may_cancel: bool) -> JobStatus:
    """How far a job is that waits or runs."""
    told = read_json(folder / "progress.json") or {}
    began, done, total = told.get("began"), int(told.get("done", 0)), int(told.get("total", 0))
    if began is None:
        return JobStatus("waiting", may_cancel=may_cancel)
    seconds = max(0.0, time.time() - began)
    return JobStatus(
        "running",
        done=done,
        total=total,
        what=str(told.get("what", "")),
        seconds=seconds,
        remaining_seconds=seconds * (total - done) / done if 0 < done <= total else None,
        may_cancel=may_cancel,
    )


def ended(folder: Path) -> JobStatus:
    """What came of a job that does not run."""
    if not (folder / "job.json").exists():
        return JobStatus("none")
    result, error = read_json(folder / "result.json"), read_json(folder / "error.json")
    if result is not None:
        return JobStatus("done", result=result["result"], seconds=result["seconds"])
    if error is not None:
        return JobStatus("failed", sentence=error["sentence"])
    if (folder / "cancel").exists():
        return JobStatus("cancelled", sentence="Cancelled.")
    return JobStatus("failed", sentence="It ended before it was finished. Start it again.")


def watchers(folder: Path, lives_s: float) -> list[Path]:
    """Pages that still look."""
    looking = []
    for file in (folder / "watchers").glob("*"):
        # One that closes at this moment is gone; the others are not.
        with contextlib.suppress(OSError):
            if time.time() - file.stat().st_mtime < lives_s:
                looking.append(file)
    return looking


def read_json(path: Path) -> Any:
    """What a file holds; None where there is none, or half of one."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None
