"""What a pair of raters shows, from sums that are quick to resample.

A study has many pairs of raters, and a table of two ratings on ten points has a hundred cells. All that is
shown of a pair needs only the table's two margins and a few weighted sums of its cells.
"""

import numpy as np

from annotation.statistics import weights
from annotation.statistics.coefficient import Coefficient
from annotation.statistics.coincidence import divide
from annotation.statistics.kappa import CERTAIN, KAPPA, KAPPA_QUADRATIC, kappa_of_margins
from annotation.statistics.observations import FloatArray, IntArray
from annotation.statistics.weights import Weights


def _differences(values: FloatArray) -> FloatArray:
    return np.subtract.outer(values, values)


# What the cells of a table are weighed by and summed up to, in this order, behind its margins.
_SUMMED: tuple[Weights, ...] = (weights.identity, weights.adjacent, weights.quadratic, _differences)


def _margins_and_sums(counts: IntArray, values: FloatArray) -> FloatArray:
    """Return (n_units, 2 q + 4) of counts (n_units, q²): the table's rows, its columns, the sums."""
    tables = counts.reshape(-1, len(values), len(values)).astype(np.float64)
    weighed = np.stack([weigh(values).reshape(-1) for weigh in _SUMMED], axis=-1)
    return np.hstack([tables.sum(axis=-1), tables.sum(axis=-2), counts @ weighed])


def _kappa(name: str, weigh: Weights) -> Coefficient:
    place = _SUMMED.index(weigh)

    def from_sums(sums: FloatArray, values: FloatArray) -> FloatArray:
        q = len(values)
        rows, columns, agreed = sums[..., :q], sums[..., q : 2 * q], sums[..., 2 * q + place]
        return kappa_of_margins(agreed, rows, columns, weigh(values))

    return Coefficient(name=name, contributions=_margins_and_sums, from_sums=from_sums, undefined=CERTAIN)


def _mean(name: str, weigh: Weights) -> Coefficient:
    place = _SUMMED.index(weigh)

    def from_sums(sums: FloatArray, values: FloatArray) -> FloatArray:
        q = len(values)
        return divide(sums[..., 2 * q + place], sums[..., :q].sum(axis=-1))

    return Coefficient(name=name, contributions=_margins_and_sums, from_sums=from_sums, undefined="")


PAIR_KAPPA = _kappa(KAPPA.name, weights.identity)
PAIR_KAPPA_QUADRATIC = _kappa(KAPPA_QUADRATIC.name, weights.quadratic)
PAIR_EXACT = _mean("exact agreement", weights.identity)
PAIR_ADJACENT = _mean("agreement within one step", weights.adjacent)
MEAN_DIFFERENCE = _mean("mean difference", _differences)
