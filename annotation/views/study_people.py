"""The people of a study: inviting, watching their progress, removing."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.domain.assignment import remove_rater
from annotation.domain.errors import StudyError
from annotation.domain.invitation_letter import InvitationLetter, send_letter
from annotation.domain.membership import INVITATION_LIFETIME, invite, remove_team_member, revoke
from annotation.enums import Role
from annotation.forms.membership import InviteForm
from annotation.models import Invitation, Study
from annotation.queries.membership import current_team, pending_invitations, raters_with_seats
from annotation.queries.study import studies_managed_by
from annotation.views.request import SignedInRequest
from annotation.views.study_checklist import counted


@require_GET
def study_people(request: SignedInRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    return _people_page(request, study, InviteForm(can_send=_can_send()))


@require_POST
def study_invite(request: SignedInRequest, slug: str) -> HttpResponse:
    """Make an invitation and show its link, this once: only the token's hash is kept."""
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    form = InviteForm(request.POST, can_send=_can_send())
    if not form.is_valid():
        return _people_page(request, study, form)
    cleaned = form.cleaned_data
    try:
        invitation, token = invite(
            study, role=Role(cleaned["role"]), name=cleaned["name"], email=cleaned["email"], by=request.user
        )
    except StudyError as error:
        form.add_error(None, str(error))
        return _people_page(request, study, form)
    letter = InvitationLetter.of(invitation, link=_link(request, token), by=request.user)
    is_sent = _send(request, letter) if cleaned.get("send") else False
    context = {"study": study, "can_manage": True, "letter": letter, "is_sent": is_sent}
    return render(request, "annotation/study_invited.html", context)


@require_POST
def study_invitation_revoke(request: SignedInRequest, slug: str, invitation_id: int) -> HttpResponse:
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    invitation = get_object_or_404(Invitation, study=study, pk=invitation_id)
    try:
        revoke(invitation, by=request.user)
    except StudyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The invitation is withdrawn; its link no longer works.")
    return redirect("study_people", study.slug)


@require_http_methods(["GET", "POST"])
def study_member_remove(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    """Ask first, saying what happens, then remove a rater."""
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    rater = get_object_or_404(raters_with_seats(study).filter(removed_at=None), pk=member_id)
    if request.method == "GET":
        context = {"study": study, "can_manage": True, "rater": rater}
        return render(request, "annotation/study_member_remove.html", context)
    try:
        moved = remove_rater(rater, by=request.user)
    except StudyError as error:
        messages.error(request, str(error))
    else:
        moved_on = f"{counted(moved, 'open rating')} went to others."
        messages.success(request, f"{rater.code} is no longer a rater of this study. {moved_on}")
    return redirect("study_people", study.slug)


@require_http_methods(["GET", "POST"])
def study_team_remove(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    """Ask first, then end a manager's or researcher's access."""
    study = get_object_or_404(studies_managed_by(request.user), slug=slug)
    member = get_object_or_404(current_team(study), pk=member_id)
    if request.method == "GET":
        context = {"study": study, "can_manage": True, "member": member}
        return render(request, "annotation/study_team_remove.html", context)
    try:
        remove_team_member(member, by=request.user)
    except StudyError as error:
        messages.error(request, str(error))
        return redirect("study_people", study.slug)
    messages.success(request, f"{member.user.get_full_name()} no longer has a part in this study.")
    if studies_managed_by(request.user).filter(pk=study.pk).exists():
        return redirect("study_people", study.slug)
    return redirect("home")  # she removed herself


def _people_page(request: SignedInRequest, study: Study, form: InviteForm) -> HttpResponse:
    context = {
        "study": study,
        "can_manage": True,
        "form": form,
        "raters": raters_with_seats(study),
        "team": current_team(study),
        "invitations": pending_invitations(study),
        "lifetime_days": INVITATION_LIFETIME.days,
    }
    return render(request, "annotation/study_people.html", context)


def _link(request: SignedInRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("invitation_accept", args=[token]))


def _can_send() -> bool:
    """Say whether the site sends mail to the world, and not to its own screen or disk."""
    kept = ("console", "dummy", "filebased")
    return not settings.EMAIL_BACKEND.startswith(tuple(f"django.core.mail.backends.{name}" for name in kept))


def _send(request: SignedInRequest, letter: InvitationLetter) -> bool:
    try:
        send_letter(letter)
    except StudyError as error:
        messages.error(request, str(error))
        return False
    return True
