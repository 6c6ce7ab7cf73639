"""What the compared networks are, and how well they predict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.store.recording import Recording
from dashboard.facts import RecordingFacts
from dashboard.queries.cache import AnswerCache
from dashboard.queries.clusters.overview import plain
from dashboard.queries.compare.chosen import Chosen, ChosenQueries, kind_of, layer_of, layers_of
from dashboard.queries.compare.common import CommonQueries, told
from dashboard.queries.compare.question import CompareQuestion
from dashboard.queries.recordings import recording_facts

__all__ = ["CompareFactQueries", "Quality", "training_of"]

MOST_NATS = 700.0
"""Beyond it the exponential is no longer a number that a computer can write."""
LABEL, PREDICTED = "label", "predicted class"
"""Annotations of a classifier's recording: what a document is, and what was said of it at each position."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a network predicts the corpus it was recorded over; None: not recorded."""

    loss: float | None
    """Mean negative log-probability of the next token, in nats."""
    n_loss: int
    accuracy: float | None
    n_accuracy: int
    accuracy_of: str
    """What is counted: `next token` or `document`."""


class CompareFactQueries:
    """Facts of each recording that is compared."""

    def __init__(self, chosen: ChosenQueries, common: CommonQueries, cache: AnswerCache) -> None:
        self._chosen, self._common, self._cache = chosen, common, cache

    def facts(self, asked: CompareQuestion) -> dict[str, Any]:
        """Return a row for each recording, A first; tokens are compared with A's."""
        chosen = self._chosen.all(asked)
        first = next((each for each in chosen if each.recording), None)
        return {"rows": [self._row(each, first) for each in chosen]}

    def quality(self, recording: Recording) -> Quality:
        """Return how well a network predicts."""
        return self._cache.answer("quality", recording.fingerprint, {}, lambda: _quality(recording))

    def _row(self, each: Chosen, first: Chosen | None) -> dict[str, Any]:
        if each.recording is None:
            return each.head()
        facts, quality = recording_facts(each.key, each.recording), self.quality(each.recording)
        common = told(self._common.between(first.recording, each.recording))
        step, training = training_of(each.recording)
        return {
            **each.head(),
            **_network(facts, each.recording, each.state),
            "fingerprint": each.fingerprint,
            "states": facts.states,
            "positions": facts.n_positions,
            "sequences": facts.n_sequences,
            "sequenceName": facts.sequence_name,
            "vocabulary": facts.n_vocabulary,
            "common": common,
            "perplexity": None if quality.loss is None else plain(math.exp(min(quality.loss, MOST_NATS))),
            "loss": None if quality.loss is None else plain(quality.loss),
            "nLoss": quality.n_loss,
            "accuracy": None if quality.accuracy is None else plain(quality.accuracy),
            "nAccuracy": quality.n_accuracy,
            "accuracyOf": quality.accuracy_of,
            "step": step,
            "training": training,
            "created": facts.created,
        }


def training_of(recording: Recording) -> tuple[int | None, str]:
    """Return the step of a recording and the training it belongs to; None and empty where not said."""
    step, training = recording.manifest.get("step"), recording.manifest.get("training")
    whole = isinstance(step, int) and not isinstance(step, bool)
    return (step if whole else None), (training if isinstance(training, str) else "")


def _network(facts: RecordingFacts, recording: Recording, state: str) -> dict[str, Any]:
    model = facts.model
    network = model.get("network") if isinstance(model.get("network"), Mapping) else {}
    layers = layers_of(recording, state)
    return {
        "model": str(model.get("title") or model.get("class") or model.get("description") or ""),
        "cell": _cell(network, facts),
        "layers": _whole(network.get("n_layers")) or len({_layer(name) for name in layers}),
        "units": facts.states[state],
        "kind": kind_of(state),
        "embedding": _whole(network.get("n_embedding")) or _whole(model.get("n_embedding")),
        "parameters": _whole(model.get("parameters")),
    }


REVERSE = "_reverse"
"""What the name of a layer that reads backwards ends with."""


def _layer(state: str) -> str:
    """The layer of a state, whichever direction it reads in."""
    return layer_of(state).removesuffix(REVERSE)


def _cell(network: Mapping[str, Any], facts: RecordingFacts) -> str:
    """Kind of cell: as the network says, else its recorded layers, else as its gates tell."""
    both = network.get("bidirectional") is True or any(
        layer_of(state).endswith(REVERSE) for state in facts.states
    )
    kind = _kind(network, facts)
    return f"{kind}, both directions" if kind and both else kind


def _kind(network: Mapping[str, Any], facts: RecordingFacts) -> str:
    if isinstance(network.get("kind"), str):
        return network["kind"].upper()
    layers = facts.model.get("layers")
    if isinstance(layers, Mapping) and layers:
        # Each says its class and where it is: "LSTM encoder.rnn".
        classes = [str(told).split(" ")[0] for told in layers.values()]
        return ", ".join(dict.fromkeys(each.removesuffix("Cell") for each in classes if each))
    kinds = {kind_of(state) for state in facts.states}
    if "cell" in kinds:
        return "LSTM"
    return "GRU" if "update_gate" in kinds else ""


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _quality(recording: Recording) -> Quality:
    loss, n_loss = None, 0
    if recording.log_probability is not None:
        known = recording.log_probability[np.isfinite(recording.log_probability)].astype(np.float64)
        loss, n_loss = (-float(known.mean()), len(known)) if len(known) else (None, 0)
    for measure in (_of_documents, _of_next_tokens):
        found = measure(recording)
        if found:
            return Quality(loss, n_loss, *found)
    return Quality(loss, n_loss, None, 0, "")


def _of_documents(recording: Recording) -> tuple[float, int, str] | None:
    """Share of documents whose class is right at their last position."""
    kinds = recording.manifest.get("annotations", {})
    if not {LABEL, PREDICTED} <= kinds.keys():
        return None
    table = recording.annotations
    if not all(isinstance(table[name].dtype, pd.CategoricalDtype) for name in (LABEL, PREDICTED)):
        return None
    last = np.append(recording.sequence_starts[1:], recording.n_positions) - 1
    at_end = table[[LABEL, PREDICTED]].iloc[last].dropna().astype(str)
    if not len(at_end):
        return None
    return float((at_end[LABEL] == at_end[PREDICTED]).mean()), len(at_end), "document"


def _of_next_tokens(recording: Recording) -> tuple[float, int, str] | None:
    """Share of positions whose likeliest next token is the one that came."""
    if recording.targets is None or recording.predictions is None:
        return None
    known = recording.targets >= 0
    if not known.any():
        return None
    right = recording.predictions.ids[known, 0] == recording.targets[known]
    return float(right.mean()), int(known.sum()), "next token"
