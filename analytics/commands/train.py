"""`train`: train a network and write its weights."""

from __future__ import annotations

from pathlib import Path

import click

from analytics.commands.demo import NETWORKS
from analytics.commands.options import threads_option

__all__ = ["train"]

TRAINING_FOLDER = Path("data/training")
WEIGHTS_FOLDER = Path("data/weights")


@click.command()
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
@threads_option
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
