"""A number with its interval and the resamples that could not give it."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.interval import Estimate, percentile_estimate
from annotation.statistics.observations import FloatArray


@dataclass(frozen=True)
class Resampled(Estimate):
    """An estimate with the number of resamples in which it was not defined; the interval leaves them out."""

    n_undefined: int = 0


def resampled(value: float, replicates: FloatArray) -> Resampled:
    """Return the value with its percentile interval; replicates: (n_resamples,), NaN where not defined."""
    estimate = percentile_estimate(value, replicates)
    n_undefined = int(np.isnan(replicates).sum())
    return Resampled(estimate.value, estimate.low, estimate.high, estimate.reason, n_undefined)


def without_interval(value: float, needed: str) -> Resampled:
    """Return the value alone, saying what an interval would need: "3 posts"."""
    return Resampled(value, reason=f"No interval: it needs at least {needed}.")
