"""Access tokens: seen and revoked here, made only by their owners, who alone get to see them."""

from django.contrib import admin
from django.http import HttpRequest
from knox import admin as knox_admin
from knox.models import AuthToken

# knox registers a page of its own, on which tokens could be made for anybody.
admin.site.unregister(knox_admin.models.AuthToken)


@admin.register(AuthToken)
class AuthTokenAdmin(admin.ModelAdmin):
    list_display = ["token_key", "user", "created", "expiry"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__name"]
    fields = ["token_key", "user", "created", "expiry"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuthToken | None = None) -> bool:
        return False
