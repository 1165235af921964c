"""Published examples of agreement beyond chance, and what happens at the edges."""

import pytest

from annotation.statistics import weights
from annotation.statistics.agreement import EXACT_AGREEMENT
from annotation.statistics.alpha import ALPHA_NOMINAL
from annotation.statistics.coefficient import Coefficient, estimate, why_undefined
from annotation.statistics.conger import conger_kappa
from annotation.statistics.gwet import (
    AC1,
    AC1_CHANCE,
    AC2_LINEAR,
    AC2_ORDINAL,
    AC2_QUADRATIC,
    BRENNAN_PREDIGER,
    FLEISS_KAPPA,
    gwet_standard_error,
)
from tests.annotation.statistics.designs import NA, items_of_table, observations_of
from tests.annotation.statistics.published import LOW_PREVALENCE, PARADOX

# Gwet (2014), Handbook of Inter-Rater Reliability, the example of four raters with missing ratings.
FOUR_RATERS = [
    [1, 1, NA, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [NA, 5, 5, 5],
    [NA, NA, 1, 1],
    [NA, NA, 3, NA],
]
# Fleiss' kappa in the English Wikipedia: ten subjects by five categories, counts of fourteen raters.
FOURTEEN_RATERS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


@pytest.mark.parametrize(
    ("coefficient", "expected"),
    [
        (EXACT_AGREEMENT, 0.81818),
        (AC1_CHANCE, 0.19032),
        (AC1, 0.77544),
        (AC2_QUADRATIC, 0.91400),
        (AC2_LINEAR, 0.85874),
        (AC2_ORDINAL, 0.89894),
        (FLEISS_KAPPA, 0.76117),
        (BRENNAN_PREDIGER, 0.77273),
        (ALPHA_NOMINAL, 0.74342),
    ],
    ids=lambda given: given.name if isinstance(given, Coefficient) else "",
)
def test_coefficients_of_gwets_four_raters(coefficient: Coefficient, expected: float) -> None:
    assert estimate(observations_of(FOUR_RATERS), coefficient) == pytest.approx(expected, abs=6e-6)


def test_conger_kappa_of_gwets_four_raters() -> None:
    assert conger_kappa(observations_of(FOUR_RATERS)) == pytest.approx(0.76282, abs=6e-6)


def test_standard_error_of_gwets_four_raters() -> None:
    assert gwet_standard_error(observations_of(FOUR_RATERS)) == pytest.approx(0.14295, abs=6e-6)


def test_ac1_of_the_kappa_paradox_is_high() -> None:
    observations = observations_of(items_of_table(PARADOX))

    assert estimate(observations, AC1) == pytest.approx(0.9408, abs=6e-5)
    assert gwet_standard_error(observations) == pytest.approx(0.0231, abs=6e-5)


def test_alpha_is_low_and_ac1_high_where_raters_agree_on_the_common_point_only() -> None:
    """The harm ratings of the RESORT release: of 227 items 206 twice no, 3 twice yes, 18 split."""
    observations = observations_of(items_of_table([[206, 9], [9, 3]]))

    found = [estimate(observations, coefficient) for coefficient in (ALPHA_NOMINAL, AC1, EXACT_AGREEMENT)]

    assert found == pytest.approx([0.2099, 0.9119, 0.9207], abs=5e-5)


def test_ac1_at_low_prevalence() -> None:
    assert estimate(observations_of(items_of_table(LOW_PREVALENCE)), AC1) == pytest.approx(0.808, abs=6e-5)


def test_fleiss_kappa_of_fourteen_raters() -> None:
    scores = [[point for point, n in enumerate(row) for _ in range(n)] for row in FOURTEEN_RATERS]

    assert estimate(observations_of(scores), FLEISS_KAPPA) == pytest.approx(0.210, abs=6e-4)


def test_ac1_of_two_raters_on_two_points_by_hand() -> None:
    """p_a = .5; pi = .75 and .25, so p_e = 2 x .75 x .25 = .375 and AC1 = .125 / .625."""
    scores = [[1, 1], [1, 0], [1, 1], [0, 1]]

    assert estimate(observations_of(scores), AC1) == pytest.approx(0.2, abs=1e-15)


def test_ac1_counts_points_that_are_declared_and_never_given() -> None:
    scores = [[1, 1], [1, 0], [1, 1], [0, 1]]

    by_declared = [estimate(observations_of(scores, values=range(n)), AC1) for n in (2, 3, 11)]

    chances = [0.375, 0.1875, 0.0375]
    assert by_declared == pytest.approx([(0.5 - chance) / (1 - chance) for chance in chances], abs=1e-15)


def test_equal_ratings_agree_by_ac1_and_leave_fleiss_kappa_undefined() -> None:
    observations = observations_of([[0, 0], [0, 0]], values=[0, 1])

    assert estimate(observations, AC1) == 1
    assert estimate(observations, AC2_QUADRATIC) == 1
    assert estimate(observations, FLEISS_KAPPA) is None
    assert why_undefined(observations, FLEISS_KAPPA) == (
        "All ratings are equal, so agreement by chance is certain and none beyond it can be told."
    )


def test_a_scale_of_one_point_has_no_agreement_beyond_chance() -> None:
    observations = observations_of([[1, 1], [1, 1]], values=[1])

    for coefficient in (AC1, AC2_QUADRATIC, AC2_ORDINAL, FLEISS_KAPPA, BRENNAN_PREDIGER):
        assert estimate(observations, coefficient) is None
    assert gwet_standard_error(observations, weights.linear) is None
    assert conger_kappa(observations) is None


@pytest.mark.parametrize("scores", [[[NA, NA]], [[1, NA], [NA, 2]]])
def test_without_a_pair_there_is_no_coefficient(scores: list[list[float]]) -> None:
    observations = observations_of(scores, values=[1, 2])

    for coefficient in (AC1, AC2_LINEAR, FLEISS_KAPPA, BRENNAN_PREDIGER, EXACT_AGREEMENT):
        assert estimate(observations, coefficient) is None
    assert gwet_standard_error(observations) is None
    assert conger_kappa(observations) is None


def test_conger_kappa_needs_two_raters() -> None:
    assert conger_kappa(observations_of([[1], [2]])) is None
