import numpy as np
import pytest

from analytics.corpora.corpus import Corpus
from analytics.errors import ShapeError


def test_an_annotation_of_another_length_is_refused():
    with pytest.raises(ShapeError, match=r"'depth' must have one value for each of 3 tokens\. Got 2"):
        Corpus("short", ["a", "b", "c"], np.array([0]), {"depth": ["0", "1"]})


def test_sequences_must_lie_inside():
    with pytest.raises(ShapeError, match="must begin with 0, rise"):
        Corpus("short", ["a", "b"], np.array([0, 2]))
