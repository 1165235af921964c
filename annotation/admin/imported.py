"""What imported releases said beside texts, scores and rationales. Lists show no text of anybody."""

from django.contrib import admin

from annotation.models import ImportedItem, ImportedJudgeReply, ImportedRating
from resort_site.view_only import ViewOnlyAdmin


@admin.register(ImportedItem)
class ImportedItemAdmin(ViewOnlyAdmin):
    list_display = ["id", "item", "file", "row"]
    list_select_related = ["item"]
    list_filter = ["item__study"]
    search_fields = ["file", "item__study__slug"]


@admin.register(ImportedRating)
class ImportedRatingAdmin(ViewOnlyAdmin):
    list_display = ["annotation_id", "rating", "annotator", "slot", "item", "lead_time_s"]
    list_select_related = ["rating", "item"]
    list_filter = ["annotator", "slot"]
    search_fields = ["annotation_id", "annotator", "item__item__study__slug"]


@admin.register(ImportedJudgeReply)
class ImportedJudgeReplyAdmin(ViewOnlyAdmin):
    list_display = ["id", "reply", "study", "file", "row", "field"]
    list_select_related = ["reply", "study"]
    list_filter = ["strategy", "study"]
    search_fields = ["file", "post_key", "study__slug"]
