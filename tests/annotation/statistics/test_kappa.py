"""Published examples of kappa, from tables of two ratings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from annotation.statistics import weights
from annotation.statistics.kappa import cohen_kappa, kappa_standard_error
from annotation.statistics.weights import Weights
from tests.annotation.statistics.published import LOW_PREVALENCE, PARADOX

# Cohen (1968), Psychol Bull 70: proportions, and weights of disagreement.
COHEN = np.array([[0.44, 0.07, 0.09], [0.05, 0.20, 0.05], [0.01, 0.03, 0.06]])
COHEN_DISAGREEMENT = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
# Fleiss, Cohen & Everitt (1969), Psychol Bull 72: proportions of 200 items, and weights of agreement.
EVERITT = np.array([[0.53, 0.05, 0.02], [0.11, 0.14, 0.05], [0.01, 0.06, 0.03]])
EVERITT_AGREEMENT = np.array([[1, 0, 0.4444], [0, 1, 0.6667], [0.4444, 0.6667, 1]])
# A printout of SAS, in the tests of statsmodels.
SAS = np.array([[0, 4, 1], [0, 8, 0], [0, 1, 5]])
POINTS = np.array([1.0, 2, 3])


@pytest.mark.parametrize(
    ("table", "agreement", "expected", "tolerance"),
    [
        (COHEN, None, 0.492, 6e-4),
        (COHEN, 1 - COHEN_DISAGREEMENT / 6, 0.348, 6e-4),
        (EVERITT, None, 0.429, 6e-4),
        (EVERITT, EVERITT_AGREEMENT, 0.507, 6e-4),
        (EVERITT, weights.linear(POINTS), 0.4923, 6e-5),
        (EVERITT, weights.quadratic(POINTS), 0.5667, 6e-5),
        (SAS, None, 0.4842, 6e-5),
        (SAS, weights.linear(POINTS), 0.4701, 6e-5),
        (PARADOX, None, -0.0234, 6e-5),
        (LOW_PREVALENCE, None, 0.3182, 6e-5),
    ],
)
def test_kappa_of_published_examples(
    table: np.ndarray, agreement: np.ndarray | None, expected: float, tolerance: float
) -> None:
    assert cohen_kappa(np.array(table), agreement) == pytest.approx(expected, abs=tolerance)


def test_standard_error_and_interval_of_the_printout_of_sas() -> None:
    kappa, error = cohen_kappa(SAS), kappa_standard_error(SAS)

    assert kappa is not None
    assert error is not None
    assert error == pytest.approx(0.1380, abs=6e-5)
    assert (kappa - 1.959964 * error, kappa + 1.959964 * error) == pytest.approx((0.2137, 0.7547), abs=6e-5)


@given(table=st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3))
@pytest.mark.parametrize(("agreement", "name"), [(None, None), (weights.quadratic, "fc")])
def test_kappa_and_its_standard_error_equal_statsmodels(
    table: list[list[int]], agreement: Weights | None, name: str | None
) -> None:
    counts = np.array(table)
    weight = None if agreement is None else agreement(POINTS)
    kappa, error = cohen_kappa(counts, weight), kappa_standard_error(counts, weight)
    if kappa is None:
        only_one_point = np.count_nonzero(counts.sum(axis=0)) == np.count_nonzero(counts.sum(axis=1)) == 1
        assert counts.sum() == 0 or (only_one_point and np.trace(counts) == counts.sum())
        assert error is None
        return

    with np.errstate(all="ignore"):
        theirs = cohens_kappa(counts, wt=name)

    assert kappa == pytest.approx(theirs.kappa, abs=1e-9)
    assert error is not None
    assert error**2 == pytest.approx(theirs.var_kappa, abs=1e-9)


def test_standard_error_of_proportions_needs_the_number_of_items() -> None:
    counts = np.rint(EVERITT * 200)

    assert kappa_standard_error(EVERITT, n=200) == pytest.approx(kappa_standard_error(counts), abs=1e-12)


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[0, 0], [0, 7]]])
def test_kappa_of_nothing_or_of_one_point_is_none(table: list[list[int]]) -> None:
    assert cohen_kappa(np.array(table)) is None
    assert kappa_standard_error(np.array(table)) is None
