"""The states of things in generation; spelled here and nowhere else."""

from django.db.models import TextChoices


class RunStatus(TextChoices):
    """What the manager wants of a run; how far it has come is counted from its chains and steps."""

    DRAFT = "draft", "Not started"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    CANCELLED = "cancelled", "Cancelled"


class ChainStatus(TextChoices):
    """A chain is over when its last step is done or one of its steps cannot be."""

    ACTIVE = "active", "In progress"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class StepStatus(TextChoices):
    """queued -> leased -> done; a lease that ends early goes back to queued, at last to quarantined."""

    QUEUED = "queued", "Waiting"
    LEASED = "leased", "Being written"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    QUARANTINED = "quarantined", "Given up after several attempts"
    CANCELLED = "cancelled", "Cancelled"


class BackendKind(TextChoices):
    """How a model is run: the keys of generation.backends.registry.LOADERS, and IMPORTED for none of them."""

    TRANSFORMERS = "transformers", "On this site's own machines (transformers)"
    OPENAI = "openai", "Over an OpenAI-compatible API"
    IMPORTED = "imported", "Not run here: its texts were imported"


class ChatFormat(TextChoices):
    TEMPLATE = "template", "The model's own chat template"
    PLAIN = "plain", "Plain text, for a model without a template"


class NumberFormat(TextChoices):
    AUTO = "auto", "Whatever the machine is fast with"
    BFLOAT16 = "bfloat16", "bfloat16"
    FLOAT32 = "float32", "float32"


class ReviewKind(TextChoices):
    """What a manager decided about a text that needed review."""

    ACCEPTED = "accepted", "Accepted as it is"
    EDITED = "edited", "Edited"
    EXCLUDED = "excluded", "Excluded"


class ResponseSource(TextChoices):
    MODEL = "model", "Model"
    HUMAN = "human", "Human"


class ResponseStatus(TextChoices):
    """Only a valid response may reach a rater."""

    VALID = "valid", "Valid"
    NEEDS_REVIEW = "needs_review", "Needs review"
    EXCLUDED = "excluded", "Excluded"
