import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.statistics.interval import Estimate
from annotation.statistics.observations import Observations
from annotation.statistics.severity import Severity, deviations, severities

NONE = -1


def table(*rows: list[int], items_per_post: int = 1) -> Observations:
    """Observations of a table with an item a row and a rater a column; -1 is no rating; ten points from 1.

    Items that follow each other share a post.
    """
    cells = np.array(rows)
    unit, rater = np.nonzero(cells != NONE)
    return Observations(
        unit=unit,
        rater=rater,
        category=cells[unit, rater],
        values=np.arange(1.0, 11.0),
        cluster=np.arange(len(cells)) // items_per_post,
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


def test_severity_interval_draws_posts_with_all_their_items() -> None:
    """Items of a post alike: four of each say hardly more than one, and the interval knows it."""
    rng = np.random.default_rng(4)
    of_post = rng.integers(0, 8, size=(40, 2))
    cells = np.repeat(of_post, 4, axis=0) + rng.integers(0, 2, size=(160, 2))
    d = (cells[:, 0] - cells[:, 1]).reshape(40, 4).sum(axis=1)
    plain = d[np.random.default_rng(5).integers(40, size=(20_000, 40))].sum(axis=1) / 160

    of_posts = severities(table(*cells.tolist(), items_per_post=4), seed=1, n_resamples=20_000)[0]
    of_items = severities(table(*cells.tolist()), seed=1, n_resamples=20_000)[0]

    between = (of_posts.difference.low, of_posts.difference.high)
    assert between == pytest.approx(tuple(np.percentile(plain, [2.5, 97.5])), abs=0.03)
    assert of_posts.difference.value == of_items.difference.value
    assert between[1] - between[0] > 1.8 * (of_items.difference.high - of_items.difference.low)


def test_severity_of_posts_of_different_size_is_a_mean_over_items() -> None:
    """A post drawn counts with the items shared on it: two posts of 6 differences of -1, one of 2 of +2."""
    rows = [[3, 4]] * 12 + [[5, 3]] * 2 + [[5, NONE]] * 4
    severity = severities(table(*rows, items_per_post=6), seed=1)[0]

    assert (severity.n_items, severity.difference.value) == (14, pytest.approx(-8 / 14))
    assert (severity.difference.low, severity.difference.high) == pytest.approx((-1.0, 2.0))


def test_severity_of_few_posts_has_no_interval() -> None:
    severity = severities(table(*[[3, 4], [5, 4]] * 10, items_per_post=10), seed=1)[0]

    assert severity.difference == Estimate(
        0.0, reason="No interval: it needs at least 3 posts with items rated by others too."
    )


def test_severity_of_a_rater_on_few_of_many_posts() -> None:
    """Draws without any of her posts are left out; the others' interval is theirs alone."""
    rows = [[4, 5, NONE], [6, 4, NONE]] * 20 + [[NONE, 4, 6], [NONE, 5, 6]] * 6

    on_few = severities(table(*rows, items_per_post=4), seed=1)[2]

    assert (on_few.n_items, on_few.difference.value) == (12, 1.5)
    assert on_few.difference.reason == "No interval: the number is the same in every resample."


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
