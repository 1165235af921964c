"""What was computed of studies, and from which ratings."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from annotation.models import Snapshot
from resort_site.view_only import ViewOnlyAdmin


@admin.register(Snapshot)
class SnapshotAdmin(ViewOnlyAdmin):
    list_display = ["study", "taken_at", "data_sha256", "code_sha256"]
    list_display_links = ["taken_at"]
    list_select_related = ["study"]
    exclude = ["ratings"]
    search_fields = ["study__name", "study__slug", "data_sha256"]
    date_hierarchy = "taken_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Snapshot]:
        return super().get_queryset(request).defer("ratings", "report")
