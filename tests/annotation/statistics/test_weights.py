import numpy as np
import pytest

from annotation.statistics import weights
from annotation.statistics.weights import Weights


@pytest.mark.parametrize(
    ("weighting", "expected"),
    [
        (weights.identity, [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        (weights.linear, [[1, 0.75, 0], [0.75, 1, 0.25], [0, 0.25, 1]]),
        (weights.quadratic, [[1, 0.9375, 0], [0.9375, 1, 0.4375], [0, 0.4375, 1]]),
        (weights.ordinal, [[1, 1 - 1 / 3, 0], [1 - 1 / 3, 1, 1 - 1 / 3], [0, 1 - 1 / 3, 1]]),
        (weights.adjacent, [[1, 1, 0], [1, 1, 1], [0, 1, 1]]),
    ],
)
def test_weights_of_uneven_points(weighting: Weights, expected: list[list[float]]) -> None:
    """Distances count for linear and quadratic weights, the order only for the others."""
    assert weighting(np.array([1.0, 2, 5])).tolist() == expected


@pytest.mark.parametrize("weighting", [weights.linear, weights.quadratic, weights.ordinal, weights.adjacent])
def test_a_single_point_agrees_with_itself(weighting: Weights) -> None:
    assert weighting(np.array([3.0])).tolist() == [[1]]
