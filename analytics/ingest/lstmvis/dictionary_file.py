"""Dictionary files: a line for each word, the word and its id, as LSTMVis writes and reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import SourceFileError
from analytics.ingest.importing.report import Notes, some_of

__all__ = ["placeholder", "placeholders", "read_dictionary"]

MAX_BYTES = 1 << 28
"""A quarter of a GiB: ten million words."""

_LARGEST_ID = 1 << 62


def placeholder(word_id: int) -> str:
    """Return the text of an id that no dictionary has.

    Examples
    --------
    >>> placeholder(17)
    '<id 17>'
    """
    return f"<id {word_id}>"


def placeholders(ids: Sequence[int]) -> str:
    """Return the texts of such ids as a sentence names them.

    Examples
    --------
    >>> placeholders([17]), placeholders([17, 19])
    ('<id 17>', '<id 17> and so on')
    """
    return placeholder(ids[0]) + (" and so on" if len(ids) > 1 else "")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    word_id: int | None
    after_empty: bool
    """The line before it is empty."""


def read_dictionary(path: Path, notes: Notes) -> dict[int, str]:
    r"""Read the text of each id.

    A line is a word, white space (spaces or tabs), and a whole number; a line that begins with a space and
    holds a number only is the word " ". Everything else is left out and told, as is an id that comes
    twice: the last line counts.

    Parameters
    ----------
    path : Path
    notes : Notes

    Raises
    ------
    SourceFileError
        If it cannot be read, is larger than 256 MiB, or has no line of that form.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "words.dict"
    >>> _ = path.write_text("the 1\ncat\t2\n  3\nnew york 4\n")
    >>> notes = Notes()
    >>> read_dictionary(path, notes)
    {1: 'the', 2: 'cat', 3: ' '}
    >>> notes.sentences()
    ("words.dict: 1 line is not a word and its id, and is left out: line 4 'new york 4'.",)
    """
    texts: dict[int, str] = {}
    wrong: list[str] = []
    twice: list[int] = []
    spaces: list[_Line] = []
    for line in _lines(path, notes):
        if line.word_id is None:
            if line.text:
                wrong.append(f"line {line.number} {line.text[:40]!r}")
            continue
        if texts.setdefault(line.word_id, line.text) != line.text:
            twice.append(line.word_id)
        texts[line.word_id] = line.text
        if line.text == " ":
            spaces.append(line)
    if not texts:
        raise SourceFileError(
            f"{path.name} has no line with a word and its id, such as 'the 12'. Got "
            f"{some_of(wrong, limit=2) or 'no lines'}."
        )
    breaks = _line_breaks(spaces)
    texts.update({line.word_id: "\n" for line in breaks if line.word_id is not None})
    _tell(notes, path.name, wrong=wrong, twice=twice, breaks=[line.number for line in breaks])
    _tell_shared(notes, path.name, texts)
    return texts


def _line_breaks(spaces: list[_Line]) -> list[_Line]:
    """Where several words read as a space, those that are a line break, which begins the line before."""
    breaks = [line for line in spaces if line.after_empty]
    return breaks if len({line.word_id for line in spaces}) > len({line.word_id for line in breaks}) else []


def _tell(notes: Notes, name: str, *, wrong: list[str], twice: list[int], breaks: list[int]) -> None:
    if wrong:
        one = len(wrong) == 1
        notes.add(
            f"{name}: {len(wrong)} line{' is' if one else 's are'} not a word and its id, and "
            f"{'is' if one else 'are'} left out: {some_of(wrong)}."
        )
    if twice:
        notes.add(
            f"{name}: {some_of(dict.fromkeys(twice))} stand there with different words: the last counts."
        )
    if breaks:
        notes.add(f"{name}: line {some_of(breaks)} follows an empty line and is read as a line break.")


def _tell_shared(notes: Notes, name: str, texts: dict[int, str]) -> None:
    if len(set(texts.values())) < len(texts):
        counts = Counter(texts.values())
        shared = [repr(text) for text, count in counts.items() if count > 1]
        notes.add(f"{name}: {some_of(shared)} stand there with several ids: each id keeps its text.")


def _lines(path: Path, notes: Notes) -> Iterator[_Line]:
    decode = _decoder(path, notes)
    after_empty = False
    for number, line in enumerate(_bytes_of(path).split(b"\n"), start=1):
        text, word_id = _parse(line, decode)
        yield _Line(number, text, word_id, after_empty and line[1:2] != b" ")
        # "\n 3" is a line break and its id; a space and its id have two spaces.
        after_empty = not line.strip(b"\r")


def _parse(line: bytes, decode: Callable[[bytes], str]) -> tuple[str, int | None]:
    # Bytes are split at ASCII white space only: a no-break space or U+3000 is a word like any other.
    parts = line.split()
    if len(parts) == 2 and (word_id := _whole(parts[1])) is not None:
        return decode(parts[0]), word_id
    if len(parts) == 1 and (word_id := _whole(parts[0])) is not None:
        if line[:1] == b" ":
            return " ", word_id
        if line[:1].isspace() and line[1:2] in (b" ", b"\t"):
            return decode(line[:1]), word_id
    return decode(line.strip(b"\r")).strip(), None


def _whole(text: bytes) -> int | None:
    digits = text[1:] if text[:1] in (b"+", b"-") else text
    # Longer numbers are no ids, and int() of very long ones is slow.
    if not digits.isdigit() or len(digits) > 19:
        return None
    number = int(text)
    return number if abs(number) < _LARGEST_ID else None


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceFileError(
                f"{path.name} has {path.stat().st_size:,} bytes, and a dictionary at most {MAX_BYTES:,}."
            )
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise SourceFileError(f"{path} cannot be read: {error.strerror or error}.") from None


def _decoder(path: Path, notes: Notes) -> Callable[[bytes], str]:
    def decode(word: bytes) -> str:
        try:
            return word.decode("utf-8")
        except UnicodeDecodeError:
            notes.add(f"{path.name} is not UTF-8 text throughout: such words are read as Latin-1.")
            return word.decode("latin-1")

    return decode
