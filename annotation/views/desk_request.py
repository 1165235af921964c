"""What the desk's own script sends and is answered. Without it the same addresses serve plain forms."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

from annotation.models import Assignment, User
from annotation.queries.rating import seat_at_desk
from annotation.views.request import SignedInRequest

P = ParamSpec("P")


def desk_owner(user: User) -> str:
    """Name a user to her own browser, which keeps copies under it: the same each time, and no id."""
    return salted_hmac("annotation.desk.owner", str(user.pk), algorithm="sha256").hexdigest()[:32]


def seat_or_404(request: SignedInRequest, slug: str, position: int) -> Assignment:
    """Return the rater's own seat, with her membership as `rater`. One query."""
    seat = seat_at_desk(request.user, slug=slug, position=position)
    if seat is None:
        raise Http404
    return seat


def is_by_script(request: SignedInRequest) -> bool:
    return request.headers.get("X-Desk") == "1"


def for_its_owner(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponse],
) -> Callable[Concatenate[SignedInRequest, P], HttpResponse]:
    """Refuse a script whose page belongs to somebody else than who is signed in by now."""

    @wraps(view)
    def answer(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        owner = request.headers.get("X-Desk-Owner")
        if owner and owner != desk_owner(request.user):
            return JsonResponse({"reason": "Somebody else is signed in on this computer."}, status=401)
        return view(request, *args, **kwargs)

    return answer


def lead_to(request: SignedInRequest, name: str, *args: object, status: int = 204) -> HttpResponse:
    """Lead to a page: a form by redirect; a script by the address, with what became of its request."""
    url = reverse(name, args=args)
    if is_by_script(request):
        return HttpResponse(status=status, headers={"X-Desk-Url": url})
    return HttpResponseRedirect(url, status=303)
