"""`train`: train a network and write its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from analytics.commands.demo import NETWORKS
from analytics.commands.options import json_option, print_result, say, threads_option

__all__ = ["train"]

TRAINING_FOLDER = Path("data/training")
WEIGHTS_FOLDER = Path("data/weights")
NETWORKS_FOLDER = Path("data/networks")


@click.command()
@click.argument("network", metavar="FILE.toml|NAME")
@click.option("--epochs", type=click.IntRange(min=1), help="Instead of the number in the file.")
@click.option(
    "--set",
    "changes",
    metavar="SECTION.KEY=VALUE",
    multiple=True,
    help="Instead of what the file says, with the value in TOML. May be given several times.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"Where weights, facts and log are written.  [default: {NETWORKS_FOLDER}/NAME; of the demo's "
    f"networks {WEIGHTS_FOLDER}/NAME]",
)
@click.option(
    "--checkpoints",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"Where to go on from, and to save after each epoch.  [default: {TRAINING_FOLDER}/NAME]",
)
@click.option(
    "--keep-every",
    type=click.IntRange(min=1),
    metavar="EPOCHS",
    help="Also keep the network after every so many epochs, in OUT/steps/0001, ..., to be recorded as "
    "checkpoints of this training. With a FILE.toml; epochs that were trained before are not kept.",
)
@threads_option
@json_option
def train(
    network: str, epochs: int | None, changes: tuple[str, ...], out: Path | None, checkpoints: Path | None,
    keep_every: int | None, threads: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Train the network that FILE.toml describes, or one of the demo's by its NAME, and write its weights.

    The result follows from a seed. A training that was stopped goes on after its last whole epoch when
    the command is given again; remove its checkpoints to start anew. data/recipes holds examples of files.
    """
    is_file = network.endswith(".toml")
    needs_file = bool(changes) or keep_every is not None
    if not is_file and (needs_file or network not in NETWORKS):
        wanted = "a training file, FILE.toml" if needs_file else f"FILE.toml or one of {', '.join(NETWORKS)}"
        raise click.UsageError(f"{wanted} is needed. Got {network!r}.")
    if threads is not None:
        import torch

        torch.set_num_threads(threads)
    if is_file:
        options = {"epochs": epochs, "keep_every": keep_every}
        facts, out = _train_file(network, changes, out=out, checkpoints=checkpoints, options=options)
    else:
        from analytics.ingest.training.recipes import train_network

        out = out or WEIGHTS_FOLDER / network
        folder = checkpoints or TRAINING_FOLDER / network
        facts = train_network(network, folder=folder, out=out, epochs=epochs)
    measures = {name: facts[name] for name in facts if name.partition(" ")[0] in ("perplexity", "accuracy")}
    lines = [
        f"{name} on the {part} text: {value:.{2 if name == 'perplexity' else 3}f}"
        for name, values in measures.items()
        for part, value in values.items()
    ]
    start = facts.get("embedding", {})
    if start.get("missing"):
        say(
            f"{start['missing']:,} of {start['missing'] + start['found']:,} words have no vector in "
            f"{start['file']} and started from the mean of the others."
        )
    print_result({"network": out, **measures}, as_json=as_json, lines=[*lines, str(out)])


def _train_file(
    file: str,
    changes: tuple[str, ...],
    *,
    out: Path | None,
    checkpoints: Path | None,
    options: dict[str, Any],
) -> tuple[dict[str, Any], Path]:
    from analytics.ingest.training.file_training import train_file
    from analytics.ingest.training.training_file import read_training_file

    plan = read_training_file(file, changes=changes)
    out = out or NETWORKS_FOLDER / plan.name
    facts = train_file(plan, folder=checkpoints or TRAINING_FOLDER / plan.name, out=out, **options)
    return facts, out
