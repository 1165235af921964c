"""Active time is kept: spans as browsers report them, held within what the server knows to be possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import BigAutoField, DateTimeField, QuerySet, UUIDField
from django.utils import timezone

from annotation.models import ActiveSpan, Assignment
from annotation.queries.active_span import active_seconds_by_seat, total_length
from resort_site.prepared_query import PreparedQuery
from resort_site.prepared_write import PreparedInsert


@dataclass(frozen=True)
class SpanReport:
    """One span of a window, as its browser says: how long it was, and how long ago it ended."""

    number: int
    length: timedelta
    since_end: timedelta


def record_spans(seat: Assignment, *, window: UUID, reports: Sequence[SpanReport]) -> None:
    """Keep the spans of one window on a seat that the caller has locked. Two queries, none without reports.

    Safe to send again: a span counts once, by its number, and only grows. No span begins before the seat was
    opened or before the window's last span ended, and none ends later than now. What cannot be true is
    dropped: a window of another seat, a span before the seat was opened.
    """
    if not reports or seat.opened_at is None:
        return
    known = {span.number: span for span in _spans_of_window(window=window)}
    if any(span.assignment_id != seat.pk for span in known.values()):
        return
    now = timezone.now()
    grown = []
    for report in sorted(reports, key=lambda report: report.number):
        earlier = [span.ended_at for number, span in known.items() if number < report.number]
        span = _span(seat, window, report, no_earlier_than=max(earlier, default=seat.opened_at), now=now)
        before = known.get(report.number)
        if _length(span) > (_length(before) if before else timedelta(0)):
            known[report.number] = span
            grown.append(span)
    _add_or_prolong(*grown)
    if seat.closed_at and any(span.began_at < seat.closed_at for span in grown):
        keep_active_time(Assignment.objects.filter(pk=seat.pk))


def active_seconds_until(seat: Assignment, end: datetime) -> float | None:
    """Return how long the rater was active on the seat before `end`; None without any span. One query."""
    spans = [(began_at, min(ended_at, end)) for began_at, ended_at in _spans_before(seat=seat.pk, end=end)]
    return total_length(spans).total_seconds() if spans else None


def keep_active_time(seats: QuerySet[Assignment]) -> None:
    """Keep with each of these seats that is closed how long its rater was active until then."""
    closed = seats.filter(closed_at__isnull=False)
    for seat, seconds in active_seconds_by_seat(closed).items():
        Assignment.objects.filter(pk=seat).update(active_seconds=seconds)


_add_or_prolong = PreparedInsert(ActiveSpan, unique=["window", "number"], update=["began_at", "ended_at"])

_spans_before = PreparedQuery(
    lambda seat, end: (
        ActiveSpan.objects.filter(assignment=seat, began_at__lt=end)
        .order_by()
        .values_list("began_at", "ended_at")
    ),
    seat=BigAutoField,
    end=DateTimeField,
)
_spans_of_window = PreparedQuery(
    lambda window: ActiveSpan.objects.filter(window=window).order_by(), window=UUIDField
)


@transaction.atomic
def report_activity(seat: Assignment, *, window: UUID, reports: Sequence[SpanReport]) -> None:
    """Keep the spans of a window that hands in no rating, as when it is left."""
    if reports:
        held = Assignment.objects.select_for_update(of=("self",)).get(pk=seat.pk)
        record_spans(held, window=window, reports=reports)


def _span(
    seat: Assignment, window: UUID, report: SpanReport, *, no_earlier_than: datetime, now: datetime
) -> ActiveSpan:
    ended_at = max(now - report.since_end, no_earlier_than)
    began_at = max(ended_at - report.length, no_earlier_than)
    return ActiveSpan(
        assignment=seat, window=window, number=report.number, began_at=began_at, ended_at=ended_at
    )


def _length(span: ActiveSpan) -> timedelta:
    return span.ended_at - span.began_at
