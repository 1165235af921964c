"""Tokens of a person."""

from django.db.models import QuerySet
from django.utils import timezone
from knox.models import AuthToken

from annotation.models import User


def valid_tokens(user: User) -> QuerySet[AuthToken]:
    """Return the user's tokens that have not expired, the newest first."""
    return AuthToken.objects.filter(user=user, expiry__gt=timezone.now()).order_by("-created")
