"""Labels inside ranges against the corpus: by hand, planted, invariant, refused."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from analytics.analyses.labels import label_shares, number_shares
from analytics.errors import ParameterError, RangeError, ShapeError


def test_shares_worked_out_by_hand():
    codes = [0, 0, 1, 2, 2, 2, -1, 1]
    shares = label_shares(codes, ["a", "b", "c", "d"], [2, 6], [4, 8])
    assert_array_equal(shares.inside, [0, 2, 1, 0])
    assert_array_equal(shares.corpus, [2, 2, 3, 0])
    assert (shares.n_inside, shares.n_corpus) == (3, 7)
    assert (shares.unlabelled_inside, shares.unlabelled_corpus, shares.n_ranges) == (1, 1, 2)
    assert_allclose(shares.inside_share, [0, 2 / 3, 1 / 3, 0], rtol=1e-15)
    assert_allclose(shares.distance, (2 / 7 + (2 / 3 - 2 / 7) + (3 / 7 - 1 / 3)) / 2, rtol=1e-12)


def test_ranges_over_everything_look_like_the_corpus():
    codes = np.random.default_rng(0).integers(-1, 5, 300)
    shares = label_shares(codes, list("abcde"), [0, 100], [100, 300])
    assert_array_equal(shares.inside, shares.corpus)
    assert shares.distance == 0


def test_ranges_without_a_common_label_are_as_far_as_can_be():
    shares = label_shares([0, 0, 1] + [0] * 9997, ["a", "b"], [2], [3])
    assert_allclose(shares.distance, 0.9999, rtol=1e-12)


def test_order_of_the_ranges_does_not_matter():
    codes = np.random.default_rng(1).integers(0, 3, 50)
    one = label_shares(codes, list("abc"), [3, 20], [9, 21])
    other = label_shares(codes, list("abc"), [20, 3], [21, 9])
    assert_array_equal(one.inside, other.inside)


def test_counts_equal_a_count_one_by_one():
    random = np.random.default_rng(2)
    for _ in range(50):
        codes = random.integers(-1, 4, 60)
        borders = np.sort(random.choice(61, 8, replace=False))
        starts, stops = borders[::2], borders[1::2]
        shares = label_shares(codes, list("wxyz"), starts, stops)
        inside = [code for start, stop in zip(starts, stops, strict=True) for code in codes[start:stop]]
        assert_array_equal(shares.inside, [inside.count(label) for label in range(4)])


def test_small_codes_of_a_categorical_do_not_overflow():
    codes = np.arange(127, dtype=np.int8)
    assert_array_equal(label_shares(codes, [str(code) for code in codes], [126], [127]).inside[-2:], [0, 1])


def test_distance_by_chance_is_what_random_positions_give():
    random = np.random.default_rng(3)
    codes = random.choice(3, 4000, p=[0.7, 0.25, 0.05])
    drawn = [random.choice(4000, 40) for _ in range(1500)]
    found = np.mean([label_shares(codes, list("abc"), draw, draw + 1).distance for draw in drawn])
    expected = label_shares(codes, list("abc"), drawn[0], drawn[0] + 1).distance_by_chance
    assert_allclose(found, expected, rtol=0.03)


def test_a_telling_annotation_stands_above_chance_and_a_rich_one_does_not():
    random = np.random.default_rng(4)
    starts = np.arange(0, 5000, 100)
    telling, rich = np.zeros(5000, dtype=int), random.integers(0, 2000, 5000)
    telling[starts] = 1
    one = label_shares(telling, ["no", "yes"], starts, starts + 1)
    other = label_shares(rich, [str(code) for code in range(2000)], starts, starts + 1)
    assert one.distance - one.distance_by_chance > 0.9
    assert other.distance > 0.9
    assert abs(other.distance - other.distance_by_chance) < 0.02


def test_nothing_inside_has_no_share_and_no_distance():
    shares = label_shares([0, -1, 0], ["a"], [1], [2])
    assert (shares.n_inside, shares.distance, shares.distance_by_chance) == (0, 0.0, 0.0)
    assert label_shares([0], ["a"], [], []).n_inside == 0


def test_few_different_numbers_get_a_bin_each():
    shares = number_shares([0, 1, 4, 4, np.nan, 2.5], [2, 4], [4, 5])
    assert shares.bins.labels == ("0", "1", "2.5", "4")
    assert_array_equal(shares.bins.inside, [0, 0, 0, 2])
    assert shares.bins.unlabelled_inside == 1
    assert (shares.mean_inside, shares.mean_corpus) == (4.0, 2.3)
    assert_allclose(shares.quantiles_inside, [4, 4, 4])


def test_many_different_numbers_are_cut_into_tenths_of_the_corpus():
    shares = number_shares(np.arange(100.0), [90], [100])
    assert_array_equal(shares.bins.corpus, [10] * 10)
    assert_array_equal(shares.bins.inside, [0] * 9 + [10])
    assert_allclose(shares.edges[[0, 1, -1]], [0, 9.9, 99])
    assert shares.bins.labels[0] == "0 to 9.9"


def test_bins_of_large_numbers_are_named_without_exponents():
    assert number_shares(np.arange(20_000), [0], [1]).bins.labels[-1] == "17,999 to 19,999"


def test_a_number_that_is_everywhere_narrows_the_bins():
    values = np.concatenate([np.zeros(80), np.arange(1.0, 21.0)])
    shares = number_shares(values, [0], [1])
    assert shares.bins.corpus.sum() == 100
    assert shares.bins.inside[0] == 1
    assert (np.diff(shares.edges) > 0).all()


def test_numbers_that_are_all_missing_say_so():
    shares = number_shares([np.nan, np.nan], [0], [1])
    assert shares.bins.labels == ()
    assert np.isnan(shares.mean_inside)
    assert np.isnan(shares.quantiles_inside).all()


def test_a_record_is_read_only():
    shares = label_shares([0], ["a"], [0], [1])
    with pytest.raises(ValueError, match="read-only"):
        shares.inside[0] = 5


@pytest.mark.parametrize(
    ("codes", "starts", "stops", "error", "sentence"),
    [
        ([[0]], [0], [1], ShapeError, "shape"),
        ([0.5], [0], [1], ShapeError, "whole numbers"),
        ([7], [0], [1], ParameterError, "n_labels - 1 = 0"),
        ([0, 0], [0], [3], RangeError, "Got 0 to 3"),
        ([0, 0], [1], [1], RangeError, "Got 1 to 1"),
        ([0, 0], [0, 1], [1], ShapeError, "equally long"),
    ],
)
def test_nonsense_is_refused(codes, starts, stops, error, sentence):
    with pytest.raises(error, match=sentence):
        label_shares(codes, ["a"], starts, stops)


def test_infinite_numbers_are_refused():
    with pytest.raises(ShapeError, match="infinite"):
        number_shares([np.inf, 0.0], [0], [1])
