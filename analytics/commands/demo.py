"""`demo`: record what the project comes with."""

from __future__ import annotations

from pathlib import Path

import click

from analytics.commands.options import folder_option, say
from analytics.errors import MissingPackageError

__all__ = ["NETWORKS", "demo"]

NETWORKS = ("parentheses", "shakespeare")
"""The networks that come with the project."""

REMEMBERED = {"state": "layer1.cell", "by": ("nesting depth",), "delays": 30, "positions": 400}
"""What the Memory page shows first, of the parentheses: a sample that takes seconds."""


@click.command()
@folder_option
@click.option("--rebuild", is_flag=True, help="Record again what is already there.")
def demo(folder: Path, rebuild: bool) -> None:
    """Record the demo: brackets nested four deep, and four plays of Shakespeare.

    What is there already is kept. The plays need the packages in data/demo-requirements.txt; without them
    the other recording is made all the same, and a sentence says what is missing.
    """
    from analytics.store.catalog import Catalog

    there = () if rebuild else Catalog(folder).names()
    for name in there:
        if name in NETWORKS:
            say(f"{folder / name} is there already. To record it again: --rebuild")
    wanted = [name for name in NETWORKS if name not in there]
    if wanted:
        _record(wanted, folder, overwrite=rebuild)
    _remember(folder / NETWORKS[0])


def _record(wanted: list[str], folder: Path, *, overwrite: bool) -> None:
    from analytics.analyses.match import load_scans
    from analytics.ingest.demo import record_demo

    for name in wanted:
        try:
            path = record_demo(name, folder, overwrite=overwrite)
        except MissingPackageError as error:
            say(f"The recording {name} is left out. {error}")
            continue
        click.echo(path)
    say("Compiling the search, once.")
    load_scans()


def _remember(path: Path) -> None:
    """Compute what the network of the first recording remembers, unless that is there already."""
    from analytics.derived.recording_memory import recording_memory, stored_memories
    from analytics.errors import AnalyticsError
    from analytics.store.recording import open_recording

    try:
        recording = open_recording(path)
        if not stored_memories(recording):
            say("Computing what a network remembers, of a sample.")
            recording_memory(recording, **REMEMBERED)
    except AnalyticsError as error:
        # The recordings are there; the page offers to compute it.
        say(f"What it remembers is left out. {error}")
