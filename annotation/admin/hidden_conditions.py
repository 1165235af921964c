"""What the administration leaves out while a study hides its scores by condition."""

from typing import cast

from django.http import HttpRequest

from annotation.models import Study, User
from annotation.queries.hidden_conditions import look_of


def has_looked(request: HttpRequest, study: Study) -> bool:
    return look_of(cast(User, request.user), study, request.session) is not None


def are_conditions_hidden_from(request: HttpRequest, study: Study) -> bool:
    """Say whether the study hides its conditions, and whoever asks has not looked at them."""
    return study.are_conditions_hidden and not has_looked(request, study)
