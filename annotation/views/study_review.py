"""Texts that need review, one by one: accept, edit, write again or exclude."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from annotation.domain.errors import StudyError
from annotation.domain.review import accept_text, edit_text, exclude_text
from annotation.domain.stimuli import is_fixed
from annotation.domain.study import regenerate_text
from annotation.forms.review import Decision, ReviewForm
from annotation.models import Study, User
from annotation.queries.provenance import responses_of
from annotation.queries.review import ORIGIN, excluded_texts, texts_to_review
from annotation.queries.study import studies_managed_by
from annotation.views.doorbell import wake_workers
from annotation.views.request import SignedInRequest
from annotation.views.unusable_text import reasons_of
from generation.enums import ResponseStatus
from generation.models import Response
from generation.queries.review import near_duplicates_of

EXCLUDED_A_PAGE = 20

DONE = {
    Decision.ACCEPT: "The text is accepted and can be rated.",
    Decision.EDIT: "The edited text is saved and can be rated. The first one stays on record.",
    Decision.AGAIN: "This text is being written again.",
    Decision.EXCLUDE: "The text is excluded. It stays on record, and no rater sees it.",
}


@require_http_methods(["GET", "POST"])
def study_review(request: SignedInRequest, slug: str, response_id: int) -> HttpResponse:
    """Show one text with what was found; a decision leads on to the next text that waits for one."""
    study = get_object_or_404(studies_managed_by(request.user).select_related("run"), slug=slug)
    response = get_object_or_404(responses_of(study).select_related(*ORIGIN), pk=response_id)
    form = ReviewForm(request.POST) if request.method == "POST" else ReviewForm.opened(response)
    if request.method == "POST" and form.is_valid():
        try:
            _decide(study, response, form.cleaned_data, by=request.user)
        except StudyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, DONE[Decision(form.cleaned_data["decision"])])
            return _next_to(study, response)
    if not _is_open_to_decision(response):
        for complaint in form.non_field_errors():
            messages.error(request, str(complaint))
        return redirect("study_response", study.slug, response.pk)
    context = _context(study, response, form)
    return render(request, "annotation/study_review.html", context, status=422 if form.errors else 200)


def _decide(study: Study, response: Response, cleaned: dict[str, Any], *, by: User) -> None:
    decision = Decision(cleaned["decision"])
    if decision is Decision.AGAIN and response.chain is not None:
        regenerate_text(study, response.chain, by=by)
        wake_workers()
        return
    how: dict[str, Any] = {"by": by, "known_reviews": cleaned["known_reviews"], "note": cleaned["note"]}
    if decision is Decision.EDIT:
        edit_text(study, response, text=cleaned["text"], **how)
    elif decision is Decision.EXCLUDE:
        exclude_text(study, response, **how)
    else:
        accept_text(study, response, **how)


def _next_to(study: Study, response: Response) -> HttpResponse:
    """Go to the text after this one that waits for a decision, else to the first, else to the overview."""
    waiting = texts_to_review(study).exclude(pk=response.pk)
    following = waiting.filter(pk__gt=response.pk).first() or waiting.first()
    if following is None:
        return redirect("study_attention", study.slug)
    return redirect("study_review", study.slug, following.pk)


def _is_open_to_decision(response: Response) -> bool:
    """Ask the database anew: a colleague, or this very request, may have changed it."""
    rows = Response.objects.filter(pk=response.pk, is_final=True, chain__is_current=True)
    return rows.exclude(status=ResponseStatus.VALID).exists()


def _context(study: Study, response: Response, form: ReviewForm) -> dict[str, Any]:
    waiting = texts_to_review(study)
    return {
        "study": study,
        "can_manage": True,
        "response": response,
        "reasons": reasons_of(response),
        "twins": near_duplicates_of(response),
        "reviews": response.reviews.select_related("by"),
        "sent": response.step.messages if response.step else [],
        "form": form,
        "decisions": Decision,
        "is_settled": is_fixed(study),
        "n_waiting": waiting.count(),
        "place": waiting.filter(pk__lte=response.pk).count(),
        "previous": waiting.filter(pk__lt=response.pk).last(),
        "next": waiting.filter(pk__gt=response.pk).first(),
    }


@require_GET
def study_excluded_texts(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user).select_related("run"), slug=slug)
    excluded = excluded_texts(study).prefetch_related("reviews__by")
    context = {
        "study": study,
        "can_manage": True,
        "page": Paginator(excluded, EXCLUDED_A_PAGE).get_page(request.GET.get("page")),
        "is_settled": is_fixed(study),
    }
    return render(request, "annotation/study_excluded_texts.html", context)
