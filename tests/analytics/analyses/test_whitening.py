"""Whitened embeddings have mean 0 and covariance 1 over the text, and gradients follow them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analytics.analyses.whitening import embedding_whitening
from analytics.errors import ParameterError, ShapeError

RANDOM = np.random.default_rng(0)
EMBEDDING = RANDOM.normal(size=(40, 5)) @ RANDOM.normal(size=(5, 5)) + 3
COUNT = RANDOM.integers(0, 9, size=40)


def test_the_text_has_mean_0_and_covariance_1():
    whitened = embedding_whitening(EMBEDDING, COUNT).embedding(EMBEDDING)
    text = np.repeat(whitened, COUNT, axis=0)
    assert_allclose(text.mean(axis=0), 0, atol=1e-10)
    assert_allclose(np.cov(text, rowvar=False, bias=True), np.eye(5), atol=1e-10)


def test_what_a_difference_does_to_the_state_stays_the_same():
    whitening = embedding_whitening(EMBEDDING, COUNT)
    gradient = RANDOM.normal(size=(3, 7, 5))
    difference = EMBEDDING[0] - EMBEDDING[1]
    whitened = whitening.embedding(EMBEDDING)[0] - whitening.embedding(EMBEDDING)[1]
    assert_allclose(whitening.gradient(gradient) @ whitened, gradient @ difference, rtol=1e-9)


def test_the_scale_of_a_direction_does_not_matter():
    scale = np.diag([1, 10, 0.1, 3, 1])
    gradient = RANDOM.normal(size=(7, 5))
    plain = embedding_whitening(EMBEDDING, COUNT).gradient(gradient)
    scaled = embedding_whitening(EMBEDDING @ scale, COUNT).gradient(gradient @ np.linalg.inv(scale))
    assert_allclose(
        np.linalg.svd(scaled, compute_uv=False), np.linalg.svd(plain, compute_uv=False), rtol=1e-9
    )


def test_directions_along_which_no_word_differs_are_nothing():
    few = EMBEDDING[:3]
    whitening = embedding_whitening(few, [4, 5, 6])
    assert whitening.n_directions == 2
    gradient = whitening.gradient(RANDOM.normal(size=(7, 5)))
    assert np.linalg.matrix_rank(gradient, tol=1e-8) == 2


@pytest.mark.parametrize(
    ("embedding", "count", "error", "sentence"),
    [
        (np.zeros((3, 2)), [1, 1, 1], ParameterError, "one embedding"),
        (np.eye(3), [4, 0, 0], ParameterError, "two words that occur"),
        (np.eye(3), [4, 0], ShapeError, r"Got \(3, 3\) and \(2,\)"),
        (np.zeros(3), [1, 1, 1], ShapeError, "n_words, n_embedding"),
    ],
)
def test_what_cannot_be_whitened_is_refused(embedding, count, error, sentence):
    with pytest.raises(error, match=sentence):
        embedding_whitening(embedding, count)
