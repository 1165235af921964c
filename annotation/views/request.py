"""What a request of a signed-in person carries, beyond Django's own."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from annotation.models import User


class SignedInRequest(HttpRequest):
    """A request behind LoginRequiredMiddleware and HtmxMiddleware."""

    user: User
    htmx: HtmxDetails
