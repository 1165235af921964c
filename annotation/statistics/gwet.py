"""Agreement beyond chance, (p_a - p_e) / (1 - p_e), with the chance of Gwet, of Fleiss and of Brennan.

p_a is the weighted agreement over the items with two ratings or more. p_e comes from pi, each point's mean
share over the items with a rating, and depends on which points the scale *declares*, used or not.
Sources: Gwet (2008), Br J Math Stat Psychol 61; Gwet (2014), Handbook of Inter-Rater Reliability, chapters
2-5; Fleiss (1971), Psychol Bull 76; Brennan & Prediger (1981), Educ Psychol Meas 41.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from annotation.statistics import weights
from annotation.statistics.agreement import mean_over_pairs, mean_shares, shares
from annotation.statistics.coefficient import Coefficient
from annotation.statistics.coincidence import divide
from annotation.statistics.observations import FloatArray, Observations
from annotation.statistics.weights import Weights

Chance: TypeAlias = Callable[[FloatArray, FloatArray], FloatArray]
"""(pi (..., n_categories), agreement weights (n_categories, n_categories)) -> p_e (...)."""

ONE_POINT = "The scale has a single point, so agreement by chance is certain."
EQUAL = "All ratings are equal, so agreement by chance is certain and none beyond it can be told."


def _gwet_chance(pi: FloatArray, agreement: FloatArray) -> FloatArray:
    q = len(agreement)
    return divide(agreement.sum() * (pi * (1 - pi)).sum(axis=-1), np.asarray(q * (q - 1.0)))


def _fleiss_chance(pi: FloatArray, agreement: FloatArray) -> FloatArray:
    return np.asarray(((pi @ agreement) * pi).sum(axis=-1))


def _uniform_chance(pi: FloatArray, agreement: FloatArray) -> FloatArray:
    return np.broadcast_to(agreement.mean(), pi.shape[:-1])


def _beyond_chance(name: str, agreement: Weights, chance: Chance, undefined: str) -> Coefficient:
    def from_sums(sums: FloatArray, values: FloatArray) -> FloatArray:
        agreed = mean_over_pairs(sums, agreement(values))
        expected = chance(mean_shares(sums, len(values)), agreement(values))
        return divide(agreed - expected, 1 - expected)

    return Coefficient(name=name, contributions=shares, from_sums=from_sums, undefined=undefined)


def gwet_chance(name: str, agreement: Weights) -> Coefficient:
    """Return p_e, the agreement by chance that AC1 or AC2 corrects for."""

    def from_sums(sums: FloatArray, values: FloatArray) -> FloatArray:
        return _gwet_chance(mean_shares(sums, len(values)), agreement(values))

    return Coefficient(name=name, contributions=shares, from_sums=from_sums, undefined=ONE_POINT)


def gwet_standard_error(observations: Observations, agreement: Weights = weights.identity) -> float | None:
    """Return the standard error of AC1 (or AC2) over items from a large population (Gwet 2014, section 5.3).

    It serves comparison with published values; intervals come from the bootstrap. None with fewer than two
    rated items or where the coefficient is None.
    """
    values = observations.values
    weight = agreement(values)
    q, n_columns = len(values), len(values) * (len(values) + 1) // 2
    counts = observations.counts()
    parts = shares(counts[counts.sum(axis=1) > 0], values)
    n, sums = len(parts), parts.sum(axis=0)
    agreed, pi = mean_over_pairs(sums, weight), mean_shares(sums, q)
    expected = _gwet_chance(pi, weight)
    if n < 2 or not np.isfinite(agreed) or not expected < 1:
        return None
    coefficient = (agreed - expected) / (1 - expected)
    paired = parts[:, n_columns]
    item_agreed = parts[:, :n_columns] @ weight[np.triu_indices(q)]
    item_expected = weight.sum() / (q * (q - 1)) * (parts[:, -q:] @ (1 - pi))
    item_coefficient = n / paired.sum() * (item_agreed - expected * paired) / (1 - expected)
    influence = item_coefficient - 2 * (1 - coefficient) * (item_expected - expected) / (1 - expected)
    return float(np.sqrt(((influence - coefficient) ** 2).sum() / (n * (n - 1))))


AC1 = _beyond_chance("Gwet's AC1", weights.identity, _gwet_chance, ONE_POINT)
AC2_LINEAR = _beyond_chance("Gwet's AC2 (linear)", weights.linear, _gwet_chance, ONE_POINT)
AC2_QUADRATIC = _beyond_chance("Gwet's AC2 (quadratic)", weights.quadratic, _gwet_chance, ONE_POINT)
AC2_ORDINAL = _beyond_chance("Gwet's AC2 (ordinal)", weights.ordinal, _gwet_chance, ONE_POINT)
AC1_CHANCE = gwet_chance("agreement by chance (AC1)", weights.identity)
FLEISS_KAPPA = _beyond_chance("Fleiss' kappa", weights.identity, _fleiss_chance, EQUAL)
FLEISS_KAPPA_QUADRATIC = _beyond_chance("Fleiss' kappa (quadratic)", weights.quadratic, _fleiss_chance, EQUAL)
BRENNAN_PREDIGER = _beyond_chance("Brennan-Prediger", weights.identity, _uniform_chance, ONE_POINT)
