"""The command line: record the demo, train its networks, list recordings, rebuild their caches.

torch is imported by the commands that run a network, not by the others.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from tqdm import tqdm

from analytics.errors import AnalyticsError, MissingPackageError

__all__ = ["cli", "main"]

RECORDINGS_FOLDER = Path("data/recordings")
TRAINING_FOLDER = Path("data/training")
WEIGHTS_FOLDER = Path("data/weights")

NETWORKS = ("parentheses", "shakespeare")

EXIT_INTERRUPTED = 130
"""What shells give for Ctrl-C: 128 and the number of the signal."""

_folder_option = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=RECORDINGS_FOLDER,
    show_default=True,
    help="Folder with one folder per recording.",
)


def main() -> None:
    """Run the command line. An error of ours becomes one sentence on stderr and exit code 1."""
    try:
        cli(standalone_mode=False)
    except AnalyticsError as error:
        _say(str(error))
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _say("Stopped. Nothing half-written is left.")
        sys.exit(EXIT_INTERRUPTED)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Record, train and keep recordings of hidden states.

    Progress and errors go to stderr, results to stdout. Exit code 0: done, 1: an error that the sentence
    explains, 2: wrong usage, 130: stopped by Ctrl-C.
    """


@cli.command()
@_folder_option
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
            _say(f"{folder / name} is there already. To record it again: --rebuild")
    wanted = [name for name in NETWORKS if name not in there]
    if not wanted:
        return
    from analytics.ingest.demo import record_demo

    for name in wanted:
        try:
            path = record_demo(name, folder, overwrite=rebuild)
        except MissingPackageError as error:
            _say(f"The recording {name} is left out. {error}")
            continue
        click.echo(path)
    from analytics.analyses.match import load_scans

    _say("Compiling the search, once.")
    load_scans()


@cli.command()
@click.argument("name", type=click.Choice(NETWORKS))
@click.option("--epochs", type=click.IntRange(min=1), help="Instead of the number in the recipe.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"Where weights, facts and log are written.  [default: {WEIGHTS_FOLDER}/NAME]",
)
@click.option(
    "--checkpoints",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"Where to go on from, and to save after each epoch.  [default: {TRAINING_FOLDER}/NAME]",
)
@click.option("--threads", type=click.IntRange(min=1), help="Of torch. Default: one for each core.")
def train(
    name: str, epochs: int | None, out: Path | None, checkpoints: Path | None, threads: int | None
) -> None:
    """Train the network NAME and write its weights.

    The result follows from a seed. A training that was stopped goes on after its last whole epoch when
    the command is given again; remove its checkpoints to start anew.
    """
    import torch

    from analytics.ingest.recipes import train_network

    if threads is not None:
        torch.set_num_threads(threads)
    out = out or WEIGHTS_FOLDER / name
    facts = train_network(name, folder=checkpoints or TRAINING_FOLDER / name, out=out, epochs=epochs)
    for part, value in facts["perplexity"].items():
        click.echo(f"perplexity on the {part} text: {value:.2f}")
    click.echo(out)


@cli.command("list")
@_folder_option
def list_recordings(folder: Path) -> None:
    """List the recordings: name, positions, sequences, states, annotations."""
    from analytics.store.catalog import Catalog

    catalog = Catalog(folder)
    names = catalog.names()
    for name in names:
        recording = catalog.open(name)
        click.echo(
            f"{name}: {recording.n_positions:,} positions in {recording.n_sequences:,} "
            f"{recording.manifest.get('sequence_name') or 'sequence'}s"
        )
        click.echo(f"  states: {', '.join(recording.state_names)}")
        click.echo(f"  annotations: {', '.join(map(str, recording.annotations.columns)) or 'none'}")
    for name, sentence in catalog.problems():
        _say(f"{name}: {sentence}")
    if not names:
        _say(f"There is no recording in {folder}. To make the demo: python -m analytics demo")


@cli.command()
@click.argument("name")
@_folder_option
def index(name: str, folder: Path) -> None:
    """Write the row-major copies of the recording NAME anew.

    They make all units at a few positions fast to read, are derived from the recording and may be deleted.
    """
    from analytics.store.catalog import Catalog
    from analytics.store.row_cache import build_row_cache

    recording = Catalog(folder).open(name)
    with tqdm(total=len(recording.state_names) * recording.n_positions, unit=" rows", unit_scale=True) as bar:
        build_row_cache(recording.path, progress=_shown_on(bar, n_positions=recording.n_positions))
    click.echo(recording.path)


def _shown_on(bar: tqdm, *, n_positions: int) -> Callable[[str, int, int], None]:
    """A progress function that advances a bar over all states together."""
    seen: dict[str, int] = {}

    def show(state: str, done: int, _: int) -> None:
        bar.set_description(state, refresh=False)
        bar.update(done - seen.get(state, 0))
        seen[state] = done

    return show


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)
