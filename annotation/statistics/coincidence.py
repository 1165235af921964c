"""Pairs of ratings of the same item, by the two points that they give.

A pair of points is a column of a triangle: first <= second, in the order of numpy's triu_indices, so that a
scale of C points has C (C + 1) / 2 columns.
"""

import numpy as np

from annotation.statistics.observations import FloatArray, IntArray


def triangle(n_categories: int) -> tuple[IntArray, IntArray]:
    """Return the first and the second point of each column, both (n_columns,)."""
    first, second = np.triu_indices(n_categories)
    return first, second


def pair_counts(counts: IntArray) -> FloatArray:
    """Return (n_units, n_columns): how many pairs of ratings give each pair of points.

    counts: (n_units, n_categories). An item with m ratings has m (m - 1) / 2 pairs in all.
    """
    first, second = triangle(counts.shape[1])
    same = first == second
    pairs = (counts[:, first] * (counts[:, second] - same)).astype(np.float64)
    pairs[:, same] /= 2
    return pairs


def coincidences(counts: IntArray, values: FloatArray) -> FloatArray:
    """Return (n_units, n_columns): each rating's partners, shared out so that every rating counts once.

    These are the items' parts of Krippendorff's (2011) coincidence matrix: o_cc on the diagonal, o_ck + o_kc
    beside it. An item with m >= 2 ratings adds m in all, one with a single rating nothing.
    """
    others = np.maximum(counts.sum(axis=1) - 1, 1)
    return 2 * pair_counts(counts) / others[:, np.newaxis]


def marginals(coincidence_sums: FloatArray, n_categories: int) -> FloatArray:
    """Return (..., n_categories): how often each point occurs among the ratings that have a partner.

    coincidence_sums: (..., n_columns).
    """
    first, second = triangle(n_categories)
    shares = (np.eye(n_categories)[first] + np.eye(n_categories)[second]) / 2
    return np.asarray(coincidence_sums @ shares)


def divide(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Return numerator / denominator with NaN where the denominator is not above rounding error.

    Denominators here are of the order of 1 or counts, so 1e-12 is below anything that ratings can bring
    about.
    """
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    quotient = np.full(denominator.shape, np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator > 1e-12)
    return quotient
