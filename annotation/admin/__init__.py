"""Everything of a study, to look at. Changes go through the site's pages, which check and log them."""

from django.contrib import admin

from annotation.admin import (
    contrast,
    desk,
    exclusion,
    imported,
    item,
    judge,
    rating,
    snapshot,
    study,
    token,
    user,
)

__all__ = [
    "contrast",
    "desk",
    "exclusion",
    "imported",
    "item",
    "judge",
    "rating",
    "snapshot",
    "study",
    "token",
    "user",
]

admin.site.site_header = "RESORT studies administration"
admin.site.site_title = "RESORT studies administration"
admin.site.index_title = "Everything the site holds"
