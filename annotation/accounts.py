"""How people get an account, by invitation only, and how a request finds whose it is."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import BigAutoField
from django.http import HttpRequest

from annotation.models import User
from resort_site.prepared_query import PreparedQuery


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Closes public sign-up; an account is made when an invitation is accepted."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


_users = PreparedQuery(lambda pk: User.objects.filter(pk=pk).order_by(), pk=BigAutoField)


class EmailBackend(AuthenticationBackend):
    """Sign-in as allauth has it. Every request of a signed-in person asks for her."""

    def get_user(self, user_id: int) -> User | None:
        user = next(iter(_users(pk=user_id)), None)
        return user if self.user_can_authenticate(user) else None
