import numpy as np
import pytest

from analytics.ingest.recorder.spans import batches_of_spans


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("max_positions", [1, 7, 40, 1000])
def test_spans_cover_every_position_once_in_order(seed, max_positions):
    lengths = np.random.default_rng(seed).integers(1, 30, size=15)
    starts = np.cumsum([0, *lengths])[:-1]
    n_positions = int(lengths.sum())
    batches = list(batches_of_spans(starts, n_positions=n_positions, max_positions=max_positions))
    spans = [span for batch in batches for span in batch]
    assert [span.start for span in spans] == [0, *(span.stop for span in spans[:-1])]
    assert spans[-1].stop == n_positions
    assert [span.start for span in spans if not span.continues] == starts.tolist()
    for batch in batches:
        assert batch[-1].stop - batch[0].start <= max_positions
        # What continues, or is continued, runs alone: only then can its state be carried.
        assert len(batch) == 1 or not any(span.continues for span in batch)
