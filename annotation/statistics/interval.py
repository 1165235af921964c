"""Intervals from resampling posts: draw the posts with replacement and watch how a number moves.

Posts are drawn, not ratings or items: ratings of one post are alike, and a new study would have new posts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from annotation.statistics.observations import FloatArray, IntArray

MINIMUM_POSTS = 3
_CHUNK = 2_000_000
# Numbers in a draw that is kept for the next: 8 MB, so that four take little memory.
_SHARED = 1_000_000


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval; `reason` says in words why one of them is None, else it is empty."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""


def resampled_weights(n: int, *, n_resamples: int, seed: int) -> Iterator[FloatArray]:
    """Yield blocks (some, n) of how often each of n units is drawn, `n_resamples` rows in all.

    A block holds about two million numbers at most, so memory does not grow with the number of resamples.
    Blocks cannot be written to: a draw that fits into one is shared by all numbers that come from it.
    """
    if n * n_resamples <= _SHARED:
        yield _shared_draw(n, n_resamples, seed)
        return
    rng = np.random.default_rng(seed)
    rows = max(1, _CHUNK // max(n, 1))
    for start in range(0, n_resamples, rows):
        yield _drawn(rng, n, min(rows, n_resamples - start))


@lru_cache(maxsize=4)
def _shared_draw(n: int, n_resamples: int, seed: int) -> FloatArray:
    return _drawn(np.random.default_rng(seed), n, n_resamples)


def _drawn(rng: np.random.Generator, n: int, height: int) -> FloatArray:
    drawn = rng.integers(n, size=(height, n)) + np.arange(height)[:, None] * n
    counts = np.bincount(drawn.ravel(), minlength=height * n).reshape(height, n).astype(np.float64)
    counts.setflags(write=False)
    return counts


def percentile_estimate(value: float, replicates: FloatArray) -> Estimate:
    """Return the value with its percentile bootstrap interval (Efron & Tibshirani, 1993, chapter 13).

    replicates: (n_resamples,), NaN where the number is not defined. A value of NaN is no number at all. There
    is no interval when fewer than half of the replicates are defined, nor when all of them are equal: a width
    of 0 would claim a certainty that the ratings cannot give.
    """
    if not np.isfinite(value):
        return Estimate(None, reason="It is not defined for these ratings.")
    defined = replicates[np.isfinite(replicates)]
    if 2 * len(defined) < len(replicates):
        return Estimate(value, reason="No interval: in most resamples the number is not defined.")
    if len(defined) == 0 or np.ptp(defined) <= 1e-12 * max(1.0, abs(value)):
        return Estimate(value, reason="No interval: the number is the same in every resample.")
    low, high = np.percentile(defined, [2.5, 97.5])
    return Estimate(value, low=float(low), high=float(high))


def sums_by_post(per_pair: FloatArray, post: IntArray) -> FloatArray:
    """Return (n_posts, p): the rows of per_pair (n, p) added up by post index (n,), 0..n_posts-1."""
    sums = np.zeros((int(post.max()) + 1 if len(post) else 0, per_pair.shape[1]))
    np.add.at(sums, post, per_pair)
    return sums
