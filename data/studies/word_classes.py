"""The word classes of the study, from the treebank's tags, as an annotation `word class` of its recordings.

    .venv/bin/python -m data.studies.word_classes data/recordings/memory-lstm ...

The classes are those of table 1 in Verwimp and others (2018), who had the tags of the Penn Treebank as well.
A position that the network reads as `<unk>` is in no class: three of ten nouns would be the same word.
"""

from __future__ import annotations

from pathlib import Path

import click

import analytics
from analytics.corpora.vocabulary import UNKNOWN

__all__ = ["ANNOTATION", "CLASSES", "annotate_word_classes"]

ANNOTATION = "word class"

CLASSES = {
    "pronoun": ("PRP", "PRP$", "WP", "WP$"),
    "noun": ("NN", "NNS", "NNP", "NNPS"),
    "verb": ("VB", "VBD", "VBG", "VBN", "VBP", "VBZ", "MD"),
    "adjective": ("JJ", "JJR", "JJS"),
    "adverb": ("RB", "RBR", "RBS"),
    "conjunction or preposition": ("CC", "IN"),
}
"""Tags of each class; words with other tags (determiners, numbers, marks, ...) are in none."""


def annotate_word_classes(recording: Path) -> bool:
    """Add the annotation where it is missing; returns whether it was.

    Raises
    ------
    AnalyticsError
        If the recording cannot be opened, or has no tags.
    """
    opened = analytics.open_recording(recording)
    if ANNOTATION in opened.manifest["annotations"]:
        return False
    class_of = {tag: name for name, tags in CLASSES.items() for tag in tags}
    words = zip(opened.tokens, opened.annotations["tag"].astype(object), strict=True)
    classes = [None if word == UNKNOWN else class_of.get(tag) for word, tag in words]
    analytics.annotate(recording, {ANNOTATION: classes})
    return True


@click.command()
@click.argument("recordings", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def main(recordings: tuple[Path, ...]) -> None:
    """Add the annotation to RECORDINGS that lack it."""
    for recording in recordings:
        if annotate_word_classes(recording):
            click.echo(str(recording))


if __name__ == "__main__":
    main()
