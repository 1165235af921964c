"""How strict a rater is: her scores against those of the others on the same items."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.interval import Estimate, percentile_estimate
from annotation.statistics.observations import FloatArray, Observations

MINIMUM_ITEMS = 10


@dataclass(frozen=True)
class Severity:
    """difference: her mean score less that of the others, in points of the scale; below 0 she gives less.

    n_items: items that she shares with another rater. The interval comes from resampling these items; it
    says how sure the difference from *these* colleagues is, not from raters in general.
    """

    rater: int
    n_items: int
    difference: Estimate


def deviations(observations: Observations) -> FloatArray:
    """Return (n_ratings,): each score less the mean of the item's other raters; NaN when there is none."""
    score = observations.values[observations.category]
    unit, n_units = observations.unit, observations.n_units
    total = np.bincount(unit, weights=score, minlength=n_units)[unit]
    others = np.bincount(unit, minlength=n_units)[unit] - 1
    mean = np.divide(total - score, others, out=np.full(len(score), np.nan), where=others > 0)
    return np.asarray(np.round(score - mean, 10))


def severities(observations: Observations, *, seed: int, n_resamples: int = 2_000) -> tuple[Severity, ...]:
    """Return the severity of each rater with a rating, by rater index.

    The value is None without a shared item, the interval with fewer than ten.
    """
    deviation = deviations(observations)
    return tuple(
        _severity(int(rater), deviation[observations.rater == rater], seed=seed, n_resamples=n_resamples)
        for rater in np.unique(observations.rater)
    )


def _severity(rater: int, deviation: FloatArray, *, seed: int, n_resamples: int) -> Severity:
    shared = deviation[np.isfinite(deviation)]
    if len(shared) == 0:
        estimate = Estimate(None, reason="Nobody else has rated any of the rater's items.")
    elif len(shared) < MINIMUM_ITEMS:
        reason = f"No interval: it needs at least {MINIMUM_ITEMS} items rated by others too."
        estimate = Estimate(float(shared.mean()), reason=reason)
    else:
        replicates = _resampled_means(shared, seed=seed, n_resamples=n_resamples)
        estimate = percentile_estimate(float(shared.mean()), replicates)
    return Severity(rater=rater, n_items=len(shared), difference=estimate)


def _resampled_means(deviation: FloatArray, *, seed: int, n_resamples: int) -> FloatArray:
    """Return (n_resamples,) means of items drawn with replacement.

    Deviations take few values: drawing how often each occurs is the same draw, and fast for any n.
    """
    values, counts = np.unique(deviation, return_counts=True)
    n = len(deviation)
    drawn = np.random.default_rng(seed).multinomial(n, counts / n, size=n_resamples)
    return np.asarray(drawn @ values / n)
