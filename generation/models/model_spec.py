"""The language models that runs may use, and the machines on which they ran."""

from django.db import models


class ModelSpec(models.Model):
    """A language model and how to reach it."""

    name = models.CharField(max_length=120, unique=True, help_text="As it stands in tables and exports.")
    backend = models.CharField(max_length=40, default="transformers")
    model = models.CharField(
        max_length=300, help_text="A folder in DATA_DIR/models, a path, or the hub's id of the model."
    )
    revision = models.CharField(max_length=100, blank=True)
    dtype = models.CharField(max_length=20, default="auto")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BackendEnvironment(models.Model):
    """What a text was written with beside its prompt: weights, tokenizer, libraries, device, dtype."""

    sha256 = models.CharField(max_length=64, unique=True)
    record = models.JSONField()

    def __str__(self) -> str:
        return self.sha256[:12]
