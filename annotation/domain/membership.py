"""People come into a study by single-use links. Of a link's token only the hash is kept."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.enums import EventKind, Role, StudyStatus
from annotation.models import Invitation, Membership, Study, User

INVITATION_LIFETIME = timedelta(days=14)


class InvitationError(StudyError):
    """An invitation that cannot be accepted, or not by this person."""


@transaction.atomic
def invite(study: Study, *, role: Role, name: str, email: str, by: User) -> tuple[Invitation, str]:
    """Make an invitation; return it with its token, which can be had only now.

    An e-mail address, where given, is the only one that may use the link. Raises StudyError.
    """
    email = email.strip().lower()
    if role == Role.RATER and study.status == StudyStatus.CLOSED:
        raise StudyError("The study is closed, so nobody can begin to rate in it.")
    member = Membership.objects.filter(study=study, user__email__iexact=email, removed_at=None).first()
    if member is not None:
        raise StudyError(f"{email} is in this study already, as {_in_words(member.role)}.")
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        study=study,
        role=role,
        name=name.strip(),
        email=email,
        token_sha256=_sha256(token),
        created_by=by,
        expires_at=timezone.now() + INVITATION_LIFETIME,
    )
    record_event(study, EventKind.INVITED, by=by, detail=f"Invitation {invitation.pk}, {role.label}")
    return invitation, token


@transaction.atomic
def revoke(invitation: Invitation, *, by: User) -> None:
    """Withdraw an invitation; once it is accepted that is too late. Withdrawing twice changes nothing."""
    invitation = _locked(invitation)
    if invitation.accepted_at is not None:
        raise InvitationError("This invitation has been accepted already.")
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        detail = f"Invitation {invitation.pk}"
        record_event(invitation.study, EventKind.INVITATION_REVOKED, by=by, detail=detail)


@transaction.atomic
def remove_team_member(membership: Membership, *, by: User) -> None:
    """End a manager's or researcher's part in the study. The last manager stays: somebody must run it."""
    study = Study.objects.select_for_update(of=("self",)).get(pk=membership.study_id)
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if membership.role == Role.RATER or membership.removed_at is not None:
        raise StudyError("This person is not in the study's team.")
    managers = Membership.objects.filter(study=study, role=Role.MANAGER, removed_at=None)
    if membership.role == Role.MANAGER and not managers.exclude(pk=membership.pk).exists():
        raise StudyError("A study needs a manager. Invite another one first.")
    membership.removed_at = timezone.now()
    membership.save(update_fields=["removed_at"])
    record_event(study, EventKind.MEMBER_REMOVED, by=by, detail=f"{Role(membership.role).label}")


@transaction.atomic
def add_manager(study: Study, user: User) -> None:
    """Make somebody with an account a manager, for who runs the site: others invite. A manager stays one.

    Raises StudyError for a rater of the study, and for an account that nobody can sign in to.
    """
    study = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    if not user.is_active:
        raise StudyError(f"Nobody can sign in as {user.email}, so nobody could manage the study.")
    membership = Membership.objects.filter(study=study, user=user).first()
    if membership is None:
        membership = Membership(study=study, user=user)
    elif membership.role == Role.RATER:
        raise StudyError(f"{user.email} is, or was, a rater of this study, so she cannot manage it.")
    elif membership.role == Role.MANAGER and membership.removed_at is None:
        return
    membership.role = Role.MANAGER
    membership.removed_at = None
    membership.save()
    record_event(study, EventKind.JOINED, by=user, detail="Made manager by a command")


def find_invitation(token: str) -> Invitation | None:
    """Return the invitation of this link in whatever state it is, None if there is none. One query."""
    return Invitation.objects.select_related("study").filter(token_sha256=_sha256(token)).first()


def why_unusable(invitation: Invitation) -> str:
    """Say in a sentence why nobody can accept the invitation any more; "" while it can be accepted."""
    if invitation.accepted_at is not None:
        return "This link has been used. Each link lets one person in, once."
    if invitation.revoked_at is not None:
        return "This invitation was withdrawn."
    if invitation.expires_at <= timezone.now():
        days = INVITATION_LIFETIME.days
        return f"This link has expired. Links work for {days} days."
    if invitation.role == Role.RATER and invitation.study.status == StudyStatus.CLOSED:
        return "The study is closed; there is nothing left to rate."
    return ""


@transaction.atomic
def accept_as_new_user(invitation: Invitation, *, name: str, email: str, password: str) -> Membership:
    """Make an account for the invited person and let her in. Raises InvitationError.

    The password is taken as it is; validators are the form's business.
    """
    invitation = _locked(invitation)
    email = email.strip().lower()
    _require_usable(invitation, email=email)
    if User.objects.filter(email__iexact=email).exists():
        raise InvitationError(
            "There is an account with this e-mail address. Please sign in first, then open the link again."
        )
    user = User.objects.create_user(email, password, name=name.strip())
    return _join(invitation, user=user)


@transaction.atomic
def accept_as(invitation: Invitation, *, user: User) -> Membership:
    """Let a person who has an account into the study; one who left comes back. Raises InvitationError."""
    invitation = _locked(invitation)
    _require_usable(invitation, email=user.email)
    return _join(invitation, user=user)


def _locked(invitation: Invitation) -> Invitation:
    """Read the invitation again under its study's lock, so that each link and each code is used once.

    The study comes first, as everywhere else where a study's rows are locked.
    """
    study = Study.objects.select_for_update().get(pk=invitation.study_id)
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    locked.study = study
    return locked


def _require_usable(invitation: Invitation, *, email: str) -> None:
    if reason := why_unusable(invitation):
        raise InvitationError(reason)
    if invitation.email and invitation.email.lower() != email.lower():
        raise InvitationError(f"This invitation is for {invitation.email} only.")


def _join(invitation: Invitation, *, user: User) -> Membership:
    study, role = invitation.study, Role(invitation.role)
    membership = Membership.objects.filter(study=study, user=user).first()
    if membership is None:
        membership = Membership(study=study, user=user)
    elif membership.removed_at is None:
        raise InvitationError(_why_not_twice(Role(membership.role), role))
    elif role == Role.RATER and membership.role != Role.RATER:
        raise InvitationError(
            f"You were {_in_words(membership.role)} of this study and could see which condition a text came "
            "from, so you cannot rate in it."
        )
    membership.role = role
    membership.removed_at = None
    if role == Role.RATER and not membership.code:
        membership.code = _next_code(study)
    membership.save()
    invitation.accepted_at = timezone.now()
    invitation.accepted_by = user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    detail = f"Invitation {invitation.pk}, {role.label} {membership.code}".strip()
    record_event(study, EventKind.JOINED, by=user, detail=detail)
    return membership


def _why_not_twice(current: Role, wanted: Role) -> str:
    if current == wanted:
        return f"You are {_in_words(current)} of this study already."
    if wanted == Role.RATER:
        return (
            f"You are {_in_words(current)} of this study and can see which condition a text comes from, so "
            "you cannot also rate in it. Somebody else has to."
        )
    return (
        f"You are {_in_words(current)} of this study. To keep raters blind to the conditions, nobody has two "
        "roles in one study."
    )


def _next_code(study: Study) -> str:
    """Return the code after the highest one given so far: R01, R02, ... R100. Never one given before."""
    codes = Membership.objects.filter(study=study, code__regex=r"^R[0-9]+$").values_list("code", flat=True)
    number = max((int(code[1:]) for code in codes), default=0) + 1
    return f"R{number:02d}"


def _in_words(role: str) -> str:
    """Return the role with its article: a manager."""
    return f"a {Role(role).label.lower()}"


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
