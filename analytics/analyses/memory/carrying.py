"""Jacobians of one layer, carried from step to step in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from analytics.analyses.memory.kernels import carry_cell, carry_hidden
from analytics.analyses.memory.networks import LayerMatrices
from analytics.analyses.memory.recursion import LocalJacobian

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["CarriedJacobians", "TensorJacobians"]


CACHE_BYTES = 2 << 20
"""Of the products that are made at once: they are used before they leave the processor's cache."""


class _Jacobians:
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
        self._now = [layer.of_hidden.new_zeros(shape) for _ in range(n_kinds)]

    def forget(self, lane: int) -> None:
        """Set the Jacobians of a lane to zero."""
        for part in self._now:
            part[lane] = 0

    def __getitem__(self, kind: int) -> Tensor:
        """Of the hidden state (0) or the cell (1)."""
        return self._now[kind]


class CarriedJacobians(_Jacobians):
    """Carried by compiled code, a few delays at once, on a CPU. Parameters as above."""

    def __init__(self, layer: LayerMatrices, n_lanes: int, *, n_embedding: int, n_delays: int) -> None:
        super().__init__(layer, n_lanes, n_embedding=n_embedding, n_delays=n_delays)
        self._products: dict[int, Tensor] = {}
        n_rows = len(self._now) * layer.n_units * n_lanes * layer.of_hidden.element_size()
        self._n_at_once = max(1, CACHE_BYTES // (n_rows * n_embedding))

    def advance(
        self,
        local: LocalJacobian,
        below: Tensor | None,
        n_delays: int,
        seen: Callable[[Sequence[Tensor], int, int], None] | None = None,
    ) -> None:
        """Carry all of them one step on.

        Parameters
        ----------
        local : LocalJacobian
        below : Tensor of shape (n_lanes, n_inputs, at least n_delays * n_embedding), or None
            Of the layer's input; None in the first layer.
        n_delays : int
            Delays there are after the step, at most one more than before.
        seen : callable, optional
            Called with the new Jacobians, while they are in the processor's cache: the first delay that is
            new, and the one after the last.
        """
        for stop in range(n_delays, 0, -self._n_at_once):
            first = max(0, stop - self._n_at_once)
            self._carry(local, self._multiplied(local, below, first, stop), first, stop)
            if seen is not None:
                seen(self._now, first, stop)

    def _multiplied(self, local: LocalJacobian, below: Tensor | None, first: int, stop: int) -> Tensor:
        """Products for some delays: by the layer's input, and by its state one step before."""
        import torch

        width = self._n_embedding
        product = self._product(local, (stop - first) * width)
        if below is not None:
            torch.bmm(local.of_input, below[..., first * width : stop * width], out=product)
        elif first == 0:
            product[..., :width] = local.of_input
        earlier = product[..., width:] if first == 0 else product
        before = self._now[0][..., max(first - 1, 0) * width : (stop - 1) * width]
        _add_product(earlier, local.of_hidden, before, beta=0 if below is None else 1)
        return product

    def _carry(self, local: LocalJacobian, products: Tensor, first: int, stop: int) -> None:
        now = [part.numpy() for part in self._now]
        if local.shown is None:
            carry_hidden(products.numpy(), (first, stop), self._n_embedding, local.keep.numpy(), now[0])
        else:
            factors = (local.keep.numpy(), local.shown.numpy())
            carry_cell(products.numpy(), (first, stop), self._n_embedding, factors, now[1], now[0])

    def _product(self, local: LocalJacobian, n_columns: int) -> Tensor:
        """A buffer that is used again and again."""
        if n_columns not in self._products:
            shape = (*local.of_hidden.shape[:2], n_columns)
            self._products[n_columns] = local.of_hidden.new_empty(shape)
        return self._products[n_columns]


def _add_product(to: Tensor, matrix: Tensor, other: Tensor, *, beta: int) -> None:
    """Set to to beta * to + matrix @ other, in place."""
    if not to.shape[2]:
        return
    if len(to) == 1:
        to[0].addmm_(matrix[0], other[0], beta=beta)
    else:
        to.baddbmm_(matrix, other, beta=beta)


class TensorJacobians(_Jacobians):
    """The same with torch's own operations, for a GPU."""

    def advance(
        self,
        local: LocalJacobian,
        below: Tensor | None,
        n_delays: int,
        seen: Callable[[Sequence[Tensor], int, int], None] | None = None,
    ) -> None:
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
        else:
            self._carry_cell(local, product, kept)
        if seen is not None:
            seen(self._now, 0, n_delays)

    def _carry_cell(self, local: LocalJacobian, product: Tensor, kept: int) -> None:
        cell, leaving = product.chunk(2, dim=1)
        cell[..., self._n_embedding :].addcmul_(local.keep[..., None], self._now[1][..., :kept])
        self._now = [leaving.addcmul(local.shown[..., None], cell), cell]
