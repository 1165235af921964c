"""What studies leave out of their numbers."""

from django.contrib import admin

from annotation.models import Exclusion
from resort_site.view_only import ViewOnlyAdmin


@admin.register(Exclusion)
class ExclusionAdmin(ViewOnlyAdmin):
    list_display = ["study", "kind", "rater_code", "seconds", "at", "ended_at"]
    list_display_links = ["kind"]
    list_filter = ["kind"]
    list_select_related = ["study", "rater"]
    search_fields = ["study__name", "study__slug", "reason"]
    date_hierarchy = "at"

    @admin.display(description="rater")
    def rater_code(self, exclusion: Exclusion) -> str:
        return exclusion.rater.code if exclusion.rater else ""
