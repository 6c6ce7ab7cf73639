"""Walk along one chain of positions, block by block, and sum up its Jacobians."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.analyses.memory.blocks import Blocks
from analytics.analyses.memory.engines import Engine
from analytics.analyses.memory.groups import Groups
from analytics.analyses.memory.spans import Chain
from analytics.analyses.memory.sums import BlockSums, StepSums
from analytics.errors import ShapeError

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Part", "Plan", "part_of", "walk"]

CHUNK_STEPS = 256
"""Steps whose inputs are fetched at once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What all chains share."""

    embedded: Any
    """Has `shape` and gives the rows of an array of positions."""
    groups: Groups
    delays: NDArray[np.int64]
    sequence_starts: NDArray[np.int64]
    to_tensor: Callable[[NDArray], Tensor]
    dtype: np.dtype
    is_on_device: bool = False
    """Whether Jacobians lie, and are added up, on a GPU."""

    @property
    def places(self) -> NDArray[np.int64]:
        """Place of each carried delay among those asked for, -1 where it was not asked for."""
        places = np.full(int(self.delays.max()) + 1, -1)
        places[self.delays] = np.arange(len(self.delays))
        return places

    def inputs(self, positions: NDArray[np.int64]) -> Tensor:
        """Embedded inputs at positions of any shape; zeros at position -1.

        Raises
        ------
        ShapeError
            If one of them holds NaN or is infinite.
        """
        rows = np.asarray(self.embedded[np.maximum(positions, 0).ravel()], dtype=self.dtype)
        rows = rows.reshape(*positions.shape, -1)
        bad = ~np.isfinite(rows).all(axis=-1) & (positions >= 0)
        if bad.any():
            raise ShapeError(
                f"The embedded inputs must be finite. Got NaN or infinity at position {positions[bad].min()}."
            )
        return self.to_tensor(np.where((positions >= 0)[..., None], rows, 0))


@dataclass(frozen=True, slots=True)
class Part:
    """The blocks of a chain that are still to be computed."""

    number: int
    """Of the chain."""
    chain: Chain
    borders: list[int]
    """Steps between which each block lies."""
    first_block: int
    """Number of the first of them."""

    def beginnings(self) -> NDArray[np.int64]:
        """Positions where a lane begins anew."""
        return np.unique(self.chain.position[(self.chain.age == 0) & (self.chain.position >= 0)])


def part_of(number: int, chain: Chain, borders: list[int], blocks: Blocks, *, reach: int) -> Part | None:
    """Return what is left of a chain, walking up anew to its first unfinished block; None if nothing is."""
    n_blocks = len(borders) - 1
    first = next((block for block in range(n_blocks) if not blocks.has(number, block)), n_blocks)
    if first == n_blocks:
        return None
    if first == 0:
        return Part(number, chain, borders, 0)
    step = borders[first]
    before = np.minimum(chain.age[:, step], reach)
    shape = (len(before), int(before.max()) + chain.position.shape[1] - step)
    left = Chain(np.full(shape, -1, np.int64), np.zeros(shape, np.int64), np.zeros(shape, bool))
    offset = int(before.max())
    for lane, n_before in enumerate(before.tolist()):
        left.position[lane, offset - n_before :] = chain.position[lane, step - n_before :]
        ages = chain.age[lane, step - n_before :].copy()
        # Ages count from the new beginning up to the next old one.
        run = int(np.argmax(ages[1:] == 0)) + 1 if (ages[1:] == 0).any() else len(ages)
        ages[:run] -= ages[0]
        left.age[lane, offset - n_before :] = ages
        left.is_counted[lane, offset:] = chain.is_counted[lane, step:]
    return Part(number, left, [offset + border - step for border in borders[first:]], first)


def walk(
    engine: Engine,
    part: Part,
    plan: Plan,
    *,
    states: dict[int, Any],
    blocks: Blocks,
    report: Callable[[int], None],
) -> None:
    """Compute blocks and keep each.

    Parameters
    ----------
    states : dict
        The network's state before each position where a lane begins anew inside a sequence.
    report : callable
        Called after each step with the positions it counted; what it raises ends the walk.
    """
    places = plan.places
    n_lanes, n_steps = part.chain.position.shape
    engine.start(n_lanes, len(places))
    sums = _no_sums(engine, plan)
    block = 0
    for begin in range(0, n_steps, CHUNK_STEPS):
        inputs = plan.inputs(part.chain.position[:, begin : begin + CHUNK_STEPS])
        for step in range(begin, min(begin + CHUNK_STEPS, n_steps)):
            _take_step(engine, part.chain, step, inputs[:, step - begin], plan, places, states, sums)
            report(int(part.chain.is_counted[:, step].sum()))
            if step + 1 == part.borders[block + 1]:
                blocks.put(part.number, part.first_block + block, sums.on_host())
                block += 1
                sums = _no_sums(engine, plan)


def _take_step(
    engine: Engine,
    chain: Chain,
    step: int,
    inputs: Tensor,
    plan: Plan,
    places: NDArray[np.int64],
    states: dict[int, Any],
    sums: BlockSums,
) -> None:
    positions, ages = chain.position[:, step], chain.age[:, step]
    for lane in np.flatnonzero((ages == 0) & (positions >= 0)):
        engine.put(int(lane), states.get(int(positions[lane])))
    n_delays = min(int(ages.max()) + 1, len(places))
    counted = np.where(chain.is_counted[:, step], positions, -1)
    if (counted < 0).all():
        engine.advance(inputs, n_delays, lambda *shown: None)
        return
    added = StepSums(sums, plan.groups, positions=counted, ages=ages, places=places[:n_delays])
    engine.advance(inputs, n_delays, added.add)
    norms = added.finish()
    _refuse_not_finite(norms, counted, ages)


def _refuse_not_finite(norms: NDArray, positions: NDArray, ages: NDArray) -> None:
    delays = np.arange(norms.shape[1])
    bad = ~np.isfinite(norms) & (positions[:, None] >= 0) & (delays <= ages[:, None])
    if bad.any():
        lane, delay = np.argwhere(bad)[0]
        raise ShapeError(
            f"The gradient of the state at position {positions[lane]} by the input {delay} positions before "
            "is not finite: the network's weights or states are NaN or grow without bound. Mend the "
            "network, or ask for shorter delays."
        )


def _no_sums(engine: Engine, plan: Plan) -> BlockSums:
    n_rows = len(plan.groups) + 1
    sums = BlockSums.zeros(n_rows, engine.n_units, len(plan.delays), engine.n_embedding, plan.dtype)
    if not plan.is_on_device:
        return sums
    return BlockSums(plan.to_tensor(sums.jacobian), sums.norm, sums.count)
