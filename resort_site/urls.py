from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from resort_site.health import health


@login_not_required
def not_offered(request: HttpRequest) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("admin/", admin.site.urls),
    # Accounts are made by invitation, which may be for one address: nobody takes on others by herself.
    path("accounts/email/", not_offered),
    path("accounts/signup/", not_offered),
    path("accounts/", include("allauth.account.urls")),
    path("health/", health, name="health"),
    path("", include("annotation.urls")),
    path("", include("generation.urls")),
]
