"""The integer rule against the comparison it stands for, over every half-precision number."""

import math

import numpy as np
import pytest

from analytics.analyses.threshold import TRANSFORMS, on_rule

EVERY_HALF = np.arange(1 << 16, dtype=np.uint32).astype(np.uint16).view(np.float16)
EVERY_HALF = EVERY_HALF[~np.isnan(EVERY_HALF)]
THRESHOLDS = [-1e9, -2.0, -1.0, -0.3, -1e-9, 0.0, 1e-9, 0.1, 0.3, 0.5, 0.999, 1.0, 1.5, 65504.0, 1e9]


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_every_half_precision_number(transform, threshold):
    wanted = [TRANSFORMS[transform](float(value)) >= threshold for value in EVERY_HALF]
    found = on_rule(threshold, transform=transform, dtype=np.float16).is_on(EVERY_HALF)
    assert found.tolist() == wanted


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_numbers_next_to_the_threshold(dtype, transform):
    for threshold in (-0.7, -0.1, 0.0, 0.1, 0.7):
        near = math.atanh(threshold) if "tanh" in transform else threshold
        values = np.array([near, -near], dtype=dtype)
        for direction in (-np.inf, np.inf):
            values = np.append(values, np.nextafter(values, dtype(direction)))
        wanted = [TRANSFORMS[transform](float(value)) >= threshold for value in values]
        assert on_rule(threshold, transform=transform, dtype=dtype).is_on(values).tolist() == wanted
