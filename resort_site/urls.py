from django.contrib import admin
from django.urls import include, path

from resort_site.health import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("health/", health, name="health"),
    path("", include("annotation.urls")),
]
