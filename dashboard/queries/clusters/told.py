"""What is said of the clusters: what was left out and why, and why there are none."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.analyses.cluster_labels import ClusterLabel
from analytics.analyses.cocluster import CoClusters
from analytics.analyses.explanation import FrequentWords

__all__ = ["cluster_detail", "cluster_title", "no_word_often_enough", "notes", "nothing_responds"]

N_IN_TITLE = 3


def notes(chosen: FrequentWords, found: CoClusters, *, asked: int, has_tags: bool) -> list[str]:
    """Return what a reader should know about the picture, in sentences."""
    said = [_covered(chosen)]
    if found.n_clusters < asked:
        said.append(
            f"{asked} clusters were asked for; the words and units that respond differently from others "
            f"are enough for {found.n_clusters}."
        )
    said.extend(found.notes)
    if not has_tags:
        said.append(
            "This recording has no categorical annotation, so words have no label to be coloured by. "
            "analytics.annotate adds one."
        )
    return said


def no_word_often_enough(name: str, *, min_count: int, most: int, text: str) -> str:
    """Return why there is no word to cluster.

    Examples
    --------
    >>> no_word_often_enough("plays", min_count=50, most=12, text="the")
    "No word of plays occurs at least 50 times; 'the' is the most frequent with 12. Lower the minimum count."
    """
    return (
        f"No word of {name} occurs at least {min_count:,} times; '{text}' is the most frequent with {most:,}."
        " Lower the minimum count."
    )


def nothing_responds(state: str, *, n_words: int) -> str:
    """Return why units that do not move cannot be clustered.

    Examples
    --------
    >>> nothing_responds("h0", n_words=300)
    'No unit of h0 responds to any of the 300 words: every expected response is 0. Choose another state.'
    """
    words = "the 1 word" if n_words == 1 else f"any of the {n_words:,} words"
    return f"No unit of {state} responds to {words}: every expected response is 0. Choose another state."


def cluster_title(label: ClusterLabel, texts: Sequence[str]) -> str:
    """Return the tag that sets a cluster apart, or its most central words."""
    if label.tags:
        return label.tags[0]
    return ", ".join(texts[word] for word in label.central_words[:N_IN_TITLE])


def cluster_detail(label: ClusterLabel, texts: Sequence[str]) -> str:
    """Return the shares behind the title: of the tag, and of the most frequent words."""
    if not label.n_words:
        return ""
    listed = zip(label.words, label.word_shares, strict=True)
    words = ", ".join(f"{texts[word]} {share:.0%}" for word, share in listed)
    own = f"of its {_counted(label.n_positions)}: {words}"
    return f"{label.sentence}; {own}" if label.sentence else own


def _covered(chosen: FrequentWords) -> str:
    n_words = len(chosen.words)
    what = "1 word carries" if n_words == 1 else f"{n_words:,} words carry"
    said = f"{what} {chosen.share:.0%} of the positions."
    left = []
    if chosen.n_beyond:
        left.append(f"{chosen.n_beyond:,} less frequent ones")
    if chosen.n_rarer:
        left.append(f"{chosen.n_rarer:,} that occur fewer than {chosen.min_count:,} times")
    return f"{said} Left out: {' and '.join(left)}." if left else said


def _counted(n_positions: int) -> str:
    return "1 position" if n_positions == 1 else f"{n_positions:,} positions"
