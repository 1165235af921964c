import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.statistics.agreement import (
    ADJACENT_AGREEMENT,
    EXACT_AGREEMENT,
    MEAN_ABSOLUTE_DIFFERENCE,
    specific_agreement,
)
from annotation.statistics.coefficient import estimate, why_undefined
from tests.annotation.statistics.designs import NA, items_of_table, observations_of


def test_raw_agreement_is_a_mean_over_items_of_their_pairs() -> None:
    """Item by item, share of equal pairs: 1/3, 1, 0; within a step: 1/3, 1, 1; mean distance: 4/3, 0, 1."""
    scores = [[2, 2, 4], [5, 5, NA], [NA, 1, 2], [NA, NA, 3]]

    observations = observations_of(scores, values=range(1, 6))

    assert estimate(observations, EXACT_AGREEMENT) == pytest.approx(4 / 9, abs=1e-15)
    assert estimate(observations, ADJACENT_AGREEMENT) == pytest.approx(7 / 9, abs=1e-15)
    assert estimate(observations, MEAN_ABSOLUTE_DIFFERENCE) == pytest.approx(7 / 9, abs=1e-15)


def test_adjacent_means_one_declared_step_whatever_the_points_are_called() -> None:
    scores = [[0, 0.5], [0, 1], [1, 1]]

    assert estimate(observations_of(scores), ADJACENT_AGREEMENT) == pytest.approx(2 / 3, abs=1e-15)
    assert estimate(observations_of(scores), MEAN_ABSOLUTE_DIFFERENCE) == pytest.approx(0.5, abs=1e-15)


def test_specific_agreement_on_a_rare_point_tells_what_exact_agreement_hides() -> None:
    """24 of 454 ratings call an item harmful: 3 items twice, 18 once. 2 x 3 / (2 x 3 + 18) = .25."""
    observations = observations_of(items_of_table([[206, 9], [9, 3]]))

    assert estimate(observations, specific_agreement(1)) == pytest.approx(0.25, abs=1e-15)
    assert estimate(observations, specific_agreement(0)) == pytest.approx(412 / 430, abs=1e-15)
    assert estimate(observations, EXACT_AGREEMENT) == pytest.approx(209 / 227, abs=1e-15)


def test_specific_agreement_counts_each_rating_once_however_many_the_item_has() -> None:
    """Five ratings of 1, and the share of their partners that are 1 too: (1/2 + 1/2 + 0 + 1 + 1) / 5."""
    scores = [[1, 1, 0], [1, 0, NA], [1, 1, NA]]

    assert estimate(observations_of(scores), specific_agreement(1)) == pytest.approx(3 / 5, abs=1e-15)


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=20))
def test_with_equally_many_raters_specific_agreement_averages_to_exact_agreement(
    scores: list[list[int]],
) -> None:
    observations = observations_of(scores, values=range(4))
    given_share = np.bincount(observations.category, minlength=4) / observations.n_ratings

    specific = [estimate(observations, specific_agreement(point)) or 0 for point in range(4)]

    assert given_share @ specific == pytest.approx(estimate(observations, EXACT_AGREEMENT), abs=1e-12)


def test_specific_agreement_on_a_point_never_given_is_none_and_says_so() -> None:
    observations = observations_of([[0, 0], [NA, 1]], values=[0, 1])

    assert estimate(observations, specific_agreement(1)) is None
    assert why_undefined(observations, specific_agreement(1)) == (
        "Nobody gave this point to an item with two ratings, so there is no agreement on it to tell."
    )
