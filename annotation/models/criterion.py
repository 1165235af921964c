"""What is rated, and on which scale."""

from django.db import models

from annotation.enums import Direction, Level, RationaleRule
from annotation.models.study import Study


class Criterion(models.Model):
    """One question about a response, with its scale and the rule for its rationale."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="criteria")
    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=120)
    question = models.TextField()
    rationale_question = models.CharField(max_length=200)
    rationale_rule = models.CharField(max_length=20, choices=RationaleRule, default=RationaleRule.OPTIONAL)
    rationale_min_length = models.PositiveIntegerField(default=0, help_text="Characters, where required.")
    direction = models.CharField(max_length=20, choices=Direction, default=Direction.HIGHER)
    level = models.CharField(max_length=20, choices=Level, default=Level.ORDINAL)
    low_label = models.CharField(max_length=80, blank=True)
    high_label = models.CharField(max_length=80, blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["study", "position"]
        verbose_name_plural = "criteria"
        constraints = [models.UniqueConstraint(fields=["study", "key"], name="criterion_key_once_per_study")]

    def __str__(self) -> str:
        return self.label


class ScalePoint(models.Model):
    """One point of a scale: what is shown (key, label) and what it counts (value) are apart."""

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="points")
    key = models.CharField(max_length=10)
    label = models.CharField(max_length=80, blank=True)
    value = models.DecimalField(max_digits=8, decimal_places=3)
    needs_rationale = models.BooleanField(default=False)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["criterion", "position"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "key"], name="point_key_once_per_criterion"),
            models.UniqueConstraint(fields=["criterion", "value"], name="point_value_once_per_criterion"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.label}".strip()
