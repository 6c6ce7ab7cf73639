"""Where two units are strongest together, by trying every position."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from analytics.analyses.comparison.places import strongest_together
from analytics.analyses.comparison.tokens import common_tokens
from analytics.errors import ParameterError, UnknownNameError


@pytest.mark.parametrize("seed", range(10))
def test_no_other_common_position_speaks_more_for_the_correlation(seed):
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, 9, size=80)
    other_ids = np.r_[ids[40:], ids[:40]]
    other_ids[::7] = 9
    one, other = (
        SimpleNamespace(token_ids=row, vocabulary=list(words), sequence_starts=np.arange(0, 80, 4))
        for row, words in ((ids, "abcdefghi"), (other_ids, "abcdefghi?"))
    )
    common = common_tokens(one, other)
    assert common.n and (np.diff(common.second) < 0).any()
    x, y = rng.normal(size=(80, 3)), rng.normal(size=(80, 2))
    pairs = [(0, 1), (2, 0)]
    for place, (unit, other_unit) in zip(strongest_together(x, y, pairs, common=common), pairs, strict=True):
        a, b = x[common.first, unit], y[common.second, other_unit]
        product = (a - a.mean()) * (b - b.mean()) * np.sign(np.corrcoef(a, b)[0, 1])
        assert product[place] == pytest.approx(product.max())


def test_refusals():
    one = SimpleNamespace(token_ids=[0], vocabulary=["a"], sequence_starts=[0])
    other = SimpleNamespace(token_ids=[0], vocabulary=["b"], sequence_starts=[0])
    with pytest.raises(ParameterError, match="without a position in common"):
        strongest_together([[1.0]], [[1.0]], [(0, 0)], common=common_tokens(one, other))
    with pytest.raises(UnknownNameError, match="no unit 4"):
        strongest_together([[1.0]], [[1.0]], [(0, 4)], common=common_tokens(one, one))
