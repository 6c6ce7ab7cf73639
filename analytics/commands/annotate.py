"""`annotate`: add annotations to a recording, or take them off."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analytics.commands.options import folder_option, json_option, print_result

if TYPE_CHECKING:
    from analytics.store.recording import Recording

__all__ = ["annotate"]


@click.command()
@click.argument("name")
@click.option(
    "--from",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A .csv, .tsv, .parquet or .conllu file. Its columns are annotations; `token` holds the tokens.",
)
@click.option(
    "--with",
    "annotators",
    metavar="ANNOTATOR",
    multiple=True,
    help="An annotator that comes with the project, as often as you like: 'part of speech', 'chunk', "
    "'bracket depth', 'quotes', 'sequence position', 'sequence share', 'word frequency rank', "
    "'word frequency', 'token length'.",
)
@click.option(
    "--function",
    "functions",
    metavar="MODULE:FUNCTION",
    multiple=True,
    help="A function of yours, found from the current folder: of a token, or of all tokens of a sequence if "
    "its parameter is called `tokens`. The annotation is named like the function, or as NAME=MODULE:FUNCTION "
    "says.",
)
@click.option("--remove", "removed", metavar="ANNOTATION", multiple=True, help="Take this annotation off.")
@click.option("--only", metavar="ANNOTATION", multiple=True, help="Of the file, take this annotation only.")
@click.option(
    "--align",
    type=click.Choice(["position", "text"]),
    default="position",
    show_default=True,
    help="text: compare the file's tokens with the recording's, and show where they part.",
)
@click.option("--replace", is_flag=True, help="Replace annotations that are there already.")
@folder_option
@json_option
def annotate(
    name: str,
    file: Path | None,
    annotators: tuple[str, ...],
    functions: tuple[str, ...],
    removed: tuple[str, ...],
    only: tuple[str, ...],
    align: str,
    replace: bool,
    folder: Path,
    as_json: bool,
) -> None:
    """Add annotations to the recording NAME, or take some off.

    The states are not written again; who has the recording open keeps what it holds. All that is asked for
    is done or, after an error, nothing.

    \b
    python -m analytics annotate mine --with "bracket depth" --with quotes
    python -m analytics annotate mine --from labels.csv --align text
    python -m analytics annotate mine --function vowels=letters:is_vowel
    python -m analytics annotate mine --remove quotes
    """
    given = [bool(file), bool(annotators or functions), bool(removed)]
    if sum(given) != 1:
        raise click.UsageError(
            "Give one of: --from FILE; --with and --function, as many as you like; --remove ANNOTATION."
        )
    if only and file is None:
        raise click.UsageError("--only chooses among the annotations of a file: give --from FILE.")
    from analytics.store.catalog import Catalog

    recording = Catalog(folder).open(name)
    if removed:
        from analytics.ingest.annotate import remove_annotations

        recording = remove_annotations(recording.path, *removed)
    else:
        from analytics.ingest.annotate import annotate as add

        source = _of_file(file, only) if file is not None else _of_tokens(annotators, functions)
        recording = add(recording.path, source, align=align, replace=replace)
    facts = {"name": name, "path": recording.path, "fingerprint": recording.fingerprint}
    facts["annotations"] = recording.manifest["annotations"]
    print_result(facts, as_json=as_json, lines=_lines(name, recording))


def _of_file(file: Path, only: tuple[str, ...]) -> Any:
    if not only:
        return file
    from analytics.errors import UnknownNameError, nearest
    from analytics.ingest.annotating.sources import source_of

    source = source_of(file)
    for name in only:
        if name not in source.columns:
            raise UnknownNameError(f"{file} has no annotation {name!r}.{nearest(name, source.columns)}")
    tokens = {} if source.tokens is None else {"token": source.tokens}
    return {name: source.columns[name] for name in only} | tokens


def _of_tokens(annotators: tuple[str, ...], functions: tuple[str, ...]) -> dict[str, Any]:
    return {name: name for name in annotators} | dict(map(_function, functions))


def _function(address: str) -> tuple[str, Callable]:
    """The annotation's name and the function at MODULE:FUNCTION."""
    name, _, place = address.rpartition("=")
    module, _, function = place.partition(":")
    if not module or not function:
        raise click.UsageError(
            f"A function is given as MODULE:FUNCTION, such as letters:is_vowel. Got {place!r}."
        )
    if "" not in sys.path:
        sys.path.insert(0, "")  # as python -m does
    try:
        found = getattr(importlib.import_module(module), function, None)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        raise click.UsageError(f"There is no module {module!r} here: {Path.cwd()}.") from None
    if not callable(found):
        raise click.UsageError(f"The module {module!r} has no function {function!r}.")
    return name or function, found


def _lines(name: str, recording: Recording) -> Iterator[str]:
    annotations = recording.manifest["annotations"]
    yield f"{name}: {len(annotations)} annotation{'' if len(annotations) == 1 else 's'}"
    for annotation, facts in annotations.items():
        yield f"  {annotation}: {facts['kind']}"
