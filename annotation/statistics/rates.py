"""Rates of a yes-or-no criterion, with their interval."""

import math
from dataclasses import dataclass
from statistics import NormalDist

from annotation.statistics.observations import BoolArray, IntArray


@dataclass(frozen=True)
class Rate:
    """How many of n are positive; the rate and its interval are None when n is 0."""

    n: int
    n_positive: int
    value: float | None
    low: float | None
    high: float | None


def wilson_rate(n_positive: int, n: int, *, confidence: float = 0.95) -> Rate:
    """Return a rate with its score interval (Wilson, 1927, Probable inference).

    The interval stays within 0 and 1 and has a width even when nobody or everybody is positive. It takes
    the ratings for independent, so where several come from one post it is somewhat too narrow.
    Raises ValueError unless 0 <= n_positive <= n.
    """
    if not 0 <= n_positive <= n:
        raise ValueError("Of n ratings, 0 to n can be positive.")
    if n == 0:
        return Rate(n=0, n_positive=0, value=None, low=None, high=None)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    centre = (n_positive + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * math.sqrt(n_positive * (n - n_positive) / n + z**2 / 4)
    return Rate(
        n=n,
        n_positive=n_positive,
        value=n_positive / n,
        low=0.0 if n_positive == 0 else centre - half,
        high=1.0 if n_positive == n else centre + half,
    )


def any_positive(counts: IntArray, positive: int) -> BoolArray:
    """Say of each item whether any rater gave the point with index `positive`.

    counts: (n_units, n_categories), how often each point was given to each item. Returns (n_units,).
    """
    flagged: BoolArray = counts[:, positive] > 0
    return flagged
