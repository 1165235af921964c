"""Access tokens for programs, for people who see scores."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_list_or_404, get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from annotation.domain.errors import StudyError
from annotation.domain.token import TOKEN_DAYS, create_token, revoke_token
from annotation.models import Study
from annotation.queries.study import studies_seen_by
from annotation.queries.token import valid_tokens
from annotation.views.request import SignedInRequest


@require_GET
def token_list(request: SignedInRequest) -> HttpResponse:
    studies = get_list_or_404(studies_seen_by(request.user))
    return _render_tokens(request, studies)


@require_POST
def token_create(request: SignedInRequest) -> HttpResponse:
    """Show the new token in the answer itself: kept for a redirect, it would be stored in plain text."""
    studies = get_list_or_404(studies_seen_by(request.user))
    try:
        secret = create_token(request.user)
    except StudyError as error:
        messages.error(request, str(error))
        return redirect("token_list")
    return _render_tokens(request, studies, secret=secret)


@require_POST
def token_revoke(request: SignedInRequest) -> HttpResponse:
    token = get_object_or_404(valid_tokens(request.user), digest=request.POST.get("token", ""))
    revoke_token(token)
    messages.success(request, f"The token that begins with {token.token_key[:8]} is revoked.")
    return redirect("token_list")


def _render_tokens(request: SignedInRequest, studies: list[Study], *, secret: str = "") -> HttpResponse:
    context = {
        "tokens": [(token, token.token_key[:8]) for token in valid_tokens(request.user)],
        "secret": secret,
        "token_days": TOKEN_DAYS,
        "example_study": studies[0],
        "site": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "annotation/token_list.html", context)
