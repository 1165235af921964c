"""Studies, as different people may see them."""

from django.db.models import Exists, OuterRef, QuerySet

from annotation.enums import Role, StudyStatus
from annotation.models import Item, Membership, Study, User


def _studies_with_role(user: User, *roles: Role) -> QuerySet[Study]:
    if user.is_superuser:
        return Study.objects.all()
    member_of = Membership.objects.filter(user=user, role__in=roles, removed_at=None)
    return Study.objects.filter(pk__in=member_of.values("study"))


def studies_managed_by(user: User) -> QuerySet[Study]:
    return _studies_with_role(user, Role.MANAGER)


def studies_seen_by(user: User) -> QuerySet[Study]:
    """Return the studies whose scores the user may see: as manager or researcher."""
    return _studies_with_role(user, Role.MANAGER, Role.RESEARCHER)


def memberships_rating(user: User) -> QuerySet[Membership]:
    """Return the user's places as a current rater, with their studies."""
    return Membership.objects.filter(user=user, role=Role.RATER, removed_at=None).select_related("study")


def studies_waiting_for_texts() -> QuerySet[Study]:
    """Return the studies with a run and with items that have no response yet."""
    waiting = Item.objects.filter(study=OuterRef("pk"), response=None)
    return Study.objects.filter(Exists(waiting), run__isnull=False).exclude(status=StudyStatus.CLOSED)
