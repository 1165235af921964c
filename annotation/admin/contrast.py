"""What studies planned to compare."""

from django.contrib import admin

from annotation.models import ContrastPlan, PlannedContrast
from resort_site.view_only import ViewOnlyAdmin, ViewOnlyInline


class PlannedContrastInline(ViewOnlyInline):
    model = PlannedContrast
    fields = ["position", "a", "b"]


@admin.register(ContrastPlan)
class ContrastPlanAdmin(ViewOnlyAdmin):
    list_display = ["study", "planned", "primary_criterion", "n_looks", "by", "at"]
    list_display_links = ["planned"]
    list_select_related = ["study", "primary_criterion", "by"]
    search_fields = ["study__name", "study__slug"]
    date_hierarchy = "at"
    inlines = [PlannedContrastInline]


@admin.register(PlannedContrast)
class PlannedContrastAdmin(ViewOnlyAdmin):
    list_display = ["plan", "position", "a", "b"]
    list_display_links = ["position"]
    list_select_related = ["plan__study", "a__model_spec", "b__model_spec"]
    search_fields = ["plan__study__name", "plan__study__slug"]
