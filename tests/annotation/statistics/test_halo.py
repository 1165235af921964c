import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from annotation.statistics.halo import Halo, halos, spearman

SCORES = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=3, max_size=30)


def test_halos_of_two_raters_and_three_criteria() -> None:
    """Rater 4 gives the first two criteria alike and the third the other way; rater 7 rated four items."""
    up = np.arange(12.0)
    scores = np.vstack((np.column_stack((up, up**2, -up)), np.ones((4, 3))))

    found = halos(scores, np.repeat([4, 7], [12, 4]))

    few = "Too few items with both scores: 4; it needs 10."
    pairs = [(0, 1), (0, 2), (1, 2)]
    assert found == (
        *(Halo(4, pair, 12, value) for pair, value in zip(pairs, [1.0, -1.0, -1.0], strict=True)),
        *(Halo(7, pair, 4, None, few) for pair in pairs),
    )


def test_halos_leave_out_items_without_one_of_the_scores() -> None:
    scores = np.column_stack((np.arange(12.0), np.arange(12.0)))
    scores[0, 0] = scores[1, 1] = np.nan

    assert halos(scores, np.zeros(12, dtype=np.int64)) == (Halo(0, (0, 1), 10, 1.0),)


def test_halo_of_a_constant_criterion_gives_words() -> None:
    scores = np.column_stack((np.arange(12.0), np.zeros(12)))

    assert halos(scores, np.zeros(12, dtype=np.int64)) == (
        Halo(0, (0, 1), 12, None, "One of the two criteria always got the same score."),
    )


@given(SCORES)
def test_spearman_equals_scipy(scores: list[tuple[int, int]]) -> None:
    first, second = np.array(scores, dtype=np.float64).T
    assume(np.ptp(first) > 0 and np.ptp(second) > 0)

    assert spearman(first, second) == pytest.approx(spearmanr(first, second).statistic, abs=1e-12)
