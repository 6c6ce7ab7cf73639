"""`memory`: what a recording's network remembers of its input, and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analytics.commands.options import folder_option, json_option, print_result, say

if TYPE_CHECKING:
    from analytics.analyses.memory.record import MeanGradients, StateGradients
    from analytics.store.recording import Recording

__all__ = ["memory"]

DELAYS = 30
POSITIONS = 20_000
ALL = "all"


class _Positions(click.ParamType):
    """A whole number, or `all`."""

    name = "number|all"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if str(value) == ALL:
            return 0
        return click.IntRange(min=1).convert(value, param, ctx)


@click.command()
@click.argument("name")
@click.option("--state", help="Such as layer0.cell. Default: the last layer's cell, else its hidden state.")
@click.option("--delays", type=click.IntRange(min=1), default=DELAYS, show_default=True, help="From 0 on.")
@click.option(
    "--positions",
    type=_Positions(),
    default=POSITIONS,
    show_default=True,
    help="Count a sample of that many positions, in stretches of up to 256, or all.",
)
@click.option(
    "--by", multiple=True, help="An annotation whose labels are classes of input words. Repeatable."
)
@click.option("--word", "words", multiple=True, help="A single word. Repeatable.")
@click.option("--words", "listed", help="Several single words with white space between them.")
@click.option(
    "--controls/--no-controls", default=True, help="Random words of the same frequencies for each class."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of samples and controls."
)
@click.option(
    "--device", default="auto", show_default=True, help="cpu, cuda, or auto: a GPU where there is one."
)
@click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for results. Default: memory/ inside the recording's folder.",
)
@folder_option
@json_option
def memory(
    name: str,
    state: str | None,
    words: tuple[str, ...],
    listed: str | None,
    positions: int,
    results: Path | None,
    folder: Path,
    as_json: bool,
    **parameters: Any,
) -> None:
    """Compute what the network of the recording NAME remembers of its input, or show what was computed
    before.

    The mean gradient of a state with respect to the embedded word some positions before: its largest singular
    value says how strongly the best-remembered direction is kept. The result is stored; a run that was
    stopped goes on from there when it is started again.
    """
    from tqdm import tqdm

    from analytics.derived.recording_memory import recording_memory
    from analytics.store.catalog import Catalog

    recording = Catalog(folder).open(name)
    ids = _ids(recording, [*words, *(listed or "").split()])
    with tqdm(desc=name, unit=" positions", leave=False) as bar:

        def show(done: int, total: int, what: str) -> None:
            bar.total = total
            bar.set_postfix_str("" if what == "positions" else what, refresh=False)
            bar.update(done - bar.n)

        found = recording_memory(
            recording,
            state=state or _default_state(recording),
            words=ids,
            positions=positions or None,
            folder=results,
            progress=show,
            **parameters,
        )
    for sentence in _left_out(recording, found, parameters["by"]):
        say(sentence)
    print_result(_facts(name, recording, found), as_json=as_json, lines=_lines(name, recording, found))


def _default_state(recording: Recording) -> str:
    from analytics.errors import UnknownNameError

    for kind in ("cell", "hidden"):
        of_kind = [state for state in recording.state_names if state.endswith(f".{kind}")]
        if of_kind:
            return max(of_kind)
    raise UnknownNameError(
        f"Recording '{recording.name}' has no hidden state or cell. Name the network's with --state."
    )


def _ids(recording: Recording, words: list[str]) -> list[int]:
    from analytics.errors import UnknownNameError, nearest

    vocabulary = recording.vocabulary.tolist()
    places = {word: number for number, word in reversed(list(enumerate(vocabulary)))}
    for word in words:
        if word not in places:
            raise UnknownNameError(
                f"The vocabulary of '{recording.name}' has no word {word!r}.{nearest(word, vocabulary)}"
            )
    return [places[word] for word in words]


def _left_out(recording: Recording, found: StateGradients, by: Iterable[str]) -> Iterator[str]:
    """Say of how many labels there is no class, because there were too many at once."""
    for name in by:
        n_labels = recording.annotations[name].nunique()
        n_classes = sum(group.grouping == name for group in found.groups)
        if n_classes < n_labels:
            yield f"Of the {n_labels:,} labels of '{name}' the {n_classes:,} most frequent are classes."


def _facts(name: str, recording: Recording, found: StateGradients) -> dict[str, Any]:
    return {
        "name": name,
        "fingerprint": recording.fingerprint,
        "state": found.state,
        "delays": found.delays.tolist(),
        "n_positions": found.n_positions,
        "n_counted": found.n_counted,
        "positions": found.positions,
        "seed": found.seed,
        "n_blocks": found.n_blocks,
        **_numbers(found),
        "groups": [
            {"grouping": group.grouping, "label": _label(recording, group), **_numbers(group)}
            for group in found.groups
        ],
    }


def _numbers(means: MeanGradients) -> dict[str, Any]:
    from analytics.analyses.memory.half_life import half_life

    return {
        "count": means.count.tolist(),
        "largest": means.largest.tolist(),
        "largest_band": means.largest_band.tolist(),
        "sum": means.total.tolist(),
        "sum_band": means.sum_band.tolist(),
        "mean_norm": means.mean_norm.tolist(),
        "norm_of_mean": means.norm.tolist(),
        "half_life": float(half_life(means.largest)),
    }


def _label(recording: Recording, group: Any) -> str:
    from analytics.derived.memory_groups import CONTROL, WORDS

    is_word = group.grouping in (WORDS, CONTROL.format(WORDS))
    return str(recording.vocabulary[int(group.label)]) if is_word else group.label


def _lines(name: str, recording: Recording, found: StateGradients) -> Iterator[str]:
    sampled = "all" if found.positions is None else f"a sample (seed {found.seed})"
    yield f"{name}: memory of {found.state} over {found.n_counted:,} positions, {sampled}"
    yield f"{'delay':>6}{'n':>9}{'largest':>11}{'95 % band':>24}{'sum':>11}{'mean norm':>11}{'of mean':>9}"
    rows = zip(
        found.delays, found.count, found.largest, found.largest_band,
        found.total, found.mean_norm, found.norm, strict=True,
    )  # fmt: skip
    for delay, count, largest, (low, high), total, mean_norm, norm in rows:
        band = f"{low:.3g} to {high:.3g}"
        yield f"{delay:>6}{count:>9,}{largest:>11.4g}{band:>24}{total:>11.4g}{mean_norm:>11.4g}{norm:>9.4g}"
    yield f"half of the largest singular value is left after {_half_life(found)} positions"
    for group in found.groups:
        yield (
            f"  {group.grouping}: {_label(recording, group)}: {group.largest[0]:.4g} "
            f"(n = {group.count[0]:,}), half-life {_half_life(group)}"
        )


def _half_life(means: MeanGradients) -> str:
    from analytics.analyses.memory.half_life import half_life

    found = float(half_life(means.largest))
    if not means.largest[0] > 0:
        return "-"
    return f"{found:.1f}" if found == found else f"more than {len(means.largest) - 1}"
