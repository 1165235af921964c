"""Ratings, row by row, for exports."""

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from annotation.enums import AssignmentStatus
from annotation.models import Assignment, RatingVersion, Score, Study


def score_rows(study: Study) -> "QuerySet[Score, Any]":
    """Return one row per rating and criterion, current versions only, by item, rater, occasion, criterion.

    Every origin and occasion is among them, each named in its column. Seats that are still open or were taken
    from a rater have no row; those that were skipped are in `skipped_seats`.
    """
    seat = "version__rating__assignment__"
    first_version = RatingVersion.objects.filter(rating=OuterRef("version__rating"), number=1)
    return (
        Score.objects.filter(
            version=F("version__rating__current"),
            **{f"{seat}item__study": study, f"{seat}status": AssignmentStatus.SUBMITTED},
        )
        .order_by(f"{seat}item", f"{seat}rater__code", f"{seat}occasion", "criterion__position")
        .values(
            **_seat_columns(seat),
            origin=F("version__rating__origin"),
            rating=F("version__rating"),
            version_number=F("version__number"),
            first_submitted_at=Subquery(first_version.values("saved_at")),
            submitted_at=F("version__saved_at"),
            criterion_key=F("criterion__key"),
            score=F("point__value"),
            score_label=F("point__label"),
            rationale_text=F("rationale"),
        )
    )


def skipped_seats(study: Study) -> "QuerySet[Assignment, Any]":
    """Return one row per skipped seat, with the kind of the skip: a rating that is missing, and why."""
    return (
        Assignment.objects.filter(item__study=study, status=AssignmentStatus.SKIPPED)
        .order_by("item", "rater__code", "occasion")
        .values(missing=F("skip_kind"), **_seat_columns(""))
    )


def _seat_columns(seat: str) -> dict[str, F]:
    return {
        "seat": F(f"{seat}pk"),
        "study": F(f"{seat}item__study__slug"),
        "item_number": F(f"{seat}item"),
        "post": F(f"{seat}item__post__position"),
        "area": F(f"{seat}item__post__area"),
        "dimension": F(f"{seat}item__dimension__key"),
        "dimension_number": F(f"{seat}item__dimension__number"),
        "source": F(f"{seat}item__condition__source"),
        "model": F(f"{seat}item__condition__model_spec__name"),
        "pipeline": F(f"{seat}item__condition__pipeline"),
        "method": F(f"{seat}item__condition__method"),
        "rater_code": F(f"{seat}rater__code"),
        "place": F(f"{seat}position"),
        "occasion_no": F(f"{seat}occasion"),
        "response_id": F(f"{seat}item__response"),
        "response_sha256": F(f"{seat}item__response__sha256"),
    }
