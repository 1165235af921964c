"""Where people start after signing in."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from annotation.enums import Role
from annotation.queries.user import roles_of
from annotation.views.request import SignedInRequest


@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    roles = roles_of(request.user)
    if request.user.is_superuser or roles & {Role.MANAGER, Role.RESEARCHER}:
        return redirect("study_list")
    if Role.RATER in roles:
        return redirect("rating_home")
    return render(request, "annotation/home.html")
