"""Rank correlation within pairs of experts, and of the judge with each of the two on the same items.

Within a pair, so that one expert's severity against the other's does not count as disagreement.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from annotation.statistics.coincidence import divide
from annotation.statistics.interpretation import MINIMUM_ITEMS
from annotation.statistics.judge.judged import Judged
from annotation.statistics.judge.post_sums import PostSums
from annotation.statistics.judge.rank_correlation import spearman_of
from annotation.statistics.observations import BoolArray, FloatArray, IntArray, Observations

_NONE = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))


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
    n_categories = len(shared.values)
    per_item = _tables(shared, _by_rater(ratings, shared.n_items))
    if not per_item.shape[1]:
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

    rho, _ = of_pairs(per_item.sum(axis=0).reshape(1, -1))
    n_pairs = int(np.isfinite(rho).all(axis=2).sum())
    return PairCorrelations(n_pairs, PostSums(per_item, shared.post, of_sums))


def _by_rater(ratings: Observations, n_items: int) -> IntArray:
    """Return (n_raters, n_items): the point that each rater gave, -1 without one."""
    raters, rater = np.unique(ratings.rater, return_inverse=True)
    given = np.full((len(raters), n_items), -1, dtype=np.int64)
    given[rater, ratings.unit] = ratings.category
    return given


def _tables(shared: Judged, given: IntArray) -> csr_array:
    """Return (n_items, n_pairs * 3 * n_categories²): of every two experts who share items enough the cells
    of three tables: expert with expert, judge with one, judge with the other.
    """
    n_cells = len(shared.values) ** 2
    has_given = (given >= 0).astype(np.int64)
    pairs = np.argwhere(np.triu(has_given @ has_given.T >= MINIMUM_ITEMS, k=1))
    share = shared.replies / shared.replies.sum(axis=1, keepdims=True)
    parts = [
        (items, columns + (3 * number + part) * n_cells, weights)
        for number, (one, other) in enumerate(pairs)
        for part, (items, columns, weights) in enumerate(_cells(share, given[one], given[other]))
    ]
    rows, columns, weights = (np.concatenate(part) for part in zip(*parts, strict=True)) if parts else _NONE
    return csr_array((weights, (rows, columns)), shape=(shared.n_items, len(parts) * n_cells))


def _cells(share: FloatArray, one: IntArray, other: IntArray) -> list[tuple[IntArray, IntArray, FloatArray]]:
    """Return of each of the three tables its items, cells and weights; share: (n_items, n_categories)."""
    n_categories = share.shape[1]
    items = np.flatnonzero((one >= 0) & (other >= 0))
    at, point = np.nonzero(share[items])
    item = items[at]
    return [
        (items, one[items] * n_categories + other[items], np.ones(len(items))),
        *((item, point * n_categories + expert[item], share[item, point]) for expert in (one, other)),
    ]
