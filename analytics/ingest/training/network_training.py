"""Train a network on a text, measure what is written, and keep both with what is known of the training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from analytics.corpora.corpus import Corpus
from analytics.corpora.documents import sequence_labels
from analytics.corpora.vocabulary import encode
from analytics.errors import ParameterError, nearest

if TYPE_CHECKING:
    from analytics.models.embedding_start import EmbeddingStart
    from analytics.models.schedule import Schedule

__all__ = ["TrainingText", "train_on"]

PARTS = ("training", "validation", "test")
STEPS = "steps"
"""Folder, of a network's, of its checkpoints."""


@dataclass(frozen=True, slots=True)
class TrainingText:
    """The corpora and the words that the network is to know."""

    vocabulary: list[str]
    training: Corpus
    validation: Corpus
    test: Corpus | None = None
    classes: tuple[str, ...] = ()
    """Of a classifier: its answers, in the order of their ids."""

    def ids(self, part: str) -> list[NDArray]:
        """Token ids of each sequence of `training`, `validation` or `test`."""
        corpus: Corpus = getattr(self, part)
        ids = encode(corpus.tokens, self.vocabulary)
        return [ids[sequence] for sequence in corpus.sequences()]

    def labels(self, part: str) -> list[int]:
        """Class of each sequence.

        Raises
        ------
        ParameterError
            If the corpus has no labels, or one that is no class.
        """
        labels = sequence_labels(getattr(self, part))
        if labels is None:
            raise ParameterError(f"A classifier needs a label for each document. The {part} text has none.")
        foreign = next((label for label in labels if label not in self.classes), None)
        if foreign is not None:
            raise ParameterError(
                f"The {part} text has a label {foreign!r} that is not among the classes."
                f"{nearest(foreign, self.classes)}"
            )
        return [self.classes.index(label) for label in labels]

    def sizes(self, part: str) -> dict[str, Any]:
        """Return the numbers of tokens and sequences, for a classifier also those of each class."""
        corpus: Corpus = getattr(self, part)
        sizes: dict[str, Any] = {"tokens": len(corpus.tokens), "sequences": len(corpus.sequence_starts)}
        if self.classes:
            labels = self.labels(part)
            sizes["classes"] = {name: labels.count(number) for number, name in enumerate(self.classes)}
        return sizes

    def parts(self) -> dict[str, Corpus]:
        """Return those that are there, by name."""
        return {part: corpus for part in PARTS if (corpus := getattr(self, part)) is not None}


def train_on(
    text: TrainingText,
    *,
    task: str,
    shape: Mapping[str, Any],
    schedule: Schedule,
    facts: Mapping[str, Any],
    folder: Path,
    out: Path,
    embedding: EmbeddingStart | None = None,
    keep_every: int | None = None,
) -> dict[str, Any]:
    """Train a network, or go on where `folder` stopped, and write it to `out`.

    Parameters
    ----------
    text : TrainingText
    task : {"language model", "classifier"}
    shape : mapping
        Of the network, without the numbers of words and classes.
    schedule : Schedule
        For a language model a `LanguageSchedule`.
    facts : mapping
        What a user of the network must know, kept beside its weights.
    folder : Path
        For checkpoints and the log.
    out : Path
        Receives weights as float16, facts, vocabulary and the log.
    embedding : EmbeddingStart, optional
        What the embedding starts from. Default: it is drawn.
    keep_every : int, optional
        Also keep the network after every so many epochs, in the folder `steps` of `out`: checkpoints to be
        recorded, which say their step. They are measured as the log says, before their weights are rounded.

    Returns
    -------
    dict
        The facts, with what the weights as written achieve on the validation and the test text.
    """
    from analytics.models.checkpoints import best_epoch
    from analytics.models.weights import load_network, save_network

    options = {"schedule": schedule, "folder": folder, "embedding": embedding}
    if keep_every is not None:
        options["keep"] = _keeper(text, every=keep_every, schedule=schedule, facts=facts, folder=out / STEPS)
    model, log = _train(text, task=task, shape=shape, options=options)
    training = {"schedule": asdict(schedule), "seconds": round(sum(line["seconds"] for line in log))}
    sizes = {part: text.sizes(part) for part in text.parts()}
    kept = {**facts, "training": training, "sizes": sizes}
    if keep_every is not None:
        kept["step"] = best_epoch(log) + 1
    # What a reader of the weights gets are the rounded ones, so those are measured.
    save_network(out, model, vocabulary=text.vocabulary, facts=kept)
    rounded, _, _ = load_network(out)
    kept |= _measures(rounded, text, task=task)
    save_network(out, model, vocabulary=text.vocabulary, facts=kept, log=log)
    return kept


def _keeper(
    text: TrainingText, *, every: int, schedule: Schedule, facts: Mapping[str, Any], folder: Path
) -> Callable[[Any, Sequence[Mapping[str, Any]]], None]:
    """What writes a network, as it is after some epochs, into a folder of its own."""
    from analytics.models.weights import save_network

    def keep(model: Any, log: Sequence[Mapping[str, Any]]) -> None:
        line = log[-1]
        if line["epoch"] % every:
            return
        measure = "accuracy" if "validation_accuracy" in line else "perplexity"
        kept = {
            **facts,
            "step": line["epoch"],
            "training": {
                "schedule": asdict(schedule),
                "seconds": round(sum(each["seconds"] for each in log)),
            },
            measure: {"validation": line[f"validation_{measure}"]},
        }
        save_network(folder / f"{line['epoch']:04}", model, vocabulary=text.vocabulary, facts=kept, log=log)

    return keep


def _train(
    text: TrainingText, *, task: str, shape: Mapping[str, Any], options: Mapping[str, Any]
) -> tuple[Any, Sequence[dict[str, Any]]]:
    n_words = len(text.vocabulary)
    if task == "language model":
        from analytics.models.language_model import ModelShape
        from analytics.models.language_training import train_language_model

        return train_language_model(
            ModelShape(n_words=n_words, **shape),
            training=text.ids("training"),
            validation=text.ids("validation"),
            **options,
        )
    from analytics.models.classifier import ClassifierShape
    from analytics.models.classifier_training import train_classifier

    return train_classifier(
        ClassifierShape(n_words=n_words, n_classes=len(text.classes), **shape),
        training=(text.ids("training"), text.labels("training")),
        validation=(text.ids("validation"), text.labels("validation")),
        **options,
    )


def _measures(model: Any, text: TrainingText, *, task: str) -> dict[str, dict[str, float]]:
    """Of each part that was not trained on: `perplexity`, or `accuracy`, also on each class, and `loss`."""
    parts = [part for part in text.parts() if part != "training"]
    if task == "language model":
        from analytics.models.loss import perplexity

        return {"perplexity": {part: round(perplexity(model, text.ids(part)), 3) for part in parts}}
    from analytics.models.classifier_training import class_accuracies, measure_classifier

    found: dict[str, dict[str, float]] = {"accuracy": {}}
    found |= {f"accuracy on {name}": {} for name in text.classes} | {"loss": {}}
    for part in parts:
        documents = (text.ids(part), text.labels(part))
        measured: dict[str, float | None] = dict(measure_classifier(model, documents))
        shares = class_accuracies(model, documents)
        measured |= {f"accuracy on {name}": share for name, share in zip(text.classes, shares, strict=True)}
        for name, value in measured.items():
            if value is not None:
                found[name][part] = round(value, 4)
    return found
