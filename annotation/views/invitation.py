"""Coming in by an invitation's link. The link is a secret: not cached, not passed on as a referrer."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from annotation.domain.membership import (
    InvitationError,
    accept_as,
    accept_as_new_user,
    find_invitation,
    why_unusable,
)
from annotation.forms.membership import AcceptForm
from annotation.models import Invitation, Membership, User

AUTHENTICATION_BACKEND = "annotation.accounts.EmailBackend"


def secret_address(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the page's address out of the requests that it gives rise to.

    `no-referrer` would do so too, but browsers then send forms with the origin "null", which the protection
    against forged requests refuses.
    """

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    return guarded


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@secret_address
@require_http_methods(["GET", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Let the invited person in: with a new account, or with the one she is signed in with."""
    invitation = find_invitation(token)
    if invitation is None:
        return _gone(
            request, reason="This link leads to no invitation. Perhaps a part of it is missing.", status=404
        )
    if reason := why_unusable(invitation):
        return _gone(request, reason=reason, status=410)
    if isinstance(request.user, User):
        return _accept_signed_in(request, invitation, request.user)
    form = AcceptForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        try:
            membership = accept_as_new_user(invitation, **form.cleaned_data)
        except InvitationError as error:
            form.add_error(None, str(error))
        else:
            login(request, membership.user, backend=AUTHENTICATION_BACKEND)
            return _welcome(request, membership)
    return render(request, "annotation/invitation_accept.html", {"invitation": invitation, "form": form})


def _accept_signed_in(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    if request.method == "POST":
        try:
            membership = accept_as(invitation, user=user)
        except InvitationError as error:
            messages.error(request, str(error))
        else:
            return _welcome(request, membership)
    is_for_another = bool(invitation.email) and invitation.email.lower() != user.email.lower()
    context = {"invitation": invitation, "is_for_another": is_for_another}
    return render(request, "annotation/invitation_join.html", context)


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    role = membership.get_role_display().lower()
    messages.success(request, f"Welcome. You are now a {role} of {membership.study.name}.")
    return redirect("home")


def _gone(request: HttpRequest, *, reason: str, status: int) -> HttpResponse:
    return render(request, "annotation/invitation_gone.html", {"reason": reason}, status=status)
