"""What is said on the Memory page: what is measured, what is missing, what a run takes."""

from __future__ import annotations

from analytics.store.recording import Recording

__all__ = [
    "MINIMUM",
    "directions_note",
    "duration",
    "estimate_sentence",
    "few_note",
    "measure_title",
    "measure_unit",
    "no_annotation",
    "no_place",
    "nothing_stored",
    "shared_note",
    "two_spaces",
    "whitened_note",
]

MINIMUM = 20
"""Positions at delay 0 below which a class has no curve: a mean of so few says little."""
SECONDS_PER_MINUTE = 60


def measure_title(measure: str, *, n: int, whitened: bool) -> str:
    """Return the title of the axis of a measure, in front of n.

    Examples
    --------
    >>> measure_title("largest", n=5, whitened=False)
    'largest singular value<br>state per embedding, '
    >>> measure_title("share", n=5, whitened=True)
    'first 5 singular values in their sum<br>'
    """
    if measure == "share":
        return f"first {n} singular values in their sum<br>" if n > 1 else "largest in the sum of all<br>"
    what = {"largest": "largest singular value", "sum": "sum of the singular values"}[measure]
    return f"{what}<br>{measure_unit(measure, whitened=whitened)}, "


def measure_unit(measure: str, *, whitened: bool) -> str:
    """Return the unit of a measure: change of the state by a change of the embedding."""
    if measure == "share":
        return ""
    return "state per s.d. of the embedding" if whitened else "state per embedding"


def whitened_note(whitened: bool) -> list[str]:
    """Return what a reader of whitened values should know."""
    if not whitened:
        return []
    return [
        "Embeddings are measured in their own standard deviations over all positions; bands and norms "
        "are known only for values as they are."
    ]


def nothing_stored(recording: Recording, state: str) -> str:
    """Return why a curve is missing."""
    return f"The memory of {state} in {recording.name} has not been computed yet."


def no_annotation(recording: Recording, name: str) -> str:
    """Return why the second has none of the first's classes."""
    return f"B, {recording.name}, has no annotation '{name[:40]}', so none of these classes can be compared."


def no_place(recording: Recording) -> str:
    """Return why the second does not follow the first's token."""
    return (
        f"B, {recording.name}, does not have this token at this place of the same text: unlink the two "
        "to follow a token of its own."
    )


def two_spaces(*, is_one: bool) -> str:
    """Return why directions are not subtracted."""
    why = (
        "a direction has no sign, and its rank may change from state to state"
        if is_one
        else "they lie in the embeddings of two networks, whose axes need not be the same"
    )
    return f"There is no difference B − A of directions: {why}. Compare the words at their ends."


def few_note(n_few: int) -> list[str]:
    """Return that some classes have no curve."""
    if not n_few:
        return []
    which = "1 class has" if n_few == 1 else f"{n_few:,} classes have"
    return [f"{which} fewer than {MINIMUM} positions and no curve."]


def shared_note(n_shared: int, one: str, other: str) -> list[str]:
    """Return that words could be in both classes of a property.

    Examples
    --------
    >>> shared_note(1, "NN", "VB")
    ["1 word is of both 'NN' and 'VB': it belongs to the class that it is more often of."]
    """
    if not n_shared:
        return []
    if n_shared == 1:
        return [f"1 word is of both '{one}' and '{other}': it belongs to the class that it is more often of."]
    each = "each belongs to the class that it is more often of"
    return [f"{n_shared:,} words are of both '{one}' and '{other}': {each}."]


def directions_note(n_words: int, min_count: int) -> str:
    """Return which words were compared with a direction, and how."""
    least = f"that occur at least {min_count} times " if min_count > 1 else ""
    return (
        f"{n_words:,} words {least}were compared, by the cosine between a direction and the word's embedding "
        "as seen from their mean. The sign of a direction is arbitrary: one end and the other may change "
        "places."
    )


def estimate_sentence(seconds: float, *, n_positions: int, n_all: int) -> str:
    """Return how long a run takes and what it is over.

    Examples
    --------
    >>> estimate_sentence(42, n_positions=5_000, n_all=50_973)
    'About 40 s for 5,000 of 50,973 positions, drawn in stretches.'
    """
    of = (
        f"{n_positions:,} of {n_all:,} positions, drawn in stretches"
        if n_positions < n_all
        else f"all {n_all:,} positions"
    )
    return f"About {duration(seconds)} for {of}."


def duration(seconds: float) -> str:
    """Return a rough duration.

    Examples
    --------
    >>> [duration(seconds) for seconds in (0.4, 42, 100, 5400, 40_000)]
    ['1 s', '40 s', '2 min', '90 min', '11 h']
    """
    if seconds < 90:
        return f"{max(1, round(seconds, -1 if seconds >= 20 else 0)):.0f} s"
    minutes = seconds / SECONDS_PER_MINUTE
    return f"{minutes:.0f} min" if minutes <= 90 else f"{minutes / SECONDS_PER_MINUTE:.0f} h"
