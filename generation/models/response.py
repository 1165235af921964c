"""The texts that may be rated, and why some may not."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from generation.enums import ResponseSource, ResponseStatus, ReviewKind
from generation.models.constitution import Dimension
from generation.models.imported import ImportRecord
from generation.models.post import Post
from generation.models.run import Chain, Step

# Of a final text: why it may not be rated.
UNRATABLE = (ResponseStatus.NEEDS_REVIEW, ResponseStatus.EXCLUDED)


class Response(models.Model):
    """A text that answers a post: of a model (one step's output, or imported) or of a person."""

    source = models.CharField(max_length=10, choices=ResponseSource)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="responses")
    chain = models.ForeignKey(
        Chain, on_delete=models.PROTECT, null=True, blank=True, related_name="responses"
    )
    step = models.OneToOneField(Step, on_delete=models.PROTECT, null=True, blank=True)
    imported = models.OneToOneField(
        ImportRecord, on_delete=models.PROTECT, null=True, blank=True, related_name="response"
    )
    method = models.CharField(max_length=40, blank=True, help_text="Of a human response: where it is from.")
    dimension = models.ForeignKey(
        Dimension, on_delete=models.PROTECT, null=True, blank=True, help_text="The one it was written for."
    )
    variant = models.PositiveIntegerField(
        default=1, help_text="2 and up: another text of one human source for the same post and dimension."
    )
    is_final = models.BooleanField(
        default=True, help_text="Earlier texts of a refinement are kept, not rated."
    )
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=20, choices=ResponseStatus)
    problems = models.JSONField(default=list, help_text="What the validation found, as its keys.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain"], condition=Q(is_final=True), name="final_response_once"),
            models.CheckConstraint(
                condition=Q(
                    source=ResponseSource.MODEL,
                    chain__isnull=False,
                    step__isnull=False,
                    imported__isnull=True,
                )
                | Q(
                    source=ResponseSource.MODEL,
                    chain__isnull=True,
                    step__isnull=True,
                    imported__isnull=False,
                )
                | Q(source=ResponseSource.HUMAN, chain__isnull=True, step__isnull=True),
                name="model_response_has_its_step_or_import",
            ),
            models.UniqueConstraint(
                fields=["post", "method", "dimension", "variant"],
                condition=Q(source=ResponseSource.HUMAN, dimension__isnull=False),
                name="human_response_once_with_dimension",
            ),
            models.UniqueConstraint(
                fields=["post", "method", "variant"],
                condition=Q(source=ResponseSource.HUMAN, dimension__isnull=True),
                name="human_response_once_without_dimension",
            ),
        ]
        indexes = [
            models.Index(
                fields=["chain", "status"],
                condition=Q(is_final=True, status__in=UNRATABLE),
                name="unratable_response",
            ),
        ]

    def __str__(self) -> str:
        return f"Response {self.pk}"


class ResponseReview(models.Model):
    """One decision about a text that needed review. Never changed; an edit keeps the text as it was."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=20, choices=ReviewKind)
    problems = models.JSONField(default=list, help_text="What the validation had found, as its keys.")
    text_before = models.TextField()
    text_after = models.TextField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.response}: {self.get_kind_display().lower()}"
