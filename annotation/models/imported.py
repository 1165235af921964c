"""What an imported release says beside texts, scores and rationales: kept as it was, apart from our own."""

from django.db import models

from annotation.models.item import Item
from annotation.models.judge import JudgeReply
from annotation.models.rating import Rating
from annotation.models.study import Study
from generation.models import ModelSpec, Post


class ImportedItem(models.Model):
    """Where an item of an imported study stood in the release."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="imported")
    file = models.CharField(max_length=300, help_text="Within the release's folder.")
    row = models.PositiveIntegerField(help_text="Place in the file's list, from 1.")
    fields = models.JSONField(help_text="The item's fields there, less what is the study's own now.")

    class Meta:
        ordering = ["id"]
        verbose_name = "imported item"

    def __str__(self) -> str:
        return f"{self.file}, item {self.row}"


class ImportedRating(models.Model):
    """What the release says of a rating beside scores and rationales. No time of it is active time."""

    rating = models.OneToOneField(Rating, on_delete=models.PROTECT, related_name="imported")
    item = models.ForeignKey(ImportedItem, on_delete=models.PROTECT, related_name="ratings")
    slot = models.PositiveIntegerField(
        help_text="1 for human_eval_annotation_1. Slots are no raters: one rater's ratings stand in several."
    )
    record_id = models.BigIntegerField(null=True, blank=True, help_text="The annotation's 'id'.")
    annotator = models.CharField(max_length=20)
    annotation_id = models.BigIntegerField()
    created_at_ms = models.BigIntegerField(help_text="Milliseconds since 1970, UTC.")
    updated_at_ms = models.BigIntegerField(help_text="Later than created_at_ms where it was changed.")
    lead_time_s = models.FloatField(
        null=True, blank=True, help_text="Seconds the page was open, idle time included: no active time."
    )
    extra = models.JSONField(default=dict, blank=True, help_text="Other fields, as they were.")
    sha256 = models.CharField(max_length=64, help_text="Of the annotation as canonical JSON.")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Annotation {self.annotation_id}"


class ImportedJudgeReply(models.Model):
    """Where an imported judge's reply stood in the release, and which text it says it is about.

    The reply itself, with what it was read as, is a JudgeReply like any other, but its item is empty: it goes
    with the response and the dimension that it was asked under, or with every item of the response where it
    was asked under none.
    """

    reply = models.OneToOneField(JudgeReply, on_delete=models.PROTECT, related_name="imported")
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="imported_judge_replies")
    file = models.CharField(max_length=300, help_text="Within the release's folder.")
    row = models.PositiveIntegerField(help_text="Line of the file, from 1.")
    field = models.CharField(max_length=120, help_text="That held the reply.")
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, help_text="Empty where the study lacks it."
    )
    post_key = models.CharField(max_length=100)
    source_name = models.CharField(max_length=40, blank=True, help_text="Of a text by a person.")
    model_spec = models.ForeignKey(ModelSpec, on_delete=models.PROTECT, null=True, blank=True)
    strategy = models.CharField(max_length=30, blank=True)
    text_key = models.CharField(
        max_length=64, blank=True, help_text="Of the judged text, as generation.text_key; empty for no text."
    )

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "imported judge replies"
        constraints = [
            models.UniqueConstraint(
                fields=["study", "file", "row", "field"], name="imported_judge_reply_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}"
