"""The address of the Clusters page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.links.reading import SWITCH, TEXT, Address, choice, number, numbers, plain, whole

__all__ = ["ClustersView", "clusters_address", "clusters_defaults", "clusters_from_dict", "read_clusters"]

PATH = "/clusters"
METHODS = ("signed", "spectral", "spectral-abs", "separate")
CHIPS = ("height", "width")
MIN_CLUSTERS, MAX_CLUSTERS = 2, 20
MAX_WORDS = 5000
MAX_CHOSEN = 3
MAX_NAMED = 100
MAX_TOP = 100
MAX_SEED = (1 << 32) - 20
"""Ten further seeds are tried, and scikit-learn takes none of more than 32 bits."""


@dataclass(frozen=True, slots=True)
class ClustersView:
    """Everything the Clusters page shows. Words are ids of the recording's vocabulary."""

    recording: str = ""
    state: str = ""
    clusters: int = 10
    words: int = 300
    """How many of the most frequent words are clustered."""
    min_count: int = 5
    """Words that occur less often are left out."""
    method: str = "signed"
    seed: int = 0
    color: str = ""
    """Categorical annotation that colours words; empty: the one most like a part of speech."""
    share: float = 0.2
    """Edges under this share of the largest are hidden."""
    chips: str = "height"
    """What all memory chips have in common."""
    pick: str = ""
    """The chosen word or unit cluster: `w3`, `u3`."""
    chosen: tuple[int, ...] = ()
    """Words whose responses are shown, the first of them orders the units."""
    unit: int = -1
    """The unit that is explained; -1: none."""
    top: int = 20
    """How many words explain it."""
    find: str = ""
    table: bool = False
    """Whether the same is shown as tables."""
    named: tuple[int, ...] = ()
    """Words that are clustered however rare they are."""
    beside: str = ""
    """The second recording; empty: the first, in another state. Words keep the ids of the first."""
    beside_state: str = ""
    linked: bool = True
    """Whether the second is clustered like the first, and drawn on one scale with it."""
    beside_clusters: int = 10
    beside_seed: int = 0
    """Those of the second where it is not linked."""
    beside_pick: str = ""
    beside_unit: int = -1

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for the browser."""
        return plain(self)


def _pick(text: str) -> str:
    if text and not (text[0] in "wu" and text[1:].isdecimal() and int(text[1:]) < MAX_CLUSTERS):
        raise ValueError
    return text


ADDRESS = Address(
    ClustersView(),
    path=PATH,
    parsers={
        "recording": TEXT,
        "state": TEXT,
        "clusters": whole(MIN_CLUSTERS, MAX_CLUSTERS),
        "words": whole(1, MAX_WORDS),
        "min_count": whole(1, 1 << 62),
        "method": choice(METHODS),
        "seed": whole(0, MAX_SEED),
        "color": TEXT,
        "share": number(0, 1),
        "chips": choice(CHIPS),
        "pick": ("w or u and the number of a cluster, like w3", _pick),
        "chosen": numbers("word ids", most=MAX_CHOSEN),
        "unit": whole(-1, 1 << 62),
        "top": whole(1, MAX_TOP),
        "find": TEXT,
        "table": SWITCH,
        "named": numbers("word ids", most=MAX_NAMED),
        "beside": TEXT,
        "beside_state": TEXT,
        "linked": SWITCH,
        "beside_clusters": whole(MIN_CLUSTERS, MAX_CLUSTERS),
        "beside_seed": whole(0, MAX_SEED),
        "beside_pick": ("w or u and the number of a cluster, like w3", _pick),
        "beside_unit": whole(-1, 1 << 62),
    },
    other_names={
        "min_count": "least",
        "chosen": "word",
        "beside_state": "state2",
        "beside_clusters": "clusters2",
        "beside_seed": "seed2",
        "beside_pick": "pick2",
        "beside_unit": "unit2",
    },
)


def clusters_address(view: ClustersView, *, path: str = PATH) -> str:
    """Return the address of a view.

    Examples
    --------
    >>> clusters_address(ClustersView(recording="plays", state="layer1.cell", chosen=(4, 9), unit=3))
    '/clusters?recording=plays&state=layer1.cell&word=4%2C9&unit=3'
    """
    return ADDRESS.of(view, path=path)


def read_clusters(query: str | None) -> tuple[ClustersView, list[str]]:
    """Read a view from a query string; return it with a sentence for each value that made no sense.

    Examples
    --------
    >>> view, problems = read_clusters("?recording=plays&clusters=1&word=4")
    >>> view.recording, view.clusters, view.chosen
    ('plays', 10, (4,))
    >>> problems
    ["The address has clusters='1'; wanted a whole number from 2 to 20. Showing 10."]
    """
    return ADDRESS.read(query)


def clusters_defaults() -> dict[str, Any]:
    """Return what the browser needs to write addresses: the default view and the name of each field."""
    return {"view": ClustersView().to_dict(), "names": ADDRESS.names}


def clusters_from_dict(values: Mapping[str, Any] | None) -> ClustersView:
    """Read a view that the browser keeps; what does not fit becomes the default."""
    return ADDRESS.from_dict(values)
