"""Tokens with which a person's programs read what she may see. Only their hash is kept."""

from datetime import timedelta

from django.db import transaction
from knox.models import AuthToken

from annotation.domain.errors import StudyError
from annotation.models import User
from annotation.queries.token import valid_tokens

TOKEN_DAYS = 90
MOST_TOKENS = 10


@transaction.atomic
def create_token(user: User) -> str:
    """Make a token and return it; it can never be shown again. Raises StudyError when there are too many."""
    User.objects.select_for_update().get(pk=user.pk)
    if valid_tokens(user).count() >= MOST_TOKENS:
        raise StudyError(f"You have {MOST_TOKENS} tokens already. Please revoke one that you no longer use.")
    _, secret = AuthToken.objects.create(user=user, expiry=timedelta(days=TOKEN_DAYS))
    return secret


def revoke_token(token: AuthToken) -> None:
    """End a token at once."""
    token.delete()
