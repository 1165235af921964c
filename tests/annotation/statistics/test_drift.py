import numpy as np
import pytest
import statsmodels.api as sm

from annotation.statistics.drift import Drift, drifts
from annotation.statistics.interval import Estimate
from annotation.statistics.observations import IntArray, Observations


def two_raters(first: IntArray, second: IntArray) -> Observations:
    """Each rates every item; a category of -1 is no rating."""
    cells = np.column_stack((first, second))
    unit, rater = np.nonzero(cells >= 0)
    return Observations(
        unit=unit,
        rater=rater,
        category=cells[unit, rater],
        values=np.arange(10.0),
        cluster=np.arange(len(cells)),
    )


def test_drifts_of_a_rater_who_grows_stricter() -> None:
    """r0 loses one point against r1 every ten items, up and down by one: 10 points per 100 items."""
    steps = np.arange(60)
    wobble = steps % 2
    observations = two_raters(9 - steps // 10 - wobble, np.full(60, 9))

    falling, rising = drifts(observations, observations.unit)

    assert falling.n_items == 60
    assert -11 < falling.slope.low < falling.slope.value < falling.slope.high < -8
    assert rising.slope.value == pytest.approx(-falling.slope.value)


def test_drift_equals_least_squares_with_hc3_errors() -> None:
    rng = np.random.default_rng(8)
    first, second = rng.integers(0, 10, size=(2, 80))
    second[::5] = -1
    observations = two_raters(first, second)
    shared = second >= 0
    line = sm.OLS((first - second)[shared], sm.add_constant(np.arange(80)[shared] / 100)).fit(
        cov_type="HC3", use_t=True
    )

    drift = drifts(observations, observations.unit)[0]

    assert drift.n_items == 64
    assert [drift.slope.value, drift.slope.low, drift.slope.high] == pytest.approx(
        [line.params[1], *line.conf_int()[1]]
    )


def test_drift_follows_her_own_order_not_the_items() -> None:
    rng = np.random.default_rng(8)
    first, second = rng.integers(0, 10, size=(2, 30))
    times = rng.permutation(30)
    observations = two_raters(first, second)
    sorted_by_time = two_raters(first[np.argsort(times)], second[np.argsort(times)])

    late = drifts(observations, times[observations.unit] * 3600)

    assert late == drifts(sorted_by_time, sorted_by_time.unit)


def test_drift_of_few_shared_items_gives_words() -> None:
    observations = two_raters(np.arange(9), np.arange(9))

    reason = "Too few items rated by others too: 9; it needs 10."
    assert drifts(observations, observations.unit) == tuple(
        Drift(rater=rater, n_items=9, slope=Estimate(None, reason=reason)) for rater in (0, 1)
    )


def test_drift_without_scatter_has_no_interval() -> None:
    observations = two_raters(np.full(12, 3), np.full(12, 4))

    assert drifts(observations, observations.unit)[0].slope == Estimate(
        0.0, reason="No interval: the differences do not scatter around the line."
    )
