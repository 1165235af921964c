"""How long raters were at work: active time, overlapping spans counted once, beside plain elapsed time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import F, Q, QuerySet

from annotation.enums import AssignmentStatus
from annotation.models import ActiveSpan, Assignment, Study

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class SeatTimes:
    """One seat's times in seconds, until it was closed; None where the browser or the server has none.

    `active_seconds` is missing where a rater worked without JavaScript, `elapsed_seconds` before the seat is
    closed.
    """

    active_seconds: float | None
    elapsed_seconds: float | None


@dataclass(frozen=True)
class RaterTimes:
    """One rater's time over her rated items; medians are per item and None without any."""

    code: str
    n_rated: int
    active_seconds: float
    median_active_seconds: float | None
    median_elapsed_seconds: float | None

    @property
    def active_hours(self) -> float:
        return self.active_seconds / 3600

    @property
    def median_active_minutes(self) -> float | None:
        return None if self.median_active_seconds is None else self.median_active_seconds / 60

    @property
    def median_elapsed_minutes(self) -> float | None:
        return None if self.median_elapsed_seconds is None else self.median_elapsed_seconds / 60


def merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the stretches that the spans cover together, in order, each moment once."""
    current: Span | None = None
    for began_at, ended_at in sorted(spans):
        if current is not None and began_at <= current[1]:
            current = (current[0], max(current[1], ended_at))
            continue
        if current is not None:
            yield current
        current = (began_at, ended_at)
    if current is not None:
        yield current


def total_length(spans: Iterable[Span]) -> timedelta:
    """Sum what the spans cover together."""
    return sum((ended_at - began_at for began_at, ended_at in merged(spans)), timedelta(0))


def length_since(stretches: Sequence[Span], since: datetime) -> timedelta:
    """Sum what lies after `since` of stretches in order that do not overlap, as `merged` yields them."""
    total = timedelta(0)
    for began_at, ended_at in reversed(stretches):
        if ended_at <= since:
            break
        total += ended_at - max(began_at, since)
    return total


def opened_seats(study: Study) -> QuerySet[Assignment]:
    """Return the seats that their raters have opened, with raters and posts, by rater and position."""
    opened = Assignment.objects.filter(item__study=study, opened_at__isnull=False)
    return opened.select_related("rater", "item__post").order_by("rater__code", "position")


def seat_times(seats: QuerySet[Assignment]) -> dict[int, SeatTimes]:
    """Return the times of these seats by their ids. Two queries.

    Both end when the seat was closed, so that they are of the first rating; what a later correction took is
    in the spans only.
    """
    so_far = active_seconds_by_seat(seats.filter(closed_at=None))
    rows = seats.order_by().values_list("pk", "opened_at", "closed_at", "active_seconds")
    return {
        pk: SeatTimes(
            active_seconds=active_seconds if closed_at else so_far.get(pk),
            elapsed_seconds=(closed_at - opened_at).total_seconds() if opened_at and closed_at else None,
        )
        for pk, opened_at, closed_at, active_seconds in rows.iterator(chunk_size=2000)
    }


def active_seconds_by_seat(seats: QuerySet[Assignment]) -> dict[int, float]:
    """Return the active time of each seat until it was closed, from its spans; only of seats with any.

    One query. For a closed seat this is what `Assignment.active_seconds` keeps.
    """
    spans: defaultdict[int, list[Span]] = defaultdict(list)
    began_in_time = Q(assignment__closed_at=None) | Q(began_at__lt=F("assignment__closed_at"))
    rows = ActiveSpan.objects.filter(began_in_time, assignment__in=seats.order_by().values("pk")).order_by()
    for seat, began_at, ended_at, closed_at in rows.values_list(
        "assignment", "began_at", "ended_at", "assignment__closed_at"
    ).iterator(chunk_size=2000):
        spans[seat].append((began_at, min(ended_at, closed_at or ended_at)))
    return {seat: total_length(of_seat).total_seconds() for seat, of_seat in spans.items()}


def rater_times(study: Study) -> list[RaterTimes]:
    """Return each rater's times over the items that she has rated, by code. Three queries."""
    rated = Assignment.objects.filter(item__study=study, status=AssignmentStatus.SUBMITTED)
    times = seat_times(rated)
    seats: defaultdict[str, list[SeatTimes]] = defaultdict(list)
    for pk, code in rated.order_by("rater__code", "pk").values_list("pk", "rater__code"):
        seats[code].append(times[pk])
    return [_rater_times(code, of_rater) for code, of_rater in seats.items()]


def _rater_times(code: str, seats: Sequence[SeatTimes]) -> RaterTimes:
    active = [seat.active_seconds for seat in seats if seat.active_seconds is not None]
    elapsed = [seat.elapsed_seconds for seat in seats if seat.elapsed_seconds is not None]
    return RaterTimes(
        code=code,
        n_rated=len(seats),
        active_seconds=sum(active),
        median_active_seconds=median(active) if active else None,
        median_elapsed_seconds=median(elapsed) if elapsed else None,
    )
