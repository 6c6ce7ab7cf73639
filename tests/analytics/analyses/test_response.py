"""The expected response against its definition, written out with two loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import write_recording
from analytics.analyses import changes as changes_module
from analytics.analyses.response import expected_response
from analytics.arrays import ArrayStates
from analytics.errors import ParameterError, ShapeError, UnknownNameError


def literal_changes(states, starts):
    """``d[t] = x[t] - x[t-1]``, where x is 0 in front of a sequence."""
    changes = np.empty(states.shape)
    for t in range(len(states)):
        before = np.zeros(states.shape[1]) if t in set(starts) else states[t - 1].astype(np.float64)
        changes[t] = states[t].astype(np.float64) - before
    return changes


def literal_response(states, words, n_words, starts):
    """Mean and standard error by definition; NaN of nothing."""
    changes = literal_changes(states, starts)
    mean, error = (np.full((n_words, states.shape[1]), np.nan) for _ in range(2))
    for word in range(n_words):
        at = changes[np.asarray(words) == word]
        if len(at):
            mean[word] = sum(at) / len(at)
        if len(at) > 1:
            error[word] = np.sqrt(sum((at - mean[word]) ** 2) / (len(at) - 1) / len(at))
    return mean, error


class Blocks(ArrayStates):
    """A reader that is no plain array, and so is read in blocks; unit by unit where `by_unit`."""

    def __init__(self, values, starts, *, by_unit):
        super().__init__(values, np.asarray(starts))
        self.by_unit = by_unit

    def read(self, start, stop, units=None):
        values = super().read(start, stop, units)
        return np.asfortranarray(values) if self.by_unit else values.copy()


def random_case(seed, dtype=np.float32):
    rng = np.random.default_rng(seed)
    n_positions, n_units, n_words = rng.integers(1, 120), rng.integers(1, 9), rng.integers(1, 12)
    states = rng.normal(size=(n_positions, n_units)).astype(dtype)
    starts = np.unique(np.r_[0, rng.integers(0, n_positions, rng.integers(0, 6))])
    return states, rng.integers(0, n_words, n_positions), int(n_words), starts


def test_by_hand():
    states = np.array([[1.0, 0.0], [3.0, -1.0], [10.0, 5.0], [10.0, 7.0]])
    response = expected_response(states, [0, 1, 1, 0], n_words=3, sequence_starts=[0, 2])
    # Word 0: [1, 0] - 0 and [10, 7] - [10, 5]; word 1: [3, -1] - [1, 0] and, at a start, [10, 5] - 0.
    np.testing.assert_allclose(response.mean[:2], [[0.5, 1.0], [6.0, 2.0]])
    np.testing.assert_allclose(response.standard_error[:2], [[0.5, 1.0], [4.0, 3.0]])
    assert np.isnan(response.mean[2]).all() and np.isnan(response.standard_error[2]).all()
    assert response.count.tolist() == [2, 2, 0] and response.n_positions == 4
    assert response.words.tolist() == [0, 1, 2]


def test_the_first_state_of_a_sequence_changes_from_zero():
    states = np.array([[5.0], [5.0], [5.0]])
    assert expected_response(states, [0, 1, 2], n_words=3).mean.ravel().tolist() == [5.0, 0.0, 0.0]
    in_two = expected_response(states, [0, 1, 2], n_words=3, sequence_starts=[0, 2])
    assert in_two.mean.ravel().tolist() == [5.0, 0.0, 5.0]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("seed", range(30))
def test_equals_the_definition(seed, dtype):
    states, words, n_words, starts = random_case(seed, dtype)
    found = expected_response(states, words, n_words=n_words, sequence_starts=starts)
    mean, error = literal_response(states, words, n_words, starts)
    np.testing.assert_allclose(found.mean, mean, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(found.standard_error, error, rtol=1e-10, atol=1e-14)
    assert found.count.tolist() == np.bincount(words, minlength=n_words).tolist()


@pytest.mark.parametrize("by_unit", [False, True])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_blocks_give_what_memory_gives(by_unit, dtype, monkeypatch):
    monkeypatch.setattr(changes_module, "BLOCK_BYTES", 1)
    rng = np.random.default_rng(3)
    states = rng.normal(size=(50_000, 3)).astype(dtype)
    # A border in the middle, one at a block's first position, one behind it.
    starts, words = [0, 9_000, 16_384, 32_769], rng.integers(0, 400, 50_000)
    whole = expected_response(states, words, n_words=401, sequence_starts=starts)
    parts = expected_response(Blocks(states, starts, by_unit=by_unit), words, n_words=401)
    np.testing.assert_allclose(parts.mean, whole.mean, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(parts.standard_error, whole.standard_error, rtol=1e-10)
    mean, error = literal_response(states, words, 401, starts)
    np.testing.assert_allclose(parts.mean, mean, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(parts.standard_error, error, rtol=1e-10)


@pytest.mark.parametrize("row_cache", [True, False])
def test_a_recording_gives_what_its_array_gives(tmp_path, row_cache):
    rng = np.random.default_rng(4)
    states = rng.normal(size=(20_000, 5)).astype(np.float16)
    ids, starts = rng.integers(0, 50, 20_000), [0, 777, 16_384, 19_999]
    vocabulary = [f"w{word}" for word in range(50)]
    recording = write_recording(
        tmp_path / "small", name="small", tokens=ids, vocabulary=vocabulary, states={"cell": states},
        sequence_starts=starts, row_cache=row_cache,
    )  # fmt: skip
    assert recording.states("cell").has_row_cache == row_cache
    found = expected_response(recording.states("cell"), recording.token_ids, n_words=50)
    mean, error = literal_response(states, ids, 50, starts)
    np.testing.assert_allclose(found.mean, mean, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(found.standard_error, error, rtol=1e-10)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_memory_order_and_read_only_arrays_do_not_matter(dtype):
    rng = np.random.default_rng(6)
    states, words = rng.normal(size=(100, 4)).astype(dtype), rng.integers(0, 7, 100)
    whole = expected_response(states, words, n_words=7)
    for array in (states, words):
        array.setflags(write=False)
    np.testing.assert_array_equal(expected_response(states, words, n_words=7).mean, whole.mean)
    by_unit = expected_response(np.asfortranarray(states), words.astype(np.uint16), n_words=7)
    np.testing.assert_array_equal(by_unit.mean, whole.mean)
    every_other = expected_response(states[:, ::2], words, n_words=7)
    np.testing.assert_array_equal(every_other.mean, whole.mean[:, ::2])


def test_every_half_precision_number_is_decoded():
    codes = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    values = codes[np.isfinite(codes)][:, np.newaxis]
    starts = np.arange(len(values))
    found = expected_response(values, starts, n_words=len(values), sequence_starts=starts)
    np.testing.assert_array_equal(found.mean, values.astype(np.float64))


def test_infinite_states_stay_infinite():
    states = np.array([[np.inf], [1.0], [2.0]], dtype=np.float16)
    found = expected_response(states, [0, 1, 2], n_words=3)
    assert found.mean.ravel().tolist() == [np.inf, -np.inf, 1.0]


def test_equal_changes_have_no_error_and_large_offsets_lose_no_digits():
    equal, one_each = np.full((1000, 1), 0.1), np.arange(1000)
    found = expected_response(equal, np.zeros(1000, int), n_words=1, sequence_starts=one_each)
    assert found.standard_error[0, 0] == 0.0 and found.mean[0, 0] == 0.1
    shifted = 1e6 + np.random.default_rng(0).normal(size=(4000, 2))
    found = expected_response(shifted, np.zeros(4000, int), n_words=1, sequence_starts=np.arange(4000))
    wanted = np.std(shifted - 1e6, axis=0, ddof=1) / np.sqrt(4000)
    np.testing.assert_allclose(found.standard_error[0], wanted, rtol=1e-8)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_order_of_sequences_does_not_matter(seed):
    states, words, n_words, starts = random_case(seed, np.float64)
    stops = np.r_[starts[1:], len(states)]
    order = np.random.default_rng(seed).permutation(len(starts))
    places = np.concatenate([np.arange(starts[i], stops[i]) for i in order])
    moved = np.r_[0, np.cumsum((stops - starts)[order])[:-1]]
    one = expected_response(states, words, n_words=n_words, sequence_starts=starts)
    other = expected_response(states[places], words[places], n_words=n_words, sequence_starts=moved)
    np.testing.assert_allclose(other.mean, one.mean, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(other.standard_error, one.standard_error, rtol=1e-9, atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_relabelled_words_and_turned_signs_come_back(seed):
    states, words, n_words, starts = random_case(seed, np.float64)
    names = np.random.default_rng(seed).permutation(n_words)
    one = expected_response(states, words, n_words=n_words, sequence_starts=starts)
    other = expected_response(-states, names[words], n_words=n_words, sequence_starts=starts)
    np.testing.assert_array_equal(other.mean[names], -one.mean)
    np.testing.assert_array_equal(other.standard_error[names], one.standard_error)
    np.testing.assert_array_equal(other.count[names], one.count)


def test_rows_of_some_words():
    states, words, _, starts = random_case(5)
    response = expected_response(states, words, n_words=12, sequence_starts=starts)
    part = response.of_words([7, 2])
    assert part.words.tolist() == [7, 2] and part.of_words([2]).words.tolist() == [2]
    np.testing.assert_array_equal(part.mean, response.mean[[7, 2]])
    np.testing.assert_array_equal(part.standard_error, response.standard_error[[7, 2]])
    assert part.count.tolist() == response.count[[7, 2]].tolist()
    with pytest.raises(UnknownNameError, match="no word 3 among the 2"):
        part.of_words([3])


def test_answers_cannot_be_written_to():
    response = expected_response([[1.0]], [0], n_words=1)
    for array in (response.mean, response.standard_error, response.count, response.words):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_refusals():
    states = np.zeros((3, 2))
    with pytest.raises(ShapeError, match="one whole number for each of the 3 positions"):
        expected_response(states, [0, 1], n_words=2)
    with pytest.raises(ShapeError, match="float64"):
        expected_response(states, [0.0, 1.0, 0.0], n_words=2)
    with pytest.raises(ParameterError, match=r"from 0 to n_words - 1 = 1\. Got 0 to 2"):
        expected_response(states, [0, 1, 2], n_words=2)
    with pytest.raises(ParameterError, match="Got -1 to 0"):
        expected_response(states, [0, -1, 0], n_words=2)
    with pytest.raises(ParameterError, match="n_words must be at least 1"):
        expected_response(states, [0, 0, 0], n_words=0)
    with pytest.raises(ShapeError, match="NaN at position 1, unit 0"):
        expected_response(np.array([[0.0], [np.nan]], dtype=np.float16), [0, 0], n_words=1)
