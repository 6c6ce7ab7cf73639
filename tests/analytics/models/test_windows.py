from itertools import pairwise

import numpy as np
import pytest

from analytics.models.windows import IGNORED, n_windows, windows


@pytest.mark.parametrize("seed", range(5))
def test_every_step_is_read_once_in_order_with_its_next_token(seed):
    generator = np.random.default_rng(seed)
    lengths = generator.integers(1, 30, size=12)
    borders = np.cumsum([0, *lengths])
    sequences = [np.arange(start, stop) for start, stop in pairwise(borders)]
    order = generator.permutation(12).tolist()
    cut = list(windows(sequences, n_streams=4, n_steps=7, order=order))
    read: dict[int, list[int]] = {}
    seen = []
    for window in cut:
        for column, stream in enumerate(window.streams.tolist()):
            if window.fresh[column]:
                read[stream] = []
            known = window.targets[:, column] != IGNORED
            assert (window.targets[known, column] == window.ids[known, column] + 1).all()
            read[stream] += window.ids[known, column].tolist()
            seen += window.ids[known, column].tolist()
            first = read[stream][0] if read[stream] else 0
            assert read[stream] == list(range(first, first + len(read[stream])))
    assert sorted(seen) == sorted(set(range(borders[-1])) - set((borders[1:] - 1).tolist()))
    assert len(cut) == n_windows(sequences, n_streams=4, n_steps=7, order=order)
