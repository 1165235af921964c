"""What the desk asks for beside items: to keep a draft, a CSRF token that holds, a word of a new sign-in."""

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from annotation.domain.draft import DraftChangedError, DraftClosedError, save_draft
from annotation.forms.active_span import read_spans
from annotation.forms.draft import DraftForm
from annotation.models import Draft
from annotation.queries.rating import seat_at_desk
from annotation.views.desk_request import for_its_owner
from annotation.views.request import SignedInRequest


@require_POST
@for_its_owner
def rating_draft(request: SignedInRequest, slug: str, position: int) -> HttpResponse:
    seat = seat_at_desk(request.user, slug=slug, position=position)
    if seat is None:
        return JsonResponse({"reason": "This item is no longer yours to rate."}, status=404)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"reason": form.complaint()}, status=422)
    try:
        draft = save_draft(seat, **form.cleaned_data, spans=read_spans(request.POST.get("spans")))
    except DraftChangedError as error:
        return JsonResponse({"reason": str(error), "other": _shown(error.other)}, status=409)
    except DraftClosedError as error:
        return JsonResponse({"reason": str(error)}, status=410)
    return JsonResponse({"saved_at": draft.saved_at, "sequence": draft.sequence})


def _shown(draft: Draft) -> dict[str, object]:
    return {"fields": draft.content, "saved_at": draft.saved_at, "base": draft.base, "known": draft.key}


@require_GET
@for_its_owner
def rating_token(request: SignedInRequest) -> HttpResponse:
    """Answer with a CSRF token that holds now: signing in again makes the ones in open pages out of date."""
    return JsonResponse({"token": get_token(request)})


@require_GET
def rating_signed_in(request: SignedInRequest) -> HttpResponse:
    """Tell the rater, and through the page's script her desk, that she is signed in again."""
    return render(request, "annotation/rating_signed_in.html")
