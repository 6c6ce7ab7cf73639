"""What does a state remember of its input, and for how long? State gradients (Verwimp et al., 2018)."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.analyses.memory.blocks import BlockFolder, BlockMemory, Blocks
from analytics.analyses.memory.groups import as_groups
from analytics.analyses.memory.opening import Opened, open_network
from analytics.analyses.memory.record import GroupGradients, StateGradients
from analytics.analyses.memory.running import on_all_cores, run_chains
from analytics.analyses.memory.spans import Chain, counted_spans, deal
from analytics.analyses.memory.spectrum import means_of_row
from analytics.analyses.memory.walking import Plan
from analytics.analyses.selection import as_whole
from analytics.arrays import as_array, as_sequence_starts
from analytics.errors import ParameterError, ShapeError

__all__ = ["most_groups", "state_gradients"]

N_BLOCKS = 16
"""Blocks for the bootstrap, which are also the marks from which stopped work goes on."""
FEWEST_BLOCKS = 6
MAX_BLOCK_BYTES = 1536 << 20
"""Of the sums of all blocks: where groups are many, blocks are fewer."""

KEPT_IN_MEMORY_BYTES = 192 << 20
"""Sums of finished blocks above this lie in files."""

MAX_SUM_BYTES = 160 << 20
"""Of the sums that one chain adds to: they are in memory, once for each thread."""


def state_gradients(
    network: Any,
    embedded: ArrayLike,
    *,
    state: str = "layer0.cell",
    delays: Iterable[int] = range(30),
    sequence_starts: ArrayLike | None = None,
    groups: Mapping[str, Any] | None = None,
    positions: int | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    checkpoint: str | Path | None = None,
    device: str = "auto",
    initial: Any = None,
    group_means: bool = True,
) -> StateGradients:
    r"""Mean Jacobians of a state with respect to the embedded input some positions before.

    :math:`\bar G_\tau = \frac{1}{n_\tau} \sum_t \frac{\partial\, state[t]}{\partial\, embedded[t - \tau]}`

    over the counted positions t with :math:`t - \tau` in the same sequence: the total derivative, through all
    that the network carries on (hidden and cell, all layers). The network is run once, and the Jacobians of
    all delays are carried forward with it.

    Parameters
    ----------
    network : torch.nn.RNN, GRU or LSTM, or a step function
        Of any number of layers, in one direction, without a projection; dropout is not applied. A step
        function is called with one input, (n_embedding,), and the state before, and returns the state after:
        a tensor (n_units,), a tuple or a dict of such. It is differentiated by `torch.func`, so that it must
        not change anything in place. An `nn.RNNCell`, `GRUCell` or `LSTMCell` is one.
    embedded : array-like of shape (n_positions, n_embedding)
        What the network read. Anything that has a `shape` and gives the rows of an array of positions will
        do, so that it need not be in memory. float64 here or in the network: computed in float64, else
        float32.
    state : str, default="layer0.cell"
        `layer<k>.hidden`, or `layer<k>.cell` of an LSTM. Of a step function: `layer0.hidden` for a tensor,
        that and `layer0.cell` for a pair, `state0`, `state1`, ... for longer tuples, the keys of a dict.
    delays : iterable of int, default=range(30)
    sequence_starts : array-like of shape (n_sequences,), optional
        First position of each sequence, where the state is zero. Default: one sequence.
    groups : mapping, optional
        By name of a grouping, a label for each position (None: in no group), a pandas Categorical, or truth
        values. A position belongs to the group of its input word: the Jacobian by `embedded[t - delay]`
        counts for the group of position ``t - delay``. All groupings are gone through in one pass.
    positions : int, optional
        Count a sample of that many positions, in stretches of up to 256. Default: all.
    seed : int, default=0
        Of that sample and of the bootstrap.
    progress : callable, optional
        Called with the positions done and all positions. What it raises ends the computation.
    checkpoint : path, optional
        A folder for marks: the same call goes on from there after it was stopped or killed. It is deleted at
        the end.
    device : str, default="auto"
        `cpu`, `cuda`, or `auto`: a GPU when there is one. A step function runs where `initial` is.
    initial : tensor, or tuple or dict of tensors, optional
        A step function's state before each sequence; its precision is that of the computation. torch's cells
        begin with zeros.
    group_means : bool, default=True
        Whether groups keep their `mean` and `unit_norm`, which take much memory where groups are many.

    Returns
    -------
    StateGradients
        Delays that no position has are NaN with a count of 0.

    Raises
    ------
    ParameterError, UnknownNameError, ShapeError
        If the network is of another kind or has no such state, arrays do not fit each other, all delays are
        longer than every sequence, or gradients are not finite; the sentence says where.
    AnalyticsError
        If the marks cannot be written (disk full).

    References
    ----------
    L. Verwimp, H. Van hamme, V. Renkens, P. Wambacq: State Gradients for RNN Memory Analysis. Interspeech
    2018, section 2.1, equation 1. There the gradients are of shape (n_embedding, n_units); here they are
    transposed, as equation 5 needs them.

    Examples
    --------
    >>> import torch
    >>> network = torch.nn.RNN(1, 1, nonlinearity="relu", bias=False)
    >>> with torch.no_grad():
    ...     _ = network.weight_ih_l0.fill_(1.0), network.weight_hh_l0.fill_(0.5)
    >>> found = state_gradients(network, np.ones((40, 1)), state="layer0.hidden", delays=range(4))
    >>> found.largest.tolist(), found.count.tolist()
    ([1.0, 0.5, 0.25, 0.125], [40, 39, 38, 37])
    """
    inputs = _as_inputs(embedded)
    n_positions, n_embedding = inputs.shape
    starts = as_sequence_starts(sequence_starts, n_positions=n_positions)
    asked = _as_delays(delays, starts, n_positions)
    if positions is not None:
        positions = as_whole("positions", positions, minimum=1)
    found = as_groups(groups, n_positions=n_positions)
    is_double = getattr(inputs, "dtype", None) == np.float64
    opened = open_network(
        network,
        state=state,
        n_embedding=n_embedding,
        is_double=is_double,
        n_delays=int(asked.max()) + 1,
        device=device,
        initial=initial,
    )
    spans = counted_spans(starts, n_positions, positions=positions, seed=seed)
    plan = Plan(inputs, found, asked, starts, opened.to_tensor, opened.dtype, opened.is_on_device)
    n_bytes = _sum_bytes(opened, plan)
    n_blocks = int(np.clip(MAX_BLOCK_BYTES // n_bytes, FEWEST_BLOCKS, N_BLOCKS))
    chains = deal(spans, starts, reach=int(asked.max()), n_lanes=opened.n_lanes, max_chains=n_blocks)
    borders = [_borders(chain, n_blocks=-(-n_blocks // len(chains))) for chain in chains]
    blocks = _blocks(opened, plan, spans, checkpoint, n_bytes=n_bytes * sum(map(len, borders)), state=state)
    keys = [(number, block) for number, border in enumerate(borders) for block in range(len(border) - 1)]
    try:
        given = list(zip(chains, borders, strict=True))
        run_chains(opened.engine, plan, given, blocks, progress, is_parallel=opened.is_parallel)
        fields = on_all_cores(
            lambda row: means_of_row(blocks, keys, row, seed=seed, is_kept=group_means or row == 0),
            range(len(found) + 1),
        )
    except BaseException:
        if checkpoint is None:
            blocks.clear()
        raise
    blocks.clear()
    return StateGradients(
        **fields[0],
        state=state,
        delays=asked,
        groups=tuple(
            GroupGradients(**means, grouping=grouping, label=label)
            for means, (grouping, label) in zip(fields[1:], found.names, strict=True)
        ),
        n_positions=n_positions,
        n_counted=int((spans[:, 1] - spans[:, 0]).sum()),
        spans=spans,
        positions=positions,
        seed=seed,
        n_blocks=len(keys),
        dtype=opened.dtype.name,
    )


def _as_inputs(embedded: Any) -> Any:
    inputs = embedded if _is_lazy(embedded) else as_array(embedded, what="embedded")
    if len(inputs.shape) != 2 or 0 in inputs.shape:
        raise ShapeError(
            "embedded must have shape (n_positions, n_embedding), both at least 1. "
            f"Got shape {tuple(inputs.shape)}."
        )
    return inputs


def _is_lazy(embedded: Any) -> bool:
    return hasattr(embedded, "shape") and hasattr(embedded, "__getitem__") and not hasattr(embedded, "detach")


def _as_delays(delays: Iterable[int], starts: NDArray[np.int64], n_positions: int) -> NDArray[np.int64]:
    asked = np.array([as_whole("A delay", delay) for delay in delays], dtype=np.int64)
    if not len(asked) or len(np.unique(asked)) < len(asked):
        raise ParameterError(f"delays must be one or more different whole numbers. Got {asked.tolist()}.")
    longest = int(np.diff(np.append(starts, n_positions)).max())
    if asked.min() >= longest:
        raise ParameterError(
            f"The longest sequence has {longest} positions, so delays reach {longest - 1} at most. Got "
            f"{asked.min()} and above."
        )
    return asked


def _borders(chain: Chain, *, n_blocks: int) -> list[int]:
    """Steps between blocks of about as many counted positions each."""
    done = np.cumsum(chain.is_counted.sum(axis=0))
    inner = np.searchsorted(done, np.linspace(0, done[-1], n_blocks + 1)[1:-1]) + 1
    return np.unique([0, *inner.tolist(), chain.position.shape[1]]).tolist()


def most_groups(*, n_units: int, n_embedding: int, n_delays: int, itemsize: int = 4) -> int:
    """How many groups one pass has memory for."""
    return max(0, MAX_SUM_BYTES // (n_units * n_embedding * n_delays * itemsize) - 1)


def _sum_bytes(opened: Opened, plan: Plan) -> int:
    """Of the sums of one block; refused above the limit."""
    sizes = (opened.n_units, plan.embedded.shape[1], len(plan.delays), opened.dtype.itemsize)
    most = most_groups(n_units=sizes[0], n_embedding=sizes[1], n_delays=sizes[2], itemsize=sizes[3])
    if len(plan.groups) > most:
        raise ParameterError(
            f"Gradients of this size allow for {most} groups in one pass, because the sums of all "
            f"of them are held in memory. Got {len(plan.groups)}: name fewer, or ask for fewer delays."
        )
    return math.prod(sizes) * (len(plan.groups) + 1)


def _blocks(
    opened: Opened,
    plan: Plan,
    spans: NDArray[np.int64],
    checkpoint: str | Path | None,
    *,
    n_bytes: int,
    state: str,
) -> Blocks:
    if checkpoint is None and n_bytes <= KEPT_IN_MEMORY_BYTES:
        return BlockMemory()
    content = hashlib.sha256()
    for part in (spans, plan.sequence_starts, plan.delays, plan.groups.codes):
        content.update(np.ascontiguousarray(part).tobytes())
    for start, stop in spans.tolist():
        content.update(np.ascontiguousarray(plan.embedded[np.arange(start, stop)]).tobytes())
    job = {
        "state": state,
        "network": opened.digest,
        "content": content.hexdigest(),
        "groups": [list(name) for name in plan.groups.names],
        "dtype": opened.dtype.name,
    }
    return BlockFolder(checkpoint, job)
