"""Language models that score a study's texts. Their scores stand apart from ratings: a judge is no rater."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from annotation.enums import JudgeOrigin, JudgeOutcome
from annotation.models.criterion import Criterion, ScalePoint
from annotation.models.item import Item
from annotation.models.study import Study
from generation.models import Chain, Dimension, GenerationRun, ModelSpec, Response
from generation.models.version import Version

POINT_IF_SCORE = Q(outcome=JudgeOutcome.SCORE, point__isnull=False) | (
    ~Q(outcome=JudgeOutcome.SCORE) & Q(point__isnull=True)
)


class JudgePromptSet(Version):
    """One version of how a judge is asked, as `annotation.judging.prompt_set.JudgeWording`."""

    wording = models.JSONField()

    class Meta(Version.Meta):
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="judge_prompt_set_version_once"),
            models.UniqueConstraint(fields=["name", "content_hash"], name="judge_prompt_set_content_once"),
        ]


class JudgeRun(models.Model):
    """One judge on one study: items x criteria x repeats, frozen when it is made; or replies imported."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="judge_runs")
    origin = models.CharField(max_length=20, choices=JudgeOrigin, default=JudgeOrigin.RUN)
    judge = models.CharField(max_length=120, help_text="The model's name, on all pages and in exports.")
    model_spec = models.ForeignKey(ModelSpec, on_delete=models.PROTECT, null=True, blank=True)
    prompt_set = models.ForeignKey(
        JudgePromptSet, on_delete=models.PROTECT, null=True, blank=True, related_name="judge_runs"
    )
    generation_run = models.OneToOneField(
        GenerationRun, on_delete=models.PROTECT, null=True, blank=True, related_name="judge_run"
    )
    criteria = models.ManyToManyField(Criterion, related_name="+")
    repeats = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    origin=JudgeOrigin.RUN,
                    model_spec__isnull=False,
                    prompt_set__isnull=False,
                    generation_run__isnull=False,
                )
                | Q(origin=JudgeOrigin.IMPORTED, prompt_set__isnull=True, generation_run__isnull=True),
                name="judge_run_has_its_calls",
            ),
            models.CheckConstraint(condition=Q(repeats__gte=1), name="judge_run_asks_at_least_once"),
            models.UniqueConstraint(
                fields=["study", "judge"],
                condition=Q(origin=JudgeOrigin.IMPORTED),
                name="imported_judge_once_per_study",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.judge} on {self.study}"


class JudgeReply(models.Model):
    """What a judge answered when asked for one criterion of one text, and what that was read as.

    Of a run each has its chain: one call. A call that failed leaves it waiting; a refusal is an outcome.
    """

    judge_run = models.ForeignKey(JudgeRun, on_delete=models.PROTECT, related_name="replies")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="judge_replies")
    item = models.ForeignKey(
        Item, on_delete=models.PROTECT, null=True, blank=True, related_name="judge_replies"
    )
    response = models.ForeignKey(
        Response, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="As judged."
    )
    dimension = models.ForeignKey(
        Dimension, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    repeat = models.PositiveIntegerField(default=1, help_text="2 and up: asked again, for self-consistency.")
    chain = models.OneToOneField(
        Chain, on_delete=models.PROTECT, null=True, blank=True, related_name="judge_reply"
    )
    raw = models.JSONField(null=True, blank=True, help_text="As it came: a text, a number or null.")
    outcome = models.CharField(max_length=20, choices=JudgeOutcome, default=JudgeOutcome.WAITING)
    point = models.ForeignKey(
        ScalePoint, on_delete=models.PROTECT, null=True, blank=True, related_name="judge_replies"
    )
    rationale = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "judge replies"
        constraints = [
            models.CheckConstraint(condition=POINT_IF_SCORE, name="judge_reply_has_point_if_score"),
            models.CheckConstraint(condition=Q(repeat__gte=1), name="judge_reply_counts_from_one"),
            models.UniqueConstraint(
                fields=["judge_run", "item", "criterion", "repeat"],
                condition=Q(chain__isnull=False),
                name="judge_reply_once",
            ),
        ]
        indexes = [
            models.Index(fields=["judge_run", "criterion", "outcome"], name="judge_outcomes"),
            models.Index(
                fields=["judge_run"], condition=Q(outcome=JudgeOutcome.WAITING), name="judge_reply_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"Judge reply {self.pk}"


class JudgeSettlement(models.Model):
    """What a person made of a reply by hand. Never changed; the reply itself has the newest one's outcome."""

    reply = models.ForeignKey(JudgeReply, on_delete=models.PROTECT, related_name="settlements")
    outcome = models.CharField(max_length=20, choices=JudgeOutcome)
    point = models.ForeignKey(ScalePoint, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome_before = models.CharField(max_length=20, choices=JudgeOutcome)
    point_before = models.ForeignKey(
        ScalePoint, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=POINT_IF_SCORE, name="judge_settlement_has_point_if_score"),
            models.CheckConstraint(
                condition=~Q(outcome=JudgeOutcome.WAITING) & ~Q(reason=""), name="judge_settlement_settles"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reply}: {self.get_outcome_display().lower()}"
