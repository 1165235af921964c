"""Intraclass correlation by one-way analysis of variance: raters differ from item to item.

Case 1 of Shrout & Fleiss (1979), Psychol Bull 86: ICC(1,1) is the reliability of one rating and ICC(1,k) of
the mean of k. With unequal numbers of ratings, k0 takes the place of k (Donner 1986, Int Stat Rev 54).
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from annotation.statistics.coefficient import Coefficient
from annotation.statistics.observations import FloatArray, IntArray, Observations

UNDEFINED = "There are fewer than two items, or all ratings are equal: items cannot be told apart."
BELOW = "Ratings of one item differ more than ratings of different items: a mean has no reliability to tell."


@dataclass(frozen=True)
class MeanSquares:
    """Mean squares between and within items, and k0, the ratings per item that count; each of shape (...)."""

    between: FloatArray
    within: FloatArray
    k0: FloatArray


def squares(counts: IntArray, values: FloatArray) -> FloatArray:
    """Return (n_units, 6): 1 for a rated item, m, m², squares about the item's mean, total, total² / m.

    Totals are taken about the middle of the scale, which changes no sum of squares and keeps them exact.
    """
    centred = values - (values[0] + values[-1]) / 2 if len(values) else values
    m = counts.sum(axis=1)
    total = counts @ centred
    mean = total / np.maximum(m, 1)
    within = (counts * (centred - mean[:, np.newaxis]) ** 2).sum(axis=1)
    return np.column_stack([m > 0, m, m**2, within, total, total * mean])


def mean_squares(sums: FloatArray) -> MeanSquares:
    """Return the analysis of variance of sums (..., 6) of `squares`; NaN where it has no degree of freedom.

    k0 = (N - sum of m² / N) / (n - 1) for n items and N ratings.
    """
    n, ratings, squared, within, total, between = np.moveaxis(sums, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        possible = np.where((n > 1) & (ratings > n), 1.0, np.nan)
        return MeanSquares(
            between=possible * np.maximum(between - total**2 / ratings, 0) / (n - 1),
            within=possible * within / (ratings - n),
            k0=possible * (ratings - squared / ratings) / (n - 1),
        )


def _single(sums: FloatArray, values: FloatArray) -> FloatArray:
    anova = mean_squares(sums)
    total = anova.between + (anova.k0 - 1) * anova.within
    smallest = 1e-11 * np.ptp(values) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > smallest, (anova.between - anova.within) / total, np.nan)


ICC_SINGLE = Coefficient(name="ICC(1,1)", contributions=squares, from_sums=_single, undefined=UNDEFINED)


def icc_mean(k: float) -> Coefficient:
    """Return ICC(1,k), the reliability of the mean of k ratings, by Spearman-Brown from ICC(1,1).

    k is the number of ratings per item that the study has, or is to have.
    """

    def from_sums(sums: FloatArray, values: FloatArray) -> FloatArray:
        single = _single(sums, values)
        scale = 1 + (k - 1) * single
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(scale > 1e-12, k * single / scale, np.nan)

    return Coefficient(name=f"ICC(1,{k:g})", contributions=squares, from_sums=from_sums, undefined=BELOW)


def f_interval(observations: Observations, *, confidence: float = 0.95) -> tuple[float, float] | None:
    """Return the interval of ICC(1,1) by the F distribution (Shrout & Fleiss 1979, p. 424).

    It holds only where every rated item has the same number of ratings: otherwise, and where ICC(1,1) is not
    defined, None. It assumes normal scores and serves comparison with published values.
    """
    counts = observations.counts()
    m = counts.sum(axis=1)
    sizes = np.unique(m[m > 0])
    sums = squares(counts, observations.values).sum(axis=0)
    if len(sizes) != 1 or not np.isfinite(_single(sums, observations.values)):
        return None
    k, n = int(sizes[0]), int(sums[0])
    anova = mean_squares(sums)
    if anova.within == 0:
        return (1.0, 1.0)
    ratio, tail = float(anova.between / anova.within), (1 + confidence) / 2
    low = ratio / stats.f.ppf(tail, n - 1, n * (k - 1))
    high = ratio * stats.f.ppf(tail, n * (k - 1), n - 1)
    return float((low - 1) / (low + k - 1)), float((high - 1) / (high + k - 1))
