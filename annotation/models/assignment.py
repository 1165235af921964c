"""Seats: which rater rates which item, in which order; and what she said about an item beside rating it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotation.enums import AssignmentStatus, SkipKind
from annotation.models.item import Item
from annotation.models.study import Membership


class Assignment(models.Model):
    """One seat: one rater for one item, at a place in her own order."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="assignments")
    rater = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="assignments")
    occasion = models.PositiveIntegerField(default=1, help_text="2 and up: the same rater rates it again.")
    position = models.PositiveIntegerField(help_text="In the rater's order, from 1.")
    status = models.CharField(max_length=20, choices=AssignmentStatus, default=AssignmentStatus.OPEN)
    skip_kind = models.CharField(max_length=20, choices=SkipKind, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True, help_text="When the rater first saw it.")
    closed_at = models.DateTimeField(null=True, blank=True)
    active_seconds = models.FloatField(
        null=True,
        blank=True,
        help_text="Active time until it was closed, from its spans; empty while it is open, or without any.",
    )

    class Meta:
        ordering = ["rater", "position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "rater", "occasion"], name="seat_once"),
            models.UniqueConstraint(fields=["rater", "position"], name="position_once_per_rater"),
            models.CheckConstraint(
                condition=Q(status=AssignmentStatus.SKIPPED) & ~Q(skip_kind="")
                | ~Q(status=AssignmentStatus.SKIPPED) & Q(skip_kind=""),
                name="skip_has_its_kind",
            ),
        ]
        indexes = [
            # With the occasion: what raters have done is then counted without reading their seats.
            models.Index(fields=["rater", "status", "position", "occasion"], name="next_seat"),
            models.Index(fields=["rater", "closed_at"], name="closed_lately"),
        ]

    def __str__(self) -> str:
        return f"Assignment {self.pk}"


class Flag(models.Model):
    """A note from a rater to the manager about an item."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="flags")
    note = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Flag {self.pk}"
