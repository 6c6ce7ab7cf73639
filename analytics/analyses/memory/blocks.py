"""Where the sums of finished blocks are kept: in memory, or in a folder from which the work can go on."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.sums import BlockSums
from analytics.errors import AnalyticsError, ParameterError

__all__ = ["BlockFolder", "BlockMemory", "Blocks"]

JOB_FILE = "job.json"


class Blocks(Protocol):
    """Sums of finished blocks by chain and number."""

    def has(self, chain: int, block: int) -> bool:
        """Whether a block is finished."""
        ...

    def put(self, chain: int, block: int, sums: BlockSums) -> None:
        """Keep a finished block."""
        ...

    def jacobian(self, chain: int, block: int, row: int) -> NDArray:
        """Sum of a block's Jacobians for one row, (n_units, n_delays, n_embedding)."""
        ...

    def norms(self, chain: int, block: int) -> NDArray[np.float64]:
        """Sums of their norms, (n_rows, n_delays)."""
        ...

    def counts(self, chain: int, block: int) -> NDArray[np.int64]:
        """How many they are, (n_rows, n_delays)."""
        ...

    def clear(self) -> None:
        """Let go of everything."""
        ...


class BlockMemory:
    """Blocks in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, int], BlockSums] = {}

    def has(self, chain: int, block: int) -> bool:
        """Whether a block is finished."""
        return (chain, block) in self._kept

    def put(self, chain: int, block: int, sums: BlockSums) -> None:
        """Keep a finished block."""
        self._kept[chain, block] = sums

    def jacobian(self, chain: int, block: int, row: int) -> NDArray:
        """Sum of a block's Jacobians for one row."""
        return self._kept[chain, block].jacobian[row]

    def norms(self, chain: int, block: int) -> NDArray[np.float64]:
        """Sums of their norms."""
        return self._kept[chain, block].norm

    def counts(self, chain: int, block: int) -> NDArray[np.int64]:
        """How many they are."""
        return self._kept[chain, block].count

    def clear(self) -> None:
        """Let go of everything."""
        self._kept.clear()


class BlockFolder:
    """Blocks as files, each there as a whole or not at all.

    Parameters
    ----------
    folder : path, optional
        Default: a new one among the system's temporary files.
    job : dict
        All that decides the sums. A folder of another job is refused.

    Raises
    ------
    ParameterError
        If the folder holds another job's blocks.
    AnalyticsError
        If it cannot be written to.
    """

    def __init__(self, folder: str | Path | None, job: dict[str, object]) -> None:
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="stateroom-memory-") if folder is None else folder)
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._failure(error, folder) from None
        mark, text = self._folder / JOB_FILE, json.dumps(job, sort_keys=True)
        if mark.exists():
            if mark.read_text(encoding="utf-8") != text:
                raise ParameterError(
                    f"{self._folder} holds the marks of another computation. Name another folder, or delete "
                    "it."
                )
            return
        if any(self._folder.iterdir()):
            raise ParameterError(f"{self._folder} holds other files. Name an empty or a new folder.")
        self._write(JOB_FILE, lambda path: path.write_text(text, encoding="utf-8"))

    def has(self, chain: int, block: int) -> bool:
        """Whether a block is finished."""
        return (self._folder / _name(chain, block, "count")).exists()

    def put(self, chain: int, block: int, sums: BlockSums) -> None:
        """Keep a finished block."""
        # The counts come last: with them the block is there.
        for part in ("jacobian", "norm", "count"):
            values = getattr(sums, part)
            self._write(_name(chain, block, part), lambda path, values=values: _save(path, values))

    def jacobian(self, chain: int, block: int, row: int) -> NDArray:
        """Sum of a block's Jacobians for one row."""
        return np.array(np.load(self._folder / _name(chain, block, "jacobian"), mmap_mode="r")[row])

    def norms(self, chain: int, block: int) -> NDArray[np.float64]:
        """Sums of their norms."""
        return np.load(self._folder / _name(chain, block, "norm"))

    def counts(self, chain: int, block: int) -> NDArray[np.int64]:
        """How many they are."""
        return np.load(self._folder / _name(chain, block, "count"))

    def clear(self) -> None:
        """Delete the folder and what this class wrote into it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write(self, name: str, write) -> None:
        aside = self._folder / f".partial-{name}-{os.getpid()}"
        try:
            write(aside)
            aside.replace(self._folder / name)
        except OSError as error:
            raise self._failure(error, self._folder) from None
        finally:
            aside.unlink(missing_ok=True)

    @staticmethod
    def _failure(error: OSError, folder: object) -> AnalyticsError:
        return AnalyticsError(
            f"The marks of this computation could not be written to {folder or tempfile.gettempdir()}: "
            f"{error.strerror}. What was finished before is kept: make room, or name another folder."
        )


def _name(chain: int, block: int, part: str) -> str:
    return f"chain{chain:03d}-block{block:03d}-{part}.npy"


def _save(path: Path, values: NDArray) -> None:
    header = np.lib.format.header_data_from_array_1_0(values)
    with path.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, header)
        # np.save does not tell why it could not write.
        stream.write(np.ascontiguousarray(values).data)
