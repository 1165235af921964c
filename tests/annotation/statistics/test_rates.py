import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.statistics.rates import Rate, any_positive, wilson_rate


def test_wilson_rate_newcombe_1998() -> None:
    """81 of 263: .2553 to .3662 (Newcombe, 1998, Two-sided confidence intervals, table I, method 3)."""
    rate = wilson_rate(81, 263)

    assert (rate.low, rate.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_wilson_rate_one_of_29_newcombe_1998() -> None:
    rate = wilson_rate(1, 29)

    assert (rate.low, rate.high) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_wilson_rate_nobody_has_a_width() -> None:
    rate = wilson_rate(0, 20)

    assert (rate.value, rate.low) == (0.0, 0.0)
    assert rate.high == pytest.approx(0.1611, abs=5e-5)


def test_wilson_rate_without_ratings_has_no_value() -> None:
    assert wilson_rate(0, 0) == Rate(n=0, n_positive=0, value=None, low=None, high=None)


@pytest.mark.parametrize(("n_positive", "n"), [(-1, 3), (4, 3)])
def test_wilson_rate_impossible_count_raises(n_positive: int, n: int) -> None:
    with pytest.raises(ValueError, match="0 to n can be positive"):
        wilson_rate(n_positive, n)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_rate_lies_in_its_interval_and_mirrors(counts: tuple[int, int]) -> None:
    n_positive, n = counts

    rate, mirrored = wilson_rate(n_positive, n), wilson_rate(n - n_positive, n)

    assert rate.value is not None and rate.low is not None and rate.high is not None
    assert 0 <= rate.low <= rate.value <= rate.high <= 1
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - rate.high, 1 - rate.low), abs=1e-12)


def test_any_positive_needs_one_rater() -> None:
    counts = np.array([[2, 0], [1, 1], [0, 2], [0, 0]])

    assert any_positive(counts, positive=1).tolist() == [False, True, True, False]
