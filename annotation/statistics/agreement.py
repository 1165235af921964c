"""Raw agreement, without any correction for chance: over items, on average, how alike two ratings are.

Each number is a mean over the items with two ratings or more of the mean over their pairs of ratings.
"""

from functools import partial

import numpy as np

from annotation.statistics import weights
from annotation.statistics.coefficient import Coefficient
from annotation.statistics.coincidence import coincidences, divide, marginals, pair_counts, triangle
from annotation.statistics.observations import FloatArray, IntArray
from annotation.statistics.weights import Weights

NEVER_GIVEN = "Nobody gave this point to an item with two ratings, so there is no agreement on it to tell."


def shares(counts: IntArray, values: FloatArray) -> FloatArray:
    """Return (n_units, n_columns + 2 + n_categories), what agreement and chance are computed from.

    By column: the share of the item's pairs that give each pair of points (see `coincidence`); 1 for an item
    with a pair; 1 for an item with a rating; the share of the item's ratings at each point.
    """
    m = counts.sum(axis=1, keepdims=True)
    pairs = pair_counts(counts) / np.maximum(m * (m - 1) / 2, 1)
    return np.hstack([pairs, m >= 2, m >= 1, counts / np.maximum(m, 1)])


def mean_over_pairs(share_sums: FloatArray, scores: FloatArray) -> FloatArray:
    """Return (...): the mean of scores (n_categories, n_categories) over the pairs; NaN without a pair.

    share_sums: (..., p), sums of `shares`.
    """
    first, second = triangle(len(scores))
    n_columns = len(first)
    return divide(share_sums[..., :n_columns] @ scores[first, second], share_sums[..., n_columns])


def mean_shares(share_sums: FloatArray, n_categories: int) -> FloatArray:
    """Return (..., n_categories): over items with a rating, the mean share of ratings at each point."""
    ratings = share_sums[..., -n_categories:]
    return divide(ratings, share_sums[..., -n_categories - 1, np.newaxis])


def percent_agreement(name: str, agreement: Weights) -> Coefficient:
    """Return p_a, the mean agreement of two ratings of an item by the weights (Gwet 2014, section 2.4)."""

    def from_sums(sums: FloatArray, values: FloatArray) -> FloatArray:
        return mean_over_pairs(sums, agreement(values))

    return Coefficient(name=name, contributions=shares, from_sums=from_sums, undefined="")


def _mean_absolute_difference(sums: FloatArray, values: FloatArray) -> FloatArray:
    return mean_over_pairs(sums, np.abs(np.subtract.outer(values, values)))


def _specific(category: int, sums: FloatArray, values: FloatArray) -> FloatArray:
    first, second = triangle(len(values))
    agreed = sums[..., (first == category) & (second == category)].sum(axis=-1)
    return divide(agreed, marginals(sums, len(values))[..., category])


def specific_agreement(category: int) -> Coefficient:
    """Return the agreement on one point, given by its index into the declared values.

    Of two ratings of an item, if one gives this point, how often does the other. For two raters this is
    2a / (2a + b + c) (Cicchetti & Feinstein 1990). With m raters, m varying, each rating counts once: it
    adds the share of the item's m - 1 other ratings that give this point too.
    """
    return Coefficient(
        name=f"specific agreement on point {category}",
        contributions=coincidences,
        from_sums=partial(_specific, category),
        undefined=NEVER_GIVEN,
    )


EXACT_AGREEMENT = percent_agreement("exact agreement", weights.identity)
ADJACENT_AGREEMENT = percent_agreement("agreement within one step", weights.adjacent)
MEAN_ABSOLUTE_DIFFERENCE = Coefficient(
    name="mean absolute difference",
    contributions=shares,
    from_sums=_mean_absolute_difference,
    undefined="",
)
