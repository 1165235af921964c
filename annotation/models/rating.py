"""Ratings. Every version is kept; the current one counts."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotation.enums import RatingOrigin
from annotation.models.assignment import Assignment
from annotation.models.criterion import Criterion, ScalePoint
from annotation.models.study import Study


class Rating(models.Model):
    """One rater's judgement of one item. What she judged stands in its versions."""

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="rating")
    # That of the seat's item, which never changes: whether a study's ratings have changed is asked on each of
    # its pages, and an index alone answers it.
    study = models.ForeignKey(
        Study, on_delete=models.PROTECT, related_name="ratings", db_index=False, editable=False
    )
    origin = models.CharField(max_length=20, choices=RatingOrigin, default=RatingOrigin.EXPERT)
    current = models.ForeignKey(
        "RatingVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Written with `current`, always: a study's numbers need no join to the scores, of which it is a copy.
    answers = models.TextField(  # noqa: DJ001  # a version without scores has "", no version has none
        null=True,
        blank=True,
        editable=False,
        help_text="The current version's scale points: their keys, ascending, with spaces between.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(current__isnull=True, answers__isnull=True)
                | models.Q(current__isnull=False, answers__isnull=False),
                name="answers_with_current",
            )
        ]
        indexes = [models.Index(fields=["study", "current"], name="current_of_study")]

    def __str__(self) -> str:
        return f"Rating {self.pk}"


class RatingVersion(models.Model):
    """A rating as submitted at one time. Rows are added, never changed."""

    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    submission = models.UUIDField(
        unique=True, help_text="Made by the form, so that a resent form counts once."
    )
    saved_at = models.DateTimeField(
        default=timezone.now, editable=False, help_text="Of an imported rating: as the release has it."
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was changed; may be left out.")

    class Meta:
        ordering = ["rating", "number"]
        constraints = [models.UniqueConstraint(fields=["rating", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.rating}, version {self.number}"


class Score(models.Model):
    """One criterion's score in one version of a rating, with its rationale."""

    version = models.ForeignKey(RatingVersion, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT)
    point = models.ForeignKey(ScalePoint, on_delete=models.PROTECT)
    rationale = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "criterion"], name="score_once_per_version")
        ]

    def __str__(self) -> str:
        return f"Score {self.pk}"
