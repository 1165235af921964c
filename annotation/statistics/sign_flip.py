"""The permutation test of a planned contrast: flip the signs of the paired differences.

If the two conditions were alike, each post might as well have had their names exchanged. All pairs of a post
are flipped together: how well a condition suits a post runs through all of the post's dimensions, so that the
differences of one post are alike and not so many separate witnesses.
"""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.holm import smallest_sign_flip_p
from annotation.statistics.observations import FloatArray
from annotation.statistics.pairs import Pairs

MOST_POSTS_EXACT = 16
_CHUNK = 2_000_000


@dataclass(frozen=True)
class SignFlip:
    """Two-sided test of no difference.

    p: None when there is nothing to test; `reason` then says why.
    exact: whether all sign patterns were counted; otherwise `n_draws` random ones were.
    smallest_p: what p could be at best with so many posts (and draws), whatever the differences.
    """

    p: float | None
    exact: bool
    n_posts: int
    n_draws: int | None
    smallest_p: float
    reason: str = ""


def sign_flip(pairs: Pairs, *, seed: int, n_draws: int = 9_999) -> SignFlip:
    """Test whether the mean difference is 0 (Fisher, 1935, The Design of Experiments, section 21).

    Up to 16 posts every sign pattern is counted; beyond, n_draws are drawn and p = (r + 1) / (n_draws + 1),
    which is never 0 and never too small (Phipson & Smyth, 2010). p is None with fewer than three posts or
    when no post has a difference.
    """
    sums = pairs.difference_sums()
    exact = len(sums) <= MOST_POSTS_EXACT
    smallest = smallest_sign_flip_p(len(sums))
    p, reason = None, pairs.why_untestable()
    if not reason:
        p = _exact_p(sums) if exact else _drawn_p(sums, seed=seed, n_draws=n_draws)
    return SignFlip(
        p=p,
        exact=exact,
        n_posts=len(sums),
        n_draws=None if exact else n_draws,
        smallest_p=smallest if exact else max(smallest, 1 / (n_draws + 1)),
        reason=reason,
    )


def _exact_p(sums: FloatArray) -> float:
    """Return the share of sign patterns at least as extreme as the observed one.

    The first post keeps its sign: a pattern and its mirror image are equally extreme.
    """
    flipped = sums[:1]
    for one in sums[1:]:
        flipped = np.concatenate((flipped + one, flipped - one))
    return float(np.mean(np.abs(flipped) >= _observed(sums)))


def _drawn_p(sums: FloatArray, *, seed: int, n_draws: int) -> float:
    rng = np.random.default_rng(seed)
    rows = max(1, _CHUNK // len(sums))
    extreme = 0
    for start in range(0, n_draws, rows):
        kept = rng.random((min(rows, n_draws - start), len(sums))) < 0.5
        flipped = 2 * (kept @ sums) - sums.sum()
        extreme += int(np.count_nonzero(np.abs(flipped) >= _observed(sums)))
    return (extreme + 1) / (n_draws + 1)


def _observed(sums: FloatArray) -> float:
    """Return the observed statistic, a hair lower: equal sums must not differ by their rounding."""
    return float(abs(sums.sum()) - 1e-9 * np.abs(sums).sum())
