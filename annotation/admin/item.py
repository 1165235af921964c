"""Items, seats and flags. Lists show numbers and keys, never the text of a post or response."""

from django.contrib import admin

from annotation.models import Assignment, Flag, Item, Study
from resort_site.view_only import ViewOnlyAdmin, ViewOnlyInline


class AssignmentInline(ViewOnlyInline):
    model = Assignment
    fields = ["rater", "occasion", "position", "status", "skip_kind", "opened_at", "closed_at"]


@admin.register(Item)
class ItemAdmin(ViewOnlyAdmin):
    list_display = ["id", "study", "post", "condition", "dimension", "response"]
    list_filter = [("response", admin.EmptyFieldListFilter), "study"]
    list_select_related = ["study", "post", "condition__model_spec", "dimension", "response"]
    search_fields = ["id", "study__slug", "post__key", "condition__method", "dimension__key"]
    inlines = [AssignmentInline]


@admin.register(Assignment)
class AssignmentAdmin(ViewOnlyAdmin):
    list_display = [
        "id",
        "study",
        "rater_code",
        "position",
        "item",
        "occasion",
        "status",
        "skip_kind",
        "closed_at",
    ]
    list_filter = ["status", "skip_kind", "item__study"]
    list_select_related = ["item__study", "rater"]
    search_fields = ["id", "item__id", "item__study__slug", "rater__code"]

    @admin.display(ordering="item__study")
    def study(self, assignment: Assignment) -> Study:
        return assignment.item.study

    @admin.display(description="rater", ordering="rater__code")
    def rater_code(self, assignment: Assignment) -> str:
        return assignment.rater.code


@admin.register(Flag)
class FlagAdmin(ViewOnlyAdmin):
    list_display = ["id", "study", "rater_code", "created_at", "resolved_at", "resolved_by"]
    list_filter = [("resolved_at", admin.EmptyFieldListFilter)]
    list_select_related = ["assignment__item__study", "assignment__rater", "resolved_by"]
    search_fields = ["assignment__item__study__slug", "assignment__rater__code"]
    date_hierarchy = "created_at"

    @admin.display(ordering="assignment__item__study")
    def study(self, flag: Flag) -> Study:
        return flag.assignment.item.study

    @admin.display(description="rater", ordering="assignment__rater__code")
    def rater_code(self, flag: Flag) -> str:
        return flag.assignment.rater.code
