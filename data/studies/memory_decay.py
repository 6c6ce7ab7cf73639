"""Measure what the states of the six networks remember; write tables and figures of memory-decay.md.

    make memory-study
    .venv/bin/python -m data.studies.memory_decay --positions 0

Gradients are stored with the recordings: what was computed once is not computed again, and a run that was
stopped goes on. A network that was not recorded yet is told and left out. The numbers behind tables and
figures are written to `memory-decay/*.csv`; with `--from-numbers` both are made of those again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
import pandas as pd
from tqdm import tqdm

from analytics.analyses.memory.record import StateGradients
from analytics.derived.recording_memory import recording_memory
from analytics.errors import AnalyticsError
from analytics.store.recording import Recording
from data.studies.memory_figures import decay_figure, property_figure, save_figure
from data.studies.memory_measures import (
    KEYS,
    class_rows,
    class_table,
    curve_rows,
    decay_table,
    property_table,
)
from data.studies.memory_networks import CELLS, NETWORKS, StudyNetwork, embedding_matrix, training_facts
from data.studies.memory_properties import (
    PROPERTIES,
    difference,
    noun_property,
    property_rows,
    separability_rows,
)
from data.studies.memory_tables import as_markdown, put_tables
from data.studies.word_classes import ANNOTATION, annotate_word_classes

PAGE = Path(__file__).with_name("memory-decay.md")
NUMBERS = Path(__file__).with_name("memory-decay")
TREEBANK = Path("data/corpora/UD_English-EWT")

Tables = dict[str, pd.DataFrame]


def measure(network: StudyNetwork, recording: Recording, *, positions: int | None, treebank: Path) -> Tables:
    """Return the tables of one network, by name; each row says its cell, embedding and state."""
    tables: dict[str, list[pd.DataFrame]] = {"curves": [], "classes": [], "properties": []}
    embedding = embedding_matrix(recording)
    words = recording.vocabulary.tolist()
    chosen = [noun_property(name, words, treebank) for name in PROPERTIES]
    for state in network.states:
        found = _gradients(recording, state, positions=positions)
        of = {"embedding": network.embedding, "cell": CELLS[network.cell], "state": state.split(".")[1]}
        tables["curves"].append(curve_rows(found).assign(**of))
        tables["classes"].append(class_rows(found).assign(**of))
        tables["properties"] += [
            property_rows(found.mean, embedding, one, seed=0).assign(**of) for one in chosen
        ]
    first, second = (difference(embedding, one) for one in chosen)
    cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
    facts = training_facts(network, recording) | {"cosine of the differences": cosine}
    tables["networks"] = [pd.DataFrame([facts])]
    if network.has_own_embedding:
        apart = separability_rows(embedding, chosen)
        apart.insert(0, "embedding", network.vectors)
        tables["separability"] = [apart]
    return {name: pd.concat(parts) for name, parts in tables.items()}


def measure_all(folder: Path, *, positions: int | None, treebank: Path, say: Callable[[str], None]) -> Tables:
    """Measure every network that is recorded."""
    found: list[Tables] = []
    for network in NETWORKS:
        path = folder / network.name
        if not (path / "recording.json").exists():
            say(f"{network.name} is not recorded yet and left out: make memory-study")
            continue
        annotate_word_classes(path)
        found.append(measure(network, network.open(folder), positions=positions, treebank=treebank))
    names = found[0] if found else ()
    return {name: pd.concat([tables[name] for tables in found if name in tables]) for name in names}


def write_page(tables: Tables, *, page: Path, numbers: Path) -> None:
    """Put tables into the page and write the figures beside the numbers."""
    share, two, one = "{:.0%}".format, "{:.2f}".format, "{:.1f}".format
    decay = decay_table(tables["curves"])
    networks = dict.fromkeys(("minutes", "training", "validation", "test"), one)
    shown = {
        "networks": as_markdown(tables["networks"], networks | {"cosine of the differences": two}),
        "decay": as_markdown(
            decay,
            {
                name: share if name.startswith(("left", "share")) else two
                for name in decay.columns[len(KEYS) :]
            },
        ),
        "separability": as_markdown(
            tables["separability"], dict.fromkeys(("always the larger", "L1", "L2"), two)
        ),
        "properties": as_markdown(property_table(tables["properties"]), {}),
        "classes at 0": as_markdown(class_table(tables["classes"], delay=0), {"n": ","}),
        "classes at 10": as_markdown(class_table(tables["classes"], delay=10), {"n": ","}),
    }
    put_tables(page, shown)
    save_figure(decay_figure(tables["curves"]), numbers / "figure1.svg")
    save_figure(property_figure(tables["properties"], tables["curves"]), numbers / "figure2.svg")


def _gradients(recording: Recording, state: str, *, positions: int | None) -> StateGradients:
    with tqdm(desc=f"{recording.name} {state}", unit="positions", unit_scale=True, mininterval=5) as bar:

        def tell(done: int, total: int, what: str) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return recording_memory(
            recording, state=state, by=[ANNOTATION], positions=positions, progress=tell, waits=True
        )


@click.command()
@click.option("--positions", default=10_000, show_default=True, help="A sample of so many; 0: all.")
@click.option("--folder", default="data/recordings", show_default=True, type=click.Path(path_type=Path))
@click.option("--treebank", default=str(TREEBANK), show_default=True, type=click.Path(path_type=Path))
@click.option("--from-numbers", is_flag=True, help="Measure nothing: write the page from the .csv files.")
def main(positions: int, folder: Path, treebank: Path, from_numbers: bool) -> None:
    """Measure the networks that are recorded, and write the page."""
    if not from_numbers:
        try:
            tables = measure_all(folder, positions=positions or None, treebank=treebank, say=click.echo)
        except AnalyticsError as error:
            raise click.ClickException(str(error)) from None
        if not tables:
            raise click.ClickException("No network of the study is recorded yet: make memory-study")
        NUMBERS.mkdir(exist_ok=True)
        for name, table in tables.items():
            table.to_csv(NUMBERS / f"{name}.csv", index=False, float_format="%.5g")
    # As rounded in the files, so that the page is the same whichever way it is written.
    tables = {file.stem: pd.read_csv(file) for file in NUMBERS.glob("*.csv")}
    write_page(tables, page=PAGE, numbers=NUMBERS)
    click.echo(str(PAGE))


if __name__ == "__main__":
    main()
