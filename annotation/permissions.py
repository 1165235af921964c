"""Who may do what in a study. Pages, API and commands ask here."""

from annotation.enums import Role
from annotation.models import Membership, Study, User


def has_role(user: User, study: Study, *roles: Role) -> bool:
    """Say whether the user is a current member of the study in one of the roles. One query."""
    return Membership.objects.filter(study=study, user=user, role__in=roles, removed_at=None).exists()


def can_manage(user: User, study: Study) -> bool:
    return user.is_active and (user.is_superuser or has_role(user, study, Role.MANAGER))


def can_see_scores(user: User, study: Study) -> bool:
    return user.is_active and (user.is_superuser or has_role(user, study, Role.MANAGER, Role.RESEARCHER))


def can_rate(user: User, study: Study) -> bool:
    return user.is_active and has_role(user, study, Role.RATER)
