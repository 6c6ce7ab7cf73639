"""`demo`: record what the project comes with."""

from __future__ import annotations

from pathlib import Path

import click

from analytics.commands.options import folder_option, say
from analytics.errors import MissingPackageError

__all__ = ["NETWORKS", "demo"]

NETWORKS = ("parentheses", "shakespeare")
"""The networks that come with the project."""


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
