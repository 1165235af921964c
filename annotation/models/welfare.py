"""What protects a rater: topics she does not read, and her day's end."""

from django.db import models

from annotation.models.study import Membership


class TopicOptOut(models.Model):
    """A topic of content notes that a rater chose not to read. Items with it are never assigned to her."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="topic_opt_outs")
    topic = models.CharField(max_length=200, help_text="As a content note names it, in lower case.")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["membership", "topic"]
        constraints = [models.UniqueConstraint(fields=["membership", "topic"], name="opt_out_once_per_topic")]

    def __str__(self) -> str:
        return f"Opt-out {self.pk}"


class DayExtension(models.Model):
    """A rater went on after the day's suggested end, and may have said why."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="day_extensions")
    day = models.DateField(help_text="In the rater's own time zone.")
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["membership", "day"], name="day_extended_once")]

    def __str__(self) -> str:
        return f"Extension {self.pk}"
