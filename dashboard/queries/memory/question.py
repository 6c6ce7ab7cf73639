"""What is asked of the Memory page: the part of the view that its answers depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dashboard.queries.asking import fields_of

__all__ = ["AUTOMATIC", "MemoryQuestion"]

AUTOMATIC = -1
"""Positions: those of the largest stored run, else as many as take under a minute."""


@dataclass(frozen=True, slots=True)
class MemoryQuestion:
    """Whose memory, of what, and what of it. Names as in the view."""

    recording: str
    state: str
    beside: tuple[str, ...] = ()
    delays: int = 30
    positions: int = AUTOMATIC
    seed: int = 0
    measure: str = "largest"
    n: int = 5
    scale: str = "log"
    whitened: bool = False
    by: str = ""
    classes: tuple[str, ...] = ()
    words: tuple[int, ...] = ()
    sort: str = "strength"
    delay: int = 0
    properties: tuple[str, ...] = ()
    types: bool = True
    position: int = -1
    control: bool = True
    unit: int = -1
    linked: bool = True
    beside_delay: int = 0
    beside_positions: int = AUTOMATIC
    beside_classes: tuple[str, ...] = ()
    beside_position: int = -1
    beside_unit: int = -1

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> MemoryQuestion:
        """Return the question of a view; its other fields do not matter."""
        return cls(**fields_of(cls, view))

    def of_curve(self, curve: str) -> MemoryQuestion:
        """Return the same asked of another recording's state, `recording:state`."""
        recording, _, state = curve.rpartition(":")
        return replace(self, recording=recording, state=state, by="", words=())

    @property
    def second(self) -> MemoryQuestion | None:
        """The same asked of the first of those beside, with its own choices where it is not linked."""
        return self.curves[1] if len(self.curves) > 1 else None

    def _of_second(self, curve: str) -> MemoryQuestion:
        second = replace(self.of_curve(curve), unit=self.beside_unit)
        if self.linked:
            return second
        return replace(
            second,
            delay=self.beside_delay,
            positions=self.beside_positions,
            classes=self.beside_classes,
            position=self.beside_position,
        )

    @property
    def falling(self) -> str:
        """The measure that a half-life is told of: a share does not fall."""
        return "sum" if self.measure == "sum" else "largest"

    @property
    def curves(self) -> tuple[MemoryQuestion, ...]:
        """The question itself and those beside it, each once."""
        own = f"{self.recording}:{self.state}"
        others = [curve for curve in self.beside if curve != own]
        return (self, *map(self._of_second, others[:1]), *map(self.of_curve, others[1:]))
