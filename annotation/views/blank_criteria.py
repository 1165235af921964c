"""The criteria of a study's desk as markup, before anything is entered: the same for all of its items."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from annotation.forms.rating import RatingForm
from annotation.models import Criterion, Study
from annotation.queries.criterion import criteria_at_desk


def blank_criteria(study: Study) -> SafeString:
    """Return the markup. From the opening on it stays as it is, so a process makes it once."""
    if study.opened_at:
        return _blank_criteria_since(study.pk, study.opened_at)
    return _render(criteria_at_desk(study))


@lru_cache(maxsize=64)
def _blank_criteria_since(study_id: int, opened_at: datetime) -> SafeString:
    return _render(criteria_at_desk(Study(pk=study_id, opened_at=opened_at)))


def _render(criteria: Sequence[Criterion]) -> SafeString:
    return render_to_string("annotation/_criteria.html", {"form": RatingForm.opened(criteria, None)})
