"""What these pages ask of a request, and whom they let in."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404, HttpRequest, HttpResponse

_Arguments = ParamSpec("_Arguments")


class Preparer(AbstractBaseUser):
    """What these pages ask of a person who is signed in; the site's own user class answers it."""

    prepares_studies: bool

    class Meta:
        abstract = True


class SignedInRequest(HttpRequest):
    """A request behind LoginRequiredMiddleware."""

    user: Preparer  # type: ignore[assignment]  # the site's user class, which this package must not import


_View = Callable[Concatenate[SignedInRequest, _Arguments], HttpResponse]


def for_preparers(view: _View[_Arguments]) -> _View[_Arguments]:
    """Let only those in who prepare studies; to everybody else the page is not there."""

    @wraps(view)
    def guarded(
        request: SignedInRequest, *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> HttpResponse:
        if not request.user.prepares_studies:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
