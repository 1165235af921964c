"""Texts that came in with somebody else's release: where they stood, and the prompts recorded for them."""

from django.db import models

from generation.models.model_spec import ModelSpec


class ImportRecord(models.Model):
    """Where a text came in from. It stands in place of the chain and step that a run leaves.

    A text of a model names model, strategy and step, a text of a person none of them.
    """

    file = models.CharField(max_length=300, help_text="Within the release's folder.")
    row = models.PositiveIntegerField(help_text="Line of the file, or place in its list, from 1.")
    field = models.CharField(max_length=120, help_text="That held the text.")
    model_spec = models.ForeignKey(ModelSpec, on_delete=models.PROTECT, null=True, blank=True)
    strategy = models.CharField(
        max_length=30, blank=True, help_text="A key of generation.strategies.STRATEGIES."
    )
    step = models.PositiveIntegerField(
        null=True, blank=True, help_text="Which call of its chain wrote the text, from 0."
    )
    calls = models.JSONField(
        default=list,
        blank=True,
        help_text=(
            "Prompts and answers as recorded, from after the text before in the chain: "
            "[{prompt_field, prompt, answer_field, answer}, ...]; the last answer, null here, is the text."
        ),
    )
    text_key = models.CharField(
        max_length=64, help_text="As generation.text_key: equal for texts that differ in typography only."
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}"
