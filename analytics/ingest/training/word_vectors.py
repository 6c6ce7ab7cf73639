"""Word vectors that another tool made: the text format of word2vec, gensim, fastText and GloVe.

A line has a word and its numbers, parted by single spaces; word2vec's first line has instead how many words
and numbers there are. Words may hold spaces themselves: the numbers are counted from the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.corpora.vocabulary import ids_of_texts
from analytics.errors import ParameterError

__all__ = ["WordVectors", "read_word_vectors"]

LARGEST = float(np.finfo(np.float32).max)


class WordVectors(NamedTuple):
    """Of the words of a vocabulary."""

    values: NDArray[np.float32]
    """Shape (n_words, n_embedding)."""
    found: NDArray[np.bool_]
    """Shape (n_words,): False where the file has no such word, whose vector is the mean of the others."""


def read_word_vectors(file: str | Path, vocabulary: Sequence[str], /, *, n_embedding: int) -> WordVectors:
    """Read the vectors of the words of a vocabulary.

    Parameters
    ----------
    file : path
    vocabulary : sequence of str
        Other words of the file are passed over.
    n_embedding : int
        Numbers of each vector.

    Returns
    -------
    WordVectors
        Where a word stands twice in the file, its first vector.

    Raises
    ------
    ParameterError
        If the file cannot be read, its vectors have another size, a number is none, or none of the words has
        a vector; the sentence names file and line.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "tiny.txt"
    >>> _ = path.write_text("2 3\\ncat 1 0 0\\ndog 0 1 0\\n")
    >>> vectors = read_word_vectors(path, ["<unk>", "cat", "dog"], n_embedding=3)
    >>> vectors.values[0].tolist(), vectors.found.tolist()
    ([0.5, 0.5, 0.0], [False, True, True])
    """
    path = Path(file)
    ids = ids_of_texts(vocabulary)
    values = np.zeros((len(vocabulary), n_embedding), dtype=np.float32)
    found = np.zeros(len(vocabulary), dtype=bool)
    for number, line in _lines(path):
        word, numbers = _cut(path, number, line, n_embedding)
        here = ids.get(word)
        if here is not None and not found[here]:
            values[here], found[here] = _parsed(path, number, numbers), True
    if not found.any():
        raise ParameterError(
            f"None of the {len(vocabulary):,} words of the vocabulary has a vector in {path}. Take vectors "
            "of words that are cut and written (lower = true) like the text."
        )
    values[~found] = values[found].mean(axis=0)
    return WordVectors(values, found)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of vectors with their numbers; not the first, where it says how many there are."""
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n ")
                is_size = number == 1 and len(text.split()) == 2 and all(map(str.isdigit, text.split()))
                if text and not is_size:
                    yield number, text
    except FileNotFoundError:
        raise ParameterError(f"There is no file of word vectors {path}.") from None
    except UnicodeDecodeError:
        raise ParameterError(
            f"{path} is not UTF-8, as word vectors in text are. Write them as text: in gensim, "
            "vectors.save_word2vec_format(file, binary=False)."
        ) from None
    except OSError as error:
        raise ParameterError(f"The word vectors {path} cannot be read: {error.strerror}.") from None


def _cut(path: Path, number: int, line: str, n_embedding: int) -> tuple[str, list[str]]:
    word, *numbers = line.rsplit(" ", n_embedding)
    if len(numbers) < n_embedding or (" " in word and all(map(_is_number, word.split(" ")[1:]))):
        n_found = len(line.split(" ")) - 1
        raise ParameterError(
            f"Line {number} of {path} has {n_found} numbers after its word, where the embedding has "
            f"{n_embedding}. Set n_embedding = {n_found}, or take other vectors."
        )
    return word, numbers


def _parsed(path: Path, number: int, numbers: list[str]) -> NDArray[np.float32]:
    wrong = next((text for text in numbers if not _is_number(text)), None)
    if wrong is not None:
        raise ParameterError(f"Line {number} of {path} holds {wrong!r:.40}, which is no finite number.")
    return np.array([float(text) for text in numbers], dtype=np.float32)


def _is_number(text: str) -> bool:
    """Whether it is one that float32 holds."""
    try:
        return abs(float(text)) <= LARGEST
    except ValueError:
        return False
