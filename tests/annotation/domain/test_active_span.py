from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.domain.active_span import SpanReport, record_spans, report_activity
from annotation.domain.assignment import skip
from annotation.domain.rating import ScoreEntry, submit_rating
from annotation.enums import SkipKind
from annotation.models import ActiveSpan, Assignment
from annotation.queries.active_span import active_seconds_by_seat
from tests.annotation.ratings import DEFAULT_KEYS, rate
from tests.factories import make_study

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
OPENED = NOW - timedelta(minutes=10)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def seat() -> Assignment:
    cast = make_study(posts=1)
    seat = cast.assignments(cast.rater)[0]
    seat.opened_at = OPENED
    seat.save()
    return seat


def report(number: int, seconds: float, ago: float) -> SpanReport:
    return SpanReport(number, timedelta(seconds=seconds), timedelta(seconds=ago))


def kept(window: UUID) -> list[tuple[int, float, float]]:
    """Return (number, seconds, seconds before now at its end) of each span of the window."""
    return [
        (span.number, (span.ended_at - span.began_at).total_seconds(), (NOW - span.ended_at).total_seconds())
        for span in ActiveSpan.objects.filter(window=window).order_by("number")
    ]


def test_spans_lie_where_their_reports_say(seat: Assignment) -> None:
    window = uuid4()

    record_spans(seat, window=window, reports=[report(1, 40, 120), report(2, 20, 0)])

    assert kept(window) == [(1, 40, 120), (2, 20, 0)]


def test_span_that_is_sent_again_counts_once_and_only_grows(seat: Assignment) -> None:
    window = uuid4()

    for seconds in (10, 30, 20, 30):
        record_spans(seat, window=window, reports=[report(1, seconds, 0)])

    assert kept(window) == [(1, 30, 0)]


def test_no_span_begins_before_the_item_was_opened_or_ends_after_now(seat: Assignment) -> None:
    window = uuid4()

    record_spans(seat, window=window, reports=[report(1, 86_400, 0)])

    assert kept(window) == [(1, 600, 0)]


def test_span_is_no_longer_than_the_time_since_the_last_one_of_its_window(seat: Assignment) -> None:
    window = uuid4()

    record_spans(seat, window=window, reports=[report(1, 60, 30), report(2, 500, 0)])
    record_spans(seat, window=window, reports=[report(3, 500, 0)])

    assert kept(window) == [(1, 60, 30), (2, 30, 0)]


def test_span_from_before_the_item_was_opened_is_dropped(seat: Assignment) -> None:
    window = uuid4()

    record_spans(seat, window=window, reports=[report(1, 60, 700)])

    assert kept(window) == []


def test_windows_may_overlap(seat: Assignment) -> None:
    windows = [uuid4(), uuid4()]

    for window in windows:
        record_spans(seat, window=window, reports=[report(1, 60, 0)])

    assert [kept(window) for window in windows] == [[(1, 60, 0)], [(1, 60, 0)]]


def test_window_of_another_item_is_dropped(seat: Assignment) -> None:
    window = uuid4()
    other = Assignment.objects.filter(rater=seat.rater).exclude(pk=seat.pk)[0]
    other.opened_at = OPENED
    record_spans(seat, window=window, reports=[report(1, 60, 0)])

    record_spans(other, window=window, reports=[report(1, 90, 0), report(2, 5, 0)])

    assert kept(window) == [(1, 60, 0)]
    assert set(ActiveSpan.objects.values_list("assignment", flat=True)) == {seat.pk}


def test_item_that_was_never_opened_has_no_active_time(seat: Assignment) -> None:
    seat.opened_at = None

    record_spans(seat, window=(window := uuid4()), reports=[report(1, 60, 0)])

    assert kept(window) == []


@pytest.mark.parametrize(("n_reports", "n_queries"), [(0, 0), (1, 2), (50, 2)])
def test_recording_takes_two_queries(
    seat: Assignment, n_reports: int, n_queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reports = [report(number, 1, 600 - 2 * number) for number in range(1, n_reports + 1)]

    with django_assert_num_queries(n_queries):
        record_spans(seat, window=uuid4(), reports=reports)


def active_seconds(seat: Assignment) -> float | None:
    seat.refresh_from_db()
    return seat.active_seconds


def test_active_time_is_kept_when_the_rating_is_handed_in(seat: Assignment) -> None:
    for seconds, ago in ((60, 120), (60, 150)):
        record_spans(seat, window=uuid4(), reports=[report(1, seconds, ago)])
    assert active_seconds(seat) is None

    submit_rating(
        seat,
        scores=[ScoreEntry(criterion, key, "Fits the post well.") for criterion, key in DEFAULT_KEYS.items()],
        submission=uuid4(),
        by=seat.rater.user,
        spans=[report(1, 10, 0)],
    )

    assert active_seconds(seat) == 100


def test_active_time_is_kept_when_the_item_is_skipped(seat: Assignment) -> None:
    record_spans(seat, window=uuid4(), reports=[report(1, 25, 0)])

    skip(seat, kind=SkipKind.NO_REASON)

    assert active_seconds(seat) == 25


def test_active_time_of_a_rater_without_script_is_not_known(seat: Assignment) -> None:
    rate(seat)

    assert active_seconds(seat) is None


def test_what_another_window_tells_late_counts_if_it_was_before_the_rating(
    seat: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate(seat)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(minutes=5))
    seat.refresh_from_db()

    report_activity(seat, window=uuid4(), reports=[report(1, 40, 320)])

    assert active_seconds(seat) == 40


def test_time_spent_on_a_later_correction_is_not_added(
    seat: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate(seat)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(minutes=5))
    seat.refresh_from_db()

    report_activity(seat, window=uuid4(), reports=[report(1, 100, 0)])

    assert ActiveSpan.objects.count() == 1
    assert active_seconds(seat) is None


def test_kept_time_is_what_the_spans_say(seat: Assignment, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, (seconds, ago) in enumerate(((60, 120), (90, 100), (30, 10)), start=1):
        record_spans(seat, window=uuid4(), reports=[report(number, seconds, ago)])
    rate(seat)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(minutes=1))
    record_spans(seat, window=uuid4(), reports=[report(1, 80, 0)])

    assert active_seconds_by_seat(Assignment.objects.all()) == {seat.pk: active_seconds(seat)}
