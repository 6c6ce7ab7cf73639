"""The address of the Sentences page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.links import clusters
from dashboard.links.reading import SWITCH, TEXT, Address, Parser, choice, numbers, plain, texts, whole

__all__ = [
    "SentencesView",
    "read_sentences",
    "sentences_address",
    "sentences_defaults",
    "sentences_from_dict",
]

PATH = "/sentences"
MODES = ("glyphs", "plain")
ORDERS = ("corpus", "hardest", "easiest")
MAX_ENTRIES = 8
KINDS = ("c", "t", "e")
SECOND = "+"


@dataclass(frozen=True, slots=True)
class SentencesView:
    """Everything the Sentences page shows. Clusters are those of the Clusters page, asked for alike."""

    recording: str = ""
    state: str = ""
    clusters: int = 10
    words: int = 300
    """How many of the most frequent words are clustered."""
    min_count: int = 5
    method: str = "signed"
    seed: int = 0
    named: tuple[int, ...] = ()
    """Words that are clustered however rare they are."""
    beside: str = ""
    """The second recording; empty: the first, in another state."""
    beside_state: str = ""
    linked: bool = True
    """Whether A and B are drawn on one scale, and what is typed is read by both."""
    entries: tuple[str, ...] = ()
    """What is read, A and B first: `c120-148` positions of the recording, from and up to; `tI love it` typed
    text; `e120-148:I love it` a range with other words in its place. `+` in front: by the second network."""
    mode: str = "glyphs"
    pick: str = ""
    """The cluster that the plain mode shows: `u3`."""
    unit: int = -1
    """The unit that it shows; -1: none."""
    gate: bool = False
    """Whether the forget or update gate says what is preserved, instead of the clipped quotient."""
    rows: tuple[str, ...] = ()
    """What stands under the words: measures of the predictions, and annotations."""
    zoom_from: int = -1
    zoom_to: int = -1
    """The words of A that are enlarged, from and up to; -1: all."""
    chosen: str = ""
    """The word whose response is shown: `a3`, `b0`."""
    find: str = ""
    label: str = ""
    """Only sentences with a label: `part of speech=noun`."""
    order: str = "corpus"
    page: int = 0
    list: bool = False
    """Whether the recording's sentences are listed."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for the browser."""
        return plain(self)


def _entries() -> Parser:
    wanted, split = texts(f"at most {MAX_ENTRIES} sentences")

    def parse(text: str) -> tuple[str, ...]:
        found = split(text)
        if len(found) > MAX_ENTRIES or any(entry.removeprefix(SECOND)[:1] not in KINDS for entry in found):
            raise ValueError
        return found

    return f"{wanted}, like c120-148 or tI love it, separated by commas", parse


def _numbered(letters: str, text: str, most: int | None = None) -> str:
    """Letter and number, like u3, or nothing."""
    number = text[1:]
    if text and not (text[0] in letters and number.isascii() and number.isdecimal() and len(number) < 10):
        raise ValueError
    if text and most is not None and int(number) >= most:
        raise ValueError
    return text


ADDRESS = Address(
    SentencesView(),
    path=PATH,
    parsers={
        "recording": TEXT,
        "state": TEXT,
        "clusters": whole(clusters.MIN_CLUSTERS, clusters.MAX_CLUSTERS),
        "words": whole(1, clusters.MAX_WORDS),
        "min_count": whole(1, 1 << 62),
        "method": choice(clusters.METHODS),
        "seed": whole(0, clusters.MAX_SEED),
        "named": numbers("word ids", most=clusters.MAX_NAMED),
        "beside": TEXT,
        "beside_state": TEXT,
        "linked": SWITCH,
        "entries": _entries(),
        "mode": choice(MODES),
        "pick": (
            "u and the number of a cluster, like u3",
            lambda text: _numbered("u", text, clusters.MAX_CLUSTERS),
        ),
        "unit": whole(-1, 1 << 62),
        "gate": SWITCH,
        "rows": texts("names"),
        "zoom_from": whole(-1, 1 << 62),
        "zoom_to": whole(-1, 1 << 62),
        "chosen": ("a or b and the number of a word, like a3", lambda text: _numbered("ab", text)),
        "find": TEXT,
        "label": TEXT,
        "order": choice(ORDERS),
        "page": whole(0, 1 << 62),
        "list": SWITCH,
    },
    other_names={
        "min_count": "least",
        "beside_state": "state2",
        "entries": "s",
        "zoom_from": "from",
        "zoom_to": "to",
        "chosen": "word",
    },
)


def sentences_address(view: SentencesView, *, path: str = PATH) -> str:
    """Return the address of a view.

    Examples
    --------
    >>> sentences_address(SentencesView(recording="plays", entries=("c120-148", "tO, Romeo"), chosen="b1"))
    '/sentences?recording=plays&s=c120-148%2CtO%252C+Romeo&word=b1'
    """
    return ADDRESS.of(view, path=path)


def read_sentences(query: str | None) -> tuple[SentencesView, list[str]]:
    """Read a view from a query string; return it with a sentence for each value that made no sense.

    Examples
    --------
    >>> view, problems = read_sentences("?recording=plays&s=c120-148%2CtO%252C+Romeo&order=random")
    >>> view.entries
    ('c120-148', 'tO, Romeo')
    >>> problems
    ["The address has order='random'; wanted one of corpus, hardest, easiest. Showing corpus."]
    """
    return ADDRESS.read(query)


def sentences_defaults() -> dict[str, Any]:
    """Return what the browser needs to write addresses: the default view and the name of each field."""
    return {"view": SentencesView().to_dict(), "names": ADDRESS.names}


def sentences_from_dict(values: Mapping[str, Any] | None) -> SentencesView:
    """Read a view that the browser keeps; what does not fit becomes the default."""
    return ADDRESS.from_dict(values)
