"""Admin pages that show and never change."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


class _ViewOnly:
    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ViewOnlyAdmin(_ViewOnly, admin.ModelAdmin):
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Show also what Django leaves out of forms, such as times set by the clock."""
        return [field.name for field in self.opts.fields if not field.editable]


class ViewOnlyInline(_ViewOnly, admin.TabularInline):
    extra = 0
    show_change_link = True

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Return all fields: the form that Django makes of the others refuses those set by the clock."""
        return [str(field) for field in self.fields or ()]
