"""The texts of a study that a manager decides about."""

from django.db.models import QuerySet

from annotation.models import Study
from generation.models import Response
from generation.queries.review import excluded_responses, responses_to_review

ORIGIN = (
    *("post", "dimension", "step", "imported"),
    *("chain__dimension", "chain__run_model__model_spec"),
)


def texts_to_review(study: Study) -> QuerySet[Response]:
    """Return the texts that wait for a decision, in the order in which they are gone through."""
    if study.run is None:
        return Response.objects.none()
    return responses_to_review(study.run).select_related(*ORIGIN)


def excluded_texts(study: Study) -> QuerySet[Response]:
    """Return the texts that were left out after review."""
    if study.run is None:
        return Response.objects.none()
    return excluded_responses(study.run).select_related(*ORIGIN)
