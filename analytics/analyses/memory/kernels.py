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
    delays: tuple[int, int],
    n_embedding: int,
    factors: tuple[NDArray, NDArray],
    cell: NDArray,
    hidden: NDArray,
) -> None:
    """Jacobians of an LSTM's cell and hidden state from the products, for some delays, in place.

    What stood at a delay moves to the next one; so delays are gone through from the longest to the shortest.

    Parameters
    ----------
    products : ndarray of shape (n_lanes, 2 * n_units, (stop - first) * n_embedding)
    delays : pair of int
        The first delay, and the one after the last.
    n_embedding : int
        Columns of a delay. Those of delay 0 come from the input alone.
    factors : two ndarrays of shape (n_lanes, n_units)
        Share of the cell that is kept, and what of its change is shown.
    cell, hidden : ndarray of shape (n_lanes, n_units, n_delays * n_embedding)
    """
    n_lanes, n_units = factors[0].shape
    for lane in range(n_lanes):
        for unit in range(n_units):
            shown = factors[1][lane, unit]
            for delay in range(delays[1] - 1, delays[0] - 1, -1):
                keep = factors[0][lane, unit] if delay else factors[0].dtype.type(0)
                begin = (delay - delays[0]) * n_embedding
                taken = products[lane, unit, begin : begin + n_embedding]
                leaving = products[lane, n_units + unit, begin : begin + n_embedding]
                old = cell[lane, unit, max(delay - 1, 0) * n_embedding :]
                to_cell = cell[lane, unit, delay * n_embedding :]
                to_hidden = hidden[lane, unit, delay * n_embedding :]
                for column in range(n_embedding):
                    value = keep * old[column] + taken[column]
                    to_cell[column] = value
                    to_hidden[column] = shown * value + leaving[column]


@numba.njit(cache=True, nogil=True)
def carry_hidden(
    products: NDArray, delays: tuple[int, int], n_embedding: int, keep: NDArray, hidden: NDArray
) -> None:
    """Jacobians of an RNN's or GRU's hidden state, in place; parameters as in `carry_cell`."""
    n_lanes, n_units = keep.shape
    for lane in range(n_lanes):
        for unit in range(n_units):
            for delay in range(delays[1] - 1, delays[0] - 1, -1):
                share = keep[lane, unit] if delay else keep.dtype.type(0)
                begin = (delay - delays[0]) * n_embedding
                taken = products[lane, unit, begin : begin + n_embedding]
                old = hidden[lane, unit, max(delay - 1, 0) * n_embedding :]
                to_hidden = hidden[lane, unit, delay * n_embedding :]
                for column in range(n_embedding):
                    to_hidden[column] = share * old[column] + taken[column]


@numba.njit(cache=True, nogil=True)
def add_jacobians(
    jacobians: NDArray,
    squares: NDArray,
    delays: tuple[int, int],
    n_whole: NDArray,
    pairs: NDArray,
    bounds: NDArray,
    total: NDArray,
) -> None:
    """Add some of the Jacobians of one step to sums.

    Parameters
    ----------
    jacobians : ndarray of shape (n_lanes, n_units, at least n_carried * n_embedding)
    squares : ndarray of shape (n_lanes, n_carried)
        Filled with their squared Frobenius norms.
    delays : pair of int
        The first carried delay, and the one after the last.
    n_whole : ndarray of shape (n_lanes,)
        Delays below this are added to the first row of `total`, each at its own place.
    pairs : ndarray of shape (n_pairs, 4)
        What else is added: lane, carried delay, place of the delay in `total`, row of `total`.
    bounds : ndarray of shape (n_lanes, 2)
        Where the pairs of each lane begin and end that are of these delays.
    total : ndarray of shape (n_rows, n_units, n_delays, n_embedding)
    """
    n_embedding = total.shape[3]
    first, n_columns = delays[0] * n_embedding, (delays[1] - delays[0]) * n_embedding
    by_column = np.empty(n_columns, jacobians.dtype)
    for lane in range(squares.shape[0]):
        n_added = min(max(n_whole[lane] * n_embedding - first, 0), n_columns)
        by_column[:] = 0
        for unit in range(total.shape[1]):
            row = jacobians[lane, unit, first : first + n_columns]
            to = total[0, unit].reshape(-1)[first:]
            for column in range(n_added):
                to[column] += row[column]
            for column in range(n_columns):
                by_column[column] += row[column] * row[column]
            for pair in range(bounds[lane, 0], bounds[lane, 1]):
                begin = (pairs[pair, 1] - delays[0]) * n_embedding
                to = total[pairs[pair, 3], unit, pairs[pair, 2]]
                for column in range(n_embedding):
                    to[column] += row[begin + column]
        for delay in range(delays[0], delays[1]):
            begin = (delay - delays[0]) * n_embedding
            found = 0.0
            for column in range(n_embedding):
                found += by_column[begin + column]
            if not SMALLEST_SQUARE < found < np.inf:
                # Squares that float32 does not hold although it holds the numbers.
                found = _squares(jacobians[lane], delay * n_embedding, (delay + 1) * n_embedding)
            squares[lane, delay] = found


@numba.njit(cache=True, nogil=True)
def _squares(rows: NDArray, start: int, stop: int) -> float:
    found = 0.0
    for unit in range(rows.shape[0]):
        for column in range(start, stop):
            found += np.float64(rows[unit, column]) ** 2
    return found
