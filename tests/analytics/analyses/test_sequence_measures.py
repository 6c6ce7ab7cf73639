import math

import numpy as np
import pytest

from analytics.analyses.sequence_measures import sequence_measures
from analytics.errors import ParameterError, ShapeError
from tests.recordings import small_recording

NAMES = ("positive", "negative", "update_positive", "update_negative", "preserved", "preserved_share")


def literal_measures(states, labels, starts, *, gate=None, before=None):
    """The definition, a value at a time."""
    n_positions, n_clusters = len(states), max(labels) + 1
    found = {name: np.zeros((n_positions, n_clusters)) for name in NAMES}
    for t in range(n_positions):
        if t > 0 and t not in starts:
            previous = [float(value) for value in states[t - 1]]
        elif t == 0 and before is not None:
            previous = [float(value) for value in before]
        else:
            previous = [0.0] * len(labels)
        for cluster in range(n_clusters):
            positive = negative = positive_before = negative_before = preserved = 0.0
            for unit, label in enumerate(labels):
                if label != cluster:
                    continue
                now, old = float(states[t][unit]), previous[unit]
                positive += now if now > 0 else 0
                negative += now if now < 0 else 0
                positive_before += old if old > 0 else 0
                negative_before += old if old < 0 else 0
                if old != 0:
                    kept = min(max(now / old, 0.0), 1.0) if gate is None else float(gate[t][unit])
                    preserved += abs(old) * kept
            there = positive_before - negative_before
            values = (
                positive, negative, positive - positive_before, negative - negative_before, preserved,
                preserved / there if there else math.nan,
            )  # fmt: skip
            for name, value in zip(NAMES, values, strict=True):
                found[name][t, cluster] = value
    return found


def as_expected(measures, expected):
    for name in NAMES:
        np.testing.assert_allclose(
            getattr(measures, name), expected[name], rtol=1e-12, atol=1e-12, err_msg=name
        )


@pytest.mark.parametrize("seed", range(20))
def test_every_measure_is_the_definition(seed):
    generator = np.random.default_rng(seed)
    n_positions, n_units = int(generator.integers(1, 30)), int(generator.integers(1, 12))
    states = np.round(generator.normal(size=(n_positions, n_units)), 1)
    states[generator.random(states.shape) < 0.2] = 0
    labels = generator.integers(-1, 3, size=n_units)
    labels[0] = generator.integers(0, 3)
    starts = np.unique([0, *generator.integers(0, n_positions, size=3)])
    gate = generator.random(states.shape) if seed % 3 == 0 else None
    before = generator.normal(size=n_units) if seed % 2 else None
    measures = sequence_measures(states, labels, sequence_starts=starts, gate=gate, before=before)
    starts = set(starts.tolist()) - ({0} if before is not None else set())
    as_expected(measures, literal_measures(states, labels, starts, gate=gate, before=before))
    assert measures.sizes.tolist() == [(labels == cluster).sum() for cluster in range(labels.max() + 1)]


def test_by_hand():
    states = [[2.0, -1.0, 5.0], [1.0, 1.0, 5.0], [3.0, 2.0, -5.0]]
    measures = sequence_measures(states, [0, 0, 1])
    assert measures.positive.tolist() == [[2, 5], [2, 5], [5, 0]]
    assert measures.negative.tolist() == [[-1, 0], [0, 0], [0, -5]]
    assert measures.update_positive.tolist() == [[2, 5], [0, 0], [3, -5]]
    assert measures.update_negative.tolist() == [[-1, 0], [1, 0], [0, -5]]
    assert measures.preserved.tolist() == [[0, 0], [1, 5], [2, 0]]
    np.testing.assert_array_equal(measures.preserved_share, [[np.nan, np.nan], [1 / 3, 1], [1, 0]])


def test_the_share_never_exceeds_one_where_a_state_is_kept_whole():
    states = np.random.default_rng(0).normal(size=(50, 400)).repeat(2, axis=0)
    share = sequence_measures(states, np.zeros(400, dtype=int)).preserved_share
    assert np.nanmax(share) == 1.0


def test_a_range_with_the_state_before_it_is_that_part_of_the_whole():
    states = np.random.default_rng(1).normal(size=(20, 6))
    labels = [0, 1, 1, 0, 2, -1]
    whole = sequence_measures(states, labels)
    part = sequence_measures(states[7:12], labels, before=states[6])
    for name in NAMES:
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[7:12])


def test_a_recording_is_read_in_blocks_with_its_own_sequences(tmp_path, monkeypatch):
    monkeypatch.setattr("analytics.analyses.sequence_measures.blocks_of_rows", lambda reader: [
        (start, min(start + 7, 50)) for start in range(0, 50, 7)
    ])  # fmt: skip
    recording = small_recording(tmp_path / "made")
    reader = recording.states("layer0.cell")
    measures = sequence_measures(reader, [0, 1, 0])
    as_expected(measures, literal_measures(reader.read(0, 50), [0, 1, 0], {0, 20, 40}))


def test_half_precision_is_counted_in_double():
    states = np.full((2, 3000), 0.1, dtype=np.float16)
    measures = sequence_measures(states, np.zeros(3000, dtype=int))
    assert measures.positive[1, 0] == pytest.approx(3000 * float(np.float16(0.1)), rel=1e-12)
    assert not measures.positive.flags.writeable
    assert states[0, 0] == np.float16(0.1)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"unit_labels": [0]}, ShapeError, "one whole number for each of the 2 units"),
        ({"unit_labels": [0.0, 1.0]}, ShapeError, "one whole number for each of the 2 units"),
        ({"unit_labels": [-1, -1]}, ParameterError, "have a cluster"),
        ({"unit_labels": [-2, 0]}, ParameterError, "count clusters from 0"),
        ({"gate": np.zeros((3, 2))}, ShapeError, r"shape \(2, 2\)\. Got \(3, 2\)"),
        ({"gate": np.full((2, 2), 1.5)}, ParameterError, r"lie in \[0, 1\]"),
        ({"before": [1.0]}, ShapeError, "before must be 2 finite numbers"),
        ({"before": [1.0, np.nan]}, ShapeError, "before must be 2 finite numbers"),
        ({"sequence_starts": [1]}, ShapeError, "sequence_starts must begin with 0"),
        ({"states": [[np.nan, 0.0]]}, ShapeError, "must not hold NaN"),
    ],
)
def test_what_does_not_fit_is_refused(options, error, sentence):
    given = {"states": np.ones((2, 2)), "unit_labels": [0, 1]} | options
    states, labels = given.pop("states"), given.pop("unit_labels")
    with pytest.raises(error, match=sentence):
        sequence_measures(states, labels, **given)
