"""What a memory of a recording is computed of: one value, checked, with a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from analytics.analyses.selection import as_whole
from analytics.errors import ParameterError, UnknownNameError, nearest
from analytics.store.recording import Recording

__all__ = ["CODE_VERSION", "MemoryParameters", "memory_parameters"]

CODE_VERSION = 1
"""Raised when the same parameters give other numbers."""


@dataclass(frozen=True, slots=True)
class MemoryParameters:
    """All that decides a result, besides the recording."""

    state: str
    delays: tuple[int, ...]
    by: tuple[str, ...]
    """Annotations whose labels are classes."""
    words: tuple[int, ...]
    """Ids of single words."""
    controls: bool
    positions: int | None
    """None: all."""
    seed: int

    def digest(self, fingerprint: str) -> str:
        """Return the name of the result for a recording of this fingerprint."""
        told = json.dumps([CODE_VERSION, fingerprint, asdict(self)], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()
        }


def memory_parameters(
    recording: Recording,
    *,
    state: str,
    delays: int | Iterable[int] = 30,
    by: Iterable[str] = (),
    words: Iterable[int] = (),
    controls: bool = True,
    positions: int | None = None,
    seed: int = 0,
) -> MemoryParameters:
    """Check parameters against a recording.

    Parameters
    ----------
    delays : int or iterable of int, default=30
        A number stands for 0 up to below it.

    Raises
    ------
    ParameterError, UnknownNameError
        If an annotation, a word or a number cannot be.
    """
    numbers = range(as_whole("delays", delays, minimum=1)) if isinstance(delays, int) else delays
    known = recording.manifest.get("annotations") or {}
    names = tuple(dict.fromkeys(by))
    for name in names:
        if name not in known:
            raise UnknownNameError(
                f"Recording '{recording.name}' has no annotation '{name}'.{nearest(name, known)}"
            )
        if known[name]["kind"] != "categorical":
            raise ParameterError(f"'{name}' has numbers, and classes are labels. Name another annotation.")
    ids = tuple(dict.fromkeys(as_whole("A word", word) for word in words))
    n_words = len(recording.vocabulary)
    if ids and max(ids) >= n_words:
        raise UnknownNameError(f"Words of '{recording.name}' have ids below {n_words}. Got {max(ids)}.")
    if positions is not None:
        positions = as_whole("positions", positions, minimum=1)
        positions = None if positions >= recording.n_positions else positions
    return MemoryParameters(
        state=str(state),
        delays=tuple(sorted({as_whole("A delay", delay) for delay in numbers})),
        by=names,
        words=ids,
        controls=bool(controls) and bool(names or ids),
        positions=positions,
        seed=as_whole("seed", seed),
    )
