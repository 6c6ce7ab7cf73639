"""A training as a TOML file: what is read, which network learns, how long.

```toml
[corpus]
training = ["books/*.txt"]     # relative to this file; `stdlib:json/*.py` names the standard library
by = "word"                    # and the other options of `corpora.reading.Reading`
vocabulary_size = 10000
# Of a classifier: class_shares = [1, 3] leaves documents out until the second class is three times as
# frequent as the first; balance = true then repeats documents of rarer classes until none is rarer.

[network]
task = "language model"        # or "classifier"
n_units = 256                  # and the other sizes of `ModelShape` or `ClassifierShape`
# embedding_file = "glove.txt"   vectors of words to start from, in the text format of word2vec or GloVe;
# embedding_frozen = true        and they stay as they are.

[schedule]
epochs = 5                     # and the other options of `Schedule` or `LanguageSchedule`
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from analytics.corpora.python_source import LIBRARY_PREFIX
from analytics.corpora.reading import Reading, as_reading
from analytics.errors import AnalyticsError, ParameterError
from analytics.ingest.training.section_checks import check_keys, check_types
from analytics.store.schema import check_name

__all__ = ["TASKS", "TrainingFile", "read_training_file"]

TASKS = ("language model", "classifier")


@dataclass(frozen=True, slots=True)
class _Files:
    """Keys of `[corpus]` beside those of `Reading`."""

    training: list[str]
    validation: list[str] = field(default_factory=list)
    test: list[str] = field(default_factory=list)
    validation_share: float = 0.1
    vocabulary_size: int | None = None
    min_count: int = 1
    class_shares: list[float] = field(default_factory=list)
    balance: bool = False


@dataclass(frozen=True, slots=True)
class _Embedding:
    """Keys of `[network]` beside those of its shape."""

    embedding_file: str | None = None
    embedding_frozen: bool = False


@dataclass(frozen=True, slots=True)
class TrainingFile:
    """What the file says, checked."""

    name: str
    """Its own `name`, or the name of the file."""
    task: str
    reading: Reading
    files: dict[str, tuple[str, ...]]
    """Of `training`, `validation` and `test`; none: that part is not in files of its own."""
    validation_share: float
    """Of the training sequences, where there are no validation files."""
    vocabulary_size: int | None
    min_count: int
    class_shares: tuple[float, ...]
    """Of the documents to learn and validate from, in the order of `reading.classes`; others are left out.
    None: as they come."""
    balance: bool
    """Whether documents of rarer classes are repeated, to learn and validate from, until none is rarer."""
    shape: dict[str, Any]
    """Of the network, without the numbers of words and classes."""
    embedding_file: str | None
    """Word vectors that the embedding starts from; None: it is drawn."""
    embedding_frozen: bool
    """Whether they stay as they are."""
    schedule: Any
    """A `Schedule` or `LanguageSchedule`."""


def read_training_file(path: str | Path, /, *, changes: Sequence[str] = ()) -> TrainingFile:
    """Read and check a training file.

    Parameters
    ----------
    path : path
    changes : sequence of str, optional
        ``section.key=value`` with the value in TOML, instead of what the file says; files named here are
        relative to the current folder.

    Raises
    ------
    AnalyticsError
        If the file is not TOML, or says what cannot be; the sentence names section and key.
    """
    file = Path(path)
    content = _content(file)
    _resolve(content, file.parent)
    for change in changes:
        _apply(content, change)
    try:
        return _checked(content, default_name=file.stem)
    except AnalyticsError as error:
        raise type(error)(f"{file}, {error}") from None


def _content(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode())
    except FileNotFoundError:
        raise ParameterError(f"There is no training file {file}.") from None
    except IsADirectoryError:
        raise ParameterError(f"{file} is a folder. Name a training file.") from None
    except UnicodeDecodeError:
        raise ParameterError(f"{file} is not UTF-8, as TOML is.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ParameterError(f"{file} is not TOML: {error}.") from None


def _resolve(content: dict[str, Any], folder: Path) -> None:
    """Make the file's own paths relative to it."""
    corpus, network = content.get("corpus"), content.get("network")
    if isinstance(network, dict) and isinstance(network.get("embedding_file"), str):
        network["embedding_file"] = str(folder / network["embedding_file"])
    for part in ("training", "validation", "test") if isinstance(corpus, dict) else ():
        if isinstance(corpus.get(part), list):
            corpus[part] = [
                path if not isinstance(path, str) or path.startswith(LIBRARY_PREFIX) else str(folder / path)
                for path in corpus[part]
            ]


def _apply(content: dict[str, Any], change: str) -> None:
    key, equals, value = change.partition("=")
    section, dot, name = key.strip().rpartition(".")
    try:
        if not equals or not name:
            raise ValueError
        values = tomllib.loads(f"value = {value}")
        if len(values) != 1:
            raise ValueError
    except ValueError:
        raise ParameterError(
            "A change is section.key=value, with the value in TOML, such as schedule.epochs=3. "
            f"Got {change!r}."
        ) from None
    place = content.setdefault(section, {}) if dot else content
    if not isinstance(place, dict):
        raise ParameterError(f"{section} is no section, so {change!r} cannot change it.")
    place[name] = values["value"]


def _checked(content: dict[str, Any], *, default_name: str) -> TrainingFile:
    check_keys(content, ("name", "corpus", "network", "schedule"), "the file")
    name = content.get("name", default_name)
    if not isinstance(name, str):
        raise ParameterError(f"the file: name is a text. Got {name!r}.")
    sections = {section: content.get(section) for section in ("corpus", "network", "schedule")}
    for section, values in sections.items():
        if not isinstance(values, dict):
            raise ParameterError(f"the file: the section [{section}] is missing.")
    reading, files = _corpus(sections["corpus"])
    task, shape, embedding = _network(sections["network"])
    try:
        check_name(name, what="training")
    except AnalyticsError as error:
        raise type(error)(f"the file: {error}") from None
    if task == "classifier" and (reading.kind != "documents" or reading.label is None):
        raise ParameterError('[corpus]: a classifier learns from labelled documents: kind = "documents".')
    _check_class_shares(files, reading, task)
    return TrainingFile(
        name=name,
        task=task,
        reading=reading,
        files={part: tuple(getattr(files, part)) for part in ("training", "validation", "test")},
        validation_share=files.validation_share,
        vocabulary_size=files.vocabulary_size,
        min_count=files.min_count,
        class_shares=tuple(files.class_shares),
        balance=files.balance,
        shape=shape,
        embedding_file=embedding.embedding_file,
        embedding_frozen=embedding.embedding_frozen,
        schedule=_schedule(sections["schedule"], task),
    )


def _corpus(section: dict[str, Any]) -> tuple[Reading, _Files]:
    of_files = [entry.name for entry in fields(_Files)]
    of_reading = [entry.name for entry in fields(Reading)]
    check_keys(section, [*of_files, *of_reading], "[corpus]")
    for kind in (_Files, Reading):
        check_types(section, kind, "[corpus]")
    try:
        reading = as_reading({key: value for key, value in section.items() if key in of_reading})
    except AnalyticsError as error:
        raise type(error)(f"[corpus]: {error}") from None
    if not section.get("training"):
        raise ParameterError("[corpus]: training names at least one file to learn from.")
    files = _Files(**{key: value for key, value in section.items() if key in of_files})
    if not 0 < files.validation_share < 1:
        raise ParameterError(f"[corpus]: validation_share must be in (0, 1). Got {files.validation_share}.")
    if (files.vocabulary_size or 2) < 2 or files.min_count < 1:
        raise ParameterError("[corpus]: vocabulary_size must be at least 2, min_count at least 1.")
    return reading, files


def _check_class_shares(files: _Files, reading: Reading, task: str) -> None:
    shares = files.class_shares
    if task != "classifier" and (shares or files.balance):
        raise ParameterError(
            '[corpus]: class_shares and balance are of classes, so they go with task = "classifier".'
        )
    if shares and len(shares) != len(reading.classes):
        raise ParameterError(
            "[corpus]: class_shares has a number for each of classes, in their order. "
            f"Got {len(shares)} for {len(reading.classes)} classes."
        )
    if not all(0 < share < float("inf") for share in shares):
        raise ParameterError(f"[corpus]: class_shares are numbers above 0. Got {shares}.")


def _network(section: dict[str, Any]) -> tuple[str, dict[str, Any], _Embedding]:
    from analytics.models.classifier import ClassifierShape
    from analytics.models.language_model import ModelShape

    shape = dict(section)
    task = shape.pop("task", TASKS[0])
    if task not in TASKS:
        raise ParameterError(f"[network]: task is one of {', '.join(TASKS)}. Got {task!r}.")
    kind, sizes = (ModelShape, {}) if task == TASKS[0] else (ClassifierShape, {"n_classes": 2})
    known = [entry.name for entry in fields(kind) if entry.name not in ("n_words", "n_classes")]
    of_embedding = [entry.name for entry in fields(_Embedding)]
    check_keys(shape, ["task", *known, *of_embedding], "[network]")
    for keys in (kind, _Embedding):
        check_types(shape, keys, "[network]")
    embedding = _Embedding(**{key: shape.pop(key) for key in of_embedding if key in shape})
    try:
        built = kind(n_words=2, **sizes, **shape)
    except AnalyticsError as error:
        raise type(error)(f"[network]: {error}") from None
    checked = {name: value for name, value in asdict(built).items() if name in known}
    _check_frozen(embedding, tied=checked.get("tied", False))
    return task, checked, embedding


def _check_frozen(embedding: _Embedding, *, tied: bool) -> None:
    if not embedding.embedding_frozen:
        return
    if embedding.embedding_file is None:
        raise ParameterError(
            "[network]: embedding_frozen keeps the vectors of a file as they are: name it as embedding_file."
        )
    if tied:
        raise ParameterError(
            "[network]: a tied network learns its logits in the embedding, so that cannot be frozen. Set "
            "tied = false."
        )


def _schedule(section: dict[str, Any], task: str) -> Any:
    from analytics.models.schedule import LanguageSchedule, Schedule

    kind = LanguageSchedule if task == TASKS[0] else Schedule
    check_keys(section, [entry.name for entry in fields(kind)], "[schedule]")
    check_types(section, kind, "[schedule]")
    if "epochs" not in section:
        raise ParameterError("[schedule]: epochs is missing: how often the text is read, at most.")
    try:
        return kind(**section)
    except AnalyticsError as error:
        raise type(error)(f"[schedule]: {error}") from None
