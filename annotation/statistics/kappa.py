"""Cohen's kappa of a table of two ratings, plain and weighted.

Sources: Cohen (1960), Educ Psychol Meas 20; Cohen (1968), Psychol Bull 70; Fleiss, Cohen & Everitt (1969),
Psychol Bull 72. Tables have the first rating in rows and hold counts or proportions.
"""

import numpy as np

from annotation.statistics import weights
from annotation.statistics.coefficient import Coefficient
from annotation.statistics.coincidence import divide
from annotation.statistics.observations import FloatArray, IntArray
from annotation.statistics.weights import Weights

CERTAIN = "Both ratings are the same point on every item, so agreement by chance is certain."


def cohen_kappa(table: FloatArray | IntArray, agreement: FloatArray | None = None) -> float | None:
    """Return kappa of a table (q, q) by agreement weights (q, q), 1 on the diagonal; by default plain kappa.

    Disagreement weights v, as Cohen (1968) gave them, are agreement weights 1 - v / max(v). None for an empty
    table or where agreement by chance is certain.
    """
    kappa = float(_kappa(np.asarray(table, dtype=np.float64), _or_plain(agreement, len(table))))
    return kappa if np.isfinite(kappa) else None


def kappa_standard_error(
    table: FloatArray | IntArray, agreement: FloatArray | None = None, *, n: int | None = None
) -> float | None:
    """Return the asymptotic standard error of kappa (Fleiss, Cohen & Everitt 1969, formula 13).

    n: number of items, where the table holds proportions. None where kappa is.
    """
    counts = np.asarray(table, dtype=np.float64)
    weight = _or_plain(agreement, len(table))
    if cohen_kappa(counts, weight) is None:
        return None
    p = counts / counts.sum()
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    agreed, expected = (weight * p).sum(), rows @ weight @ columns
    margin = (weight @ columns)[:, np.newaxis] + (rows @ weight)[np.newaxis, :]
    spread = (p * (weight * (1 - expected) - margin * (1 - agreed)) ** 2).sum()
    variance = spread - (agreed * expected - 2 * expected + agreed) ** 2
    n_items = counts.sum() if n is None else n
    return float(np.sqrt(max(variance, 0) / n_items) / (1 - expected) ** 2)


def _or_plain(agreement: FloatArray | None, n_categories: int) -> FloatArray:
    return np.eye(n_categories) if agreement is None else agreement


def _kappa(tables: FloatArray, agreement: FloatArray) -> FloatArray:
    """Return (...) of tables (..., q, q), NaN where not defined."""
    agreed = (tables * agreement).sum(axis=(-2, -1))
    return kappa_of_margins(agreed, tables.sum(axis=-1), tables.sum(axis=-2), agreement)


def kappa_of_margins(
    agreed: FloatArray, rows: FloatArray, columns: FloatArray, agreement: FloatArray
) -> FloatArray:
    """Return (...), NaN where not defined; agreed: (...), weighted agreements in all; margins: (..., q)."""
    total = rows.sum(axis=-1)
    expected = divide(((rows @ agreement) * columns).sum(axis=-1), total**2)
    return divide(divide(agreed, total) - expected, 1 - expected)


def _cells(counts: IntArray, values: FloatArray) -> FloatArray:
    return counts.astype(np.float64)


def _weighted(name: str, weigh: Weights) -> Coefficient:
    """Make kappa a coefficient of `PairedRatings`, and of whatever else sums up to tables."""

    def from_sums(sums: FloatArray, values: FloatArray) -> FloatArray:
        return _kappa(sums.reshape(*sums.shape[:-1], len(values), len(values)), weigh(values))

    return Coefficient(name=name, contributions=_cells, from_sums=from_sums, undefined=CERTAIN)


KAPPA = _weighted("Cohen's kappa", weights.identity)
KAPPA_LINEAR = _weighted("weighted kappa (linear)", weights.linear)
KAPPA_QUADRATIC = _weighted("weighted kappa (quadratic)", weights.quadratic)
