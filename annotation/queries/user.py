"""People, and what they are in any study."""

from annotation.models import Membership, User


def roles_of(user: User) -> frozenset[str]:
    """Return the roles the user has in at least one study now. One query."""
    return frozenset(Membership.objects.filter(user=user, removed_at=None).values_list("role", flat=True))
