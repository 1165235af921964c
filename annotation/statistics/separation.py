"""Find out beforehand whether an ordered logit has an estimate at all.

If all ratings of a condition or rater lie at one end of the scale, or some mixture of conditions and raters
parts high ratings from low ones without overlap, the likelihood rises for ever as a coefficient grows: the
data are separated, and whatever number a program prints is where it gave up (Albert & Anderson, 1984).
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog

from annotation.statistics.observations import FloatArray, IntArray


def groups_at_one_end(category: IntArray, group: IntArray, names: Sequence[str]) -> list[str]:
    """Name the groups whose ratings all lie at the lowest or all at the highest point in use.

    category: (n,) 0..n_categories-1, each in use. group: (n,) index into names of each rating's group.
    """
    top = int(category.max())
    return [
        names[number]
        for number in np.unique(group)
        if category[group == number].max() == 0 or category[group == number].min() == top
    ]


def has_redundant_terms(design: FloatArray) -> bool:
    """Say whether a column of the design (n, p) is a mixture of the others and a constant."""
    rows = np.unique(design, axis=0)
    with_constant = np.column_stack((np.ones(len(rows)), rows))
    return int(np.linalg.matrix_rank(with_constant)) < with_constant.shape[1]


def is_separated(category: IntArray, design: FloatArray) -> bool:
    """Say whether the ratings are completely or quasi-completely separated, exactly, by a linear programme.

    category: (n,) 0..n_categories-1, each in use. design: (n, p) without a constant. A rating of category c
    has the probability F(cut[c] - xb) - F(cut[c-1] - xb). The likelihood has no maximum exactly if
    coefficients and cuts can move so that no rating's upper bound falls, no lower bound rises, and some bound
    moves (after Konis, 2007, Linear programming algorithms for detecting separated data, chapter 4, for two
    categories; the same argument holds for each bound of more).
    """
    cells = np.unique(np.column_stack((category, design)), axis=0)
    points, rows = cells[:, 0].astype(np.int64), cells[:, 1:]
    n_cuts = int(category.max())
    upper, lower = points < n_cuts, points > 0
    rises = np.vstack(
        (
            np.hstack((-rows[upper], np.eye(n_cuts)[points[upper]])),
            np.hstack((rows[lower], -np.eye(n_cuts)[points[lower] - 1])),
        )
    )
    programme = linprog(-rises.sum(axis=0), A_ub=-rises, b_ub=np.zeros(len(rises)), bounds=(-1, 1))
    return not programme.success or bool(-programme.fun > 1e-6)
