"""Which axis of a module's output is time: told by two runs of different length, or by the user.

A module may be called once for all steps, with axes for steps and streams in either order (a convolution has
steps last), or with both flattened into one; or once for every step. Whatever remains of its shape is one
position's value: a vector, or a matrix that is flattened with its shape kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from torch import Tensor

from analytics.errors import ParameterError

__all__ = ["Axes", "find_axes", "guess_axes"]


@dataclass(frozen=True, slots=True)
class Axes:
    """Where steps and streams are in what a module gives."""

    steps: int | None
    """The axis of steps; None: one call for each step."""
    streams: int | None
    """The axis of streams; None: there is one stream and no axis for it, or both are flattened."""
    flattened: bool
    """Steps and streams are one axis, in the order in which the network takes them."""
    shape: tuple[int, ...]
    """Of one position's value."""

    def arrange(self, calls: Sequence[Tensor], *, n_streams: int, batch_first: bool) -> Tensor:
        """Values of all calls of one run as (n_steps, n_streams, n_units)."""
        n_units = prod(self.shape)
        if self.steps is None:
            return (
                calls[0][None] if len(calls) == 1 else _stack(calls)
            ).reshape(len(calls), n_streams, n_units)  # fmt: skip
        values = calls[-1]
        if self.flattened:
            shape = (n_streams, -1, n_units) if batch_first else (-1, n_streams, n_units)
            values = values.movedim(self.steps, 0).reshape(shape)
            return values.transpose(0, 1) if batch_first else values
        if self.streams is None:
            values = values.movedim(self.steps, 0).unsqueeze(1)
        else:
            values = values.movedim((self.steps, self.streams), (0, 1))
        return values.reshape(*values.shape[:2], n_units)


def find_axes(
    long: Sequence[Tensor], short: Sequence[Tensor], *, n_steps: tuple[int, int], n_streams: int,
    what: str, named: int | None = None,
) -> Axes | None:  # fmt: skip
    """Find the axes from what a module gave in two runs.

    Parameters
    ----------
    long, short : sequence of Tensor
        One tensor for each call, of a run over `n_steps[0]` and one over `n_steps[1]` steps.
    n_streams : int
    what : str
        Names the state in a sentence.
    named : int, optional
        The axis of steps that the user gave.

    Returns
    -------
    Axes or None
        None when nothing there changes with the number of steps.

    Raises
    ------
    ParameterError
        If several axes change, or the named one does not.

    Examples
    --------
    >>> import torch
    >>> runs = [torch.zeros(3, 12, 2, 4)], [torch.zeros(3, 7, 2, 4)]
    >>> find_axes(*runs, n_steps=(12, 7), n_streams=3, what="state 'matrix'")
    Axes(steps=1, streams=0, flattened=False, shape=(2, 4))
    """
    if (len(long), len(short)) == n_steps and named is None:
        return _one_call_a_step(long[0], n_streams=n_streams)
    if len(long) != 1 or len(short) != 1:
        return None
    sizes = list(zip(long[0].shape, short[0].shape, strict=True)) if long[0].ndim == short[0].ndim else []
    flat = (n_steps[0] * n_streams, n_steps[1] * n_streams)
    changing = [axis for axis, size in enumerate(sizes) if size in (n_steps, flat)]
    if named is not None:
        named = range(len(sizes))[named] if -len(sizes) <= named < len(sizes) else named
        changing = [axis for axis in changing if axis == named]
    if len(changing) > 1 or (named is not None and not changing):
        raise ParameterError(
            f"{what} has one axis of steps, which grows with the sequence. Got the shape "
            f"{tuple(long[0].shape)} for {n_steps[0]} steps and {tuple(short[0].shape)} for {n_steps[1]}: "
            "name the axis with time_axis=, or record another module."
        )
    if not changing:
        return None
    steps = changing[0]
    shape = long[0].shape
    if n_streams > 1 and sizes[steps] == flat:
        return Axes(steps, None, True, _rest(shape, steps))
    streams = next((axis for axis in range(len(shape)) if axis != steps and shape[axis] == n_streams), None)
    if streams is not None and n_streams == 1 and streams > 1:
        streams = None
    return Axes(steps, streams, False, _rest(shape, steps, streams))


def guess_axes(
    calls: Sequence[Tensor], *, n_steps: int, n_streams: int, batch_first: bool, named: int | None
) -> Axes | None:
    """Find the axes from one run, where the first two are steps and streams in the network's order.

    Examples
    --------
    >>> import torch
    >>> guess_axes([torch.zeros(3, 5, 4)], n_steps=5, n_streams=3, batch_first=True, named=None)
    Axes(steps=1, streams=0, flattened=False, shape=(4,))
    """
    if not calls:
        return None
    if len(calls) == n_steps > 1 and named is None:
        return _one_call_a_step(calls[0], n_streams=n_streams)
    shape = calls[-1].shape
    steps = int(batch_first) if named is None else named % max(len(shape), 1)
    streams = 0 if steps else 1
    if len(shape) < 2 or shape[steps] != n_steps or shape[streams] != n_streams:
        return None
    return Axes(steps, streams, False, _rest(shape, steps, streams))


def _one_call_a_step(value: Tensor, *, n_streams: int) -> Axes:
    has_streams = value.ndim > 0 and value.shape[0] == n_streams and (n_streams > 1 or value.ndim > 1)
    return Axes(None, 0 if has_streams else None, False, tuple(value.shape[int(has_streams) :]) or (1,))


def _rest(shape: Sequence[int], *gone: int | None) -> tuple[int, ...]:
    return tuple(size for axis, size in enumerate(shape) if axis not in gone) or (1,)


def _stack(calls: Sequence[Tensor]) -> Tensor:
    import torch

    return torch.stack(list(calls))
