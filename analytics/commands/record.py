"""`record`: run a network over a text and write its states down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analytics.commands.options import (
    folder_option,
    json_option,
    overwrite_option,
    print_result,
    say,
    threads_option,
)
from analytics.errors import ParameterError

if TYPE_CHECKING:
    from analytics.store.recording import Recording

__all__ = ["record"]

KINDS = ("text", "conllu", "documents", "python")

OPTIONS_OF_KINDS = {
    "by": ("text", "documents"),
    "sequences": ("text", "conllu"),
    "text_column": ("documents",),
    "label_column": ("documents",),
}


@click.command()
@click.option(
    "--network",
    type=click.Path(path_type=Path),
    help="Folder of a network that `train` wrote.",
)
@click.option(
    "--model",
    metavar="MODULE:FUNCTION",
    help="Function without arguments that returns a torch module, or a pair of module and vocabulary.",
)
@click.option(
    "--vocabulary",
    type=click.Path(path_type=Path),
    help="With --model: file with the text of each id, one a line, where the function gives none.",
)
@click.option(
    "--class",
    "classes",
    metavar="TEXT",
    multiple=True,
    help="With --model: what a classifier tells apart, once for each of its outputs, in order.",
)
@click.option("--text", metavar="FILE", multiple=True, help="Plain text to read; may be given several times.")
@click.option("--conllu", metavar="FILE", multiple=True, help="Treebank with its annotations, likewise.")
@click.option("--documents", metavar="FILE", multiple=True, help="Labelled documents: .tsv, .csv, .jsonl.")
@click.option(
    "--python", metavar="FILE|FOLDER", multiple=True, help="Python source; stdlib:json/*.py is Python's own."
)
@click.option(
    "--by",
    type=click.Choice(["word", "space", "char", "byte"]),
    help="How text and documents are cut into tokens.  [default: as the network was trained, else word]",
)
@click.option(
    "--sequences",
    type=click.Choice(["line", "paragraph", "file", "sentence", "document"]),
    help="What is a sequence, before which the state is reset: line, paragraph or file of a text, sentence, "
    "paragraph or document of a treebank.  [default: as trained, else line or sentence]",
)
@click.option("--lower/--as-written", default=None, help="Make tokens lower-case.  [default: as trained]")
@click.option("--text-column", help="Of documents: name, or number from 1.  [default: as trained, else text]")
@click.option(
    "--label-column", help="Of documents: name, or number from 1.  [default: as trained, else label]"
)
@click.option("--name", required=True, help="Name of the recording: its folder's, and in addresses.")
@click.option("--title", help="What a reader sees.  [default: the name]")
@click.option("--description", default="", help="A sentence about it.")
@click.option(
    "--step",
    type=click.IntRange(min=0),
    help="Of a checkpoint: after how many steps of its training it was taken.  "
    "[default: as the network says]",
)
@click.option("--training", help="Name of that training.  [default: as the network says]")
@folder_option
@click.option(
    "--state", "states", multiple=True, help="A state to keep; may be given several times. Default: all."
)
@click.option("--top-k", type=click.IntRange(min=0), default=5, show_default=True, help="Predictions kept.")
@click.option(
    "--dtype", type=click.Choice(["float16", "float32"]), help="How states are stored.  [default: float32]"
)
@click.option("--device", default="auto", show_default=True, help="Where the network runs: cpu, cuda, ...")
@click.option("--resume", is_flag=True, help="Go on where the same command was interrupted or killed.")
@overwrite_option
@threads_option
@json_option
def record(
    network: Path | None, model: str | None, vocabulary: Path | None, classes: tuple[str, ...], name: str,
    folder: Path, threads: int | None, as_json: bool, **options: Any,
) -> None:  # fmt: skip
    """Run a network over a text and record its states.

    A network comes from --network or --model, a text from one of --text, --conllu, --documents, --python:

    \b
      record --network data/networks/ewt --conllu dev.conllu --name ewt
      record --model nets:build --text book.txt --by char --name book
    """
    if (network is None) == (model is None):
        raise click.UsageError("One of --network and --model is needed, and only one.")
    if model is None and (vocabulary is not None or classes):
        raise click.UsageError("--vocabulary and --class go with --model: a trained network has its own.")
    kind, files = _chosen(options)
    from analytics.store.schema import check_name

    path = folder / check_name(name, what="recording")
    if path.exists() and not options["overwrite"]:
        raise ParameterError(f"There is already {path}. Choose another --name, or --overwrite it.")
    if threads is not None:
        import torch

        torch.set_num_threads(threads)
    kept = {key: options[key] for key in ("description", "top_k", "dtype", "device", "resume", "overwrite")}
    kept |= {key: options[key] for key in ("step", "training") if options[key] is not None}
    kept |= {"name": options["title"] or name, "states": list(options["states"]) or None}
    if network is not None:
        made = _record_trained(network, files, path, reading=_changes(kind, options), options=kept)
    else:
        kept |= {"vocabulary_file": vocabulary, "classes": classes or None}
        made = _record_own(model, files, path, reading=_changes(kind, options), options=kept)
    _show(made, as_json=as_json)


def _chosen(options: dict[str, Any]) -> tuple[str, list[str]]:
    """The kind of text that was named, and its files."""
    given = [kind for kind in KINDS if options[kind]]
    if len(given) != 1:
        raise click.UsageError(f"One of {', '.join(f'--{kind}' for kind in KINDS)} is needed, and only one.")
    kind = given[0]
    for option, kinds in OPTIONS_OF_KINDS.items():
        if options[option] is not None and kind not in kinds:
            raise click.UsageError(
                f"--{option.replace('_', '-')} goes with {' or '.join(f'--{name}' for name in kinds)}."
            )
    return kind, list(options[kind])


def _changes(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    """Of how the text is read, what the command line says."""
    columns = {"text": options["text_column"], "label": options["label_column"]}
    said = {name: options[name] for name in ("by", "sequences", "lower")}
    said |= {name: int(value) if value and value.isdigit() else value for name, value in columns.items()}
    return {"kind": kind} | {name: value for name, value in said.items() if value is not None}


def _record_trained(
    network: Path, files: list[str], path: Path, *, reading: dict[str, Any], options: dict[str, Any]
) -> Recording:
    from analytics.corpora.reading import read_corpus, sequence_word
    from analytics.ingest.training.trained import network_reading, record_network

    chosen = network_reading(network, **reading)
    corpus = read_corpus(files, chosen)
    return record_network(network, corpus, path, sequence_name=sequence_word(chosen), **options)


def _record_own(
    model: str, files: list[str], path: Path, *, reading: dict[str, Any], options: dict[str, Any]
) -> Recording:
    from analytics.corpora.reading import as_reading, read_corpus, sequence_word
    from analytics.ingest.training.user_model import record_user_model

    chosen = as_reading(reading)
    corpus = read_corpus(files, chosen)
    options = options | {"sequence_name": sequence_word(chosen), "reading": chosen}
    return record_user_model(model, corpus, path, **options)


def _show(made: Recording, *, as_json: bool) -> None:
    from analytics.corpora.vocabulary import UNKNOWN

    facts = {
        "name": made.path.name,
        "path": made.path,
        "n_positions": made.n_positions,
        "n_sequences": made.n_sequences,
        "states": {name: made.states(name).shape[1] for name in made.state_names},
        "annotations": list(made.manifest["annotations"]),
    }
    print_result(facts, as_json=as_json, lines=[str(made.path)])
    texts = made.vocabulary.tolist()
    n_unknown = int((made.token_ids == texts.index(UNKNOWN)).sum()) if UNKNOWN in texts else 0
    if n_unknown:
        say(
            f"{n_unknown:,} of {made.n_positions:,} tokens ({n_unknown / made.n_positions:.1%}) are not in "
            f"the vocabulary and stand as {UNKNOWN}."
        )
