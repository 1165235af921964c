"""Rank correlation within pairs of experts, and of the judge with each of the two on the same items.

Within a pair, so that one expert's severity against the other's does not count as disagreement.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack

from annotation.statistics.coincidence import divide
from annotation.statistics.interpretation import MINIMUM_ITEMS
from annotation.statistics.judge.judged import Judged
from annotation.statistics.judge.post_sums import PostSums
from annotation.statistics.judge.rank_correlation import spearman_of
from annotation.statistics.observations import BoolArray, FloatArray, IntArray, Observations


@dataclass(frozen=True, eq=False)
class PairCorrelations:
    """n_pairs: of experts with ten shared items or more, of whom nobody gave all of these the same point.

    sums: the judge with one expert, one with another, and their difference; None without such a pair.
    """

    n_pairs: int
    sums: PostSums | None


def pair_correlations(shared: Judged, ratings: Observations) -> PairCorrelations:
    """Return the means over pairs of experts, by the number of their shared items.

    ratings: of the items of `shared`.
    """
    n_categories, n_items = len(shared.values), shared.n_items
    given = _by_rater(ratings, n_items)
    tables = [
        table
        for one in range(len(given))
        for other in range(one + 1, len(given))
        for table in _tables(shared, given[one], given[other])
    ]
    if not tables:
        return PairCorrelations(0, None)

    def of_pairs(sums: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return rho (some, n_pairs, 3) and the number of items (some, n_pairs)."""
        by_pair = sums.reshape(len(sums), -1, 3, n_categories, n_categories)
        return spearman_of(by_pair), by_pair[:, :, 0].sum(axis=(-2, -1))

    def of_sums(sums: FloatArray) -> FloatArray:
        rho, n = of_pairs(sums)
        is_defined: BoolArray = np.asarray(np.isfinite(rho).all(axis=2))
        weights = np.where(is_defined, n, 0)[:, :, np.newaxis]
        totals = (weights * np.where(is_defined[:, :, np.newaxis], rho, 0)).sum(axis=1)
        means = divide(totals, weights.sum(axis=1))
        judge = means[:, 1:].mean(axis=1)
        return np.column_stack((judge, means[:, 0], judge - means[:, 0]))

    per_item = csr_array(hstack(tables, format="csr"))
    rho, _ = of_pairs(per_item.sum(axis=0).reshape(1, -1))
    n_pairs = int(np.isfinite(rho).all(axis=2).sum())
    return PairCorrelations(n_pairs, PostSums(per_item, shared.post, of_sums))


def _by_rater(ratings: Observations, n_items: int) -> IntArray:
    """Return (n_raters, n_items): the point that each rater gave, -1 without one."""
    raters, rater = np.unique(ratings.rater, return_inverse=True)
    given = np.full((len(raters), n_items), -1, dtype=np.int64)
    given[rater, ratings.unit] = ratings.category
    return given


def _tables(shared: Judged, one: IntArray, other: IntArray) -> list[csr_array]:
    """Return the items' cells of three tables: expert with expert, judge with one, judge with the other.

    Empty where the two share too few items.
    """
    items = np.flatnonzero((one >= 0) & (other >= 0))
    if len(items) < MINIMUM_ITEMS:
        return []
    n_categories = len(shared.values)
    shape = (shared.n_items, n_categories**2)
    cells = (np.ones(len(items)), (items, one[items] * n_categories + other[items]))
    replies = shared.replies[items]
    at, point = np.nonzero(replies)
    share = (replies / replies.sum(axis=1, keepdims=True))[at, point]
    return [
        csr_array(cells, shape=shape),
        *(
            csr_array((share, (items[at], point * n_categories + expert[items][at])), shape=shape)
            for expert in (one, other)
        ),
    ]
