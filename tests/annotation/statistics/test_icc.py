import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.statistics.coefficient import estimate, why_undefined
from annotation.statistics.icc import ICC_SINGLE, f_interval, icc_mean, mean_squares, squares
from tests.annotation.statistics.designs import NA, observations_of
from tests.annotation.statistics.published import SHROUT_FLEISS

# The example of Shrout and Fleiss with 4, 3, 2, 4, 3 and 2 scores left.
UNBALANCED = [[9, 2, 5, 8], [6, 1, 3, NA], [8, 4, NA, NA], [7, 1, 2, 6], [10, 5, 6, NA], [6, 2, NA, NA]]
TABLES = st.lists(
    st.lists(st.one_of(st.just(NA), st.integers(1, 10).map(float)), min_size=4, max_size=4),
    min_size=1,
    max_size=20,
)


def test_icc_of_shrout_and_fleiss() -> None:
    observations = observations_of(SHROUT_FLEISS, values=range(1, 11))

    assert estimate(observations, ICC_SINGLE) == pytest.approx(0.165742, abs=5e-7)
    assert estimate(observations, icc_mean(4)) == pytest.approx(0.442797, abs=5e-7)


def test_mean_squares_of_shrout_and_fleiss() -> None:
    observations = observations_of(SHROUT_FLEISS, values=range(1, 11))

    anova = mean_squares(squares(observations.counts(), observations.values).sum(axis=0))

    assert (anova.between, anova.within) == pytest.approx((11.241667, 6.263889), abs=5e-7)


def test_interval_of_shrout_and_fleiss() -> None:
    assert f_interval(observations_of(SHROUT_FLEISS)) == pytest.approx((-0.13, 0.72), abs=0.005)


def test_icc_of_unequal_numbers_of_ratings() -> None:
    observations = observations_of(UNBALANCED, values=range(1, 11))

    anova = mean_squares(squares(observations.counts(), observations.values).sum(axis=0))

    assert (anova.between, anova.within, anova.k0) == pytest.approx((6.455556, 8.222222, 2.955556), abs=1e-6)
    assert estimate(observations, ICC_SINGLE) == pytest.approx(-0.078398, abs=1e-6)
    assert f_interval(observations) is None


@given(TABLES, st.integers(2, 9))
def test_icc_of_a_mean_follows_from_the_single_one_by_spearman_brown(
    scores: list[list[float]], k: int
) -> None:
    observations = observations_of(scores, values=range(1, 11))

    single, mean = estimate(observations, ICC_SINGLE), estimate(observations, icc_mean(k))

    if single is None or 1 + (k - 1) * single <= 1e-12:
        assert mean is None
    else:
        assert mean == pytest.approx(k * single / (1 + (k - 1) * single), abs=1e-12)
        assert single < 0 or mean >= single - 1e-12


@given(TABLES)
def test_icc_equals_the_textbook_formula_item_by_item(scores: list[list[float]]) -> None:
    """ICC = (MSB - MSW) / (MSB + (k0 - 1) MSW), every sum written out."""
    items = [[score for score in item if score == score] for item in scores]
    items = [item for item in items if item]
    n, ratings = len(items), sum(map(len, items))
    value = estimate(observations_of(scores, values=range(1, 11)), ICC_SINGLE)
    if n < 2 or ratings == n or len({score for item in items for score in item}) == 1:
        assert value is None
        return
    grand = sum(map(sum, items)) / ratings
    means = [(item, sum(item) / len(item)) for item in items]
    between = sum(len(item) * (mean - grand) ** 2 for item, mean in means) / (n - 1)
    within = sum((score - mean) ** 2 for item, mean in means for score in item) / (ratings - n)
    k0 = (ratings - sum(len(item) ** 2 for item in items) / ratings) / (n - 1)

    assert value == pytest.approx((between - within) / (between + (k0 - 1) * within), abs=1e-9)


@given(TABLES)
def test_items_without_a_rating_change_no_icc(scores: list[list[float]]) -> None:
    observations = observations_of(scores, values=range(1, 11))
    more = observations_of([[NA] * 4, *scores], values=range(1, 11))

    assert estimate(observations, ICC_SINGLE) == pytest.approx(estimate(more, ICC_SINGLE), abs=1e-12)


def test_raters_who_agree_on_different_items_are_perfectly_reliable() -> None:
    observations = observations_of([[1, 1], [7, 7], [3, 3]])

    assert estimate(observations, ICC_SINGLE) == 1
    assert estimate(observations, icc_mean(2)) == 1
    assert f_interval(observations) == (1, 1)


@pytest.mark.parametrize("scores", [[[3, 3], [3, 3]], [[3.7] * 3] * 7, [[1, 5]], [[1, 5], [NA, NA]]])
def test_icc_without_differences_between_items_is_none_and_says_why(scores: list[list[float]]) -> None:
    observations = observations_of(scores, values=[1, 3, 3.7, 5])

    assert estimate(observations, ICC_SINGLE) is None
    assert estimate(observations, icc_mean(2)) is None
    assert f_interval(observations) is None
    assert why_undefined(observations, ICC_SINGLE) == (
        "There are fewer than two items, or all ratings are equal: items cannot be told apart."
    )


@pytest.mark.parametrize("n_items", [2, 5, 6, 50])
def test_equal_ratings_give_no_icc_out_of_rounding_errors(n_items: int) -> None:
    scores = [[0.1, NA], *[[0.1, 0.1]] * (n_items - 1)]

    assert estimate(observations_of(scores, values=[0, 0.1, 1, 5]), ICC_SINGLE) is None


def test_a_mean_of_ratings_that_differ_most_within_items_has_no_reliability() -> None:
    observations = observations_of([[1, 5], [5, 1]])

    assert estimate(observations, ICC_SINGLE) == -1
    assert estimate(observations, icc_mean(2)) is None


def test_large_scores_with_small_differences_keep_their_icc() -> None:
    scores = np.array(SHROUT_FLEISS, dtype=float)

    shifted = estimate(observations_of(scores + 1e6), ICC_SINGLE)

    assert shifted == pytest.approx(estimate(observations_of(scores), ICC_SINGLE), abs=1e-12)
