"""The states of a recording: where their values lie, whether they are finite, in range, the same in rows/."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.ingest.verifying.verification import Findings
from analytics.store.files import OpenFile
from analytics.store.layout import TileLayout
from analytics.store.manifest import StateFacts
from analytics.store.row_cache import HEADER_BYTES, open_rows
from analytics.store.schema import ROWS_FOLDER, rows_file, unit_column
from analytics.store.state_reader import open_state
from analytics.store.states import RecordedStates
from analytics.store.tables import Sequences

__all__ = ["check_states", "layer_kind", "state_range"]

BLOCK_BYTES = 32 << 20

SIGMOID_GATES = frozenset(("input_gate", "forget_gate", "output_gate", "update_gate", "reset_gate"))
_LSTM_GATES = frozenset(("input_gate", "forget_gate", "output_gate"))
_GRU_GATES = frozenset(("update_gate", "reset_gate"))

_BITS = {2: (np.uint16, 0x7C00, 0x3C00), 4: (np.uint32, 0x7F80_0000, 0x3F80_0000)}
"""By bytes of a value: its bits as a whole number, those of the exponent, and the number 1."""
_ROUNDING_STEPS = 4
"""How many representable numbers above 1 are still taken for rounding: a GRU adds after its tanh."""


def check_states(findings: Findings) -> None:
    """Add checks of all states and their row-major copies."""
    for state in findings.manifest.states.values():
        with findings.guarded(state.file, "values"):
            sequences = Sequences(findings.folder, n_sequences=findings.manifest.n_sequences)
            reader = open_state(findings.folder, state, rows=None, sequences=sequences)
            if state.layout is not None:
                with findings.guarded(state.file, "layout"):
                    _check_layout(findings, state, state.layout, reader)
            elif findings.manifest.facts["states"][state.name].get("layout") is not None:
                wrong = (
                    "The layout that the manifest states contradicts its own number of positions or units."
                )
                findings.add(state.file, "layout", wrong, "")
            _check_values(findings, state, reader)


def layer_kind(findings: Findings, state: str) -> tuple[str | None, bool]:
    """Which layer a state is of, `lstm`, `gru`, `rnn` (with tanh) or None, and whether the manifest says so.

    A layer whose recorded gates are those of an LSTM or a GRU is taken for one.
    """
    facts, (layer, _, _) = findings.manifest.facts, state.rpartition(".")
    model = facts.get("model") or {}
    stated = str((model.get("layers") or {}).get(layer, "")) if isinstance(model.get("layers"), dict) else ""
    network = model.get("network")
    if isinstance(network, dict) and network.get("kind") == "rnn":
        return "rnn", True  # those of this project; torch's own may have relu
    if not stated and isinstance(network, dict):
        stated = str(network.get("kind", ""))
    for kind in ("lstm", "gru"):
        if stated.lower().startswith(kind):
            return kind, True
    kinds = {name.rpartition(".")[2] for name in facts["states"] if name.rpartition(".")[0] == layer}
    if kinds >= _LSTM_GATES | {"cell"}:
        return "lstm", False
    return ("gru", False) if kinds >= _GRU_GATES else (None, False)


def state_range(findings: Findings, state: str) -> tuple[int, bool] | None:
    """The lowest value a state can have, -1 or 0 (the highest is 1), and whether that is certain.

    None for states without a range, such as cells and those of unknown networks.
    """
    layer, _, kind = state.rpartition(".")
    if kind in SIGMOID_GATES:
        return 0, True
    layer_is, is_stated = layer_kind(findings, state)
    if layer_is is None or kind not in ("hidden", "candidate_gate"):
        return None
    units = {name: facts["n_units"] for name, facts in findings.manifest.facts["states"].items()}
    beside = [units[f"{layer}.{name}"] for name in ("cell", "output_gate") if f"{layer}.{name}" in units]
    if kind == "hidden" and layer_is == "lstm" and any(n_units != units[state] for n_units in beside):
        return None  # the layer projects its hidden states
    return -1, is_stated


def _check_layout(findings: Findings, state: StateFacts, layout: TileLayout, reader: RecordedStates) -> None:
    """Whether the values lie where Parquet's own metadata says, in the first and in the last row group."""
    with findings.folder.parquet(state.file) as opened:
        metadata = opened.metadata
        wrong = _wrong_metadata(metadata, state, layout)
        for group in sorted({0, layout.n_groups - 1}) if wrong is None else ():
            for unit in sorted({0, state.shape[1] - 1}):
                start = group * layout.rows_per_group
                stop = start + layout.rows_in(group)
                table = opened.read_row_group(group, columns=[unit_column(unit)])
                ours = np.ascontiguousarray(reader.read(start, stop, units=[unit])[:, 0])
                if ours.tobytes() != table.column(0).to_numpy().tobytes() and wrong is None:
                    wrong = (
                        f"By the layout in the manifest the values of unit {unit} from position {start} on "
                        f"are others than Parquet reads from {state.file}."
                    )
    right = f"{layout.n_groups:,} row groups of {state.shape[1]:,} units, where the manifest says."
    findings.add(state.file, "layout", wrong, right)


def _wrong_metadata(metadata: Any, state: StateFacts, layout: TileLayout) -> str | None:
    n_positions, n_units = state.shape
    if (metadata.num_rows, metadata.num_columns, metadata.num_row_groups) != (*state.shape, layout.n_groups):
        return (
            f"{state.file} has {metadata.num_rows:,} rows of {metadata.num_columns:,} columns in "
            f"{metadata.num_row_groups:,} row groups where the manifest states {n_positions:,}, {n_units:,} "
            f"and {layout.n_groups:,}."
        )
    for group in range(layout.n_groups):
        found = metadata.row_group(group)
        for unit in {0, n_units - 1}:
            column = found.column(unit)
            expected = layout.rows_in(group), layout.chunk_offset(group, unit), unit_column(unit)
            if (found.num_rows, column.data_page_offset, column.path_in_schema) != expected:
                return (
                    f"In row group {group} of {state.file} the column '{column.path_in_schema}' has "
                    f"{found.num_rows:,} rows from byte {column.data_page_offset:,} on, where the manifest "
                    f"has '{expected[2]}' with {expected[0]:,} from {expected[1]:,} on."
                )
    return None


def _check_values(findings: Findings, state: StateFacts, reader: RecordedStates) -> None:
    """One pass over all values."""
    n_positions, n_units = state.shape
    limits = state_range(findings, state.name)
    rows = open_rows(findings.folder, findings.manifest, state)
    step = max(1, BLOCK_BYTES // (n_units * state.dtype.itemsize))
    if state.layout is not None and step > state.layout.rows_per_group:
        step -= step % state.layout.rows_per_group
    finite: str | None = None
    beyond: str | None = None
    differ: str | None = None
    for start in range(0, n_positions, step):
        stop = min(start + step, n_positions)
        values = reader.read(start, stop)
        bits = _bits(values)
        finite = finite or _not_finite(bits, values, start, state)
        if limits is not None:
            beyond = beyond or _out_of_range(bits, values, start, state, lowest=limits[0])
        if rows is not None:
            differ = differ or _rows_differ(rows, bits, start, state)
        findings.advance(values.nbytes)
    findings.add(state.file, "values", finite, f"All {n_positions * n_units:,} values are finite.")
    _add_range(findings, state, limits, beyond)
    _add_rows(findings, state, differ, is_there=rows is not None)


def _add_range(
    findings: Findings, state: StateFacts, limits: tuple[int, bool] | None, beyond: str | None
) -> None:
    if limits is None:
        if not state.name.endswith(".cell"):
            why = f"'{state.name}' can have any value, as far as the manifest tells of its layer."
            findings.leave_open(state.file, "range", why)
    elif beyond is not None and not limits[1]:
        why = f"{beyond} Whether the layer is as in torch, where that cannot be, is not known."
        findings.leave_open(state.file, "range", why)
    else:
        findings.add(state.file, "range", beyond, f"All values lie in [{limits[0]}, 1].")


def _add_rows(findings: Findings, state: StateFacts, differ: str | None, *, is_there: bool) -> None:
    part = rows_file(state.name)
    if is_there:
        findings.add(part, "equality", differ, "The row-major copy holds the same values, at every position.")
    elif findings.folder.stamp(part) is None:
        findings.leave_open(part, "equality", "There is no row-major copy: scattered reading is slower.")
    else:
        why = f"{part} is of another recording or not whole, and is not used; {ROWS_FOLDER}/ may be deleted."
        findings.leave_open(part, "equality", why)


def _bits(values: NDArray) -> NDArray:
    """The values' bits as whole numbers, of the same shape: these are compared much faster than float16."""
    kind = _BITS[values.itemsize][0]
    if values.flags.f_contiguous:
        return values.T.view(kind).T
    return np.ascontiguousarray(values).view(kind)


def _not_finite(bits: NDArray, values: NDArray, start: int, state: StateFacts) -> str | None:
    exponent = _BITS[bits.itemsize][1]
    bad = (bits & exponent) == exponent
    return _first(bad, values, start, state, "is no finite number") if bad.any() else None


def _out_of_range(
    bits: NDArray, values: NDArray, start: int, state: StateFacts, *, lowest: int
) -> str | None:
    one, sign = _BITS[bits.itemsize][2], 1 << (8 * bits.itemsize - 1)
    highest = one + _ROUNDING_STEPS
    # The sign's bit makes a whole number larger than any positive value's; -0 is 0.
    bad = (bits > highest) & (bits != sign) if lowest == 0 else (bits & (sign - 1)) > highest
    return _first(bad, values, start, state, f"is not in [{lowest}, 1]") if bad.any() else None


def _rows_differ(rows: OpenFile, bits: NDArray, start: int, state: StateFacts) -> str | None:
    copy = np.empty(bits.shape, dtype=bits.dtype)
    row_bytes = state.shape[1] * state.dtype.itemsize
    rows.read_into(copy.reshape(-1).view(np.uint8), HEADER_BYTES + start * row_bytes)
    bad = copy != bits
    file = rows_file(state.name)
    if not bad.any():
        return None
    return _first(bad, copy.view(state.dtype), start, state, f"in {file} is not that in {state.file}")


def _first(bad: NDArray[np.bool_], values: NDArray, start: int, state: StateFacts, what: str) -> str:
    """A sentence on the first position, and there the first unit, that is bad."""
    row = int(bad.any(axis=1).argmax())
    unit = int(bad[row].argmax())
    return (
        f"The value {values[row, unit]:g} of '{state.name}' at position {start + row}, unit {unit}, {what}."
    )
