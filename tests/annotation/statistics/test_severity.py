import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.statistics.interval import Estimate
from annotation.statistics.observations import Observations
from annotation.statistics.severity import Severity, deviations, severities

NONE = -1


def table(*rows: list[int]) -> Observations:
    """Observations of a table with an item a row and a rater a column; -1 is no rating; ten points from 1."""
    cells = np.array(rows)
    unit, rater = np.nonzero(cells != NONE)
    return Observations(
        unit=unit,
        rater=rater,
        category=cells[unit, rater],
        values=np.arange(1.0, 11.0),
        cluster=np.arange(len(cells)),
    )


def test_deviations_are_from_the_mean_of_the_others() -> None:
    found = deviations(table([0, 3, 6], [5, NONE, 4], [NONE, 2, NONE]))

    assert found == pytest.approx([-4.5, 0.0, 4.5, 1.0, -1.0, np.nan], nan_ok=True)


def test_severities_of_a_strict_rater() -> None:
    """r0 gives 1 or 2 points less than r1, five times each: her mean difference is -1.5."""
    strict, mild = severities(table(*[[4, 5], [4, 6]] * 5), seed=1)

    assert (strict.n_items, strict.difference.value, mild.difference.value) == (10, -1.5, 1.5)
    assert strict.difference.low == -mild.difference.high
    assert -1.9 < strict.difference.low < -1.7 and -1.3 < strict.difference.high < -1.1


def test_severity_interval_equals_plain_resampling() -> None:
    rng = np.random.default_rng(4)
    cells = rng.integers(0, 10, size=(200, 2))
    d = cells[:, 0] - cells[:, 1]
    plain = d[np.random.default_rng(5).integers(200, size=(20_000, 200))].mean(axis=1)

    severity = severities(table(*cells.tolist()), seed=1, n_resamples=20_000)[0]

    assert (severity.difference.low, severity.difference.high) == pytest.approx(
        tuple(np.percentile(plain, [2.5, 97.5])), abs=0.02
    )


def test_severity_alone_gives_words() -> None:
    assert severities(table([3], [4]), seed=1) == (
        Severity(
            rater=0,
            n_items=0,
            difference=Estimate(None, reason="Nobody else has rated any of the rater's items."),
        ),
    )


def test_severity_of_few_items_has_no_interval() -> None:
    severity = severities(table([3, 5], [4, 5]), seed=1)[0]

    assert severity.difference == Estimate(
        -1.5, reason="No interval: it needs at least 10 items rated by others too."
    )


def test_severity_of_equal_raters_has_no_interval() -> None:
    severity = severities(table(*[[3, 3]] * 12), seed=1)[0]

    assert severity.difference == Estimate(
        0.0, reason="No interval: the number is the same in every resample."
    )


def test_severities_of_nothing_are_none() -> None:
    assert severities(table([NONE, NONE]), seed=1) == ()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30))
def test_severities_of_two_raters_cancel(rows: list[tuple[int, int]]) -> None:
    one, other = severities(table(*map(list, rows)), seed=1, n_resamples=20)

    assert one.difference.value == pytest.approx(-other.difference.value)
