"""What two recordings of the same tokens differ in, B - A; and where there is no difference."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.store.recording import Recording
from dashboard.queries.annotations import target_texts

__all__ = [
    "ONE_NETWORK",
    "first_other_token",
    "guesses",
    "loss_difference",
    "told_of_predictions",
    "told_of_units",
    "why_none",
]

ONE_NETWORK = "Losses and predictions are those of one network: they have no difference."

BLOCK = 1 << 20
"""Positions compared at a time."""


def first_other_token(a: Recording, b: Recording) -> int | None:
    """Return the first position whose tokens differ; None where all that both have are the same texts."""
    vocabularies = np.concatenate([np.asarray(one.vocabulary, dtype=object).astype(str) for one in (a, b)])
    _, codes = np.unique(vocabularies, return_inverse=True)
    of_a, of_b = codes[: len(a.vocabulary)], codes[len(a.vocabulary) :]
    n = min(a.n_positions, b.n_positions)
    for start in range(0, n, BLOCK):
        part = slice(start, min(start + BLOCK, n))
        other = np.flatnonzero(of_a[a.token_ids[part]] != of_b[b.token_ids[part]])
        if len(other):
            return start + int(other[0])
    return None


def why_none(a: Recording, b: Recording, differs: int | None) -> str:
    """Return why nothing can be subtracted; nothing where all tokens are the same."""
    if differs is not None:
        return (
            f"No difference B − A: their tokens are not the same, at position {differs:,} for the first time."
        )
    if a.n_positions != b.n_positions:
        return (
            "No difference B − A: their tokens are not the same, "
            f"A has {a.n_positions:,} positions, B {b.n_positions:,}."
        )
    return ""


def loss_difference(a: Recording, b: Recording, start: int, stop: int) -> list[float | None] | None:
    """Return the loss of B less that of A in nats; None where one recorded no losses.

    Nothing at positions where one has none, or another token was to be predicted.
    """
    if a.log_probability is None or b.log_probability is None:
        return None
    # The loss is the negative log-probability.
    values = a.log_probability[start:stop].astype(np.float64) - b.log_probability[start:stop]
    targets = zip(target_texts(a, start, stop), target_texts(b, start, stop), strict=True)
    return [
        float(f"{value:.5g}") if np.isfinite(value) and one == other else None
        for value, (one, other) in zip(values.tolist(), targets, strict=True)
    ]


def guesses(a: Recording, b: Recording, start: int, stop: int) -> list[dict[str, Any] | None] | None:
    """Return both likeliest predictions where they differ, `p` of A and `q` of B; nothing where they agree.

    `targets` are what was to be predicted. None where one recorded no predictions.
    """
    if a.predictions is None or b.predictions is None:
        return None
    best = zip(_best(a, start, stop), _best(b, start, stop), strict=True)
    targets = zip(target_texts(a, start, stop), target_texts(b, start, stop), strict=True)
    return [
        None if one == other else {"a": one, "b": other, "p": p, "q": q, "targets": list(wanted)}
        for ((one, p), (other, q)), wanted in zip(best, targets, strict=True)
    ]


def told_of_predictions(*, has_loss: bool, has_guesses: bool) -> str:
    """Return what of the predictions has no difference, and why.

    Examples
    --------
    >>> told_of_predictions(has_loss=True, has_guesses=False)
    'No difference of predictions: not recorded in both.'
    """
    none = [name for name, has in (("losses", has_loss), ("predictions", has_guesses)) if not has]
    return f"No difference of {' and '.join(none)}: not recorded in both." if none else ""


def told_of_units(a: Recording, b: Recording, state_a: str, state_b: str) -> tuple[str, bool]:
    """Return what a difference unit by unit would mean, and whether there is one."""
    n_a, n_b = a.states(state_a).shape[1], b.states(state_b).shape[1]
    if n_a != n_b:
        return f"No difference unit by unit: A has {n_a:,} units, B {n_b:,}.", False
    if a.fingerprint != b.fingerprint:
        return "Units of two trainings correspond only if one training continues the other.", True
    layers = [state.rpartition(".")[0] for state in (state_a, state_b)]
    if layers[0] and layers[0] == layers[1]:
        return "Both are of one layer: a number names the same unit in both.", True
    return "Units of two layers do not correspond: a number names two different units.", True


def _best(recording: Recording, start: int, stop: int) -> list[tuple[str, float]]:
    ids, probabilities = recording.predictions.read(start, stop)
    words: NDArray = recording.vocabulary[ids[:, 0]]
    shares = [float(f"{share:.4g}") for share in probabilities[:, 0].tolist()]
    return list(zip(words.tolist(), shares, strict=True))
