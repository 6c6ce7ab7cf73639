from __future__ import annotations

import numpy as np
import pytest

from analytics.analyses.contexts import strongest_contexts
from analytics.errors import ParameterError, UnknownNameError


def literal(states, unit, starts, *, limit, measure, sign, before, after):
    """Walk all places from the strongest on; keep one whose context shares no position with a kept one."""
    borders = [*starts, len(states)]
    values = states[:, unit].astype(float)
    if measure == "change":
        values = [values[t] - (0.0 if t in set(starts) else values[t - 1]) for t in range(len(values))]
    strength = [{"both": abs(v), "positive": v, "negative": -v}[sign] for v in values]
    used, kept = set(), []
    for t in sorted(range(len(values)), key=lambda t: (-strength[t], t)):
        low = max(b for b in borders if b <= t)
        high = min(b for b in borders if b > t)
        context = range(max(low, t - before), min(high, t + after + 1))
        if strength[t] > 0 and not used & set(context) and len(kept) < limit:
            used |= set(context)
            kept.append((t, values[t], context.start, context.stop))
    return kept


@pytest.mark.parametrize("measure", ["change", "state"])
@pytest.mark.parametrize("sign", ["both", "positive", "negative"])
@pytest.mark.parametrize("seed", range(15))
def test_equals_the_definition(seed, measure, sign):
    rng = np.random.default_rng(seed)
    # Whole numbers: many ties.
    states = rng.integers(-3, 4, (300, 2)).astype(np.float32)
    starts = np.unique(np.r_[0, rng.integers(0, 300, 20)]).tolist()
    options = {"measure": measure, "sign": sign, "limit": int(rng.integers(1, 30)),
               "before": int(rng.integers(0, 6)), "after": int(rng.integers(0, 4))}  # fmt: skip
    found = strongest_contexts(states, 1, sequence_starts=starts, **options)
    rows = zip(found.positions, found.values, found.starts, found.stops, strict=True)
    assert [tuple(map(float, row)) for row in rows] == [
        tuple(map(float, row)) for row in literal(states, 1, starts, **options)
    ]


def test_a_unit_that_never_moves_has_none():
    assert len(strongest_contexts(np.zeros((5, 1)), 0).positions) == 0
    assert len(strongest_contexts(np.ones((5, 1)), 0, measure="state", sign="negative").positions) == 0


def test_refusals():
    states = np.zeros((3, 1))
    with pytest.raises(UnknownNameError, match="no unit 1"):
        strongest_contexts(states, 1)
    with pytest.raises(ParameterError, match=r"measure 'changes' is unknown\. Did you mean 'change'"):
        strongest_contexts(states, 0, measure="changes")
    with pytest.raises(ParameterError, match="sign 'up' is unknown"):
        strongest_contexts(states, 0, sign="up")
    with pytest.raises(ParameterError, match="limit must be at least 1"):
        strongest_contexts(states, 0, limit=0)
