"""How a corpus is cut into batches whose sequences run side by side, yet are stored in corpus order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from numpy.typing import NDArray

__all__ = ["Span", "batches_of_spans"]


@dataclass(frozen=True, slots=True)
class Span:
    """Positions of one sequence that are run in one piece."""

    start: int
    stop: int
    continues: bool
    """Its state comes from the span before: the sequence was too long for one batch."""

    def __len__(self) -> int:
        return self.stop - self.start


def batches_of_spans(
    sequence_starts: NDArray, *, n_positions: int, max_positions: int
) -> Iterator[list[Span]]:
    """Yield batches of neighbouring spans, at most `max_positions` long together.

    A sequence longer than that is cut, and its pieces come alone, one batch after the other, so that
    memory is bounded by `max_positions` whatever the corpus is like.

    Examples
    --------
    >>> for batch in batches_of_spans([0, 2, 5], n_positions=12, max_positions=5):
    ...     print([(span.start, span.stop, span.continues) for span in batch])
    [(0, 2, False), (2, 5, False)]
    [(5, 10, False)]
    [(10, 12, True)]
    """
    batch: list[Span] = []
    borders = [*map(int, sequence_starts), n_positions]
    for start, stop in pairwise(borders):
        if batch and stop - batch[0].start > max_positions:
            yield batch
            batch = []
        if stop - start <= max_positions:
            batch.append(Span(start, stop, continues=False))
            continue
        for piece in range(start, stop, max_positions):
            yield [Span(piece, min(piece + max_positions, stop), continues=piece > start)]
    if batch:
        yield batch
