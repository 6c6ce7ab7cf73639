"""`import`: files of other tools to recordings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analytics.commands.options import folder_option, json_option, overwrite_option, print_result, say
from analytics.errors import ParameterError

if TYPE_CHECKING:
    from analytics.ingest.importing.report import ImportReport

__all__ = ["import_files"]

_ENDINGS = (".parquet", ".npz", ".npy", ".safetensors", ".hdf5", ".h5", ".csv", ".tsv", ".gz", ".pq", ".yml")

_name_option = click.option(
    "--name", help="Name of the recording and of its folder.  [default: as the file is called]"
)
_dtype_option = click.option(
    "--dtype", type=click.Choice(["float16", "float32"]), help="Store the states so. Default: as they come."
)
_description_option = click.option("--description", help="What a reader sees under the name.")
_annotation_option = click.option(
    "--annotation",
    "annotations",
    multiple=True,
    help="Only this annotation; can be given again. Default: all.",
)
_vocabulary_option = click.option(
    "--vocabulary", help="For ids: a file with the text of each, one in a line (.txt), .json or .dict."
)


def _common(command: Callable) -> Callable:
    for option in (
        json_option, overwrite_option, _description_option, _dtype_option, folder_option, _name_option
    ):  # fmt: skip
        command = option(command)
    return command


@click.group("import")
def import_files() -> None:
    """Import states that another tool wrote: an LSTMVis project, arrays, a table.

    Files are read in blocks and may be larger than memory. What is guessed, changed or left out is told on
    stderr, and with --json in the result. Nothing half-written is left when an import fails.
    """


@import_files.command("lstmvis")
@click.argument("project", type=click.Path(exists=True, path_type=Path))
@click.option("--state", "states", multiple=True, help="Only this state; can be given again. Default: all.")
@_common
def import_lstmvis_project(project: Path, states: tuple[str, ...], **common: Any) -> None:
    """Import the LSTMVis PROJECT: its folder, or its lstm.yml.

    States, words, annotations and predictions (meta of type wordvec) are imported. Nothing outside the
    project's folder is read.
    """
    from analytics.ingest.import_lstmvis import import_lstmvis

    _run(import_lstmvis, project, common, states=list(states) or None)


@import_files.command("arrays")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--tokens", help="Key of the tokens, or a text file. Default: the array called tokens, words, ids."
)
@click.option("--state", "states", multiple=True, help="KEY or NAME=KEY; can be given again. Default: all.")
@_vocabulary_option
@click.option("--sequence-starts", help="Key of the sequences' first positions, or of their lengths.")
@_annotation_option
@_common
def import_array_files(
    files: tuple[Path, ...],
    tokens: str | None,
    states: tuple[str, ...],
    vocabulary: str | None,
    sequence_starts: str | None,
    annotations: tuple[str, ...],
    **common: Any,
) -> None:
    """Import arrays from FILES: .npz, .npy, .safetensors, HDF5.

    An array with a row for each token is a state. Pickles (.pt, .pkl) are refused; the sentence says how to
    convert them.
    """
    from analytics.ingest.import_arrays import import_arrays

    _run(
        import_arrays,
        list(files),
        common,
        tokens=tokens,
        states=_named(states),
        vocabulary=vocabulary,
        sequence_starts=sequence_starts,
        annotations=list(annotations) or None,
    )


@import_files.command("table")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--token", default="token", show_default=True, help="Column of the tokens.")
@click.option(
    "--units",
    "units",
    multiple=True,
    help="NAME=PATTERN, such as layer0.hidden=h_*; can be given again. Default: numbered columns.",
)
@click.option("--sequence", help="A sequence begins where this column changes.")
@_vocabulary_option
@_annotation_option
@_common
def import_table_files(
    files: tuple[Path, ...],
    token: str,
    units: tuple[str, ...],
    sequence: str | None,
    vocabulary: str | None,
    annotations: tuple[str, ...],
    **common: Any,
) -> None:
    """Import a table from FILES: .parquet, .csv, .tsv, one row for each token.

    Columns of floats that are numbered (h_0, h_1, ...) and columns of lists are states; the others become
    annotations.
    """
    from analytics.ingest.import_table import import_table

    _run(
        import_table,
        list(files),
        common,
        token=token,
        units=_named(units),
        sequence=sequence,
        vocabulary=vocabulary,
        annotations=list(annotations) or None,
    )


def _run(importer: Callable[..., ImportReport], source: Any, common: dict[str, Any], **options: Any) -> None:
    from analytics.store.schema import check_name

    name = common["name"] or _name_of(source[0] if isinstance(source, list) else source)
    path = common["folder"] / check_name(name, what="recording")
    options |= {key: common[key] for key in ("dtype", "overwrite")}
    options |= {"description": common["description"]} if common["description"] is not None else {}
    # Only a name that was asked for replaces that of the project.
    options |= {"name": common["name"]} if common["name"] else {}
    with _bar(name) as progress:
        report = importer(source, path, progress=progress, **options)
    recording = report.recording
    for note in report.notes:
        say(note)
    facts = {
        "name": path.name,
        "path": recording.path,
        "n_positions": recording.n_positions,
        "n_sequences": recording.n_sequences,
        "states": list(recording.state_names),
        "annotations": list(recording.manifest.get("annotations") or {}),
        "notes": list(report.notes),
    }
    print_result(facts, as_json=common["as_json"], lines=[str(recording.path)])


@contextmanager
def _bar(name: str) -> Iterator[Callable[[int, int], None]]:
    """A progress function that draws a bar on stderr."""
    from tqdm import tqdm

    with tqdm(desc=f"importing {name}", unit=" positions", unit_scale=True) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield advance


def _name_of(source: Path) -> str:
    """A folder's name for a file's or a project's."""
    resolved = source.resolve()
    name = resolved.parent.name if resolved.suffix in (".yml", ".yaml") else resolved.name
    for ending in _ENDINGS * 2:
        name = name.removesuffix(ending)
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name).lstrip(".-")[:80] or "imported"


def _named(pairs: tuple[str, ...]) -> dict[str, str] | list[str] | None:
    """`NAME=KEY` as a mapping, `KEY` as a list."""
    if not any("=" in pair for pair in pairs):
        return list(pairs) or None
    if not all("=" in pair for pair in pairs):
        raise ParameterError(f"Give each as NAME=KEY, or none. Got {', '.join(pairs)}.")
    return dict(tuple(pair.split("=", 1)) for pair in pairs)
