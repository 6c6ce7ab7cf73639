"""What follows from the dependency tree of a sentence: how deep each word lies, and its chunk.

Chunks are phrases without the phrases inside them, as in the CoNLL-2000 task. The rule, with the parts of
speech and relations of Universal Dependencies:

======  =======================  ==============================================  ===========================
chunk   head                     goes left over words that hang on the head by   goes right over
======  =======================  ==============================================  ===========================
NP      noun, name, pronoun,     det, amod, nummod, compound, nmod:poss,         flat, fixed, goeswith,
        number, symbol; a        nmod:desc, flat, goeswith; punctuation within   nummod, compound, possessive
        determiner or adjective                                                  case (a particle)
        that stands for a noun
VP      verb, auxiliary          aux, cop, advmod, mark and discourse that are   compound:prt, fixed,
                                 particles; does not begin with an adverb        goeswith
PP      adposition               (itself)                                        fixed, goeswith
ADJP    adjective                advmod                                          fixed, goeswith
ADVP    adverb                   advmod                                          fixed, goeswith
======  =======================  ==============================================  ===========================

"Over words" is with all that hang on them in turn, up to the first word that hangs on something else. An
adjective stands for a noun when it has a determiner, or is a subject or an object, and keeps its adverbs.
Where two chunks meet in a word, the one further up in the table has it: the adjective of a noun phrase is
NP. All other words are `none`. As there is no mark of where a chunk begins, two that touch look like one.

References
----------
.. [1] E. F. Tjong Kim Sang and S. Buchholz, "Introduction to the CoNLL-2000 Shared Task: Chunking", 2000,
   arXiv:cs/0009008. Their chunks follow from constituents; these follow from dependencies, and differ where
   the two analyses do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["CHUNK_LABELS", "NO_CHUNK", "Word", "chunks", "depths"]

NO_CHUNK = "none"
CHUNK_LABELS = ("NP", "VP", "PP", "ADJP", "ADVP", NO_CHUNK)
"""Noun, verb, prepositional, adjective and adverb phrase."""

_HEADS = {
    **dict.fromkeys(("NOUN", "PROPN", "PRON", "NUM", "SYM"), "NP"),
    **dict.fromkeys(("VERB", "AUX"), "VP"),
    "ADP": "PP",
    "ADJ": "ADJP",
    "ADV": "ADVP",
}
_LEFT = {
    "NP": frozenset(
        ("det", "det:predet", "amod", "nummod", "compound", "nmod:poss", "nmod:desc", "flat", "goeswith")
    ),
    "VP": frozenset(("aux", "aux:pass", "cop", "advmod", "mark", "discourse")),
    "PP": frozenset(),
    "ADJP": frozenset(("advmod",)),
    "ADVP": frozenset(("advmod",)),
}
_RIGHT = {
    "NP": frozenset(("flat", "fixed", "goeswith", "nummod", "compound", "case")),
    "VP": frozenset(("compound:prt", "fixed", "goeswith")),
    **dict.fromkeys(("PP", "ADJP", "ADVP"), frozenset(("fixed", "goeswith"))),
}
_WITHIN = {"NP": "punct", "VP": "advmod"}
"""A relation over which a phrase goes, but at which it does not begin, unless the word is a particle."""
_PARTICLES_ONLY = frozenset(("mark", "case", "discourse"))
"""Relations over which a phrase goes when the word is a particle: `to` of an infinitive, `'s`."""
_OF_NOUNS = frozenset(("nsubj", "nsubj:pass", "obj", "iobj"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence and its place in the tree."""

    part: str | None
    """Universal part of speech."""
    head: int | None
    """Index in the sentence of the word it hangs on; -1 for a root, None where no tree is given."""
    relation: str | None


def depths(words: Sequence[Word]) -> list[int | None]:
    """Number of steps from each word up to its root; None where no tree is given.

    Raises
    ------
    ValueError
        If the heads go round in a circle; its argument is the index of a word in it.

    Examples
    --------
    >>> depths([Word("DET", 1, "det"), Word("NOUN", 2, "nsubj"), Word("VERB", -1, "root")])
    [2, 1, 0]
    """
    found: dict[int | None, int | None] = {-1: -1, None: None}
    for start in range(len(words)):
        path: list[int] = []
        place: int | None = start
        while place not in found:
            if len(path) > len(words):
                raise ValueError(place)
            path.append(place)
            place = words[place].head
        for place in reversed(path):
            above = found[words[place].head]
            found[place] = None if above is None else above + 1
    return [found[place] for place in range(len(words))]


def chunks(words: Sequence[Word]) -> list[str | None]:
    """One of `CHUNK_LABELS` for each word of a sentence; None where no tree is given.

    Examples
    --------
    >>> the, cat, sat = Word("DET", 1, "det"), Word("NOUN", 2, "nsubj"), Word("VERB", -1, "root")
    >>> chunks([the, cat, sat])
    ['NP', 'NP', 'VP']
    """
    found: list[str | None] = [None if word.head is None else NO_CHUNK for word in words]
    standing_for_nouns = {word.head for word in words if word.relation == "det"}
    phrases: dict[str, list[int]] = {label: [] for label in CHUNK_LABELS}
    for place, word in enumerate(words):
        if word.head is not None:
            phrases[_phrase(word, is_noun=place in standing_for_nouns)].append(place)
    for label in reversed(CHUNK_LABELS[:-1]):
        for head in phrases[label]:
            for place in _span(words, head, label):
                found[place] = label
    return found


def _phrase(word: Word, *, is_noun: bool) -> str:
    """Which phrase a word is the head of."""
    if is_noun and word.part in ("ADJ", "ADV"):
        return "NP"
    if word.part == "ADJ" and word.relation in _OF_NOUNS:
        return "NP"
    if word.part == "DET":
        return NO_CHUNK if (word.relation or "").startswith("det") else "NP"
    if word.part == "ADP" and word.relation == "compound:prt":
        return NO_CHUNK
    return _HEADS.get(word.part or "", NO_CHUNK)


def _span(words: Sequence[Word], head: int, label: str) -> range:
    left = _LEFT[label] | (_LEFT["ADJP"] if words[head].part == "ADJ" else frozenset())
    first = _reach(words, head, range(head - 1, -1, -1), (left, _WITHIN.get(label)))
    last = _reach(words, head, range(head + 1, len(words)), (_RIGHT[label], None))
    return range(first, last + 1)


def _reach(
    words: Sequence[Word], head: int, places: Iterable[int], relations: tuple[frozenset[str], str | None]
) -> int:
    """The last of `places`, in their order, up to which all words hang on the head by one of the relations.

    Of the second of `relations` are words that lie within the phrase, never at its end.
    """
    ending, within = relations
    reached = head
    for place in places:
        child = _child_above(words, place, head)
        if child is None:
            break
        relation, is_particle = words[child].relation, words[child].part == "PART"
        if relation == within and not is_particle:
            continue
        if relation not in ending or (relation in _PARTICLES_ONLY and not is_particle):
            break
        reached = place
    return reached


def _child_above(words: Sequence[Word], place: int, head: int) -> int | None:
    """The word on the way up from `place` that hangs on `head` itself; None where the way leads elsewhere."""
    while (above := words[place].head) != head:
        if above is None or above < 0:
            return None
        place = above
    return place
