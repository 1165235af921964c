"""The language models that runs may use, and the machines on which they ran."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from generation.enums import BackendKind, ChatFormat, NumberFormat


class ModelSpec(models.Model):
    """A language model and how to reach it; the fields are those of `generation.backends.base.ModelRef`."""

    name = models.CharField(max_length=120, unique=True, help_text="As it stands in tables and exports.")
    backend = models.CharField(max_length=40, choices=BackendKind, default=BackendKind.TRANSFORMERS)
    model = models.CharField(
        max_length=300, help_text="A folder in DATA_DIR/models, a path, or the model's id at a hub or an API."
    )
    revision = models.CharField(max_length=100, blank=True, help_text="The commit of a hub's model.")
    gguf_file = models.CharField(max_length=300, blank=True, help_text="The file's name within the folder.")
    dtype = models.CharField(max_length=20, choices=NumberFormat, default=NumberFormat.AUTO)
    chat_format = models.CharField(max_length=20, choices=ChatFormat, default=ChatFormat.TEMPLATE)
    base_url = models.CharField(max_length=300, blank=True, help_text="Of an OpenAI-compatible server.")
    api_version = models.CharField(max_length=40, blank=True, help_text="Azure only: turns on its addresses.")
    api_key_variable = models.CharField(
        max_length=100, blank=True, help_text="The environment variable that holds the key; never the key."
    )
    concurrency = models.PositiveIntegerField(
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(256)],
        help_text="Requests at a time, of an API.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

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
