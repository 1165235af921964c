"""How far two points of a scale agree, from 1 (the same point) to 0 (the two ends).

Each function takes the declared points, values (n_categories,), and returns (n_categories, n_categories).
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from annotation.statistics.observations import FloatArray

Weights: TypeAlias = Callable[[FloatArray], FloatArray]


def identity(values: FloatArray) -> FloatArray:
    """Count only the same point as agreement."""
    return np.eye(len(values))


def linear(values: FloatArray) -> FloatArray:
    """Take 1 - |a - b| / range (Cicchetti & Allison 1971)."""
    return 1 - _distances(values)


def quadratic(values: FloatArray) -> FloatArray:
    """Take 1 - (a - b)² / range² (Fleiss & Cohen 1973)."""
    return np.asarray(1 - _distances(values) ** 2)


def ordinal(values: FloatArray) -> FloatArray:
    """Take 1 - M / M_max, M the pairs of points from a to b, both included (Gwet 2014, section 3.5).

    Only the order of the points counts. This is not Krippendorff's ordinal metric, which depends on how
    often each point was given.
    """
    steps = np.abs(np.subtract.outer(np.arange(len(values)), np.arange(len(values))))
    pairs = steps * (steps + 1) / 2
    return np.asarray(1 - pairs / max(pairs.max(), 1))


def adjacent(values: FloatArray) -> FloatArray:
    """Count points that are at most one declared step apart as agreement."""
    steps = np.subtract.outer(np.arange(len(values)), np.arange(len(values)))
    return np.asarray(np.abs(steps) <= 1, dtype=np.float64)


def _distances(values: FloatArray) -> FloatArray:
    """Return |a - b| in units of the scale's range; all 0 where the scale has a single point."""
    distances = np.abs(np.subtract.outer(values, values))
    return np.asarray(distances / (np.ptp(values) or 1.0))
