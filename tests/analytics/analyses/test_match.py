"""The match against a slow, literal reading of its definition."""

import math
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.analyses import ranking
from analytics.analyses.match import match_pattern
from analytics.analyses.selection import count_on, select_units
from analytics.analyses.threshold import on_rule
from analytics.arrays import as_states
from analytics.errors import ParameterError, RangeError, ShapeError, UnknownNameError

ROOT = Path(__file__).resolve().parents[3]
TRANSFORMS = {
    "raw": lambda x: x,
    "tanh": math.tanh,
    "abs": abs,
    "abs_tanh": lambda x: abs(math.tanh(x)),
}


def literal_on(states, threshold, transform):
    f = TRANSFORMS[transform]
    return [[f(float(value)) >= threshold for value in row] for row in states]


def literal_units(on, first, last, start, stop, off_before, off_after):
    """S2 of one range, position by position; outside [first, last) every unit is off."""

    def is_on(t, unit):
        return first <= t < last and on[t][unit]

    return {
        unit
        for unit in range(len(on[0]))
        if all(is_on(t, unit) for t in range(start, stop))
        and not any(is_on(t, unit) for t in range(start - off_before, start))
        and not any(is_on(t, unit) for t in range(stop, stop + off_after))
    }


def literal_match(
    states,
    units,
    *,
    threshold,
    transform,
    starts,
    off_before,
    off_after,
    min_length,
    max_length,
    min_overlap,
    limit,
):
    on = literal_on(states, threshold, transform)
    pattern = {int(unit) for unit in units}
    bounds = [*starts, len(states)]
    ranked = []
    for first, last in pairwise(bounds):
        for start in range(first, last):
            for stop in range(start + min_length, min(last, start + (max_length or last)) + 1):
                held = literal_units(on, first, last, start, stop, off_before, off_after)
                overlap = len(held & pattern)
                if overlap >= min_overlap:
                    ranked.append((-overlap, len(held | pattern), start - stop, start))
    kept = []
    for minus_overlap, union, minus_length, start in sorted(ranked):
        stop = start - minus_length
        if len(kept) < limit and all(stop <= other[0] or other[1] <= start for other in kept):
            kept.append((start, stop, -minus_overlap, union))
    return kept


def as_rows(matches):
    columns = (matches.start, matches.stop, matches.overlap, matches.union)
    return [tuple(int(value) for value in row) for row in zip(*columns, strict=True)]


@st.composite
def cases(draw):
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    n_positions, n_units = draw(st.integers(1, 24)), draw(st.integers(1, 8))
    # Few distinct values make ties everywhere; a slow walk makes long runs.
    kind = draw(st.sampled_from(["ties", "noise", "slow"]))
    if kind == "ties":
        states = rng.integers(-2, 3, size=(n_positions, n_units)) / 2
    elif kind == "noise":
        states = rng.normal(size=(n_positions, n_units))
    else:
        states = np.repeat(rng.normal(size=(n_positions, n_units)), 4, axis=0)[:n_positions]
    states = states.astype(draw(st.sampled_from([np.float16, np.float32, np.float64])))
    is_start = rng.random(n_positions) < draw(st.sampled_from([0.0, 0.2, 0.5]))
    is_start[0] = True
    min_length = draw(st.integers(1, 4))
    return {
        "states": states,
        "units": rng.permutation(n_units)[: draw(st.integers(0, n_units))],
        "starts": np.flatnonzero(is_start),
        "threshold": draw(st.sampled_from([-0.75, -0.5, 0.0, 0.25, 0.5, 0.9])),
        "transform": draw(st.sampled_from(sorted(TRANSFORMS))),
        "off_before": draw(st.integers(0, 3)),
        "off_after": draw(st.integers(0, 3)),
        "min_length": min_length,
        "max_length": draw(st.one_of(st.none(), st.integers(min_length, 8))),
        "min_overlap": draw(st.integers(1, 3)),
        "limit": draw(st.sampled_from([1, 2, 3, 50])),
    }


@settings(max_examples=600, deadline=None)
@given(cases())
def test_match_is_what_the_definition_says(case):
    wanted = literal_match(**case)
    case = dict(case)
    found = match_pattern(case.pop("states"), case.pop("units"), sequence_starts=case.pop("starts"), **case)
    assert as_rows(found) == wanted


@settings(max_examples=250, deadline=None)
@given(cases())
def test_leaving_ranges_unscored_changes_nothing(case):
    """Small portions and two witnesses, so that every short cut is taken on small states too."""
    wanted = literal_match(**case)
    case = dict(case)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "N_WITNESSES", 2)
        patch.setattr(ranking, "N_GLANCES", 3)
        patch.setattr(ranking._Queue, "PORTION", 2)
        patch.setattr(ranking._Queue, "SCORED_AT_ONCE", 1)
        patch.setattr(ranking, "BATCH_ROWS", 3)
        found = match_pattern(
            case.pop("states"), case.pop("units"), sequence_starts=case.pop("starts"), **case
        )
    assert as_rows(found) == wanted


@settings(max_examples=250, deadline=None)
@given(cases())
def test_counting_windows_in_one_pass_changes_nothing(case):
    case = {**case, "off_before": 0, "off_after": 0}
    wanted = literal_match(**case)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "SLIDING_READS", 0)
        found = match_pattern(
            case.pop("states"), case.pop("units"), sequence_starts=case.pop("starts"), **case
        )
    assert as_rows(found) == wanted


@settings(max_examples=200, deadline=None)
@given(cases(), st.data())
def test_selection_is_what_the_definition_says(case, data):
    states, starts = case["states"], case["starts"]
    bounds = [*starts, len(states)]
    sequence = data.draw(st.integers(0, len(starts) - 1))
    first, last = int(bounds[sequence]), int(bounds[sequence + 1])
    start = data.draw(st.integers(first, last - 1))
    stop = data.draw(st.integers(start + 1, last))
    windows = {name: case[name] for name in ("off_before", "off_after")}
    rule = {name: case[name] for name in ("threshold", "transform")}
    on = literal_on(states, **rule)
    wanted = sorted(literal_units(on, first, last, start, stop, **windows))
    found = select_units(states, start, stop, sequence_starts=starts, **windows, **rule)
    assert found.tolist() == wanted
    counts = count_on(states, wanted, first, last, **rule)
    assert counts.tolist() == [sum(on[t][unit] for unit in wanted) for t in range(first, last)]


@pytest.mark.parametrize("n_selected", [1, 63, 64, 65, 128, 200])
@pytest.mark.parametrize("windows", [(0, 0), (1, 0), (0, 2), (1, 1)])
def test_patterns_of_one_word_and_of_several(n_selected, windows):
    rng = np.random.default_rng(n_selected)
    states = np.repeat(rng.normal(size=(7, 210)), 3, axis=0)[:18].astype(np.float16)
    states[:, rng.integers(0, 210, 40)] = rng.normal(size=(18, 40))
    case = {
        "threshold": -0.25,
        "transform": "raw",
        "off_before": windows[0],
        "off_after": windows[1],
        "min_length": 2,
        "max_length": None,
        "min_overlap": 1,
        "limit": 50,
    }
    units, starts = rng.permutation(210)[:n_selected], np.array([0, 7, 8])
    wanted = literal_match(states, units, starts=starts, **case)
    found = match_pattern(states, units, sequence_starts=starts, **case)
    assert as_rows(found) == wanted
    if n_selected > 1:
        assert wanted


def test_by_hand():
    states = np.zeros((12, 3))
    states[2:5, 0] = states[2:4, 1] = 1  # both units over [2, 4), unit 0 alone at 4
    states[8:10, :] = 1  # both, and a third one that does not belong
    matches = match_pattern(states, [0, 1], threshold=0.5)
    rows = as_rows(matches)
    assert rows[0] == (2, 4, 2, 2)  # both units, nothing else
    assert rows[1] == (8, 10, 2, 3)  # both, one more
    assert rows[2] == (4, 5, 1, 2)  # what is left of unit 0's run beside the first result
    assert matches.jaccard.tolist() == [1.0, 2 / 3, 0.5]
    assert [counts.tolist() for counts in matches.on_counts] == [[2, 2], [2, 2], [1]]
    assert matches.to_frame().columns.tolist() == [
        "sequence",
        "start",
        "stop",
        "length",
        "overlap",
        "union",
        "jaccard",
    ]


def test_order_of_units_and_scale_of_states_do_not_matter():
    rng = np.random.default_rng(4)
    states = np.repeat(rng.normal(size=(200, 30)), 3, axis=0)
    order = rng.permutation(30)
    plain = match_pattern(states, [2, 3, 5, 7], threshold=0.5)
    shuffled = match_pattern(states[:, order], np.argsort(order)[[2, 3, 5, 7]], threshold=0.5)
    scaled = match_pattern(states * 4, [7, 5, 3, 2], threshold=2.0)
    assert len(plain) == 50
    assert as_rows(plain) == as_rows(shuffled) == as_rows(scaled)


@pytest.mark.parametrize("n_ranges", [1, 2, 5000])
def test_scores_of_short_and_long_ranges(n_ranges):
    rng = np.random.default_rng(n_ranges)
    states = np.repeat(rng.normal(size=(30, 40)), 1000, axis=0).astype(np.float32)
    starts = np.sort(rng.integers(10, 20_000, n_ranges))
    stops = starts + rng.choice([1, 2, 700, 4096, 9000], n_ranges)
    scores = ranking.Scores(as_states(states), on_rule(0.0), off_before=5, off_after=0)
    wanted = [
        ((states[start:stop] >= 0).all(axis=0) & (states[start - 5 : start] < 0).all(axis=0)).sum()
        for start, stop in zip(starts, stops, strict=True)
    ]
    assert scores.n_on(starts, stops).tolist() == wanted
    assert (scores.at_least(starts, stops) <= wanted).all()


def test_witnesses_leave_most_ranges_unread():
    """Forty units are on nearly everywhere, except at the few ranges that rank first."""
    rng = np.random.default_rng(5)
    states = np.where(rng.random((120_000, 60)) < 0.97, 1.0, -1.0).astype(np.float16)
    states[:, 0] = np.arange(120_000) % 3 > 0  # the pattern: 40,000 ranges of two positions
    states[4000:4400, 1:] = -1
    reader = as_states(states)
    read = []
    reader.read_ranges = lambda starts, stops: (read.append(len(starts)), np.concatenate(
        [states[a:b] for a, b in zip(starts, stops, strict=True)]))[1]  # fmt: skip
    matches = match_pattern(reader, [0], threshold=0.5, limit=20)
    assert matches.start.tolist() == list(range(4000, 4060, 3))
    assert matches.union.tolist() == [1] * 20
    assert 0 < sum(read) < 20_000


def test_ranges_across_the_blocks_of_the_scan():
    states = np.full((100_000, 5), -1, dtype=np.float16)
    for border in (32_768, 65_536, 98_304):
        states[border - 3 : border + 4, :3] = 1
    states[np.arange(0, 100_000, 911), 3] = 1
    matches = match_pattern(states, [0, 1, 2], threshold=0.5)
    assert as_rows(matches) == [(b - 3, b + 4, 3, 3) for b in (32_768, 65_536, 98_304)]


@pytest.mark.parametrize("huge", [1 << 62, (1 << 63) - 1, 1 << 63, 10**30])
@pytest.mark.parametrize(
    "name", ["off_before", "off_after", "min_length", "max_length", "min_overlap", "limit"]
)
def test_numbers_beyond_the_recording(name, huge):
    """They are as good as numbers just beyond it, however many bits they need."""
    states = np.random.default_rng(0).normal(size=(40, 70))
    beyond = match_pattern(states, range(70), threshold=0.5, **{name: 71})
    matches = match_pattern(states, range(70), threshold=0.5, **{name: huge})
    assert matches.to_frame().equals(beyond.to_frame())


def test_no_unit_gives_no_match():
    assert len(match_pattern(np.ones((5, 2)), [], threshold=0.5)) == 0


def test_infinite_states_are_ordinary_numbers():
    states = np.array([[np.inf], [-np.inf], [1.0]], dtype=np.float16)
    assert as_rows(match_pattern(states, [0], threshold=0.5)) == [(0, 1, 1, 1), (2, 3, 1, 1)]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"threshold": math.nan}, ParameterError, "threshold must be a finite number"),
        ({"threshold": None}, ParameterError, "threshold must be a finite number"),
        ({"transform": "tahn"}, ParameterError, "Did you mean 'tanh'"),
        ({"off_before": -1}, ParameterError, "off_before must be at least 0"),
        ({"off_after": 1.5}, ParameterError, "off_after must be a whole number"),
        ({"min_length": 0}, ParameterError, "min_length must be at least 1"),
        ({"min_length": 3, "max_length": 2}, ParameterError, "max_length must be at least min_length=3"),
        ({"min_overlap": 0}, ParameterError, "min_overlap must be at least 1"),
        ({"limit": 0}, ParameterError, "limit must be at least 1"),
        ({"units": [0, 2]}, UnknownNameError, "no unit 2: the state has units 0 to 1"),
        ({"units": [0.5]}, ParameterError, "whole numbers"),
        ({"sequence_starts": [1]}, ShapeError, "must begin with 0"),
        ({"sequence_starts": [0, 3]}, ShapeError, "stay below n_positions=3"),
        ({"states": np.ones(3)}, ShapeError, "n_positions, n_units"),
        ({"states": [["a"]]}, ShapeError, "must be numbers"),
        ({"states": np.ones((3, 2), complex)}, ShapeError, "must be numbers"),
        ({"states": [[1.0], [1.0, 2.0]]}, ShapeError, "one array. Got rows of different lengths"),
        ({"states": np.array([[0.0, 0.0], [0.0, np.nan]])}, ShapeError, "NaN at position 1, unit 1"),
    ],
)
def test_refusals_of_match(arguments, error, message):
    arguments = {"states": np.ones((3, 2)), "units": [0], "threshold": 0.5} | arguments
    with pytest.raises(error, match=message):
        match_pattern(arguments.pop("states"), arguments.pop("units"), **arguments)


@pytest.mark.parametrize(
    ("start", "stop", "message"),
    [
        (2, 2, "at least one position"),
        (3, 2, "at least one position"),
        (-1, 2, "lie in 0 to 6"),
        (5, 7, "lie in 0 to 6"),
        (2, 4, "crosses the sequence border at 3"),
    ],
)
def test_refusals_of_ranges(start, stop, message):
    with pytest.raises(RangeError, match=message):
        select_units(np.ones((6, 2)), start, stop, threshold=0.5, sequence_starts=[0, 3])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"threshold": math.nan}, "threshold must be a finite number"),
        ({"transform": "tahn"}, "Did you mean 'tanh'"),
        ({"off_before": -1}, "off_before must be at least 0"),
        ({"start": 1.5}, "start must be a whole number"),
    ],
)
def test_refusals_of_selection(arguments, message):
    arguments = {"start": 0, "stop": 1, "threshold": 0.5} | arguments
    with pytest.raises(ParameterError, match=message):
        select_units(np.ones((3, 2)), **arguments)


def test_the_input_is_left_as_it_was():
    states = np.random.default_rng(0).normal(size=(40, 4))
    before = states.copy()
    match_pattern(states, [0, 1], threshold=0.1, transform="abs", off_before=1)
    assert (states == before).all()


def test_loading_ahead_compiles_every_loop():
    """In a fresh process, after loading, a match finds each loop compiled for what it passes."""
    code = """
from analytics.analyses import scan, scan_counts
from analytics.analyses.match import load_scans, match_pattern
import numpy as np

# The loops that are written into others are compiled with them.
names = [(module, name) for module in (scan, scan_counts) for name in module.__all__ if name != "popcount"]
loops = [getattr(module, name) for module, name in names]
load_scans()
compiled = {loop.__name__: len(loop.signatures) for loop in loops}
assert all(compiled.values()), compiled
states = np.repeat(np.random.default_rng(0).normal(size=(20_000, 70)), 3, axis=0).astype(np.float32)
for windows in ({}, {"off_before": 1}, {"off_after": 2}, {"off_before": 2, "off_after": 1}):
    for length in (100, 60_000):
        match_pattern(states[:length], range(66), threshold=0.5, sequence_starts=[0, 50], **windows)
        match_pattern(states[:length], [1], threshold=0.5, max_length=2, **windows)
found = {loop.__name__: len(loop.signatures) for loop in loops}
assert found == compiled, (found, compiled)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
