"""Recordings of a network that was trained here: its weights, facts and training log go with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from analytics.corpora.corpus import Corpus
from analytics.corpora.documents import LABEL, sequence_labels
from analytics.corpora.reading import Reading, known_reading
from analytics.corpora.vocabulary import encode
from analytics.errors import AnalyticsError
from analytics.store.recording import Recording

__all__ = ["network_facts", "network_reading", "record_network"]


def record_network(network: str | Path, corpus: Corpus, path: str | Path, /, **options: Any) -> Recording:
    """Record a trained network over a corpus.

    Parameters
    ----------
    network : path
        A folder with `model.safetensors`, `model.json` and `vocabulary.txt`.
    corpus : Corpus
        Tokens that the network does not know become `<unk>`; the annotations are kept. A classifier takes
        the right classes from the annotation `label`, where all of them are classes of its own.
    path : path
        The recording's folder.
    **options
        Of `analytics.record`.

    Raises
    ------
    AnalyticsError
        If the network cannot be read, or the recording not be made.
    """
    from analytics.ingest.record import record
    from analytics.models.weights import WEIGHTS_FILE, load_network

    folder = Path(network)
    model, vocabulary, facts = load_network(folder)
    annotations = dict(corpus.annotations)
    own: dict[str, Any] = {
        "model": network_facts(folder, facts, n_parameters=sum(part.numel() for part in model.parameters())),
        "weights": folder / WEIGHTS_FILE,
        "corpus": {"text": corpus.name},
    }
    if "step" in facts:
        own |= {"step": facts["step"], "training": facts["name"]}
    if facts.get("task") == "classifier":
        labels, classes = sequence_labels(corpus), facts["classes"]
        own |= {"classes": classes, "targets": None, "top_k": 0}
        if labels is not None and set(labels) <= set(classes):
            own["labels"] = labels
            del annotations[LABEL]
    return record(
        model,
        encode(corpus.tokens, vocabulary),
        path,
        vocabulary=vocabulary,
        sequence_starts=corpus.sequence_starts,
        annotations=annotations,
        **(own | options),
    )


def network_reading(network: str | Path, /, *, kind: str, **changes: Any) -> Reading:
    """Return how files of a kind are read for a trained network: as its training text was.

    Parameters
    ----------
    network : path
        The network's folder.
    kind : {"text", "conllu", "documents", "python"}
        What is to be read now.
    **changes
        Other options of `Reading`, instead of those of the training.
    """
    from analytics.models.weights import load_network

    _, _, facts = load_network(Path(network))
    known = known_reading(facts) or Reading()
    # A line of text is no document of a treebank, so what was a sequence of one kind says nothing of another.
    sequences = known.sequences if known.kind == kind else Reading().sequences
    return replace(known, **({"kind": kind, "sequences": sequences} | changes))


def network_facts(folder: Path, facts: dict[str, Any], *, n_parameters: int) -> dict[str, Any]:
    """Return what is known of a trained network, for the manifest and for whoever runs it on other text.

    The training log stands under ``training`` as ``log``.
    """
    from analytics.models.weights import network_title, read_log

    if "perplexity" not in facts and "accuracy" not in facts:
        raise AnalyticsError(
            f"The network in {folder} was not measured. Train it again to the end: python -m analytics train"
        )
    training = {**facts.get("training", {}), "log": read_log(folder)}
    return {
        "title": network_title(facts),
        "parameters": n_parameters,
        "vocabulary": "vocabulary.parquet",
        **facts,
        "training": training,
    }
