"""The Jacobians' arithmetic beside the matrix products, compiled: each number is read and written once."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["add_jacobians", "carry_cell", "carry_hidden"]

SMALLEST_SQUARE = 1e-30


@numba.njit(cache=True, nogil=True)
def carry_cell(
    products: NDArray,
    begin: int,
    n_embedding: int,
    factors: tuple[NDArray, NDArray],
    old_cell: NDArray,
    cell: NDArray,
    hidden: NDArray,
) -> None:
    """Jacobians of an LSTM's cell and hidden state from the products, for some columns.

    Parameters
    ----------
    products : ndarray of shape (n_lanes, 2 * n_units, n_columns)
        The columns from `begin` on.
    n_embedding : int
        Columns of a delay: those of delay 0 come from the input alone.
    factors : two ndarrays of shape (n_lanes, n_units)
        Share of the cell that is kept, and what of its change is shown.
    old_cell, cell, hidden : ndarray of shape (n_lanes, n_units, n_delays * n_embedding)
        The same columns of the last two are filled.
    """
    n_lanes, n_units = factors[0].shape
    n_columns = products.shape[2]
    n_new = min(max(n_embedding - begin, 0), n_columns)
    for lane in range(n_lanes):
        for unit in range(n_units):
            keep, shown = factors[0][lane, unit], factors[1][lane, unit]
            taken, leaving = products[lane, unit], products[lane, n_units + unit]
            to_cell, to_hidden = cell[lane, unit, begin:], hidden[lane, unit, begin:]
            for column in range(n_new):
                to_cell[column] = taken[column]
                to_hidden[column] = shown * taken[column] + leaving[column]
            old = old_cell[lane, unit, begin + n_new - n_embedding :]
            for column in range(n_columns - n_new):
                value = keep * old[column] + taken[n_new + column]
                to_cell[n_new + column] = value
                to_hidden[n_new + column] = shown * value + leaving[n_new + column]


@numba.njit(cache=True, nogil=True)
def carry_hidden(
    products: NDArray, begin: int, n_embedding: int, keep: NDArray, old_hidden: NDArray, hidden: NDArray
) -> None:
    """Jacobians of an RNN's or GRU's hidden state from the products; parameters as in `carry_cell`."""
    n_lanes, n_units = keep.shape
    n_columns = products.shape[2]
    n_new = min(max(n_embedding - begin, 0), n_columns)
    for lane in range(n_lanes):
        for unit in range(n_units):
            share, taken = keep[lane, unit], products[lane, unit]
            to_hidden = hidden[lane, unit, begin:]
            to_hidden[:n_new] = taken[:n_new]
            old = old_hidden[lane, unit, begin + n_new - n_embedding :]
            for column in range(n_columns - n_new):
                to_hidden[n_new + column] = share * old[column] + taken[n_new + column]


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
    jacobians: NDArray,
    norms: NDArray,
    delays: tuple[int, int],
    pairs: NDArray,
    bounds: NDArray,
    total: NDArray,
) -> None:
    """Add some of the Jacobians of one step where `pairs` says.

    Parameters
    ----------
    jacobians : ndarray of shape (n_lanes, n_units, at least n_carried * n_embedding)
    norms : ndarray of shape (n_lanes, n_carried)
        Filled with their squared Frobenius norms; it is 0 before.
    delays : pair of int
        The first carried delay, and the one after the last.
    pairs : ndarray of shape (n_pairs, 4)
        Lane, carried delay, place of the delay in `total`, row of `total`.
    bounds : ndarray of shape (n_lanes, 2)
        Where the pairs of each lane begin and end that are of these delays.
    total : ndarray of shape (n_rows, n_units, n_delays, n_embedding)
    """
    n_embedding = total.shape[3]
    for lane in range(norms.shape[0]):
        if bounds[lane, 0] == bounds[lane, 1]:
            continue
        for unit in range(total.shape[1]):
            row = jacobians[lane, unit]
            for delay in range(delays[0], delays[1]):
                norms[lane, delay] += _squares(row, delay * n_embedding, (delay + 1) * n_embedding)
            for pair in range(bounds[lane, 0], bounds[lane, 1]):
                begin = pairs[pair, 1] * n_embedding
                to = total[pairs[pair, 3], unit, pairs[pair, 2]]
                for column in range(n_embedding):
                    to[column] += row[begin + column]
