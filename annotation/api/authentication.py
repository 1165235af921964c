"""Who calls the API."""

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from annotation.models import User


class AccessTokenAuthentication(TokenAuthentication):
    """Answers 401 to a token that is no text, where knox would break."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, object]:
        try:
            return super().authenticate_credentials(token)
        except UnicodeDecodeError as error:
            raise AuthenticationFailed("Invalid token.") from error


class AccessTokenScheme(KnoxTokenScheme):
    """Describes the same scheme to readers of the API's description."""

    target_class = "annotation.api.authentication.AccessTokenAuthentication"
