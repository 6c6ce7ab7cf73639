"""Blocks written while the network already runs over the next, and the bar that shows how far it is."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from analytics.ingest.recorder.options import RecordOptions
from analytics.ingest.writer import RecordingWriter

__all__ = ["WrittenAside", "progress_bar"]

MARK_SECONDS = 10
"""Between two marks from which a killed recording can go on: they cost a few megabytes of writing."""


class WrittenAside:
    """Appends blocks in a thread of its own, one at a time: hashing and writing leave the other core free.

    A context manager inside the writer's; a failure is raised at the next block or at the end.
    """

    def __init__(self, writer: RecordingWriter) -> None:
        self._writer = writer
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writing")
        self._last: Future[None] | None = None
        self._marked = time.monotonic()

    def append(self, note: bytes, **columns: Any) -> None:
        """Append a block once the one before is written; `note` is what going on after it needs."""
        self._wait()
        self._last = self._pool.submit(self._append, note, columns)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._wait()
        finally:
            # The writer must not be closed under a block that is still being written.
            self._pool.shutdown(wait=True)

    def _wait(self) -> None:
        if self._last is not None:
            self._last.result()

    def _append(self, note: bytes, columns: dict[str, Any]) -> None:
        self._writer.append(**columns)
        if time.monotonic() - self._marked > MARK_SECONDS:
            self._writer.mark(note)
            self._marked = time.monotonic()


def progress_bar(options: RecordOptions, *, total: int | None = None) -> tqdm:
    """Positions done, positions a second, and the time left."""
    return tqdm(
        total=total,
        desc=f"recording {options.title}",
        unit=" positions",
        unit_scale=True,
        disable=not options.progress,
    )
