from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from annotation.enums import AssignmentStatus
from annotation.models import Assignment
from annotation.queries.active_span import (
    RaterTimes,
    SeatTimes,
    length_since,
    merged,
    rater_times,
    seat_times,
    total_length,
)
from tests.annotation.active_time import work
from tests.factories import make_study

EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def at(minute: float) -> datetime:
    return EIGHT + timedelta(minutes=minute)


def test_merged_counts_each_moment_once_and_keeps_gaps() -> None:
    spans = [(at(5), at(9)), (at(0), at(2)), (at(1), at(3)), (at(6), at(7)), (at(3), at(4))]

    assert list(merged(spans)) == [(at(0), at(4)), (at(5), at(9))]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted)))
def test_total_is_the_number_of_minutes_that_any_span_covers(minutes: list[list[int]]) -> None:
    covered = {minute for began, ended in minutes for minute in range(began, ended)}

    total = total_length((at(began), at(ended)) for began, ended in minutes)

    assert total == timedelta(minutes=len(covered))


@pytest.mark.parametrize(
    ("since", "minutes"), [(-1, 6), (0, 6), (3, 3), (4, 2), (5, 2), (7, 1), (8, 0), (9, 0)]
)
def test_length_since_leaves_out_what_came_before(since: int, minutes: int) -> None:
    assert length_since([(at(0), at(4)), (at(6), at(8))], at(since)) == timedelta(minutes=minutes)


def close(seat: Assignment, *, opened: float, closed: float | None) -> Assignment:
    seat.opened_at = at(opened)
    if closed is not None:
        seat.closed_at, seat.status = at(closed), AssignmentStatus.SUBMITTED
    seat.save()
    return seat


@pytest.mark.django_db
def test_times_of_seats_end_when_they_were_closed() -> None:
    cast = make_study(posts=1)
    rated, without_script, begun, untouched = cast.assignments(cast.rater)
    close(rated, opened=0, closed=10)
    work(rated, begin=at(0), minutes=3)
    work(rated, begin=at(2), minutes=2)
    work(rated, begin=at(9), minutes=5)
    work(rated, begin=at(60), minutes=5)
    close(without_script, opened=20, closed=25)
    close(begun, opened=30, closed=None)
    work(begun, begin=at(30), minutes=2)

    times = seat_times(Assignment.objects.filter(rater=rated.rater))

    assert times == {
        rated.pk: SeatTimes(active_seconds=5 * 60, elapsed_seconds=10 * 60),
        without_script.pk: SeatTimes(active_seconds=None, elapsed_seconds=5 * 60),
        begun.pk: SeatTimes(active_seconds=2 * 60, elapsed_seconds=None),
        untouched.pk: SeatTimes(active_seconds=None, elapsed_seconds=None),
    }


@pytest.mark.django_db
def test_times_of_raters_are_over_what_they_rated() -> None:
    cast = make_study(posts=1)
    for seat, minutes in zip(cast.assignments(cast.rater), (2, 4, 9), strict=False):
        close(seat, opened=0, closed=10)
        work(seat, begin=at(0), minutes=minutes)
    close(cast.assignments(cast.raters[1])[0], opened=0, closed=30)

    assert rater_times(cast.study) == [
        RaterTimes("R01", 3, active_seconds=900, median_active_seconds=240, median_elapsed_seconds=600),
        RaterTimes("R02", 1, active_seconds=0, median_active_seconds=None, median_elapsed_seconds=1800),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("n_rated", [1, 3])
def test_times_take_three_queries(n_rated: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    cast = make_study(posts=1)
    for seat in cast.assignments(cast.rater)[:n_rated]:
        work(close(seat, opened=0, closed=10), begin=at(0), minutes=1)

    with django_assert_num_queries(3):
        rater_times(cast.study)
