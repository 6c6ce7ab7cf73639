"""`verify`: check recordings, value by value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analytics.commands.options import folder_option, json_option, print_result

if TYPE_CHECKING:
    from analytics.ingest.verifying.verification import Verification

__all__ = ["verify"]

EXIT_PROBLEMS = 1

_MARKS = {True: "right", False: "WRONG", None: "open "}


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--all", "shows_all", is_flag=True, help="Also tell what is right.")
@folder_option
@json_option
@click.pass_context
def verify(
    context: click.Context, names: tuple[str, ...], shows_all: bool, folder: Path, as_json: bool
) -> None:
    """Check every file, column and value of the recordings NAME... and say what is wrong where.

    Exit code 0: nothing is wrong in what could be checked; 1: something is. What could not be checked is
    told as open.
    """
    found = {name: _verify(name, folder) for name in names}
    facts = [_facts(name, verification) for name, verification in found.items()]
    lines = (line for name, result in found.items() for line in _lines(name, result, shows_all=shows_all))
    print_result(facts, as_json=as_json, lines=lines)
    if not all(verification.is_sound for verification in found.values()):
        context.exit(EXIT_PROBLEMS)


def _verify(name: str, folder: Path) -> Verification:
    from tqdm import tqdm

    from analytics.errors import UnknownNameError, nearest
    from analytics.ingest.verify import verify as check
    from analytics.store.catalog import Catalog
    from analytics.store.schema import check_name

    check_name(name, what="recording's folder")
    if not (folder / name).is_dir():
        raise UnknownNameError(
            f"There is no recording '{name}' in {folder}.{nearest(name, Catalog(folder).names())}"
        )
    with tqdm(desc=name, unit="B", unit_scale=True, leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return check(folder / name, progress=show)


def _facts(name: str, verification: Verification) -> dict[str, Any]:
    return {
        "name": name,
        "is_sound": verification.is_sound,
        "fingerprint": verification.fingerprint,
        "checks": [
            {"part": check.part, "what": check.what, "passed": check.passed, "sentence": check.sentence}
            for check in verification.checks
        ],
    }


def _lines(name: str, verification: Verification, *, shows_all: bool) -> Iterator[str]:
    checks = verification.checks
    n_passed = sum(check.passed is True for check in checks)
    n_open = sum(check.passed is None for check in checks)
    state = (
        "sound" if verification.is_sound else f"{len(verification.problems)} of {len(checks)} checks failed"
    )
    yield f"{name}: {state} ({n_passed} checks passed, {n_open} could not be made)"
    for check in checks:
        if shows_all or not check.passed:
            yield f"  {_MARKS[check.passed]}  {check.part}, {check.what}: {check.sentence}"
