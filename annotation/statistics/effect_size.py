"""How large the difference between two conditions is, with intervals from resampling posts."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from annotation.statistics.interval import (
    MINIMUM_POSTS,
    Estimate,
    percentile_estimate,
    resampled_weights,
    sums_by_post,
)
from annotation.statistics.observations import FloatArray
from annotation.statistics.pairs import Pairs


@dataclass(frozen=True)
class EffectSizes:
    """Of condition a over condition b; positive, or above .5 for superiority, where a has the higher scores.

    difference: mean difference in points of the scale.
    d_z: the mean difference in standard deviations of the differences (Cohen, 1988, section 2.3.5).
    rank_biserial: share of the rank sum in favour of a minus share in favour of b, -1 to 1 (Kerby, 2014),
        over the ranks that Wilcoxon's test uses (zeros ranked, then left out: Pratt, 1959).
    superiority: share of pairs in which a has the higher score, ties counted half (Grissom & Kim, 2012).
    """

    difference: Estimate
    d_z: Estimate
    rank_biserial: Estimate
    superiority: Estimate


def effect_sizes(pairs: Pairs, *, seed: int, n_resamples: int = 2_000) -> EffectSizes:
    """Return the effect sizes; a value is None without a pair, an interval with fewer than three posts."""
    observed = _sizes(pairs, np.ones((1, pairs.n_posts)))[0]
    if pairs.n_posts < MINIMUM_POSTS:
        return EffectSizes(*(_without_interval(float(value), pairs) for value in observed))
    draws = resampled_weights(pairs.n_posts, n_resamples=n_resamples, seed=seed)
    replicates = np.concatenate([_sizes(pairs, weights) for weights in draws])
    estimates = (percentile_estimate(float(value), replicates[:, i]) for i, value in enumerate(observed))
    return EffectSizes(*(_explained(estimate) for estimate in estimates))


def _without_interval(value: float, pairs: Pairs) -> Estimate:
    if pairs.n == 0:
        return Estimate(None, reason=pairs.why_untestable())
    if not np.isfinite(value):
        return _explained(Estimate(None))
    return Estimate(value, reason=f"No interval: it needs at least {MINIMUM_POSTS} posts.")


def _explained(estimate: Estimate) -> Estimate:
    if estimate.value is not None:
        return estimate
    return Estimate(None, reason="The differences do not vary enough to compute it.")


def _sizes(pairs: Pairs, weights: FloatArray) -> FloatArray:
    """Return (n_resamples, 4), the effect sizes under weights (n_resamples, n_posts); NaN if undefined."""
    differences = pairs.differences
    per_pair = np.column_stack(
        (np.ones(pairs.n), differences, differences**2, (np.sign(differences) + 1) / 2),
    )
    n, total, squares, wins = (weights @ sums_by_post(per_pair, pairs.post_index)).T
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        variance = (squares - total * mean) / (n - 1)
        flat = variance <= 1e-9 * squares / n
        d_z = np.where(flat, np.nan, mean / np.sqrt(np.where(flat, 1, variance)))
        return np.column_stack((mean, d_z, _rank_biserial(pairs, weights), wins / n))


def _rank_biserial(pairs: Pairs, weights: FloatArray) -> FloatArray:
    """Return (n_resamples,): each resample is ranked anew, a post drawn twice being two posts that tie."""
    differences = pairs.differences
    levels = rankdata(np.abs(differences), method="dense").astype(np.int64) - 1
    n_levels = int(levels.max()) + 1 if pairs.n else 0
    upward, counted = (np.zeros((pairs.n_posts, n_levels)) for _ in range(2))
    np.add.at(upward, (pairs.post_index, levels), np.sign(differences))
    np.add.at(counted, (pairs.post_index, levels), 1.0)
    at_level = weights @ counted
    ranks = np.cumsum(at_level, axis=1) - (at_level - 1) / 2
    is_zero = np.zeros(n_levels, dtype=np.bool_)
    is_zero[levels[differences == 0]] = True
    ranked: FloatArray = (ranks * at_level)[:, ~is_zero].sum(axis=1)
    favour: FloatArray = (ranks * (weights @ upward)).sum(axis=1)
    return np.divide(favour, ranked, out=np.full(len(weights), np.nan), where=ranked > 0)
