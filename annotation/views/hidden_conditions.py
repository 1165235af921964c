"""Hiding scores by condition from a study's team until it is closed, and looking at them earlier."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from annotation.domain.errors import StudyError
from annotation.domain.hidden_conditions import hide_conditions, look_at_conditions, show_conditions
from annotation.models import Study
from annotation.queries.hidden_conditions import keep_look, look_of
from annotation.queries.study import studies_managed_by, studies_seen_by
from annotation.views.request import SignedInRequest

# The pages that have a button to look, and to which it leads back.
PAGES_TO_LOOK_FROM = (
    *(
        "study_distributions",
        "study_agreement",
        "study_comparisons",
        "study_judge_scores",
        "study_figures",
        "study_exclusions",
    ),
)


@require_POST
def study_conditions_hide(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    try:
        hide_conditions(study, by=request.user)
    except StudyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Scores by condition are hidden until the study is closed.")
    return redirect("study_scores", study.slug)


@require_POST
def study_conditions_show(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    show_conditions(study, by=request.user)
    messages.success(request, "Scores by condition are shown to the team again.")
    return redirect("study_scores", study.slug)


@require_POST
def study_conditions_look(request: SignedInRequest, slug: str) -> HttpResponse:
    """Log who looks, and show her the scores by condition until she signs out."""
    study = get_object_or_404(studies_seen_by(request.user), slug=slug)
    try:
        keep_look(request.session, look_at_conditions(study, by=request.user))
    except StudyError as error:
        messages.info(request, str(error))
    page = request.POST.get("page", "")
    return redirect(page if page in PAGES_TO_LOOK_FROM else "study_scores", study.slug)


def look_context(request: SignedInRequest, study: Study) -> dict[str, Any]:
    """Return what a page says of hidden conditions: whether they are, and the reader's own look at them."""
    look = look_of(request.user, study, request.session)
    return {"look": look, "are_conditions_hidden": study.are_conditions_hidden and look is None}


def has_to_look_first(request: SignedInRequest, study: Study) -> bool:
    """Say whether a file that names conditions is not yet for the reader."""
    return study.are_conditions_hidden and look_of(request.user, study, request.session) is None


def ask_to_look(request: SignedInRequest, study: Study) -> HttpResponse:
    """Lead to the page with the button, in place of a file."""
    messages.info(
        request,
        "The file names conditions, and scores by condition are hidden until the study is closed. "
        "To have it now, please look at the scores first; the study's log keeps that you did.",
    )
    return redirect("study_scores", study.slug)
