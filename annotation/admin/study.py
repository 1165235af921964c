"""Studies, their people, criteria and log; and a study's scores."""

from typing import cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from annotation.admin.hidden_conditions import has_looked
from annotation.exports.score_table import intervals_by_condition
from annotation.models import (
    Condition,
    Consent,
    ConsentText,
    Criterion,
    Invitation,
    Membership,
    ScalePoint,
    Study,
    StudyEvent,
    User,
)
from annotation.permissions import can_see_scores
from annotation.queries.exclusion import exclusions_of
from annotation.queries.judge_report import judge_cards
from annotation.queries.progress import rating_progress
from annotation.queries.shown_scores import shown_scores
from generation.queries.run import run_progress
from resort_site.view_only import ViewOnlyAdmin, ViewOnlyInline


class ConditionInline(ViewOnlyInline):
    model = Condition
    fields = ["position", "source", "model_spec", "pipeline", "method"]


class CriterionInline(ViewOnlyInline):
    model = Criterion
    fields = ["position", "key", "label", "direction", "level", "rationale_rule"]


class MembershipInline(ViewOnlyInline):
    model = Membership
    fields = ["user", "role", "code", "joined_at", "removed_at"]


@admin.register(Study)
class StudyAdmin(ViewOnlyAdmin):
    list_display = [
        "name",
        "slug",
        "status",
        "is_simulated",
        "raters_per_item",
        "created_by",
        "created_at",
    ]
    list_filter = ["status", "is_simulated"]
    list_select_related = ["created_by"]
    search_fields = ["name", "slug"]
    date_hierarchy = "created_at"
    inlines = [ConditionInline, CriterionInline, MembershipInline]

    def get_urls(self) -> list[URLPattern]:
        scores = path(
            "<int:study_id>/scores/",
            self.admin_site.admin_view(self.scores_view),
            name="annotation_study_scores",
        )
        return [scores, *super().get_urls()]

    def scores_view(self, request: HttpRequest, study_id: int) -> HttpResponse:
        """Show the numbers of the study's own scores page."""
        study = get_object_or_404(Study.objects.select_related("run"), pk=study_id)
        if not self.has_view_permission(request, study):
            raise PermissionDenied
        shown = shown_scores(study, has_looked=has_looked(request, study))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Scores of {study}",
            "study": study,
            "scores": shown.scores,
            "exclusions": exclusions_of(study),
            "judges": judge_cards(shown.computed, shown.scores) if shown.computed else [],
            "computed": shown.computed,
            "can_look": can_see_scores(cast(User, request.user), study),
            "intervals": intervals_by_condition(shown) if shown.computed else {},
            "rating": rating_progress(study),
            "generation": run_progress(study.run) if study.run else None,
        }
        return TemplateResponse(request, "admin/annotation/study/scores.html", context)


@admin.register(Condition)
class ConditionAdmin(ViewOnlyAdmin):
    list_display = ["study", "position", "source", "model_spec", "pipeline", "method"]
    list_display_links = ["position"]
    list_filter = ["source", "pipeline", "method"]
    list_select_related = ["study", "model_spec"]
    search_fields = ["study__name", "study__slug", "model_spec__name", "method"]


class ScalePointInline(ViewOnlyInline):
    model = ScalePoint
    fields = ["position", "key", "label", "value", "needs_rationale"]


@admin.register(Criterion)
class CriterionAdmin(ViewOnlyAdmin):
    list_display = ["label", "study", "position", "direction", "level", "rationale_rule"]
    list_filter = ["key", "direction"]
    list_select_related = ["study"]
    search_fields = ["label", "key", "study__name", "study__slug"]
    inlines = [ScalePointInline]


@admin.register(ScalePoint)
class ScalePointAdmin(ViewOnlyAdmin):
    list_display = ["criterion", "study", "position", "key", "label", "value"]
    list_display_links = ["key"]
    list_select_related = ["criterion__study"]
    search_fields = ["criterion__label", "criterion__study__name", "label"]

    @admin.display(ordering="criterion__study")
    def study(self, point: ScalePoint) -> Study:
        return point.criterion.study


class ConsentInline(ViewOnlyInline):
    model = Consent
    fields = ["consent_text", "given_at"]


@admin.register(Membership)
class MembershipAdmin(ViewOnlyAdmin):
    list_display = ["user", "study", "role", "code", "joined_at", "removed_at"]
    list_filter = ["role", ("removed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user", "study"]
    search_fields = ["user__email", "user__name", "code", "study__name", "study__slug"]
    inlines = [ConsentInline]


@admin.register(Invitation)
class InvitationAdmin(ViewOnlyAdmin):
    list_display = [
        "study",
        "role",
        "name",
        "email",
        "created_by",
        "created_at",
        "expires_at",
        "accepted_at",
        "revoked_at",
    ]
    list_filter = ["role", ("accepted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["study", "created_by"]
    search_fields = ["name", "email", "study__name", "study__slug"]
    exclude = ["token_sha256"]


@admin.register(ConsentText)
class ConsentTextAdmin(ViewOnlyAdmin):
    list_display = ["study", "version", "created_at"]
    list_select_related = ["study"]
    search_fields = ["study__name", "study__slug"]


@admin.register(Consent)
class ConsentAdmin(ViewOnlyAdmin):
    list_display = ["study", "rater", "version", "given_at"]
    list_select_related = ["membership__user", "consent_text__study"]
    search_fields = ["membership__user__email", "consent_text__study__name", "consent_text__study__slug"]
    date_hierarchy = "given_at"

    @admin.display(ordering="consent_text__study")
    def study(self, consent: Consent) -> Study:
        return consent.consent_text.study

    @admin.display(ordering="membership__user__email")
    def rater(self, consent: Consent) -> str:
        return consent.membership.user.email

    @admin.display(ordering="consent_text__version")
    def version(self, consent: Consent) -> int:
        return consent.consent_text.version


@admin.register(StudyEvent)
class StudyEventAdmin(ViewOnlyAdmin):
    list_display = ["at", "study", "kind", "by", "detail"]
    list_filter = ["kind"]
    list_select_related = ["study", "by"]
    search_fields = ["study__name", "study__slug", "by__email", "detail"]
    date_hierarchy = "at"
