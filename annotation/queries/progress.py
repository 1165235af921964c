"""How far the rating of a study has come, by item and by rater."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from annotation.enums import AssignmentStatus, Role
from annotation.models import Assignment, Item, Membership, Study
from annotation.queries.attention import items_short_of_raters
from annotation.queries.welfare import barred_pairs


@dataclass(frozen=True)
class RaterProgress:
    """One rater's seats. `n_open` is 0 once she was removed: her open seats went to others."""

    code: str
    is_removed: bool
    n_rated: int
    n_skipped: int
    n_open: int

    @property
    def n_to_rate(self) -> int:
        """The seats that are hers, rated or not yet; what she skipped went to others."""
        return self.n_rated + self.n_open


@dataclass(frozen=True)
class RatingProgress:
    """Items of a study: planned, with a text to rate, rated at all, rated by as many raters as planned."""

    n_planned: int
    n_ready: int
    n_rated: int
    n_complete: int
    raters_per_item: int
    raters: tuple[RaterProgress, ...]


def rating_progress(study: Study) -> RatingProgress:
    """Count items and seats of the first occasion. Two queries."""
    items = (
        Item.objects.filter(study=study)
        .annotate(
            n_ratings=Count(
                "assignments",
                filter=Q(assignments__status=AssignmentStatus.SUBMITTED, assignments__occasion=1),
            )
        )
        .aggregate(
            planned=Count("pk"),
            ready=Count("response"),
            rated=Count("pk", filter=Q(n_ratings__gte=1)),
            complete=Count("pk", filter=Q(n_ratings__gte=study.raters_per_item)),
        )
    )
    return RatingProgress(
        n_planned=items["planned"],
        n_ready=items["ready"],
        n_rated=items["rated"],
        n_complete=items["complete"],
        raters_per_item=study.raters_per_item,
        raters=tuple(
            RaterProgress(
                code=code,
                is_removed=removed_at is not None,
                n_rated=rated,
                n_skipped=skipped,
                n_open=still_open,
            )
            for code, removed_at, rated, skipped, still_open in _raters_with_seats(study)
        ),
    )


def _raters_with_seats(study: Study) -> "QuerySet[Membership, Any]":
    """Return (code, removed_at, seats rated, skipped, open) of each rater."""

    def seats(status: AssignmentStatus) -> Count:
        return Count("assignments", filter=Q(assignments__status=status, assignments__occasion=1))

    return (
        Membership.objects.filter(study=study, role=Role.RATER)
        .order_by("code", "pk")
        .annotate(
            n_rated=seats(AssignmentStatus.SUBMITTED),
            n_skipped=seats(AssignmentStatus.SKIPPED),
            n_open=seats(AssignmentStatus.OPEN),
        )
        .values_list("code", "removed_at", "n_rated", "n_skipped", "n_open")
    )


def unfillable_items(study: Study) -> set[int]:
    """Return the items short of raters that nobody in the study can take: had them, or does not read them.

    Six queries at most; three while no item is short.
    """
    short = set(items_short_of_raters(study).values_list("pk", flat=True))
    if not short:
        return set()
    raters = set(
        Membership.objects.filter(study=study, role=Role.RATER, removed_at=None).values_list("pk", flat=True)
    )
    had = set(
        Assignment.objects.filter(rater__in=raters, item__in=short).order_by().values_list("rater", "item")
    )
    out = had | barred_pairs(study)
    return {item for item in short if all((rater, item) in out for rater in raters)}
