"""The people of a study, and those who are invited."""

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from annotation.enums import AssignmentStatus, Role
from annotation.models import Invitation, Membership, Study


def current_raters(study: Study) -> QuerySet[Membership]:
    return Membership.objects.filter(study=study, role=Role.RATER, removed_at=None)


def current_team(study: Study) -> QuerySet[Membership]:
    """Return managers and researchers, with their users."""
    team = Membership.objects.filter(study=study, removed_at=None).exclude(role=Role.RATER)
    return team.select_related("user").order_by("role", "user__name", "id")


def raters_with_seats(study: Study) -> QuerySet[Membership]:
    """Return all raters the study ever had, by code, with users and n_rated, n_skipped, n_open. One query."""

    def seats(status: AssignmentStatus) -> Count:
        return Count("assignments", filter=Q(assignments__status=status, assignments__occasion=1))

    return (
        Membership.objects.filter(study=study, role=Role.RATER)
        .select_related("user")
        .annotate(
            n_rated=seats(AssignmentStatus.SUBMITTED),
            n_skipped=seats(AssignmentStatus.SKIPPED),
            n_open=seats(AssignmentStatus.OPEN),
        )
        .order_by("code", "id")
    )


def pending_invitations(study: Study) -> QuerySet[Invitation]:
    """Return the invitations that can still be accepted, the newest first."""
    return study.invitations.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
