"""Do the states agree with the weights that the recording ships?

The network is computed once more, step by step, in float64 and from the formulas in the documentation of
`torch.nn`: without torch, and without the code that recorded it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.ingest.verifying.table_content import table_blocks
from analytics.ingest.verifying.verification import Findings
from analytics.store.schema import MODEL_FILE, SEQUENCES_FILE, TOKENS_FILE, WEIGHTS_FILE
from analytics.store.state_reader import open_state
from analytics.store.tables import Sequences

__all__ = ["check_network", "run_layer"]

LONGEST_PREFIX = 200
"""Positions of a sequence that are computed once more."""
N_SEQUENCES = 5
LONGEST_BIDIRECTIONAL = 2000
"""The backward direction begins at a sequence's end: longer ones are not computed."""

_TOLERANCE = {"float16": (1e-3, 1e-3), "float32": (1e-4, 1e-4)}
"""Allowed difference: the first, and the second times the value. Float16 keeps eleven bits of a value."""
_LOG_PROBABILITY_TOLERANCE = 1e-3
_ROWS_AT_ONCE = 32

_AT_START = "state at a sequence's start"
"""Fact of the manifest: `new`, or that it is `handed on from the sequence before`."""

_NEEDED = (
    (TOKENS_FILE, "rows and columns", "values"),
    (SEQUENCES_FILE, "rows and columns", "values", "borders"),
)
"""Checks without which the network cannot be shown what it read."""

States = dict[str, NDArray[np.float64]]


def check_network(findings: Findings) -> None:
    """Add a check of the states at the beginnings of some sequences."""
    what = "agreement with the weights"
    if WEIGHTS_FILE not in findings.manifest.sizes:
        findings.leave_open(
            WEIGHTS_FILE, what, "The recording ships no weights: its states cannot be compared."
        )
        return
    with findings.guarded(WEIGHTS_FILE, what):
        facts = findings.folder.read_json(MODEL_FILE) if MODEL_FILE in findings.manifest.sizes else {}
        if why := _unknown(facts, findings):
            findings.leave_open(WEIGHTS_FILE, what, f"{why}: its states cannot be computed once more.")
        elif any(findings.has_failed(*checks) for checks in _NEEDED):
            findings.leave_open(WEIGHTS_FILE, what, "The tokens are damaged: the network cannot read them.")
        else:
            _compare(findings, facts["network"], what)


def run_layer(
    kind: str, weights: Mapping[str, NDArray], inputs: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Every kind of state of one layer and direction at every step, from zeros.

    Parameters
    ----------
    kind : {"lstm", "gru", "rnn"}
    weights : mapping
        `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh` as torch has them.
    inputs : ndarray of shape (n_steps, n_inputs)

    Returns
    -------
    dict of ndarray of shape (n_steps, n_units)
    """
    n_units = weights["weight_hh"].shape[1]
    from_inputs = inputs @ weights["weight_ih"].T + weights["bias_ih"]
    hidden, cell = np.zeros(n_units), np.zeros(n_units)
    steps: list[dict[str, NDArray]] = []
    for from_input in from_inputs:
        from_hidden = weights["weight_hh"] @ hidden + weights["bias_hh"]
        if kind == "lstm":
            entering, forgetting, candidate, leaving = np.split(from_input + from_hidden, 4)
            gates = _sigmoid(entering), _sigmoid(forgetting), np.tanh(candidate), _sigmoid(leaving)
            cell = gates[1] * cell + gates[0] * gates[2]
            hidden = gates[3] * np.tanh(cell)
            names = ("input_gate", "forget_gate", "candidate_gate", "output_gate")
            step = {"hidden": hidden, "cell": cell, **dict(zip(names, gates, strict=True))}
        elif kind == "gru":
            (of_input, new_input), (of_hidden, new_hidden) = (
                np.split(part, [2 * n_units]) for part in (from_input, from_hidden)
            )
            reset, update = np.split(_sigmoid(of_input + of_hidden), 2)
            candidate = np.tanh(new_input + reset * new_hidden)
            hidden = (1 - update) * candidate + update * hidden
            step = {"hidden": hidden, "reset_gate": reset, "update_gate": update, "candidate_gate": candidate}
        else:
            hidden = np.tanh(from_input + from_hidden)
            step = {"hidden": hidden}
        steps.append(step)
    return {name: np.array([step[name] for step in steps]) for name in steps[0]}


def _unknown(facts: Any, findings: Findings) -> str | None:
    """Why the network cannot be computed."""
    network = facts.get("network") if isinstance(facts, dict) else None
    if not isinstance(network, dict) or network.get("kind") not in ("lstm", "gru", "rnn"):
        return f"{MODEL_FILE} describes no network of this project"
    if "n_words" not in network:
        return f"{MODEL_FILE} does not say how many words the network knows"
    at_start = str((findings.manifest.facts.get("model") or {}).get(_AT_START, "new"))
    if at_start != "new" and not at_start.startswith("handed on"):
        return f"The recording began with a state that it does not tell ({at_start})"
    return None


def _compare(findings: Findings, network: dict[str, Any], what: str) -> None:
    weights = _weights(findings)
    wrong, n_positions, compared = None, 0, set()
    for start, stop, is_whole in _spans(findings, two_ways=bool(network.get("bidirectional"))):
        ids, logs, targets = _tokens(findings, start, stop)
        states = _run(network, weights, ids, is_whole=is_whole)
        names = [name for name in findings.manifest.states if name in states]
        compared.update(names)
        n_positions += stop - start
        for name in names:
            wrong = wrong or _difference(findings, name, states[name], start)
        wrong = wrong or _probabilities_differ(network, weights, states, (ids, logs, targets), start)
    if not compared:
        why = "No state was found that the network in model.json computes, or no sequence short enough."
        findings.leave_open(WEIGHTS_FILE, what, why)
        return
    right = f"{len(compared)} states agree at {n_positions:,} positions at the beginnings of sequences."
    findings.add(WEIGHTS_FILE, what, wrong, right)


def _weights(findings: Findings) -> dict[str, NDArray[np.float64]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        weights = load_file(findings.folder.path / WEIGHTS_FILE)
    except SafetensorError as error:
        raise findings.folder.failure(WEIGHTS_FILE, f"cannot be read as safetensors ({error})") from None
    return {name: value.astype(np.float64) for name, value in weights.items()}


def _spans(findings: Findings, *, two_ways: bool) -> Iterator[tuple[int, int, bool]]:
    """Beginnings of the first, the last and some other sequences; the whole for a bidirectional network."""
    sequences = Sequences(findings.folder, n_sequences=findings.manifest.n_sequences)
    starts = sequences.starts
    after = np.append(starts[1:], findings.manifest.n_positions)
    model = findings.manifest.facts.get("model") or {}
    is_handed_on = model.get(_AT_START, "new") != "new"
    chosen = np.linspace(0, 0 if is_handed_on else len(starts) - 1, N_SEQUENCES).round().astype(int)
    for number in dict.fromkeys(chosen.tolist()):
        start, stop = int(starts[number]), int(after[number])
        if two_ways and stop - start <= LONGEST_BIDIRECTIONAL:
            yield start, stop, True
        elif not two_ways:
            yield start, min(stop, start + LONGEST_PREFIX), False


def _tokens(findings: Findings, start: int, stop: int) -> tuple[NDArray, NDArray, NDArray]:
    """Ids, log-probabilities and targets of some positions."""
    parts: list[list[NDArray]] = []
    first = 0
    names = ("token_id", "log_probability", "target")
    for block in table_blocks(findings.folder, TOKENS_FILE, names):
        n_rows = len(block["token_id"])
        if first < stop and first + n_rows > start:
            here = slice(max(0, start - first), stop - first)
            parts.append([block[name][here] for name in names])
        first += n_rows
        if first >= stop:
            break
    return tuple(np.concatenate(columns) for columns in zip(*parts, strict=True))


def _run(
    network: Mapping[str, Any], weights: Mapping[str, NDArray], ids: NDArray, *, is_whole: bool
) -> States:
    """States by name, `layer0.hidden`, `layer0_reverse.hidden` and so on."""
    states: States = {}
    inputs = weights["embedding.weight"][ids]
    for layer in range(int(network["n_layers"])):
        outputs = []
        for ending in ("", "_reverse") if is_whole else ("",):
            of_layer = {
                part: weights[f"layers.{part}_l{layer}{ending}"]
                for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            }
            order = slice(None, None, -1 if ending else 1)
            found = run_layer(network["kind"], of_layer, inputs[order])
            states |= {f"layer{layer}{ending}.{kind}": values[order] for kind, values in found.items()}
            outputs.append(states[f"layer{layer}{ending}.hidden"])
        inputs = np.concatenate(outputs, axis=1)
    return states | {"": inputs}


def _difference(findings: Findings, name: str, expected: NDArray, start: int) -> str | None:
    facts = findings.manifest.states[name]
    sequences = Sequences(findings.folder, n_sequences=findings.manifest.n_sequences)
    reader = open_state(findings.folder, facts, rows=None, sequences=sequences)
    recorded = reader.read(start, start + len(expected)).astype(np.float64)
    if recorded.shape != expected.shape:
        return f"'{name}' has {recorded.shape[1]} units, and the network in {MODEL_FILE} {expected.shape[1]}."
    least, share = _TOLERANCE[facts.dtype.name]
    with np.errstate(invalid="ignore"):  # a damaged state may hold NaN
        bad = ~(np.abs(recorded - expected) <= least + share * np.abs(expected))
    if not bad.any():
        return None
    row = int(bad.any(axis=1).argmax())
    unit = int(bad[row].argmax())
    return (
        f"At position {start + row} unit {unit} of '{name}' is {recorded[row, unit]:.5f} in {facts.file}, "
        f"and {expected[row, unit]:.5f} by the weights."
    )


def _probabilities_differ(
    network: Mapping[str, Any],
    weights: Mapping[str, NDArray],
    states: States,
    tokens: tuple[NDArray, NDArray, NDArray],
    start: int,
) -> str | None:
    """Log-probabilities of a language model's targets."""
    _, logs, targets = tokens
    matrix = weights.get("projection.weight", weights["embedding.weight"])
    if "n_classes" in network or len(matrix) != int(network["n_words"]):
        return None
    known = np.flatnonzero(~np.isnan(logs) & (targets >= 0))
    for rows in np.array_split(known, max(1, -(-len(known) // _ROWS_AT_ONCE))):
        logits = states[""][rows] @ matrix.T + weights["projection.bias"]
        expected = logits[np.arange(len(rows)), targets[rows]] - _log_sum(logits)
        bad = ~(np.abs(expected - logs[rows]) <= _LOG_PROBABILITY_TOLERANCE * (1 + np.abs(expected)))
        if bad.any():
            row = rows[bad.argmax()]
            return (
                f"At position {start + row} the target has the log-probability {logs[row]:.4f} in "
                f"{TOKENS_FILE}, and {expected[bad][0]:.4f} by the weights."
            )
    return None


def _log_sum(logits: NDArray) -> NDArray:
    """Logarithm of the sum of exponentials of each row."""
    highest = logits.max(axis=1)
    return highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))


def _sigmoid(values: NDArray) -> NDArray:
    # Without overflow on either side.
    return 0.5 * (1 + np.tanh(0.5 * values))
