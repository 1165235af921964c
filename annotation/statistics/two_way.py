"""Intraclass correlations where every rater rated every item, as on a set of anchor items.

Cases 2 and 3 of Shrout & Fleiss (1979), Psychol Bull 86, and the names of McGraw & Wong (1996), Psychol
Methods 1: A for absolute agreement, raters drawn from many; C for consistency, the raters' own means apart.
The distance between A and C is what differences in severity cost.
"""

from dataclasses import dataclass

import numpy as np

from annotation.statistics.observations import FloatArray


@dataclass(frozen=True)
class TwoWay:
    """Mean squares between items, between raters and of what is left, of n items and k raters."""

    n: int
    k: int
    items: float
    raters: float
    residual: float

    @property
    def agreement_single(self) -> float | None:
        """ICC(A,1), Shrout and Fleiss' ICC(2,1): one rating, absolute agreement."""
        bias = self.k * (self.raters - self.residual) / self.n
        return _ratio(self.items - self.residual, self.items + (self.k - 1) * self.residual + bias)

    @property
    def agreement_mean(self) -> float | None:
        """ICC(A,k), Shrout and Fleiss' ICC(2,k): the mean of all raters, absolute agreement."""
        return _ratio(self.items - self.residual, self.items + (self.raters - self.residual) / self.n)

    @property
    def consistency_single(self) -> float | None:
        """ICC(C,1), Shrout and Fleiss' ICC(3,1): one rating, differences in severity left out."""
        return _ratio(self.items - self.residual, self.items + (self.k - 1) * self.residual)

    @property
    def consistency_mean(self) -> float | None:
        """ICC(C,k), Shrout and Fleiss' ICC(3,k): the mean of all raters, differences in severity left out."""
        return _ratio(self.items - self.residual, self.items)


def two_way(scores: FloatArray) -> TwoWay | None:
    """Return the analysis of variance of scores (n_items, n_raters).

    None with fewer than two items or raters, with a score missing (NaN), or where all scores are equal.
    """
    n, k = scores.shape
    if n < 2 or k < 2 or not np.isfinite(scores).all() or np.ptp(scores) == 0:
        return None
    centred = scores - scores.mean()
    item, rater = centred.mean(axis=1, keepdims=True), centred.mean(axis=0, keepdims=True)
    return TwoWay(
        n=n,
        k=k,
        items=float(k * (item**2).sum() / (n - 1)),
        raters=float(n * (rater**2).sum() / (k - 1)),
        residual=float(((centred - item - rater) ** 2).sum() / ((n - 1) * (k - 1))),
    )


def _ratio(numerator: float, denominator: float) -> float | None:
    return numerator / denominator if denominator > 1e-12 * (abs(numerator) + 1) else None
