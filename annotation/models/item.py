"""What is to be rated: one cell of the design, and the text that fills it."""

from django.db import models

from annotation.models.study import Condition, Study
from generation.models import Dimension, Post, Response


class Item(models.Model):
    """A response to a post, rated under one dimension. Planned first; ratable once its response is there."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="items")
    post = models.ForeignKey(Post, on_delete=models.PROTECT)
    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="items")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT)
    variant = models.PositiveIntegerField(
        default=1, help_text="2 and up: another text for the same cell, as only imported studies have."
    )
    response = models.ForeignKey(Response, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ["study", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "post", "condition", "dimension", "variant"], name="item_once_per_cell"
            ),
            models.UniqueConstraint(fields=["study", "response", "dimension"], name="item_once_per_response"),
        ]

    def __str__(self) -> str:
        return f"Item {self.pk}"
