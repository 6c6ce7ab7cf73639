"""The verification of a recording in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from analytics.ingest.verify import verify

__all__ = ["verification_job"]

BYTES_PER_MEGABYTE = 1_000_000
SMALL_MEGABYTES = 10


def verification_job(arguments: Mapping[str, Any], report: Callable[[int, int, str], None]) -> dict[str, Any]:
    """Verify the recording at `path`; return plain values, for a process of its own."""

    def tell(done: int, total: int) -> None:
        read, size = (n_bytes / BYTES_PER_MEGABYTE for n_bytes in (done, total))
        digits = 1 if size < SMALL_MEGABYTES else 0
        report(done, total, f"{read:,.{digits}f} of {size:,.{digits}f} MB read")

    found = verify(arguments["path"], progress=tell)
    return {
        "fingerprint": found.fingerprint,
        "finished": datetime.now(UTC).isoformat(),
        "checks": [
            {"part": check.part, "what": check.what, "passed": check.passed, "sentence": check.sentence}
            for check in found.checks
        ],
    }
