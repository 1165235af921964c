"""How a rater uses the scale: how widely her scores spread, and how much of the scale she uses."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.observations import Observations


@dataclass(frozen=True)
class RangeUse:
    """n, mean and sample SD (n-1; None with one rating) of a rater's scores on one criterion.

    points_used: share of the declared points that she gave at least once. at_low_end, at_high_end: share of
    her ratings at the lowest and the highest declared point.
    """

    rater: int
    n: int
    mean: float
    sd: float | None
    points_used: float
    at_low_end: float
    at_high_end: float


def range_uses(observations: Observations) -> tuple[RangeUse, ...]:
    """Return how each rater with a rating uses the scale, by rater index."""
    return tuple(_range_use(observations, int(rater)) for rater in np.unique(observations.rater))


def _range_use(observations: Observations, rater: int) -> RangeUse:
    category = observations.category[observations.rater == rater]
    score = observations.values[category]
    top = len(observations.values) - 1
    return RangeUse(
        rater=rater,
        n=len(score),
        mean=float(score.mean()),
        sd=float(score.std(ddof=1)) if len(score) > 1 else None,
        points_used=len(np.unique(category)) / len(observations.values),
        at_low_end=float(np.mean(category == 0)),
        at_high_end=float(np.mean(category == top)),
    )
