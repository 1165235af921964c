"""Whether one impression colours all of a rater's criteria: correlations between criteria within a rater."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.stats import rankdata

from annotation.statistics.observations import FloatArray, IntArray

MINIMUM_ITEMS = 10


@dataclass(frozen=True)
class Halo:
    """Rank correlation of two criteria over one rater's items; None, and a reason, when there is none.

    A high value is a halo only beside low ones of other raters on the same items: good answers may well be
    good in several ways.
    """

    rater: int
    criteria: tuple[int, int]
    n_items: int
    correlation: float | None
    reason: str = ""


def halos(scores: FloatArray, rater: IntArray) -> tuple[Halo, ...]:
    """Return the correlation of each pair of criteria, rater by rater (Spearman, 1904; Saal et al., 1980).

    scores: (n_items, n_criteria) the scores that one rater gave to one item in a row, NaN where she gave
    none. rater: (n_items,) whose row it is. None with fewer than ten items, and when one of the criteria
    always got the same score.
    """
    criteria = range(scores.shape[1])
    return tuple(
        _halo(int(number), pair, scores[rater == number][:, pair])
        for number in np.unique(rater)
        for pair in combinations(criteria, 2)
    )


def _halo(rater: int, pair: tuple[int, int], scores: FloatArray) -> Halo:
    both = scores[np.isfinite(scores).all(axis=1)]
    value, reason = None, ""
    if len(both) < MINIMUM_ITEMS:
        reason = f"Too few items with both scores: {len(both)}; it needs {MINIMUM_ITEMS}."
    elif np.any(np.ptp(both, axis=0) == 0):
        reason = "One of the two criteria always got the same score."
    else:
        value = spearman(both[:, 0], both[:, 1])
    return Halo(rater=rater, criteria=pair, n_items=len(both), correlation=value, reason=reason)


def spearman(first: FloatArray, second: FloatArray) -> float:
    """Return the Pearson correlation of the ranks, ties sharing their mean rank; neither may be constant."""
    ranks = [rankdata(scores) - (len(scores) + 1) / 2 for scores in (first, second)]
    scale = float(np.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum()))
    return max(-1.0, min(1.0, float(ranks[0] @ ranks[1]) / scale))
