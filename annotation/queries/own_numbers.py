"""A rater's own numbers, for herself alone."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from annotation.enums import AssignmentStatus
from annotation.models import ActiveSpan, Assignment, Membership, Score
from annotation.queries.active_span import total_length
from annotation.queries.welfare import time_zone_of


@dataclass(frozen=True)
class OwnNumbers:
    """What she did in a study. Hours are of active time, corrections included; days are those of her zone."""

    n_rated: int
    n_skipped: int
    n_days: int
    active: timedelta

    @property
    def hours(self) -> Decimal:
        return Decimal(self.active.total_seconds()) / 3600


def own_numbers(membership: Membership) -> OwnNumbers:
    """Count a rater's items, days and hours. Two queries."""
    seats = Assignment.objects.filter(rater=membership, closed_at__isnull=False)
    closed = list(seats.order_by().values_list("status", "closed_at"))
    zone = time_zone_of(membership.user)
    done = [moment for status, moment in closed if status != AssignmentStatus.WITHDRAWN and moment]
    statuses = [status for status, _ in closed]
    spans = ActiveSpan.objects.filter(assignment__rater=membership).order_by()
    return OwnNumbers(
        n_rated=statuses.count(AssignmentStatus.SUBMITTED),
        n_skipped=statuses.count(AssignmentStatus.SKIPPED),
        n_days=len({moment.astimezone(zone).date() for moment in done}),
        active=total_length(spans.values_list("began_at", "ended_at")),
    )


def own_score_rows(membership: Membership) -> "QuerySet[Score, Any]":
    """Return a rater's scores as she gave them, current versions, in her order."""
    seat = "version__rating__assignment__"
    return (
        Score.objects.filter(
            version=F("version__rating__current"),
            **{f"{seat}rater": membership, f"{seat}status": AssignmentStatus.SUBMITTED},
        )
        .order_by(f"{seat}position", "criterion__position")
        .values(
            item=F(f"{seat}position"),
            criterion_label=F("criterion__label"),
            score=F("point__key"),
            score_label=F("point__label"),
            rationale_text=F("rationale"),
            version_number=F("version__number"),
            submitted_at=F("version__saved_at"),
        )
    )
