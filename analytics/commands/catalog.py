"""The recordings of a folder: list them, show one, build its row-major copies anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analytics.commands.options import folder_option, json_option, print_result, say

if TYPE_CHECKING:
    from tqdm import tqdm

    from analytics.store.recording import Recording

__all__ = ["index", "list_recordings", "recording_facts", "remove", "show"]

MOST_LABELS, LONGEST_LABEL = 8, 24
"""Labels of an annotation that are named in a line, and their characters; `--json` has all."""


@click.command("list")
@folder_option
@json_option
def list_recordings(folder: Path, as_json: bool) -> None:
    """List the recordings: name, positions, sequences, states, annotations."""
    from analytics.store.catalog import Catalog

    catalog = Catalog(folder)
    found = [recording_facts(name, catalog.open(name)) for name in catalog.names()]
    print_result(found, as_json=as_json, lines=(line for facts in found for line in _short(facts)))
    for name, sentence in catalog.problems():
        say(f"{name}: {sentence}")
    if not found:
        say(f"There is no recording in {folder}. To make the demo: python -m analytics demo")


@click.command()
@click.argument("name")
@folder_option
@json_option
def show(name: str, folder: Path, as_json: bool) -> None:
    """Show what is known of the recording NAME: sizes, states, annotations, network, text."""
    from analytics.store.catalog import Catalog

    facts = recording_facts(name, Catalog(folder).open(name))
    print_result(facts, as_json=as_json, lines=_long(facts))


@click.command()
@click.argument("name")
@folder_option
def index(name: str, folder: Path) -> None:
    """Write the row-major copies of the recording NAME anew.

    They make all units at a few positions fast to read, are derived from the recording and may be deleted.
    """
    from tqdm import tqdm

    from analytics.store.catalog import Catalog
    from analytics.store.row_cache import build_row_cache

    recording = Catalog(folder).open(name)
    with tqdm(total=len(recording.state_names) * recording.n_positions, unit=" rows", unit_scale=True) as bar:
        build_row_cache(recording.path, progress=_shown_on(bar))
    click.echo(recording.path)


@click.command()
@click.argument("name")
@folder_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, folder: Path, yes: bool) -> None:
    """Remove the recording NAME from the disk.

    It is gone as a whole or not at all. Only recordings are removed: another folder, or a link, is left as
    it is.
    """
    from analytics.store.catalog import Catalog

    catalog = Catalog(folder)
    if name in catalog.names() and not yes:
        extent = _extent(recording_facts(name, catalog.open(name)))
        click.confirm(f"Remove {folder / name} ({extent})?", abort=True, err=True)
    catalog.remove(name)
    click.echo(folder / name)


def recording_facts(key: str, recording: Recording) -> dict[str, Any]:
    """Return what the manifest tells, under the names that `--json` prints.

    Parameters
    ----------
    key : str
        The name of the recording's folder.
    recording : Recording
        Only its manifest and the sizes of its files are read.
    """
    manifest = recording.manifest
    kept = ("description", "created", "fingerprint", "n_positions", "n_sequences", "sequence_name")
    return {
        "name": key,
        "title": recording.name,
        "path": recording.path,
        **{name: manifest.get(name) for name in kept},
        "n_vocabulary": manifest.get("n_vocabulary"),
        "bytes": sum(int(file["bytes"]) for file in manifest["files"].values()),
        "bytes_that_may_be_deleted": _bytes_of(recording.path / "rows"),
        "has_targets": bool(manifest.get("has_targets")),
        "has_log_probability": bool(manifest.get("has_log_probability")),
        "n_predictions": int((manifest.get("predictions") or {}).get("top_k", 0)),
        "states": {
            name: {fact: state[fact] for fact in ("n_units", "unit_shape", "dtype") if fact in state}
            for name, state in manifest["states"].items()
        },
        "annotations": manifest.get("annotations") or {},
        "model": manifest.get("model"),
        "corpus": manifest.get("corpus"),
    }


def _short(facts: dict[str, Any]) -> Iterator[str]:
    yield f"{facts['name']}: {_extent(facts)}"
    yield f"  states: {', '.join(facts['states'])}"
    yield f"  annotations: {', '.join(facts['annotations']) or 'none'}"


def _long(facts: dict[str, Any]) -> Iterator[str]:
    yield f"{facts['name']}: {facts['title']}"
    if facts["description"]:
        yield f"  {facts['description']}"
    yield f"  {_extent(facts)}, {facts['n_vocabulary']:,} kinds of token"
    derived = _megabytes(facts["bytes_that_may_be_deleted"])
    yield f"  {_megabytes(facts['bytes'])} at {facts['path']}, and {derived} in rows/ that may be deleted"
    yield f"  recorded {facts['created']}, fingerprint {facts['fingerprint'][:12]}"
    yield "states:"
    for name, state in facts["states"].items():
        shape = " x ".join(map(str, state.get("unit_shape", [state["n_units"]])))
        yield f"  {name}: {shape} units, {state['dtype']}"
    yield "annotations:" if facts["annotations"] else "annotations: none"
    for name, annotation in facts["annotations"].items():
        yield f"  {name}: {annotation['kind']}{_labels(annotation.get('labels') or [])}"
    yield f"predictions at each position: {facts['n_predictions'] or 'none'}"
    for part in ("model", "corpus"):
        for name, value in (facts[part] or {}).items():
            if not isinstance(value, dict | list):
                yield f"{part}: {name}: {value}"


def _extent(facts: dict[str, Any]) -> str:
    sequences = f"{facts['n_sequences']:,} {facts['sequence_name'] or 'sequence'}"
    return f"{facts['n_positions']:,} positions in {sequences}{'' if facts['n_sequences'] == 1 else 's'}"


def _labels(labels: list[str]) -> str:
    if not labels:
        return ""
    more = f", ... ({len(labels)} labels)" if len(labels) > MOST_LABELS else ""
    shown = (label if len(label) <= LONGEST_LABEL else f"{label[:LONGEST_LABEL]}..." for label in labels)
    return f": {', '.join(islice(shown, MOST_LABELS))}{more}"


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.1f} MB"


def _bytes_of(folder: Path) -> int:
    try:
        return sum(file.stat().st_size for file in folder.iterdir())
    except OSError:
        return 0


def _shown_on(bar: tqdm) -> Callable[[str, int, int], None]:
    """A progress function that advances a bar over all states together."""
    seen: dict[str, int] = {}

    def advance(state: str, done: int, _: int) -> None:
        bar.set_description(state, refresh=False)
        bar.update(done - seen.get(state, 0))
        seen[state] = done

    return advance
