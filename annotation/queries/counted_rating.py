"""The ratings that may count in scores.

The current version of every rating by an expert, in a submitted seat, on the first occasion. A removed
rater's ratings keep counting.
"""

from django.db.models import QuerySet

from annotation.enums import AssignmentStatus, RatingOrigin
from annotation.models import Rating, Study

COUNTED_ORIGINS = (RatingOrigin.EXPERT, RatingOrigin.IMPORTED)


def counted_origins(study: Study) -> tuple[RatingOrigin, ...]:
    """Return whose ratings count; simulated ones and those of experts are never in the same numbers."""
    return (RatingOrigin.SIMULATED,) if study.is_simulated else COUNTED_ORIGINS


def counted_ratings(study: Study, *, occasion: int = 1) -> QuerySet[Rating]:
    """Return the ratings that may count; `exclusion.kept_ratings` leaves out what the study excludes.

    Those of a later occasion, where a rater rated an item again, tell how far she agrees with herself only.
    """
    return Rating.objects.filter(
        assignment__item__study=study,
        assignment__status=AssignmentStatus.SUBMITTED,
        assignment__occasion=occasion,
        origin__in=counted_origins(study),
        current__isnull=False,
    )
