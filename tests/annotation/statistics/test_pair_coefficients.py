"""What is quick to resample equals what the whole table of two ratings gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.statistics import weights
from annotation.statistics.coefficient import estimate
from annotation.statistics.kappa import cohen_kappa
from annotation.statistics.pair_coefficients import (
    MEAN_DIFFERENCE,
    PAIR_ADJACENT,
    PAIR_EXACT,
    PAIR_KAPPA,
    PAIR_KAPPA_QUADRATIC,
)
from annotation.statistics.paired_ratings import PairedRatings

POINTS = np.array([0, 0.5, 1, 4])
TWO_RATINGS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30)


@given(TWO_RATINGS)
def test_pair_coefficients_equal_those_of_the_table(ratings: list[tuple[int, int]]) -> None:
    first, second = np.array(ratings).T
    pair = PairedRatings(first=first, second=second, values=POINTS, cluster=np.arange(len(ratings)))
    table, apart = pair.table(), POINTS[first] - POINTS[second]

    shown = {
        coefficient: estimate(pair, coefficient)
        for coefficient in (PAIR_KAPPA, PAIR_KAPPA_QUADRATIC, PAIR_EXACT, PAIR_ADJACENT, MEAN_DIFFERENCE)
    }

    assert shown == pytest.approx(
        {
            PAIR_KAPPA: cohen_kappa(table),
            PAIR_KAPPA_QUADRATIC: cohen_kappa(table, weights.quadratic(POINTS)),
            PAIR_EXACT: np.mean(first == second),
            PAIR_ADJACENT: np.mean(np.abs(first - second) <= 1),
            MEAN_DIFFERENCE: apart.mean(),
        },
        abs=1e-12,
    )
