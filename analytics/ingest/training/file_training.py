"""Carry out a training file: read its corpora, split off what validates, train, write the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.corpora.corpus import Corpus
from analytics.corpora.documents import sequence_labels
from analytics.corpora.python_source import LIBRARY_PREFIX
from analytics.corpora.reading import make_vocabulary, read_corpus
from analytics.errors import ParameterError
from analytics.ingest.training.class_balance import draw_class_shares, repeat_rarer_classes, take_sequences
from analytics.ingest.training.network_training import TrainingText, train_on
from analytics.ingest.training.training_file import TrainingFile
from analytics.ingest.training.word_vectors import read_word_vectors

if TYPE_CHECKING:
    from analytics.models.embedding_start import EmbeddingStart

__all__ = ["read_training_text", "split_sequences", "train_file"]

LEARNED = ("training", "validation")
"""Parts whose classes are drawn and repeated: what a network is tested on stays as it is."""


def train_file(
    plan: TrainingFile,
    *,
    folder: Path,
    out: Path,
    epochs: int | None = None,
    keep_every: int | None = None,
) -> dict[str, Any]:
    """Train what a training file describes, or go on where `folder` stopped, and write it to `out`.

    Parameters
    ----------
    plan : TrainingFile
    folder : Path
        For checkpoints and the log.
    out : Path
        Receives weights as float16, facts, vocabulary and the log.
    epochs : int, optional
        Instead of the file's.
    keep_every : int, optional
        Also keep the network after every so many epochs, in the folder `steps` of `out`.

    Returns
    -------
    dict
        The facts, with what the weights as written achieve on validation and test text.
    """
    text = read_training_text(plan)
    schedule = plan.schedule if epochs is None else replace(plan.schedule, epochs=epochs)
    classes = {"classes": list(text.classes), "class_balance": _balance(plan)} if text.classes else {}
    embedding, told = _embedding(plan, text.vocabulary)
    is_language = plan.task == "language model"
    facts = {
        "name": plan.name,
        "predicts": "the next token" if is_language else "the label of the document",
        "tokenisation": {
            "method": plan.reading.by if plan.reading.kind in ("text", "documents") else plan.reading.kind,
            "lower_case": plan.reading.lower,
            "unknown": text.vocabulary[0] if text.vocabulary[0] == "<unk>" else None,
        },
        "reading": asdict(plan.reading),
        "corpus": text.training.name[:200],
        **classes,
        **told,
    }
    return train_on(
        text,
        task=plan.task,
        shape=plan.shape,
        schedule=schedule,
        facts=facts,
        folder=folder,
        out=out,
        embedding=embedding,
        keep_every=keep_every,
    )


def read_training_text(plan: TrainingFile) -> TrainingText:
    """Read the corpora of a training file and make its vocabulary.

    Raises
    ------
    AnalyticsError
        If a file cannot be read, or there is nothing to validate by.
    """
    parts = {part: read_corpus(_files(paths), plan.reading) for part, paths in plan.files.items() if paths}
    if "validation" not in parts:
        parts["training"], parts["validation"] = split_sequences(
            parts["training"], share=plan.validation_share, seed=plan.schedule.seed
        )
    if plan.class_shares:
        shares = dict(zip(plan.reading.classes, plan.class_shares, strict=True))
        parts |= {part: draw_class_shares(parts[part], shares, seed=plan.schedule.seed) for part in LEARNED}
    # Of documents that are repeated each word counts once, so both ways the words are the same.
    vocabulary = make_vocabulary(
        parts["training"], plan.reading, size=plan.vocabulary_size, min_count=plan.min_count
    )
    classes: tuple[str, ...] = ()
    if plan.task == "classifier":
        labels = sequence_labels(parts["training"]) or []
        classes = plan.reading.classes or tuple(sorted(set(labels)))
        if len(classes) < 2:
            raise ParameterError(f"A classifier tells two classes or more apart. Got {', '.join(classes)}.")
    if plan.balance:
        parts |= {
            part: repeat_rarer_classes(parts[part], classes, seed=plan.schedule.seed) for part in LEARNED
        }
    return TrainingText(
        vocabulary, parts["training"], parts["validation"], test=parts.get("test"), classes=classes
    )


def _balance(plan: TrainingFile) -> str:
    """What was done to the numbers of documents of the classes, in words."""
    shares = ":".join(f"{share:g}" for share in plan.class_shares)
    told = [f"{shares} of {':'.join(plan.reading.classes)}"] if shares else []
    told += ["documents of rarer classes repeated until none is rarer"] if plan.balance else []
    return ", then ".join(told) or "as they come"


def _embedding(plan: TrainingFile, vocabulary: list[str]) -> tuple[EmbeddingStart | None, dict[str, Any]]:
    """What the embedding starts from, and the facts about it."""
    if plan.embedding_file is None:
        return None, {}
    from analytics.models.embedding_start import EmbeddingStart

    vectors = read_word_vectors(plan.embedding_file, vocabulary, n_embedding=plan.shape["n_embedding"])
    facts = {
        "file": Path(plan.embedding_file).name,
        "frozen": plan.embedding_frozen,
        "found": int(vectors.found.sum()),
        "missing": int((~vectors.found).sum()),
    }
    return EmbeddingStart(vectors.values, frozen=plan.embedding_frozen), {"embedding": facts}


def split_sequences(corpus: Corpus, *, share: float, seed: int) -> tuple[Corpus, Corpus]:
    """Draw a share of the sequences, at least one, and part them from the others; the order stays.

    Examples
    --------
    >>> corpus = Corpus("tiny", list("aabbcc"), np.array([0, 2, 4]))
    >>> rest, drawn = split_sequences(corpus, share=0.3, seed=0)
    >>> rest.tokens, drawn.tokens
    (['a', 'a', 'b', 'b'], ['c', 'c'])
    """
    n_sequences = len(corpus.sequence_starts)
    if n_sequences < 2:
        raise ParameterError(
            "The training text is one sequence, of which none can be set aside to validate by. Name "
            'validation files, or cut it into lines or paragraphs: sequences = "line".'
        )
    n_drawn = min(max(round(n_sequences * share), 1), n_sequences - 1)
    drawn = np.zeros(n_sequences, dtype=bool)
    drawn[np.random.default_rng(seed).choice(n_sequences, size=n_drawn, replace=False)] = True
    return take_sequences(corpus, np.flatnonzero(~drawn)), take_sequences(corpus, np.flatnonzero(drawn))


def _files(paths: Sequence[str]) -> list[str]:
    """The files that paths and patterns name, each once."""
    found: dict[str, None] = {}
    for path in paths:
        is_pattern = not path.startswith(LIBRARY_PREFIX) and any(mark in path for mark in "*?[")
        here = sorted(glob(path, recursive=True)) if is_pattern and not Path(path).exists() else [path]
        if not here:
            raise ParameterError(f"No file is named like {path}.")
        found |= dict.fromkeys(here)
    return list(found)
