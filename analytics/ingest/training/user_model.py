"""A network of the user's, made by a function of theirs: `module:function`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

from analytics.corpora.corpus import Corpus
from analytics.corpora.documents import LABEL, sequence_labels
from analytics.corpora.reading import Reading
from analytics.corpora.vocabulary import encode
from analytics.corpora.words import BYTE_TEXTS
from analytics.errors import ParameterError, UnknownNameError, nearest
from analytics.ingest.writing.opening import check_vocabulary
from analytics.store.recording import Recording

__all__ = ["load_user_model", "record_user_model"]

WANTED = "a function that returns an nn.Module, or a pair of an nn.Module and its vocabulary"


def load_user_model(place: str, /) -> tuple[Any, list[str] | None]:
    """Call a function and take the network that it returns.

    Parameters
    ----------
    place : str
        ``module:function``; the module is looked for in the current folder first. An `nn.Module` that the
        module holds may be named as well.

    Returns
    -------
    model : nn.Module
    vocabulary : list of str or None
        Text of each id, where the function returns a pair.

    Raises
    ------
    ParameterError, UnknownNameError
        If there is no such function, it fails, or it returns something else.
    """
    from torch import nn

    module_name, colon, name = place.partition(":")
    parts = module_name.split(".")
    if not (colon and name.isidentifier() and all(map(str.isidentifier, parts))) or parts[-1] == "py":
        raise ParameterError(
            f"A network is named module:function, such as nets:build for the function build in nets.py. "
            f"Got {place!r}."
        )
    module = _module(module_name, place)
    if not hasattr(module, name):
        known = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        raise UnknownNameError(f"The module {module_name} has no function {name!r}.{nearest(name, known)}")
    made = getattr(module, name)
    if not isinstance(made, nn.Module):
        made = _called(made, place)
    return _as_pair(made, place)


def record_user_model(
    place: str,
    corpus: Corpus,
    path: str | Path,
    /,
    *,
    vocabulary_file: str | Path | None = None,
    reading: Reading | None = None,
    classes: Sequence[str] | None = None,
    **options: Any,
) -> Recording:
    """Record the network that a function of the user's returns.

    Parameters
    ----------
    place : str
        As `load_user_model` takes it.
    corpus : Corpus
        Tokens that the vocabulary lacks become `<unk>`, where it has that.
    path : path
        The recording's folder.
    vocabulary_file : path, optional
        The text of each id, one a line, where the function returns none.
    reading : Reading, optional
        How the corpus was read, kept with the recording so that other text is read alike; bytes need no
        vocabulary.
    classes : sequence of str, optional
        What a classifier tells apart, in the order of its outputs; the annotation `label`, where there is
        one, then gives the right class of each sequence.
    **options
        Of `analytics.record`.

    Raises
    ------
    AnalyticsError
        If there is no network, no vocabulary, or they do not fit.
    """
    from analytics.ingest.record import record

    model, vocabulary = load_user_model(place)
    if vocabulary_file is not None:
        from analytics.models.vocabulary_file import read_vocabulary

        vocabulary = read_vocabulary(Path(vocabulary_file))
    if vocabulary is None and reading is not None and reading.is_by_byte:
        vocabulary = list(BYTE_TEXTS)
    if vocabulary is None:
        raise ParameterError(
            f"{place} returns a network without a vocabulary, so its ids are unknown. Return the pair of "
            "both, or name a file with the text of each id, one a line: --vocabulary FILE."
        )
    _check_ids(model, vocabulary, place)
    facts = {"made by": place} | ({} if reading is None else {"reading": asdict(reading)})
    own: dict[str, Any] = {"model": facts, "corpus": {"text": corpus.name}}
    annotations = dict(corpus.annotations)
    if classes:
        own |= {"classes": classes, "labels": sequence_labels(corpus), "targets": None}
        annotations.pop(LABEL, None)
    return record(
        model,
        encode(corpus.tokens, vocabulary),
        path,
        vocabulary=vocabulary,
        sequence_starts=corpus.sequence_starts,
        annotations=annotations,
        **(own | options),
    )


def _check_ids(model: Any, vocabulary: list[str], place: str) -> None:
    """One embedding: then it is that of the tokens, and both have as many ids."""
    from torch import nn

    sizes = [part.num_embeddings for part in model.modules() if isinstance(part, nn.Embedding)]
    if len(sizes) == 1 and sizes[0] != len(vocabulary):
        raise ParameterError(
            f"The network of {place} has an embedding of {sizes[0]:,} ids, and its vocabulary has "
            f"{len(vocabulary):,} texts. Give the text of every id, in order."
        )


def _module(name: str, place: str) -> ModuleType:
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise UnknownNameError(
                f"There is no module {error.name!r}, neither in {here} nor among the installed packages."
            ) from None
        raise ParameterError(f"{place} needs the package {error.name!r}, which is not installed.") from None
    except Exception as error:  # whatever the user's own code raises
        raise ParameterError(f"The module {name} cannot be imported: {_told(error)}") from error
    finally:
        sys.path.remove(here)


def _called(function: Any, place: str) -> Any:
    if not callable(function):
        raise ParameterError(f"{place} is {WANTED}. Got {type(function).__name__}.")
    try:
        return function()
    except Exception as error:  # whatever the user's own code raises
        raise ParameterError(f"{place}, called without arguments, failed: {_told(error)}") from error


def _as_pair(made: Any, place: str) -> tuple[Any, list[str] | None]:
    from torch import nn

    model, vocabulary = made if isinstance(made, tuple) and len(made) == 2 else (made, None)
    if not isinstance(model, nn.Module):
        raise ParameterError(f"{place} is {WANTED}. It returned {type(made).__name__}.")
    if vocabulary is None:
        return model, None
    if isinstance(vocabulary, str) or not isinstance(vocabulary, Sequence):
        raise ParameterError(
            f"The vocabulary that {place} returns is a list of texts in the order of ids. "
            f"Got {type(vocabulary).__name__}."
        )
    return model, check_vocabulary(vocabulary)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0][:200]}"
