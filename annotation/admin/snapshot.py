"""What was computed of studies, and from which ratings."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from annotation.admin.hidden_conditions import are_conditions_hidden_from
from annotation.models import REPORT_PARTS, FigureFile, Snapshot, SnapshotFigure
from annotation.queries.hidden_conditions import is_figure_without_conditions
from resort_site.view_only import ViewOnlyAdmin

COMPUTED = ("overview", *REPORT_PARTS)


@admin.register(Snapshot)
class SnapshotAdmin(ViewOnlyAdmin):
    list_display = ["study", "taken_at", "data_sha256", "code_sha256"]
    list_display_links = ["taken_at"]
    list_select_related = ["study"]
    search_fields = ["study__name", "study__slug", "data_sha256"]
    date_hierarchy = "taken_at"

    def get_exclude(self, request: HttpRequest, obj: Snapshot | None = None) -> list[str]:
        """Leave out the ratings; of a study that hides its conditions also what was computed of them."""
        is_hidden = obj is not None and are_conditions_hidden_from(request, obj.study)
        return ["ratings", *COMPUTED] if is_hidden else ["ratings"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Snapshot]:
        return super().get_queryset(request).defer("ratings", *COMPUTED)


@admin.register(SnapshotFigure)
class SnapshotFigureAdmin(ViewOnlyAdmin):
    list_display = ["snapshot", "position", "key", "title"]
    list_display_links = ["key"]
    list_select_related = ["snapshot__study"]
    search_fields = ["snapshot__study__name", "key", "title"]

    def get_exclude(self, request: HttpRequest, obj: SnapshotFigure | None = None) -> list[str]:
        """Leave out the numbers of a figure whose conditions the study hides, in words and as a table."""
        is_of_conditions = obj is not None and not is_figure_without_conditions(obj.key)
        if obj and is_of_conditions and are_conditions_hidden_from(request, obj.snapshot.study):
            return ["description", "table"]
        return []


@admin.register(FigureFile)
class FigureFileAdmin(ViewOnlyAdmin):
    list_display = ["figure", "look", "file_type"]
    list_filter = ["look", "file_type"]
    list_select_related = ["figure"]
    exclude = ["content"]
    search_fields = ["figure__title", "figure__key"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FigureFile]:
        return super().get_queryset(request).defer("content")
