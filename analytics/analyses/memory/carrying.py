"""Jacobians of one layer in two buffers that take turns, for the processor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.analyses.memory.kernels import carry_cell, carry_hidden
from analytics.analyses.memory.networks import LayerMatrices
from analytics.analyses.memory.recursion import LocalJacobian

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["CarriedJacobians", "TensorJacobians"]


class CarriedJacobians:
    """By hidden state and, for an LSTM, cell: delays side by side, (n_lanes, n_units, n_columns).

    Parameters
    ----------
    layer : LayerMatrices
    n_lanes : int
    n_embedding : int
    n_delays : int
        The most that are carried.
    """

    def __init__(self, layer: LayerMatrices, n_lanes: int, *, n_embedding: int, n_delays: int) -> None:
        self._n_embedding = n_embedding
        shape = (n_lanes, layer.n_units, n_delays * n_embedding)
        n_kinds = 2 if layer.kind == "lstm" else 1
        self._now, self._next = ([layer.of_hidden.new_zeros(shape) for _ in range(n_kinds)] for _ in range(2))
        self._products: dict[int, Tensor] = {}

    def forget(self, lane: int) -> None:
        """Set the Jacobians of a lane to zero."""
        for part in self._now:
            part[lane] = 0

    def __getitem__(self, kind: int) -> Tensor:
        """Of the hidden state (0) or the cell (1)."""
        return self._now[kind]

    def advance(self, local: LocalJacobian, below: Tensor | None, n_delays: int) -> None:
        """Carry all of them one step on.

        Parameters
        ----------
        local : LocalJacobian
        below : Tensor of shape (n_lanes, n_inputs, at least n_delays * n_embedding), or None
            Of the layer's input; None in the first layer.
        n_delays : int
            Delays there are after the step, at most one more than before.
        """
        first, rest, offset = self._multiplied(local, below, n_delays)
        arrays = [part.numpy() for part in (first, rest)]
        now, after = ([part.numpy() for part in parts] for parts in (self._now, self._next))
        if local.shown is None:
            carry_hidden(*arrays, offset, self._n_embedding, local.keep.numpy(), now[0], after[0])
        else:
            factors = (local.keep.numpy(), local.shown.numpy())
            carry_cell(*arrays, offset, self._n_embedding, factors, now[1], after[1], after[0])
        self._now, self._next = self._next, self._now

    def _multiplied(
        self, local: LocalJacobian, below: Tensor | None, n_delays: int
    ) -> tuple[Tensor, Tensor, int]:
        """Products by the input at this step and by earlier ones, and the column where the latter begin."""
        import torch

        n_before = (n_delays - 1) * self._n_embedding
        before = self._now[0][..., :n_before]
        if below is None:
            rest = self._product(local, n_before)
            return local.of_input, torch.bmm(local.of_hidden, before, out=rest), 0
        product = self._product(local, n_delays * self._n_embedding)
        torch.bmm(local.of_input, below[..., : n_delays * self._n_embedding], out=product)
        if n_before:
            product[..., self._n_embedding :].baddbmm_(local.of_hidden, before)
        return product, product, self._n_embedding

    def _product(self, local: LocalJacobian, n_columns: int) -> Tensor:
        """A buffer; only the longest one is used again and again."""
        if n_columns not in self._products:
            shape = (*local.of_hidden.shape[:2], n_columns)
            self._products = {n_columns: local.of_hidden.new_empty(shape)}
        return self._products[n_columns]


class TensorJacobians:
    """The same with torch's own operations, for a GPU."""

    def __init__(self, layer: LayerMatrices, n_lanes: int, *, n_embedding: int, n_delays: int) -> None:
        self._n_embedding = n_embedding
        n_kinds = 2 if layer.kind == "lstm" else 1
        self._now = [
            layer.of_hidden.new_zeros((n_lanes, layer.n_units, n_delays * n_embedding))
            for _ in range(n_kinds)
        ]

    def forget(self, lane: int) -> None:
        """Set the Jacobians of a lane to zero."""
        for part in self._now:
            part[lane] = 0

    def __getitem__(self, kind: int) -> Tensor:
        """Of the hidden state (0) or the cell (1)."""
        return self._now[kind]

    def advance(self, local: LocalJacobian, below: Tensor | None, n_delays: int) -> None:
        """Carry all of them one step on."""
        import torch

        width, kept = self._n_embedding, (n_delays - 1) * self._n_embedding
        product = torch.bmm(local.of_hidden, self._now[0][..., :kept])
        if below is None:
            product = torch.cat([local.of_input, product], dim=2)
        else:
            given = torch.bmm(local.of_input, below[..., : n_delays * width])
            given[..., width:] += product
            product = given
        if local.shown is None:
            product[..., width:].addcmul_(local.keep[..., None], self._now[0][..., :kept])
            self._now = [product]
            return
        cell, leaving = product.chunk(2, dim=1)
        cell[..., width:].addcmul_(local.keep[..., None], self._now[1][..., :kept])
        self._now = [leaving.addcmul(local.shown[..., None], cell), cell]
