"""Means of many columns, conditions or criteria, with intervals from resampling posts, all on one draw."""

import numpy as np

from annotation.statistics.interval import MINIMUM_POSTS, resampled_weights
from annotation.statistics.observations import FloatArray, IntArray
from annotation.statistics.resampled import Resampled, resampled, without_interval


def bootstrap_means(
    sums: FloatArray, ns: FloatArray | IntArray, *, seed: int, n_resamples: int = 2_000
) -> list[Resampled]:
    """Return the mean of each column with its 95 % percentile interval from resampling posts.

    sums, ns: (n_posts, n_columns), the sum and the number of each post's scores in each column, a column
    being a condition or a criterion. A column has no interval where fewer than three posts have a score.
    """
    n_posts, n_columns = sums.shape
    totals = np.hstack([sums, ns]).astype(np.float64)
    values = _means(totals.sum(axis=0))
    replicates = np.empty((0, n_columns))
    if n_posts >= MINIMUM_POSTS:
        draws = resampled_weights(n_posts, n_resamples=n_resamples, seed=seed)
        replicates = np.concatenate([_means(weights @ totals) for weights in draws])
    n_scored = np.count_nonzero(ns, axis=0)
    return [_mean(values[j], replicates[:, j], int(n_scored[j])) for j in range(n_columns)]


def _means(totals: FloatArray) -> FloatArray:
    sums, ns = np.split(totals, 2, axis=-1)
    return np.divide(sums, ns, out=np.full(sums.shape, np.nan), where=ns > 0)


def _mean(value: float, replicates: FloatArray, n_scored: int) -> Resampled:
    if n_scored == 0:
        return Resampled(None, reason="There are no ratings yet.")
    if n_scored < MINIMUM_POSTS:
        return without_interval(float(value), f"{MINIMUM_POSTS} posts")
    return resampled(float(value), replicates)
