"""Ratings with all their versions and scores."""

from django.contrib import admin

from annotation.models import Rating, RatingVersion, Score, Study
from resort_site.view_only import ViewOnlyAdmin, ViewOnlyInline


class RatingVersionInline(ViewOnlyInline):
    model = RatingVersion
    fk_name = "rating"
    fields = ["number", "saved_at", "by", "reason"]


@admin.register(Rating)
class RatingAdmin(ViewOnlyAdmin):
    list_display = ["id", "study", "rater_code", "item", "origin", "versions_made", "submitted_at"]
    list_filter = ["origin", "study"]
    list_select_related = ["study", "assignment__rater", "current"]
    search_fields = ["id", "study__slug", "assignment__rater__code"]
    inlines = [RatingVersionInline]

    @admin.display(description="rater", ordering="assignment__rater__code")
    def rater_code(self, rating: Rating) -> str:
        return rating.assignment.rater.code

    @admin.display(ordering="assignment__item")
    def item(self, rating: Rating) -> int:
        return rating.assignment.item_id

    @admin.display(description="versions", ordering="current__number")
    def versions_made(self, rating: Rating) -> int:
        return rating.current.number if rating.current else 0

    @admin.display(ordering="current__saved_at")
    def submitted_at(self, rating: Rating) -> object:
        return rating.current.saved_at if rating.current else None


class ScoreInline(ViewOnlyInline):
    model = Score
    fields = ["criterion", "point", "rationale"]


@admin.register(RatingVersion)
class RatingVersionAdmin(ViewOnlyAdmin):
    list_display = ["rating", "number", "saved_at", "by"]
    list_select_related = ["rating", "by"]
    search_fields = ["rating__id", "rating__assignment__item__study__slug", "by__email"]
    date_hierarchy = "saved_at"
    inlines = [ScoreInline]


@admin.register(Score)
class ScoreAdmin(ViewOnlyAdmin):
    list_display = ["id", "study", "rating", "version_number", "criterion", "point"]
    list_filter = ["criterion__key"]
    list_select_related = ["criterion__study", "point", "version__rating"]
    search_fields = ["version__rating__id", "criterion__study__slug"]

    @admin.display(ordering="criterion__study")
    def study(self, score: Score) -> Study:
        return score.criterion.study

    @admin.display(ordering="version__rating")
    def rating(self, score: Score) -> int:
        return score.version.rating_id

    @admin.display(description="version", ordering="version__number")
    def version_number(self, score: Score) -> int:
        return score.version.number
