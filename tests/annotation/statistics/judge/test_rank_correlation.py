"""Spearman and Kendall of tables, against scipy's on the same numbers written out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau, spearmanr

from annotation.statistics.judge.post_sums import PostSums
from annotation.statistics.judge.rank_correlation import kendall_of, rank_correlations, spearman_of
from annotation.statistics.observations import FloatArray

pytestmark = pytest.mark.filterwarnings("error")

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=30)


def table_of(pairs: list[tuple[int, int]]) -> FloatArray:
    table = np.zeros((5, 4))
    np.add.at(table, tuple(np.array(pairs).T), 1)
    return table


@given(PAIRS)
def test_correlations_of_any_table_are_those_of_scipy(pairs: list[tuple[int, int]]) -> None:
    first, second = zip(*pairs, strict=True)
    rho, tau = spearman_of(table_of(pairs)), kendall_of(table_of(pairs))

    if min(len(set(first)), len(set(second))) == 1:
        assert np.isnan([rho, tau]).all()
    else:
        assert rho == pytest.approx(spearmanr(first, second).statistic, abs=1e-12)
        assert tau == pytest.approx(kendalltau(first, second).statistic, abs=1e-12)


@given(PAIRS)
def test_correlations_turn_with_the_order_of_one_side(pairs: list[tuple[int, int]]) -> None:
    table = table_of(pairs)

    np.testing.assert_allclose(spearman_of(table[::-1]), -spearman_of(table), atol=1e-12)
    np.testing.assert_allclose(kendall_of(table[::-1]), -kendall_of(table), atol=1e-12)
    np.testing.assert_allclose(kendall_of(table.T), kendall_of(table), atol=1e-12)


def test_each_resample_is_scipys_of_the_items_drawn() -> None:
    draw = np.random.default_rng(3)
    first, second = draw.normal(size=40).round(1), draw.integers(1, 6, size=40) / 2
    post = draw.integers(6, size=40)
    sums = rank_correlations(first, second, post)
    weights = np.array([[1.0, 2, 0, 0, 3, 1]])

    found = sums.of_sums(weights @ by_post(sums)).ravel()

    drawn = np.repeat(np.arange(40), weights[0][post].astype(int))
    assert found == pytest.approx(
        [
            spearmanr(first[drawn], second[drawn]).statistic,
            kendalltau(first[drawn], second[drawn]).statistic,
        ],
        abs=1e-12,
    )


def by_post(sums: PostSums) -> FloatArray:
    """Add up the items' parts by post, the slow way."""
    dense = sums.per_item.toarray()
    return np.array([dense[sums.post == post].sum(axis=0) for post in range(sums.post.max() + 1)])


def test_numbers_that_differ_by_rounding_are_ties() -> None:
    first = np.array([0.1 + 0.2, 0.3, 1.0, 2.0])

    rho, _ = rank_correlations(first, np.array([1.0, 1, 2, 3]), np.arange(4)).estimates(
        seed=1, n_resamples=50, undefined=""
    )

    assert rho.value == 1
