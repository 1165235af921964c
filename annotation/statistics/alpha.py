"""Krippendorff's alpha: 1 - observed / expected disagreement, for any number of raters and missing ratings.

Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability; Hayes & Krippendorff (2007). Only
items with two ratings or more count. Levels differ in how far apart two points are, delta².
"""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import numpy as np

from annotation.statistics.coefficient import Coefficient
from annotation.statistics.coincidence import coincidences, divide, marginals, triangle
from annotation.statistics.observations import FloatArray

Metric: TypeAlias = Callable[[FloatArray, FloatArray], FloatArray]
"""(marginals (..., n_categories), values (n_categories,)) -> delta² (..., n_columns), as in `coincidence`."""

EQUAL = "All ratings that can be compared are equal: alpha is only defined where some differ."


def _nominal(totals: FloatArray, values: FloatArray) -> FloatArray:
    first, second = triangle(len(values))
    return np.asarray(first != second, dtype=np.float64)


def _ordinal(totals: FloatArray, values: FloatArray) -> FloatArray:
    """Square the number of ratings from one point to the other, those at the two ends counted by half.

    The ratings counted are those that have a partner; in a bootstrap replicate, the replicate's own.
    """
    first, second = triangle(len(values))
    middles = np.cumsum(totals, axis=-1) - totals / 2
    return np.asarray((middles[..., first] - middles[..., second]) ** 2)


def _interval(totals: FloatArray, values: FloatArray) -> FloatArray:
    first, second = triangle(len(values))
    return np.asarray((values[first] - values[second]) ** 2)


def _ratio(totals: FloatArray, values: FloatArray) -> FloatArray:
    first, second = triangle(len(values))
    total = values[first] + values[second]
    distances = np.divide(values[first] - values[second], total, out=np.zeros(len(total)), where=total != 0)
    return np.asarray(distances**2)


def _alpha(metric: Metric, sums: FloatArray, values: FloatArray) -> FloatArray:
    first, second = triangle(len(values))
    totals = marginals(sums, len(values))
    n = totals.sum(axis=-1)
    distances = metric(totals, values)
    observed = (sums * distances).sum(axis=-1)
    expected = 2 * (totals[..., first] * totals[..., second] * distances).sum(axis=-1)
    return 1 - divide((n - 1) * observed, expected)


def _coefficient(level: str, metric: Metric) -> Coefficient:
    return Coefficient(
        name=f"Krippendorff's alpha ({level})",
        contributions=coincidences,
        from_sums=partial(_alpha, metric),
        undefined=EQUAL,
    )


ALPHA_NOMINAL = _coefficient("nominal", _nominal)
ALPHA_ORDINAL = _coefficient("ordinal", _ordinal)
ALPHA_INTERVAL = _coefficient("interval", _interval)
ALPHA_RATIO = _coefficient("ratio", _ratio)
