"""What a rater has typed and not handed in. Never a rating: nothing counts it, and nobody else reads it."""

from django.db import models

from annotation.models.assignment import Assignment


class Draft(models.Model):
    """The newest draft of one seat, as the window that wrote it last left it.

    A draft goes in the transaction in which its rating is handed in, or its seat is closed.
    """

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="draft")
    window = models.UUIDField(help_text="The open form that wrote it; its submission has the same one.")
    sequence = models.PositiveIntegerField(help_text="Grows with every save of that window.")
    base = models.PositiveIntegerField(help_text="The version that it changes; 0 before the first rating.")
    content = models.JSONField(help_text="The form's fields by name, as typed.")
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Draft {self.pk}"

    @property
    def key(self) -> str:
        """Name this very state of the draft: a window sends it back to say which one it has seen."""
        return f"{self.window}:{self.sequence}"
