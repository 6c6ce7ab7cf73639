"""One door to the corpora that files hold: what kind of file it is, and how its text becomes tokens.

The options are kept with a network that was trained on such files, so that other files are read alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from analytics.corpora.conllu import SEQUENCES_OF_TREEBANK, read_conllu
from analytics.corpora.corpus import Corpus
from analytics.corpora.documents import read_documents
from analytics.corpora.python_source import read_python
from analytics.corpora.text import SEQUENCES_OF_TEXT, read_text
from analytics.corpora.vocabulary import build_vocabulary
from analytics.corpora.words import BYTE_TEXTS, UNITS_OF_TEXT
from analytics.errors import ParameterError, UnknownNameError, nearest

__all__ = [
    "KINDS_OF_CORPUS",
    "Reading",
    "as_reading",
    "known_reading",
    "make_vocabulary",
    "read_corpus",
    "sequence_word",
]

KINDS_OF_CORPUS = ("text", "conllu", "documents", "python")


@dataclass(frozen=True, slots=True)
class Reading:
    """How files become a corpus; what does not concern a kind of file is left as it is."""

    kind: str = "text"
    """`text`, `conllu` (read by word), `documents` or `python` (read by character)."""
    by: str = "word"
    """Of text and documents: `word`, `space`, `char` or `byte`."""
    sequences: str = "line"
    """Of text: `line`, `paragraph` or `file`; of a treebank: `sentence` (which `line` stands for as well),
    `paragraph` or `document`."""
    lower: bool = False
    """Make tokens lower-case."""
    text: str | int = "text"
    """Of documents: the column of the text."""
    label: str | int | None = "label"
    """Of documents: the column of the label."""
    borders: tuple[float, ...] = ()
    """Of documents: where a numeric label is cut into classes."""
    classes: tuple[str, ...] = ()
    """Of documents: the classes."""

    @property
    def is_by_byte(self) -> bool:
        """Whether the tokens are bytes, of which there are 256 whatever the text."""
        return self.by == "byte" and self.kind in ("text", "documents")

    def __post_init__(self) -> None:
        of_treebank = (SEQUENCES_OF_TEXT[0], *SEQUENCES_OF_TREEBANK)
        for name, known in (
            ("kind", KINDS_OF_CORPUS),
            ("by", UNITS_OF_TEXT),
            ("sequences", of_treebank if self.kind == "conllu" else SEQUENCES_OF_TEXT),
        ):
            value = getattr(self, name)
            if value not in known:
                raise ParameterError(f"{name} of a corpus is one of {', '.join(known)}. Got {value!r}.")


def as_reading(facts: Mapping[str, Any]) -> Reading:
    """Return the options that a mapping names, as a training file or a network's facts hold them.

    Raises
    ------
    UnknownNameError
        If there is no such option.

    Examples
    --------
    >>> as_reading({"kind": "documents", "classes": ["bad", "good"]}).classes
    ('bad', 'good')
    """
    known = [field.name for field in fields(Reading)]
    for name in facts:
        if name not in known:
            raise UnknownNameError(f"A corpus has no option {name!r}.{nearest(name, known)}")
    return Reading(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
    )


def known_reading(facts: Mapping[str, Any]) -> Reading | None:
    """Return how a network's training text was read; None where the facts that go with it do not say.

    Examples
    --------
    >>> known_reading({"reading": {"by": "char"}}).by
    'char'
    >>> known_reading({"tokenisation": {"method": "spaces"}}).by
    'space'
    >>> known_reading({"perplexity": {"test": 3.0}})
    """
    if "reading" in facts:
        known = as_reading(facts["reading"])
        # A network of Python source reads characters, whatever the text is now.
        return replace(known, by="char") if known.kind == "python" else known
    if "tokenisation" not in facts:
        return None
    tokenisation = facts["tokenisation"]
    by = "space" if tokenisation.get("method") == "spaces" else "word"
    return Reading(by=by, lower=bool(tokenisation.get("lower_case")))


def read_corpus(paths: Sequence[str | Path], reading: Reading, /) -> Corpus:
    """Read files as `reading` says.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "tiny.txt"
    >>> _ = path.write_text("A cat\\n")
    >>> read_corpus([path], Reading(by="char", lower=True)).tokens
    ['a', ' ', 'c', 'a', 't', '\\n']
    """
    if reading.kind == "text":
        return read_text(paths, by=reading.by, sequences=reading.sequences, lower=reading.lower)
    if reading.kind == "documents":
        return read_documents(
            paths,
            text=reading.text,
            label=reading.label,
            by=reading.by,
            lower=reading.lower,
            borders=reading.borders,
            classes=reading.classes,
        )
    if reading.kind == "conllu":
        corpus = read_conllu(paths, sequences=sequence_word(reading))
    else:
        corpus = read_python(paths)
    return replace(corpus, tokens=[token.lower() for token in corpus.tokens]) if reading.lower else corpus


def sequence_word(reading: Reading) -> str:
    """Return what a sequence of such a corpus is called.

    Examples
    --------
    >>> sequence_word(Reading(sequences="paragraph")), sequence_word(Reading(kind="conllu"))
    ('paragraph', 'sentence')
    """
    of_treebank = reading.sequences if reading.sequences in SEQUENCES_OF_TREEBANK else "sentence"
    words = {"text": reading.sequences, "conllu": of_treebank, "documents": "document", "python": "file"}
    return words[reading.kind]


def make_vocabulary(
    corpus: Corpus, reading: Reading, *, size: int | None = None, min_count: int = 1
) -> list[str]:
    """Return the vocabulary of a training corpus: the bytes, or its most frequent tokens after `<unk>`."""
    if reading.is_by_byte:
        return list(BYTE_TEXTS)
    return build_vocabulary(corpus.tokens, size=size, min_count=min_count)
