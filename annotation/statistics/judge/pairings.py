"""Pairs of a judge's reply and an expert's rating, in the shape in which pairs of experts are compared.

Every coefficient of two experts then serves the judge with one expert, and both stand on one footing.
"""

import numpy as np

from annotation.statistics.agreement import shares
from annotation.statistics.coincidence import triangle
from annotation.statistics.judge.judged import Judged
from annotation.statistics.observations import FloatArray


def pair_table(judged: Judged) -> FloatArray:
    """Return (n_items, n_categories²): the share of an item's pairs at each pair of points, judge in rows."""
    n_categories = len(judged.values)
    replies = judged.replies / np.maximum(judged.replies.sum(axis=1, keepdims=True), 1)
    ratings = judged.ratings / np.maximum(judged.ratings.sum(axis=1, keepdims=True), 1)
    return (replies[:, :, np.newaxis] * ratings[:, np.newaxis, :]).reshape(-1, n_categories**2)


def pair_shares(judged: Judged) -> FloatArray:
    """Return the items' parts as `agreement.shares` gives them of experts: pairs, two ones, shares of points.

    The share of a point is the mean of the judge's and the experts'.
    """
    n_categories = len(judged.values)
    table = pair_table(judged).reshape(-1, n_categories, n_categories)
    first, second = triangle(n_categories)
    both = table + table.transpose(0, 2, 1)
    pairs = both[:, first, second] / np.where(first == second, 2, 1)
    one = np.ones((judged.n_items, 1))
    return np.hstack([pairs, one, one, both.sum(axis=2) / 2])


def expert_shares(judged: Judged) -> FloatArray:
    """Return the same of the experts alone."""
    return shares(judged.ratings, judged.values)
