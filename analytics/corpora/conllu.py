"""CoNLL-U files to a corpus: a sequence per sentence, paragraph or document, with the treebank's annotations.

A token is a syntactic word (`do` and `n't`, not `don't`): the lines of multiword tokens (`1-2`) and of empty
nodes (`1.1`) are passed over, because heads and parts of speech are given for the words.

References
----------
.. [1] "CoNLL-U Format", Universal Dependencies, https://universaldependencies.org/format.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from analytics.corpora.corpus import Corpus
from analytics.corpora.dependencies import Word, chunks, depths
from analytics.errors import ParameterError

__all__ = ["SEQUENCES_OF_TREEBANK", "read_conllu"]

SEQUENCES_OF_TREEBANK = ("sentence", "paragraph", "document")

_N_FIELDS = 10
_FORM, _PART, _TAG, _FEATURES, _HEAD, _RELATION = 1, 3, 4, 5, 6, 7
_MISSING = "_"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PASSED_OVER = re.compile(r"\d+-\d+|\d+\.\d+", re.ASCII)
_WORD_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_HEAD_NUMBER = re.compile(r"0|[1-9]\d{0,8}", re.ASCII)
_COMMENT = re.compile(r"#\s*(newdoc|newpar)\b\s*(?:id\s*=\s*(.*\S))?")


@dataclass(slots=True)
class _Sentence:
    """The lines of the words of a sentence, each with its number in the file."""

    file: Path
    lines: list[tuple[int, list[str]]] = field(default_factory=list)
    document: str | None = None
    paragraph: str | None = None
    numbers: tuple[int, int] = (0, 0)
    """Of the document in the file and of the paragraph in the document, from 1; 0 before the first mark."""


def read_conllu(
    paths: str | Path | Iterable[str | Path],
    /,
    *,
    sequences: str = "sentence",
    name: str | None = None,
) -> Corpus:
    """Read one or several CoNLL-U files into one corpus.

    Parameters
    ----------
    paths : path, or several
        Several are read one after the other.
    sequences : {"sentence", "paragraph", "document"}, default="sentence"
        What becomes a sequence. Paragraphs begin at `# newpar` and `# newdoc`, documents at `# newdoc`.
    name : str, optional
        Default: the names of the files, without their endings.

    Returns
    -------
    Corpus
        Its annotations, as far as the files have them:

        ===================  ================================================================
        `part of speech`     universal part of speech (UPOS)
        `tag`                the treebank's own tag (XPOS)
        `features`           `Number=Sing|Person=3`, as written
        `relation`           to the word it hangs on, with its subtype: `nsubj:pass`
        `dependency depth`   steps up to the root of its tree, which has 0; NaN without a tree
        `chunk`              NP, VP, PP, ADJP, ADVP or none, by the rule in `corpora.dependencies`
        `document`           from `# newdoc`, by its id or its number
        `paragraph`          from `# newpar`, by its id or its number in the document
        ===================  ================================================================

        A field that is missing (`_`) is None.

    Raises
    ------
    ParameterError
        If a file is not there, holds no sentence, does not mark the paragraphs or documents that are asked
        for, or a line is malformed; the sentence names file and line.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "tiny.conllu"
    >>> rows = ["1 Cats cat NOUN NNS _ 2 nsubj _ _", "2 sleep sleep VERB VBP _ 0 root _ _"]
    >>> _ = path.write_text("".join(row.replace(" ", chr(9)) + chr(10) for row in rows))
    >>> corpus = read_conllu(path)
    >>> corpus.tokens, corpus.annotations["relation"], corpus.annotations["dependency depth"].tolist()
    (['Cats', 'sleep'], ['nsubj', 'root'], [1.0, 0.0])
    """
    files = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    if not files:
        raise ParameterError("At least one CoNLL-U file is needed. Got none.")
    if sequences not in SEQUENCES_OF_TREEBANK:
        raise ParameterError(
            f"A sequence is one of {', '.join(SEQUENCES_OF_TREEBANK)} of the treebank. Got {sequences!r}."
        )
    tokens: list[str] = []
    starts: list[int] = []
    columns: dict[str, list] = {}
    for file in files:
        n_before, place = len(starts), None
        for sentence in _sentences(file):
            if sequences == "sentence" or place != (place := _place(sentence, sequences)):
                starts.append(len(tokens))
            tokens += [fields[_FORM] for _, fields in sentence.lines]
            for column, values in _annotations(sentence).items():
                columns.setdefault(column, []).extend(values)
        if len(starts) == n_before:
            raise ParameterError(f"{file} holds no sentence: no line of a word in ten fields parted by tabs.")
    given = {
        column: values for column, values in columns.items() if any(value is not None for value in values)
    }
    if "dependency depth" in given:
        given["dependency depth"] = np.array(given["dependency depth"], dtype=np.float32)
    return Corpus(
        name=name or ", ".join(file.stem for file in files),
        tokens=tokens,
        sequence_starts=np.array(starts, dtype=np.int64),
        annotations=given,
    )


def _place(sentence: _Sentence, sequences: str) -> tuple[int, int]:
    """Which document, or which paragraph of which, a sentence belongs to."""
    document, paragraph = sentence.numbers
    if (document if sequences == "document" else paragraph) == 0:
        mark = "newdoc" if sequences == "document" else "newpar"
        raise ParameterError(
            f"{sentence.file} does not say where each {sequences} begins: a sentence stands before the first "
            f'"# {mark}". Take a sentence for a sequence.'
        )
    return (document, 0) if sequences == "document" else (document, paragraph)


def _sentences(file: Path) -> Iterator[_Sentence]:
    """The sentences of a file; only a line feed ends a line, as other ends of lines may occur in words."""
    sentence = _Sentence(file)
    n_documents = n_paragraphs = 0
    for number, line in _lines(file):
        if not line.strip():
            if sentence.lines:
                yield sentence
                sentence = _Sentence(
                    file, document=sentence.document, paragraph=sentence.paragraph, numbers=sentence.numbers
                )
        elif line.startswith("#"):
            mark = _COMMENT.match(line)
            if mark and mark[1] == "newdoc":
                n_documents, n_paragraphs = n_documents + 1, 0
                sentence.document, sentence.paragraph = mark[2] or str(n_documents), None
            elif mark:
                n_paragraphs += 1
                sentence.paragraph = mark[2] or str(n_paragraphs)
            sentence.numbers = (n_documents, n_paragraphs)
        else:
            _add_line(sentence, number, line)
    if sentence.lines:
        yield sentence


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        with file.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                text = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
                yield number, text.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise _malformed(file, number, "is not UTF-8: save the file in that encoding") from None
    except OSError as error:
        raise ParameterError(f"The file {file} cannot be read: {error.strerror}.") from None


def _add_line(sentence: _Sentence, number: int, line: str) -> None:
    fields = line.split("\t")
    if len(fields) != _N_FIELDS:
        hint = ": its fields are parted by spaces, not by tabs" if len(line.split()) == _N_FIELDS else ""
        raise _malformed(
            sentence.file, number, f"has {len(fields)} fields where {_N_FIELDS} belong{hint}", line
        )
    if _PASSED_OVER.fullmatch(fields[0]):
        return
    expected = len(sentence.lines) + 1
    if not _WORD_NUMBER.fullmatch(fields[0]) or int(fields[0]) != expected:
        raise _malformed(
            sentence.file, number, f"begins with {fields[0]!r:.40} where word {expected} belongs", line
        )
    if not fields[_FORM]:
        raise _malformed(sentence.file, number, "has no word in its second field", line)
    sentence.lines.append((number, fields))


def _annotations(sentence: _Sentence) -> dict[str, list]:
    """One value for each word of the sentence; None where there is none."""
    words = [_word(sentence, number, fields) for number, fields in sentence.lines]
    try:
        depth = depths(words)
    except ValueError as error:
        number, fields = sentence.lines[error.args[0]]
        raise _malformed(
            sentence.file, number, f"is in a circle: the heads above word {fields[0]} lead back to it"
        ) from None
    n_words = len(words)
    return {
        "part of speech": [word.part for word in words],
        "tag": [_given(fields[_TAG]) for _, fields in sentence.lines],
        "features": [_given(fields[_FEATURES]) for _, fields in sentence.lines],
        "relation": [word.relation for word in words],
        "dependency depth": depth,
        "chunk": chunks(words),
        "document": [sentence.document] * n_words,
        "paragraph": [sentence.paragraph] * n_words,
    }


def _word(sentence: _Sentence, number: int, fields: list[str]) -> Word:
    head = _given(fields[_HEAD])
    if head is not None and not _HEAD_NUMBER.fullmatch(head):
        raise _malformed(sentence.file, number, f"has the head {head!r:.40}, which is no whole number")
    if head is not None and int(head) > len(sentence.lines):
        raise _malformed(
            sentence.file, number, f"has the head {head} in a sentence of {len(sentence.lines)} words"
        )
    return Word(
        part=_given(fields[_PART]),
        head=None if head is None else int(head) - 1,
        relation=_given(fields[_RELATION]),
    )


def _given(text: str) -> str | None:
    return None if text in (_MISSING, "") else text


def _malformed(file: Path, number: int, what: str, line: str = "") -> ParameterError:
    shown = f": {line!r:.120}" if line else ""
    return ParameterError(f"Line {number} of {file} {what}{shown}. Mend or remove the sentence.")
