"""What the desk keeps beside ratings. A draft's words and the topics left out are not shown to anybody."""

from django.contrib import admin

from annotation.models import ActiveSpan, DayExtension, Draft, TopicOptOut
from resort_site.view_only import ViewOnlyAdmin


@admin.register(Draft)
class DraftAdmin(ViewOnlyAdmin):
    list_display = ["id", "assignment", "sequence", "base", "saved_at"]
    search_fields = ["assignment__item__study__slug", "assignment__rater__code"]
    exclude = ["content"]


@admin.register(ActiveSpan)
class ActiveSpanAdmin(ViewOnlyAdmin):
    list_display = ["id", "assignment", "number", "began_at", "ended_at"]
    search_fields = ["assignment__item__study__slug", "assignment__rater__code"]
    date_hierarchy = "began_at"


@admin.register(TopicOptOut)
class TopicOptOutAdmin(ViewOnlyAdmin):
    list_display = ["id", "membership", "since"]
    exclude = ["topic"]
    list_select_related = ["membership__user"]
    search_fields = ["membership__study__slug", "membership__code"]


@admin.register(DayExtension)
class DayExtensionAdmin(ViewOnlyAdmin):
    list_display = ["id", "membership", "day", "at"]
    list_select_related = ["membership__user"]
    search_fields = ["membership__study__slug", "membership__code"]
