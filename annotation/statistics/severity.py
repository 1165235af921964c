"""How strict a rater is: her scores against those of the others on the same items."""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.interval import (
    MINIMUM_POSTS,
    Estimate,
    percentile_estimate,
    resampled_weights,
)
from annotation.statistics.observations import FloatArray, IntArray, Observations

MINIMUM_ITEMS = 10


@dataclass(frozen=True)
class Severity:
    """difference: her mean score less that of the others, in points of the scale; below 0 she gives less.

    n_items: items that she shares with another rater. The interval comes from resampling posts, each with all
    of its items; it says how sure the difference from *these* colleagues is, not from raters in general.
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

    The value is None without a shared item, the interval with fewer than ten or with fewer than three posts.
    All raters are seen on the same drawn posts.
    """
    deviation = deviations(observations)
    shared = np.isfinite(deviation)
    raters, column = np.unique(observations.rater, return_inverse=True)
    _, post = np.unique(observations.cluster[observations.unit[shared]], return_inverse=True)
    total, n_items = _by_post(deviation[shared], column[shared], post, n_raters=len(raters))
    replicates = _resampled_means(total, n_items, seed=seed, n_resamples=n_resamples)
    return tuple(
        _severity(int(rater), total[:, number], n_items[:, number], replicates[:, number])
        for number, rater in enumerate(raters)
    )


def _by_post(
    deviation: FloatArray, column: IntArray, post: IntArray, *, n_raters: int
) -> tuple[FloatArray, FloatArray]:
    """Return (n_posts, n_raters) twice: the sum of each rater's deviations on each post, and their number."""
    n_posts = int(post.max()) + 1 if len(post) else 0
    total, n_items = np.zeros((n_posts, n_raters)), np.zeros((n_posts, n_raters))
    np.add.at(total, (post, column), deviation)
    np.add.at(n_items, (post, column), 1)
    return total, n_items


def _severity(rater: int, total: FloatArray, n_items: FloatArray, replicates: FloatArray) -> Severity:
    """Return the estimate; total, n_items: (n_posts,), replicates: (n_resamples,)."""
    n = int(n_items.sum())
    n_posts = int(np.count_nonzero(n_items))
    value = float(total.sum() / n) if n else None
    if value is None:
        estimate = Estimate(None, reason="Nobody else has rated any of the rater's items.")
    elif n < MINIMUM_ITEMS:
        reason = f"No interval: it needs at least {MINIMUM_ITEMS} items rated by others too."
        estimate = Estimate(value, reason=reason)
    elif n_posts < MINIMUM_POSTS:
        reason = f"No interval: it needs at least {MINIMUM_POSTS} posts with items rated by others too."
        estimate = Estimate(value, reason=reason)
    else:
        estimate = percentile_estimate(value, replicates)
    return Severity(rater=rater, n_items=n, difference=estimate)


def _resampled_means(total: FloatArray, n_items: FloatArray, *, seed: int, n_resamples: int) -> FloatArray:
    """Return (n_resamples, n_raters): means over drawn posts; NaN where none of a rater's was drawn."""
    blocks = [np.zeros((0, total.shape[1]))]
    if len(total) >= MINIMUM_POSTS:
        for weights in resampled_weights(len(total), n_resamples=n_resamples, seed=seed):
            n = weights @ n_items
            blocks.append(np.divide(weights @ total, n, out=np.full(n.shape, np.nan), where=n > 0))
    return np.concatenate(blocks)
