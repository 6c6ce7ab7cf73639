"""The Jacobians' arithmetic beside the matrix products, compiled: each number is read and written once."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["add_jacobians", "carry_cell", "carry_hidden"]

SMALLEST_SQUARE = 1e-30


@numba.njit(cache=True, nogil=True)
def carry_cell(
    first: NDArray,
    rest: NDArray,
    offset: int,
    n_new: int,
    factors: tuple[NDArray, NDArray],
    old_cell: NDArray,
    cell: NDArray,
    hidden: NDArray,
) -> None:
    """Jacobians of an LSTM's cell and hidden state from the products.

    Parameters
    ----------
    first : ndarray of shape (n_lanes, 2 * n_units, at least n_embedding)
        Its first columns: by the input at this step.
    rest : ndarray of shape (n_lanes, 2 * n_units, offset + n_before * n_embedding)
        Its columns from `offset` on: by earlier inputs.
    n_new : int
        `n_embedding`.
    factors : two ndarrays of shape (n_lanes, n_units)
        Share of the cell that is kept, and what of its change is shown.
    old_cell, cell, hidden : ndarray of shape (n_lanes, n_units, n_columns)
        The first columns of the last two are filled.
    """
    n_lanes, n_units = factors[0].shape
    n_kept = rest.shape[2] - offset
    for lane in range(n_lanes):
        for unit in range(n_units):
            keep, shown = factors[0][lane, unit], factors[1][lane, unit]
            to_cell, to_hidden = cell[lane, unit], hidden[lane, unit]
            new, leaving = first[lane, unit], first[lane, n_units + unit]
            for column in range(n_new):
                to_cell[column] = new[column]
                to_hidden[column] = shown * new[column] + leaving[column]
            carried, leaving = rest[lane, unit], rest[lane, n_units + unit]
            old = old_cell[lane, unit]
            for column in range(n_kept):
                value = keep * old[column] + carried[offset + column]
                to_cell[n_new + column] = value
                to_hidden[n_new + column] = shown * value + leaving[offset + column]


@numba.njit(cache=True, nogil=True)
def carry_hidden(
    first: NDArray,
    rest: NDArray,
    offset: int,
    n_new: int,
    keep: NDArray,
    old_hidden: NDArray,
    hidden: NDArray,
) -> None:
    """Jacobians of an RNN's or GRU's hidden state from the products; parameters as in `carry_cell`."""
    n_lanes, n_units = keep.shape
    n_kept = rest.shape[2] - offset
    for lane in range(n_lanes):
        for unit in range(n_units):
            share = keep[lane, unit]
            to_hidden, new = hidden[lane, unit], first[lane, unit]
            for column in range(n_new):
                to_hidden[column] = new[column]
            carried, old = rest[lane, unit], old_hidden[lane, unit]
            for column in range(n_kept):
                to_hidden[n_new + column] = share * old[column] + carried[offset + column]


@numba.njit(cache=True, nogil=True, fastmath={"reassoc"})
def _squares(row: NDArray, start: int, stop: int) -> float:
    total = row.dtype.type(0)
    for column in range(start, stop):
        total += row[column] * row[column]
    if SMALLEST_SQUARE < total < np.inf:
        return float(total)
    # Squares that float32 does not hold although it holds the numbers.
    exact = 0.0
    for column in range(start, stop):
        exact += np.float64(row[column]) * np.float64(row[column])
    return exact


@numba.njit(cache=True, nogil=True)
def add_jacobians(
    jacobians: NDArray, norms: NDArray, pairs: NDArray, bounds: NDArray, total: NDArray
) -> None:
    """Add the Jacobians of one step where `pairs` says.

    Parameters
    ----------
    jacobians : ndarray of shape (n_lanes, n_units, at least n_carried * n_embedding)
    norms : ndarray of shape (n_lanes, n_carried)
        Filled with their Frobenius norms.
    pairs : ndarray of shape (n_pairs, 4)
        Lane, carried delay, place of the delay in `total`, row of `total`; by lane.
    bounds : ndarray of shape (n_lanes + 1,)
        Where the pairs of each lane begin.
    total : ndarray of shape (n_rows, n_units, n_delays, n_embedding)
    """
    n_embedding = total.shape[3]
    norms[:] = 0
    for lane in range(norms.shape[0]):
        if bounds[lane] == bounds[lane + 1]:
            continue
        for unit in range(total.shape[1]):
            row = jacobians[lane, unit]
            for delay in range(norms.shape[1]):
                norms[lane, delay] += _squares(row, delay * n_embedding, (delay + 1) * n_embedding)
            for pair in range(bounds[lane], bounds[lane + 1]):
                begin = pairs[pair, 1] * n_embedding
                to = total[pairs[pair, 3], unit, pairs[pair, 2]]
                for column in range(n_embedding):
                    to[column] += row[begin + column]
    for lane in range(norms.shape[0]):
        for delay in range(norms.shape[1]):
            norms[lane, delay] = np.sqrt(norms[lane, delay])
