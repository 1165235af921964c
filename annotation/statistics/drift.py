"""Whether a rater grows stricter or milder in the course of her work."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from annotation.statistics.interval import Estimate
from annotation.statistics.observations import FloatArray, IntArray, Observations
from annotation.statistics.severity import MINIMUM_ITEMS, deviations

PER_ITEMS = 100


@dataclass(frozen=True)
class Drift:
    """slope: change of her difference from the others, in points of the scale per 100 items of her order.

    Above 0 she becomes milder. If the others drift as well, it is what she drifts more than they do.
    """

    rater: int
    n_items: int
    slope: Estimate


def drifts(observations: Observations, order: IntArray) -> tuple[Drift, ...]:
    """Return the drift of each rater with a rating, by rater index.

    order: (n_ratings,) anything that puts a rater's ratings in the order she gave them in, such as a time;
    all of them count as steps, also those on items that nobody else has rated. None with fewer than ten
    shared items. The interval is a straight line's, with errors that allow for unequal spread (HC3:
    MacKinnon & White, 1985) and Student's t.
    """
    deviation = deviations(observations)
    return tuple(
        _drift(int(rater), deviation[mine], order[mine])
        for rater in np.unique(observations.rater)
        for mine in [observations.rater == rater]
    )


def _drift(rater: int, deviation: FloatArray, order: IntArray) -> Drift:
    in_order = deviation[np.argsort(order, kind="stable")]
    position = np.flatnonzero(np.isfinite(in_order))
    n_items = len(position)
    if n_items < MINIMUM_ITEMS:
        reason = f"Too few items rated by others too: {n_items}; it needs {MINIMUM_ITEMS}."
        return Drift(rater=rater, n_items=n_items, slope=Estimate(None, reason=reason))
    return Drift(rater=rater, n_items=n_items, slope=_slope(position / PER_ITEMS, in_order[position]))


def _slope(x: FloatArray, y: FloatArray) -> Estimate:
    """Return the least-squares slope of y on x, both (n,), with its interval."""
    n = len(x)
    x, y = x - x.mean(), y - y.mean()
    squares = float(x @ x)
    slope = float(x @ y) / squares
    residual = (y - slope * x) / (1 - 1 / n - x**2 / squares)
    error = float(np.sqrt((x * residual) @ (x * residual))) / squares
    if error <= 1e-9 * max(1.0, abs(slope)):
        return Estimate(slope, reason="No interval: the differences do not scatter around the line.")
    half = float(student.ppf(0.975, n - 2)) * error
    return Estimate(slope, low=slope - half, high=slope + half)
