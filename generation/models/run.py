"""A run and its work: chains of model calls, each call a step. The steps are the queue."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from generation.enums import ChainStatus, RunStatus, StepStatus
from generation.models.constitution import ConstitutionSet, Dimension, PromptSet
from generation.models.model_spec import BackendEnvironment, ModelSpec
from generation.models.post import Post


class GenerationRun(models.Model):
    """Posts x strategies x dimensions x models, frozen when the run is made.

    A run of ready-made calls has no prompt set: each of its chains is one call whose chat is stored with it.
    """

    name = models.CharField(max_length=200)
    status = models.CharField(max_length=20, choices=RunStatus, default=RunStatus.DRAFT)
    constitution_set = models.ForeignKey(ConstitutionSet, on_delete=models.PROTECT)
    prompt_set = models.ForeignKey(
        PromptSet,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Empty: its calls are ready-made.",
    )
    dimensions = models.ManyToManyField(Dimension)
    decoding = models.JSONField(help_text="As generation.backends.base.Decoding.")
    seed = models.PositiveBigIntegerField()
    priority = models.IntegerField(default=0, help_text="Higher goes first.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class RunModel(models.Model):
    """One model's lane in a run: steps of one lane share model and decoding, so they may share a batch."""

    run = models.ForeignKey(GenerationRun, on_delete=models.PROTECT, related_name="run_models")
    model_spec = models.ForeignKey(ModelSpec, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "model_spec"], name="model_once_per_run")]

    def __str__(self) -> str:
        return f"{self.run}: {self.model_spec}"


class Chain(models.Model):
    """All calls that lead to one response: of one post, strategy and model, and of one dimension or none.

    A ready-made call is a chain of its own, without strategy and response; its subject says what it is about.
    """

    run_model = models.ForeignKey(RunModel, on_delete=models.PROTECT, related_name="chains")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="chains")
    strategy = models.CharField(
        max_length=30,
        blank=True,
        help_text="A key of generation.strategies.STRATEGIES; empty for a ready-made call.",
    )
    subject = models.CharField(
        max_length=80, blank=True, help_text="Tells a post's ready-made calls apart; else empty."
    )
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, null=True, blank=True)
    generation_no = models.PositiveIntegerField(default=1, help_text="2 and up: written again.")
    is_current = models.BooleanField(default=True, help_text="False once the text is being written again.")
    status = models.CharField(max_length=20, choices=ChainStatus, default=ChainStatus.ACTIVE)
    planned_calls = models.PositiveIntegerField()

    class Meta:
        constraints = [
            # SQLite has no NULLS NOT DISTINCT, so a missing dimension needs a constraint of its own.
            models.UniqueConstraint(
                fields=["run_model", "post", "strategy", "subject", "dimension", "generation_no"],
                condition=Q(dimension__isnull=False),
                name="chain_once_with_dimension",
            ),
            models.UniqueConstraint(
                fields=["run_model", "post", "strategy", "subject", "generation_no"],
                condition=Q(dimension__isnull=True),
                name="chain_once_without_dimension",
            ),
            models.UniqueConstraint(
                fields=["run_model", "post", "strategy", "subject", "dimension"],
                condition=Q(is_current=True, dimension__isnull=False),
                name="current_chain_once_with_dimension",
            ),
            models.UniqueConstraint(
                fields=["run_model", "post", "strategy", "subject"],
                condition=Q(is_current=True, dimension__isnull=True),
                name="current_chain_once_without_dimension",
            ),
            models.CheckConstraint(
                condition=Q(strategy="") ^ Q(subject=""), name="chain_has_strategy_or_subject"
            ),
        ]
        indexes = [
            models.Index(
                fields=["run_model", "is_current", "strategy", "status", "planned_calls"],
                name="chain_progress",
            )
        ]

    def __str__(self) -> str:
        return f"{self.strategy or self.subject} on {self.post}"

    @property
    def is_ready_made(self) -> bool:
        return not self.strategy


class Step(models.Model):
    """One model call. A worker may write to it only while it holds the step's lease token."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="steps")
    run_model = models.ForeignKey(RunModel, on_delete=models.PROTECT, related_name="steps")
    index = models.PositiveIntegerField(help_text="0 for the chain's first call.")
    wording = models.CharField(max_length=60, help_text="The prompt-set key of the question.")
    status = models.CharField(max_length=20, choices=StepStatus, default=StepStatus.QUEUED)

    attempts = models.PositiveIntegerField(default=0, help_text="Since it was queued, or queued anew.")
    earlier_attempts = models.PositiveIntegerField(
        default=0, help_text="Those before a person had it retried."
    )
    not_before = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True)

    messages = models.JSONField(default=list, help_text="As sent: [{role, content}, ...].")
    output = models.TextField(blank=True, help_text="As received.")
    finish_reason = models.CharField(max_length=20, blank=True)
    failure_kind = models.CharField(max_length=30, blank=True)
    failure_detail = models.CharField(max_length=300, blank=True)
    tokens_in = models.PositiveIntegerField(null=True, blank=True)
    tokens_out = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.FloatField(
        null=True, blank=True, help_text="The batch's wall time, shared by its calls."
    )
    provider = models.JSONField(default=dict, blank=True, help_text="What an API said beside the text.")
    seed = models.PositiveBigIntegerField(null=True, blank=True)
    batch_size = models.PositiveIntegerField(null=True, blank=True)
    environment = models.ForeignKey(BackendEnvironment, on_delete=models.PROTECT, null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "index"], name="step_once_per_chain"),
            models.CheckConstraint(
                condition=Q(status=StepStatus.LEASED, lease_token__isnull=False, lease_until__isnull=False)
                | ~Q(status=StepStatus.LEASED),
                name="leased_step_has_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["run_model", "attempts", "id"],
                condition=Q(status=StepStatus.QUEUED),
                name="step_queue",
            ),
            models.Index(fields=["lease_token"], condition=Q(status=StepStatus.LEASED), name="step_held_by"),
            models.Index(
                fields=["run_model", "finished_at"], condition=Q(status=StepStatus.DONE), name="step_done_at"
            ),
            models.Index(fields=["lease_until"], condition=Q(status=StepStatus.LEASED), name="step_leases"),
            models.Index(fields=["run_model", "status"], name="step_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}, call {self.index + 1}"
