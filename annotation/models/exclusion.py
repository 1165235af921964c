"""Ratings that a study leaves out of its numbers. They stay on record, and in every export."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotation.enums import ExclusionKind
from annotation.models.study import Membership, Study


class Exclusion(models.Model):
    """One rule, with who set it, when and why; it holds until it is ended. Rows are kept."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="exclusions")
    kind = models.CharField(max_length=20, choices=ExclusionKind)
    rater = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="exclusions"
    )
    seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="Faster ones are left out: active time, else elapsed time."
    )
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ExclusionKind.RATER, rater__isnull=False, seconds__isnull=True)
                | Q(kind=ExclusionKind.FLAGGED, rater__isnull=True, seconds__isnull=True)
                | Q(kind=ExclusionKind.TOO_FAST, rater__isnull=True, seconds__isnull=False),
                name="exclusion_says_what_it_leaves_out",
            ),
            models.UniqueConstraint(
                fields=["study", "rater"],
                condition=Q(kind=ExclusionKind.RATER, ended_at__isnull=True),
                name="rater_excluded_once",
            ),
            models.UniqueConstraint(
                fields=["study", "kind"],
                condition=~Q(kind=ExclusionKind.RATER) & Q(ended_at__isnull=True),
                name="kind_excluded_once",
            ),
        ]

    def __str__(self) -> str:
        if self.kind == ExclusionKind.RATER and self.rater:
            return f"All ratings by {self.rater.code}"
        if self.kind == ExclusionKind.TOO_FAST:
            return f"Ratings made in less than {self.seconds} seconds"
        return "Ratings of items that a rater flagged"
