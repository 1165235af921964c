"""The criteria of a study, with their scales."""

from datetime import datetime
from functools import lru_cache

from django.db.models import Prefetch, QuerySet

from annotation.models import Criterion, ScalePoint, Study


def criteria_of(study: Study) -> QuerySet[Criterion]:
    """Return the study's criteria in order, each with its points in order. Two queries."""
    points = Prefetch("points", queryset=ScalePoint.objects.order_by("position"))
    return Criterion.objects.filter(study=study).order_by("position").prefetch_related(points)


def criteria_at_desk(study: Study) -> tuple[Criterion, ...]:
    """Return the study's criteria. From its opening on they stay as they are, so a process asks once."""
    return _criteria_since(study.pk, study.opened_at) if study.opened_at else tuple(criteria_of(study))


@lru_cache(maxsize=64)
def _criteria_since(study_id: int, opened_at: datetime) -> tuple[Criterion, ...]:
    return tuple(criteria_of(Study(pk=study_id)))
