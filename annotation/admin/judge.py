"""Judges and what they answered. Lists show no text of anybody, replies included."""

from django.contrib import admin

from annotation.models import JudgePromptSet, JudgeReply, JudgeRun, JudgeSettlement
from resort_site.view_only import ViewOnlyAdmin


@admin.register(JudgePromptSet)
class JudgePromptSetAdmin(ViewOnlyAdmin):
    list_display = ["name", "version", "content_hash", "created_at"]
    search_fields = ["name", "content_hash"]


@admin.register(JudgeRun)
class JudgeRunAdmin(ViewOnlyAdmin):
    list_display = ["judge", "study", "origin", "prompt_set", "repeats", "created_at"]
    list_filter = ["origin", "study"]
    list_select_related = ["study", "prompt_set"]
    search_fields = ["judge", "study__slug"]


@admin.register(JudgeReply)
class JudgeReplyAdmin(ViewOnlyAdmin):
    list_display = ["id", "judge_run", "criterion", "item", "repeat", "outcome", "point"]
    list_filter = ["outcome", "judge_run__study"]
    list_select_related = ["judge_run__study", "criterion", "item", "point"]
    search_fields = ["judge_run__judge", "judge_run__study__slug"]


@admin.register(JudgeSettlement)
class JudgeSettlementAdmin(ViewOnlyAdmin):
    list_display = ["id", "reply", "outcome", "point", "outcome_before", "by", "at"]
    list_filter = ["outcome"]
    list_select_related = ["reply", "point", "by"]
    search_fields = ["reply__judge_run__judge", "reply__judge_run__study__slug"]
