"""Rank correlations of tables of counts, so that a resample only counts items anew.

Sources: Spearman (1904), Am J Psychol 15; Kendall (1945), Biometrika 33 (tau-b). Ties share their mean rank.
"""

import numpy as np
from scipy.sparse import csr_array

from annotation.statistics.coincidence import divide
from annotation.statistics.judge.post_sums import PostSums
from annotation.statistics.observations import FloatArray, IntArray


def rank_correlations(first: FloatArray, second: FloatArray, post: IntArray) -> PostSums:
    """Return Spearman's rho and Kendall's tau-b of two numbers (n_items,) for each item."""
    rows, row = _levels(first)
    columns, column = _levels(second)
    n_items, shape = len(post), (rows, columns)
    cells = (np.ones(n_items), (np.arange(n_items), row * columns + column))

    def of_sums(sums: FloatArray) -> FloatArray:
        tables = sums.reshape(-1, *shape)
        return np.column_stack((spearman_of(tables), kendall_of(tables)))

    return PostSums(csr_array(cells, shape=(n_items, rows * columns)), post, of_sums)


def spearman_of(tables: FloatArray) -> FloatArray:
    """Return (...): rho of tables (..., r, c) of counts, NaN where rows or columns do not vary."""
    by_row, by_column = tables.sum(axis=-1), tables.sum(axis=-2)
    ranks = [np.cumsum(n, axis=-1) - (n + n.sum(axis=-1, keepdims=True)) / 2 for n in (by_row, by_column)]
    shared = (ranks[0] * (tables @ ranks[1][..., np.newaxis])[..., 0]).sum(axis=-1)
    spread = (by_row * ranks[0] ** 2).sum(axis=-1) * (by_column * ranks[1] ** 2).sum(axis=-1)
    return np.asarray(np.clip(divide(shared, np.sqrt(spread)), -1, 1))


def kendall_of(tables: FloatArray) -> FloatArray:
    """Return (...): tau-b of tables (..., r, c) of counts, NaN where rows or columns do not vary."""
    above = np.cumsum(tables, axis=-2) - tables
    before = np.cumsum(above, axis=-1) - above
    after = above.sum(axis=-1, keepdims=True) - above - before
    balance = (tables * (before - after)).sum(axis=(-2, -1))
    n = tables.sum(axis=(-2, -1))
    untied = [(n**2 - (tables.sum(axis=axis) ** 2).sum(axis=-1)) / 2 for axis in (-1, -2)]
    return np.asarray(np.clip(divide(balance, np.sqrt(untied[0] * untied[1])), -1, 1))


def _levels(numbers: FloatArray) -> tuple[int, IntArray]:
    """Return how many different numbers there are, and the place of each; a billionth is no difference."""
    different, level = np.unique(np.round(numbers, 9), return_inverse=True)
    return max(len(different), 1), level.astype(np.int64)
