"""When a rater was at work on an item: its text visible, and she doing something."""

from django.db import models
from django.db.models import F, Q

from annotation.models.assignment import Assignment


class ActiveSpan(models.Model):
    """One stretch of active time in one window. Spans of several windows may overlap; sums count that once.

    Lengths are the browser's, moments the server's: a span ends when its report arrives, less the time that
    the browser says has passed since. Rows are added and, while the last of a window grows, prolonged.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="active_spans")
    window = models.UUIDField(help_text="The open form, as of its draft and its submission.")
    number = models.PositiveIntegerField(help_text="Grows within the window: a resent report counts once.")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        ordering = ["assignment", "began_at"]
        indexes = [models.Index(fields=["assignment", "ended_at", "began_at"], name="spans_lately")]
        constraints = [
            models.UniqueConstraint(fields=["window", "number"], name="span_once_per_window"),
            models.CheckConstraint(condition=Q(ended_at__gte=F("began_at")), name="span_ends_after_it_began"),
        ]

    def __str__(self) -> str:
        return f"Span {self.pk}"
