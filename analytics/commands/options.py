"""What commands share: options of one name and meaning everywhere, and how a result is printed.

Results go to stdout, as lines for people or, with `--json`, as one JSON document for machines. All else
(progress, remarks, errors) goes to stderr. Commands import what they compute with inside their functions,
so that `--help` answers at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

__all__ = [
    "RECORDINGS_FOLDER",
    "folder_option",
    "json_option",
    "overwrite_option",
    "print_result",
    "say",
    "threads_option",
]

RECORDINGS_FOLDER = Path("data/recordings")

folder_option = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=RECORDINGS_FOLDER,
    show_default=True,
    help="Folder with one folder per recording.",
)

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as one JSON document, for machines."
)

overwrite_option = click.option(
    "--overwrite", is_flag=True, help="Replace the recording of that name, once the new one is whole."
)

threads_option = click.option(
    "--threads", type=click.IntRange(min=1), help="Threads of torch. Default: one for each core."
)


def say(sentence: str) -> None:
    """Print a remark to stderr, where it does not mix with results."""
    click.echo(sentence, err=True)


def print_result(facts: Any, *, as_json: bool, lines: Iterable[str]) -> None:
    """Print a result to stdout.

    Parameters
    ----------
    facts : anything that JSON can hold
        Paths become texts, numbers that are not finite become null.
    as_json : bool
        What `json_option` gave.
    lines : iterable of str
        The same for people.
    """
    if as_json:
        click.echo(json.dumps(_plain(facts), indent=1))
        return
    for line in lines:
        click.echo(line)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Path):
        return str(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
