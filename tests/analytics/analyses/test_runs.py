import numpy as np
import pytest

from analytics.analyses.runs import short_runs
from analytics.errors import ParameterError, RangeError


def column(text):
    return np.array([[float(letter == "#")] for letter in text])


def hidden(text, start=0, stop=None, **options):
    stop = len(text) if stop is None else stop
    found = short_runs(column(text), start, stop, threshold=0.5, **options)
    return "".join("x" if value else "." for value in found[:, 0])


def test_by_hand():
    assert hidden("#.##.###", min_length=1) == "........"
    assert hidden("#.##.###", min_length=2) == "x......."
    assert hidden("#.##.###", min_length=3) == "x.xx...."
    assert hidden("#.##.###", min_length=4) == "x.xx.xxx"


def test_length_counts_beyond_the_window():
    assert hidden("..####..", start=4, stop=6, min_length=4) == ".."
    assert hidden("..####..", start=4, stop=6, min_length=5) == "xx"


def test_border_ends_a_run():
    assert hidden("####", min_length=3, sequence_starts=[0, 2]) == "xxxx"
    assert hidden("####", start=2, stop=4, min_length=3, sequence_starts=[0, 1]) == ".."


@pytest.mark.parametrize("seed", range(20))
def test_window_agrees_with_the_whole(seed):
    rng = np.random.default_rng(seed)
    states = rng.normal(size=(120, 3)).astype(np.float16)
    starts = [0, 17, 60]
    for min_length in (1, 2, 3, 7):
        options = {"threshold": -0.5, "min_length": min_length, "sequence_starts": starts}
        whole = short_runs(states, 0, 120, **options)
        first, last = sorted(rng.choice(121, size=2, replace=False))
        np.testing.assert_array_equal(short_runs(states, first, last, **options), whole[first:last])


def test_refusals():
    with pytest.raises(RangeError, match="Got 3 to 3"):
        hidden("....", start=3, stop=3, min_length=1)
    with pytest.raises(RangeError, match="Got 0 to 5"):
        hidden("....", stop=5, min_length=1)
    with pytest.raises(ParameterError, match="min_length must be at least 1"):
        hidden("....", min_length=0)
    with pytest.raises(ParameterError, match="finite"):
        short_runs(column("#"), 0, 1, threshold=float("nan"), min_length=2)
