"""What is said of the matches: why there are none and what to do, what the shares of labels are."""

from __future__ import annotations

from analytics.analyses.labels import LabelShares, NumberShares
from dashboard.queries.match.question import MatchQuestion

__all__ = ["labels_sentence", "reason_for_nothing"]


def reason_for_nothing(asked: MatchQuestion, *, n_units: int) -> str:
    """Return the sentence that stands in place of the rows.

    Examples
    --------
    >>> reason_for_nothing(MatchQuestion("plays", "cell"), n_units=0)
    'Nothing is selected. Drag over some words above, then press Match.'
    """
    if asked.start < 0 and not asked.pinned:
        return "Nothing is selected. Drag over some words above, then press Match."
    if n_units == 0:
        return _no_units(asked)
    if asked.is_impossible:
        return (
            f"No range has at least {asked.least_length} and at most {asked.max_length} positions. "
            "Raise the largest length or lower the smallest."
        )
    if asked.min_overlap > n_units:
        return (
            f"The pattern has {n_units} {_plural(n_units, 'unit')}, so no range can share "
            f"{asked.min_overlap} with it. Set the overlap to at most {n_units}."
        )
    if asked.length:
        return (
            f"None of the best 1,000 matches has {asked.length} {_plural(asked.length, 'position')}. "
            "Release the length to see them all."
        )
    return _too_strict(asked, n_units=n_units)


def labels_sentence(name: str, shares: LabelShares | NumberShares) -> str:
    """Return what the bars are shares of, and how far apart they lie.

    Examples
    --------
    >>> from analytics.analyses.labels import label_shares
    >>> labels_sentence("pos", label_shares([0, 1, 1, 1], ["a", "b"], [0], [1]))  # doctest: +ELLIPSIS
    'pos, share of positions: 1 inside 1 match, 4 in the corpus. Total variation distance 0.75 (0: alike, ...'
    """
    counts = shares.bins if isinstance(shares, NumberShares) else shares
    sentence = (
        f"{name}, share of positions: {counts.n_inside:,} inside {counts.n_ranges:,} "
        f"{'match' if counts.n_ranges == 1 else 'matches'}, {counts.n_corpus:,} in the corpus. "
        f"Total variation distance {shares.distance:.2f} (0: alike, 1: no label in common; "
        f"{shares.distance_by_chance:.2f} expected of as many random positions as there are matches)."
    )
    if isinstance(shares, NumberShares):
        sentence += (
            f" Mean {shares.mean_inside:.4g} inside, {shares.mean_corpus:.4g} in the corpus; "
            f"median {shares.quantiles_inside[1]:.4g} and {shares.quantiles_corpus[1]:.4g}."
        )
    without = counts.unlabelled_inside
    return sentence + (f" {without:,} positions inside carry no label." if without else "")


def _no_units(asked: MatchQuestion) -> str:
    windows = " and off before or after it" if asked.off_before or asked.off_after else ""
    narrow = ", narrow the off-windows" if windows else ""
    bring_back = ", bring a dropped unit back" if asked.dropped else ""
    return (
        f"No unit is on at every selected position{windows} at threshold {asked.threshold:.6g}. "
        f"Lower the threshold, select fewer positions{narrow}{bring_back}, or pin a unit."
    )


def _too_strict(asked: MatchQuestion, *, n_units: int) -> str:
    lengths = f"at least {asked.least_length} {_plural(asked.least_length, 'position')}"
    if asked.max_length:
        lengths += f" and at most {asked.max_length}"
    windows = ", off in the windows around it" if asked.off_before or asked.off_after else ""
    return (
        f"No range of {lengths} holds {asked.min_overlap} or more of the {n_units} "
        f"{_plural(n_units, 'unit')}{windows}. "
        "Lower the overlap, the smallest length or the threshold."
    )


def _plural(number: int, word: str) -> str:
    return word if number == 1 else word + "s"
