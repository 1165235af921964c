"""The criteria of a study, with their scales."""

from django.db.models import Prefetch, QuerySet

from annotation.models import Criterion, ScalePoint, Study


def criteria_of(study: Study) -> QuerySet[Criterion]:
    """Return the study's criteria in order, each with its points in order. Two queries."""
    points = Prefetch("points", queryset=ScalePoint.objects.order_by("position"))
    return Criterion.objects.filter(study=study).order_by("position").prefetch_related(points)
