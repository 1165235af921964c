"""The usual tests beside the permutation test: Wilcoxon's signed ranks, Student's paired t, McNemar.

The first two take each post once, with the mean of its differences: pairs of one post are not independent.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from annotation.statistics.observations import BoolArray
from annotation.statistics.pairs import Pairs

_MOST_POSTS_EXACT = 50


@dataclass(frozen=True)
class Wilcoxon:
    """statistic: the smaller of the two rank sums. p is None when there is nothing to test (see reason)."""

    n_posts: int
    statistic: float | None = None
    p: float | None = None
    exact: bool = False
    reason: str = ""


@dataclass(frozen=True)
class PairedT:
    """t with n_posts - 1 degrees of freedom; None when there is nothing to test (see reason)."""

    n_posts: int
    t: float | None = None
    p: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class McNemar:
    """Pairs flagged under a only and under b only; the p-values are None when no pair differs."""

    n_pairs: int
    only_a: int
    only_b: int
    p_exact: float | None = None
    p_mid: float | None = None
    reason: str = ""


def wilcoxon(pairs: Pairs) -> Wilcoxon:
    """Test the posts' mean differences by Wilcoxon's signed ranks, two-sided (Wilcoxon, 1945).

    Zeros are ranked and then left out (Pratt, 1959). p is exact up to 50 posts without zeros and ties, else
    from the normal approximation with the variance corrected for both.
    """
    by_post = pairs.difference_means()
    reason = pairs.why_untestable()
    if reason:
        return Wilcoxon(n_posts=len(by_post), reason=reason)
    sizes = np.abs(by_post)
    exact = len(by_post) <= _MOST_POSTS_EXACT and sizes.all() and len(np.unique(sizes)) == len(sizes)
    test = stats.wilcoxon(by_post, zero_method="pratt", method="exact" if exact else "asymptotic")
    return Wilcoxon(
        n_posts=len(by_post),
        statistic=float(test.statistic),
        p=min(1.0, float(test.pvalue)),
        exact=bool(exact),
    )


def paired_t(pairs: Pairs) -> PairedT:
    """Test the posts' mean differences by Student's t for pairs, two-sided (Student, 1908)."""
    by_post = pairs.difference_means()
    n_posts = len(by_post)
    reason = pairs.why_untestable()
    if not reason and np.ptp(by_post) == 0:
        reason = "All differences are equal: there is no spread to judge them by."
    if reason:
        return PairedT(n_posts=n_posts, reason=reason)
    t = float(by_post.mean() / (by_post.std(ddof=1) / math.sqrt(n_posts)))
    return PairedT(n_posts=n_posts, t=t, p=float(2 * stats.t.sf(abs(t), n_posts - 1)))


def mcnemar(a: BoolArray, b: BoolArray) -> McNemar:
    """Compare how often items are flagged under two conditions, two-sided, exactly and with the mid-p.

    a, b: (n,) whether each pair's item is flagged. Exact: McNemar, 1947, by the binomial distribution; mid-p:
    Fagerland, Lydersen & Laake, 2013. Both take the pairs for independent.
    """
    only_a, only_b = int(np.count_nonzero(a & ~b)), int(np.count_nonzero(b & ~a))
    if only_a + only_b == 0:
        reason = "No pair of items is flagged under one condition only: there is nothing to test."
        return McNemar(n_pairs=len(a), only_a=0, only_b=0, reason=reason if len(a) else "There are no pairs.")
    fewer, n = min(only_a, only_b), only_a + only_b
    one_sided = float(stats.binom.cdf(fewer, n, 0.5))
    at_fewer = float(stats.binom.pmf(fewer, n, 0.5))
    p_mid = 1 - at_fewer / 2 if only_a == only_b else 2 * one_sided - at_fewer
    return McNemar(
        n_pairs=len(a), only_a=only_a, only_b=only_b, p_exact=min(1.0, 2 * one_sided), p_mid=min(1.0, p_mid)
    )
