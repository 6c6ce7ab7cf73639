"""Part of speech and chunk of every token, by the tagger inside the package `textblob`.

It is right for about 95 of 100 words of modern English with its capitals: good for looking, not for counting.
It was made for modern prose, so of a play it is shown a modernised spelling (`hath` as `has`, `appear'd` as
`appeared`, `'t` as `it`), no marks between lines, and small letters where a verse line begins; there it is
right somewhat less often.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Sequence

from analytics.corpora.dependencies import CHUNK_LABELS, NO_CHUNK
from analytics.corpora.plays import CLOSE, MARKERS, OPEN, SPEECH
from analytics.errors import MissingPackageError

__all__ = ["SPEECH_PART_LABELS", "tag_play_words", "tag_words"]

_MARKER = "marker"
_PARTS = {
    "noun": "NN NNS",
    "proper noun": "NNP NNPS",
    "pronoun": "PRP PRP$ WP WP$ EX",
    "verb": "VB VBD VBG VBN VBP VBZ",
    "modal verb": "MD",
    "adjective": "JJ JJR JJS",
    "adverb": "RB RBR RBS WRB",
    "determiner": "DT PDT WDT",
    "preposition": "IN",
    "conjunction": "CC",
    "particle": "TO RP POS",
    "number": "CD",
    "interjection": "UH",
    "punctuation": ". , : ( ) \" ' `` '' # $",
    _MARKER: "",
    "other": "FW SYM LS",
}
_PART_OF_TAG = {tag: part for part, tags in _PARTS.items() for tag in tags.split()}

SPEECH_PART_LABELS = tuple(_PARTS)
"""Sixteen groups of the Penn tags, in the order to show them. `marker`: our own marks between the words."""

_MODERN = {
    "'t": "it", "'em": "them", "'s": "'s", "o'": "of", "i'": "in", "th'": "the", "'ld": "would", "'rt": "are",
    "hath": "has", "doth": "does", "hast": "have", "dost": "do", "didst": "did", "hadst": "had",
    "wilt": "will", "shalt": "shall", "canst": "can", "wouldst": "would", "shouldst": "should",
    "couldst": "could", "thou": "you", "thee": "you", "ye": "you", "thy": "your", "thine": "yours",
    "o'er": "over", "ne'er": "never", "e'er": "ever", "e'en": "even", "'gainst": "against",
    "'twixt": "between",
    "'mongst": "among", "wherefore": "why", "o": "oh",
}  # fmt: skip
_PAST = re.compile(r"(?<=[a-z]{2})'d$")
_SECOND_PERSON = re.compile(r"(?<=[a-z]{2})'st$")
_ENDS_SENTENCE = frozenset(".?!")
_LONGEST_SENTENCE = 200
_IN_BRACKETS = re.compile(r"<[^<>\s]+>")


def tag_play_words(printed: Sequence[str]) -> tuple[list[str], list[str]]:
    """Tag tokens with the capitals they have in print.

    Parameters
    ----------
    printed : sequence of str
        Tokens of plays with their markers, as `plays_corpus` gives under the annotation `printed`.

    Returns
    -------
    parts, chunks : list of str
        One of `SPEECH_PART_LABELS` and one of `CHUNK_LABELS` for each token.

    Raises
    ------
    MissingPackageError
        If the package is not installed.
    """
    return _tag(_play_sentences(printed), len(printed))


def tag_words(tokens: Sequence[str], sequence_starts: Iterable[int]) -> tuple[list[str], list[str]]:
    """Tag tokens of English as they stand; none reaches over the start of a sequence.

    Parameters
    ----------
    tokens : sequence of str
        Words and marks apart, as the Penn Treebank has them: `do`, `n't`, `.`.
    sequence_starts : iterable of int
        First position of each sequence.

    Returns
    -------
    parts, chunks : list of str
        One of `SPEECH_PART_LABELS` and one of `CHUNK_LABELS` for each token. Tokens in angle brackets, such
        as `<unk>`, and white space are markers.

    Raises
    ------
    MissingPackageError
        If the package is not installed.
    """
    return _tag(_sentences(tokens, frozenset(int(start) for start in sequence_starts)), len(tokens))


def _tag(sentences: Iterable[tuple[list[int], list[str]]], n_tokens: int) -> tuple[list[str], list[str]]:
    """Tag the words of sentences, which come with their places; between them are markers."""
    parse = _parser()
    parts = [_MARKER] * n_tokens
    chunks = [NO_CHUNK] * n_tokens
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its word lists open
        for places, words in sentences:
            tagged = parse(" ".join(words), tokenize=False, chunks=True).split(" ")
            for place, entry in zip(places, tagged, strict=True):
                _, tag, chunk, _ = entry.rsplit("/", 3)
                parts[place] = _PART_OF_TAG.get(tag, "other")
                label = chunk.removeprefix("B-").removeprefix("I-")
                chunks[place] = label if label in CHUNK_LABELS else NO_CHUNK
    return parts, chunks


def _parser() -> Callable[..., str]:
    try:
        from textblob.en import parse  # takes seconds, so only when it is needed
    except ImportError as error:
        raise MissingPackageError(
            f"Parts of speech come from the package 'textblob', but {error.name!r} is not installed. "
            "Run: pip install --no-deps -r data/demo-requirements.txt"
        ) from None
    return parse


def _sentences(tokens: Sequence[str], starts: frozenset[int]) -> Iterable[tuple[list[int], list[str]]]:
    """Places and words up to a sentence's end, a sequence's, or so many that the tagger takes its time."""
    places: list[int] = []
    words: list[str] = []
    for place, token in enumerate(tokens):
        if places and (place in starts or words[-1] in _ENDS_SENTENCE or len(places) == _LONGEST_SENTENCE):
            yield places, words
            places, words = [], []
        if not _IN_BRACKETS.fullmatch(token) and (word := "_".join(token.split())):
            places.append(place)
            words.append(word)
    if places:
        yield places, words


def _play_sentences(printed: Sequence[str]) -> Iterable[tuple[list[int], list[str]]]:
    """Places and modernised words between two markers or sentence ends."""
    small = {word for word in printed if word.islower()}
    places: list[int] = []
    words: list[str] = []
    begins_line = True
    for place, word in enumerate(printed):
        if word not in MARKERS:
            places.append(place)
            words.append(_modern(word, begins_line=begins_line, small=small))
        begins_line = word in MARKERS or word in _ENDS_SENTENCE
        if words and (word in _ENDS_SENTENCE or word in (SPEECH, OPEN, CLOSE)):
            yield places, words
            places, words = [], []
    if words:
        yield places, words


def _modern(word: str, *, begins_line: bool, small: set[str]) -> str:
    """The word as the tagger knows it; ALL CAPITALS are a name in a stage direction."""
    lower = word.lower()
    if word.isupper() and len(word) > 1:
        return word.capitalize()
    if lower in _MODERN:
        return _MODERN[lower]
    if begins_line and lower in small:
        word = lower
    return _SECOND_PERSON.sub("", _PAST.sub("ed", word))
