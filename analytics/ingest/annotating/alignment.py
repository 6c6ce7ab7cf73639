"""Laying tokens from elsewhere beside those of a recording: do they agree, and where not."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.corpora.vocabulary import UNKNOWN
from analytics.errors import ShapeError

__all__ = ["align_by_text", "placed", "where_they_part"]

_MARKER = re.compile(r"<[^<>\s]+>")
_TOKENS_AROUND = 3
_LONGEST_SHOWN = 30


def align_by_text(recorded: NDArray, given: Sequence[str]) -> NDArray[np.intp]:
    """Find for each position of a recording the token from elsewhere that belongs to it.

    The two agree when they are the same tokens in the same order, except that

    - `<unk>` in the recording stands for any one token;
    - in a recording without any capital letter, capitals make no difference;
    - a marker in the recording, such as `<eos>`, that is nowhere among the given tokens has no partner.

    Parameters
    ----------
    recorded : ndarray of str, shape (n_positions,)
    given : sequence of str, shape (n_given,)

    Returns
    -------
    ndarray of int, shape (n_positions,)
        Indices into `given`, -1 at markers.

    Raises
    ------
    ShapeError
        If they do not agree; the sentence shows the first place, and both lengths.

    Examples
    --------
    >>> align_by_text(np.array(["a", "<unk>", "<eos>", "c"], dtype=object), ["a", "b", "c"]).tolist()
    [0, 1, -1, 2]
    """
    theirs = np.array([*given, None], dtype=object)[:-1]
    partnered = ~_extra_markers(recorded, theirs)
    ours = recorded[partnered]
    if (sentence := where_they_part(ours, theirs, positions=np.flatnonzero(partnered))) is not None:
        raise ShapeError(sentence)
    places = np.full(len(recorded), -1, dtype=np.intp)
    places[partnered] = np.arange(len(theirs))
    return places


def where_they_part(
    ours: NDArray, theirs: NDArray, *, positions: NDArray[np.intp] | None = None
) -> str | None:
    """A sentence that shows the first token in which two texts differ; None when they agree.

    Parameters
    ----------
    ours, theirs : ndarray of str
        Of the recording, and from elsewhere.
    positions : ndarray of int, optional
        Where each of `ours` is in the recording. Default: in order from 0.
    """
    n_common = min(len(ours), len(theirs))
    differ = ~_same(ours[:n_common], theirs[:n_common], ignore_case=not any(map(_has_capital, set(ours))))
    if not differ.any() and len(ours) == len(theirs):
        return None
    first = int(differ.argmax()) if differ.any() else n_common
    position = first if positions is None or first >= len(positions) else int(positions[first])
    return (
        f"The tokens do not agree from position {position} on: the recording has {_shown(ours, first)}, the "
        f"annotations have {_shown(theirs, first)}{'' if position == first else f' as token {first}'}. "
        f"Recording: {_around(ours, first)}. Annotations: {_around(theirs, first)}. "
        f"{_lengths(len(ours), len(theirs))}"
    )


def placed(values: Sequence, places: NDArray[np.intp]) -> Sequence:
    """Values in the order of `places`, missing where those are -1.

    Examples
    --------
    >>> list(placed(["a", "b"], np.array([0, -1, 1])))
    ['a', nan, 'b']
    """
    if len(places) == len(values) and (places >= 0).all():
        return values
    return pd.api.extensions.take(pd.Series(values).array, places, allow_fill=True)


def _extra_markers(recorded: NDArray, given: NDArray) -> NDArray[np.bool_]:
    """Positions of markers that only the recording has."""
    known = {UNKNOWN, *given.tolist()}
    markers = {token for token in set(recorded.tolist()) - known if _MARKER.fullmatch(token)}
    return pd.Series(recorded, dtype=object).isin(markers).to_numpy()


def _same(ours: NDArray, theirs: NDArray, *, ignore_case: bool) -> NDArray[np.bool_]:
    same = (ours == theirs).astype(bool) | (ours == UNKNOWN).astype(bool)
    if ignore_case and not same.all():
        places = np.flatnonzero(~same)
        same[places] = [ours[place] == str(theirs[place]).lower() for place in places]
    return same


def _has_capital(token: str) -> bool:
    return token != token.lower()


def _shown(tokens: NDArray, place: int) -> str:
    return f"{tokens[place]!r:.{_LONGEST_SHOWN}}" if place < len(tokens) else "ended"


def _around(tokens: NDArray, place: int) -> str:
    """A few tokens before and after a place, that one in square brackets."""
    first = max(0, place - _TOKENS_AROUND)
    words = [f"{token!s:.{_LONGEST_SHOWN}}" for token in tokens[first : place + _TOKENS_AROUND + 1]]
    if place < len(tokens):
        words[place - first] = f"[{words[place - first]}]"
    text = " ".join(words)
    before, after = "... " if first else "", " ..." if place + _TOKENS_AROUND + 1 < len(tokens) else " |"
    return repr(f"{before}{text}{after}")


def _lengths(n_ours: int, n_theirs: int) -> str:
    if n_ours == n_theirs:
        return f"Both have {n_ours:,} tokens."
    more = "more" if n_theirs > n_ours else "fewer"
    difference = f"{abs(n_theirs - n_ours):,} {more}"
    return f"The recording has {n_ours:,} tokens, the annotations {n_theirs:,}: {difference}."
