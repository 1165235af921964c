"""A study: its design, its texts for raters, its people, and the log of its running."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from annotation.enums import ConditionSource, EventKind, RatedUnder, Role, StudyStatus
from generation.models import ConstitutionSet, Dimension, GenerationRun, ModelSpec, PostCollection, PromptSet


class Study(models.Model):
    """Posts, conditions and dimensions to be rated by k raters each."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    status = models.CharField(max_length=20, choices=StudyStatus, default=StudyStatus.DRAFT)
    posts = models.ForeignKey(PostCollection, on_delete=models.PROTECT, related_name="studies")
    constitution_set = models.ForeignKey(ConstitutionSet, on_delete=models.PROTECT)
    prompt_set = models.ForeignKey(PromptSet, on_delete=models.PROTECT)
    dimensions = models.ManyToManyField(Dimension, blank=True)
    rated_under = models.CharField(max_length=10, choices=RatedUnder, default=RatedUnder.DRAW)
    raters_per_item = models.PositiveIntegerField(default=2, validators=[MinValueValidator(1)])
    seed = models.PositiveBigIntegerField(help_text="For draws, allocation and orders.")
    decoding = models.JSONField(
        default=dict, blank=True, help_text="As generation.backends.base.Decoding; empty: the example's."
    )
    is_simulated = models.BooleanField(
        "ratings are simulated",
        default=False,
        help_text="Set when the study is made, for good: its ratings are drawn, and none is a person's.",
    )
    hides_conditions = models.BooleanField(
        "hides scores by condition",
        default=False,
        help_text="From the team, until the study is closed; looking earlier is logged.",
    )
    run = models.OneToOneField(GenerationRun, on_delete=models.PROTECT, null=True, blank=True)
    instructions = models.TextField(blank=True)
    support_contact = models.TextField(blank=True)
    concern_protocol = models.TextField(
        blank=True, help_text="What happens when a rater worries about the person who wrote a post."
    )
    spacing = models.PositiveIntegerField(
        default=5, help_text="Two responses to one post are at least so many items apart, where possible."
    )
    batch_size = models.PositiveIntegerField(
        default=15, validators=[MinValueValidator(1)], help_text="Items after which a rater may well stop."
    )
    break_after_minutes = models.PositiveIntegerField(
        default=45, validators=[MinValueValidator(1)], help_text="Of active time, until a break is suggested."
    )
    break_after_heavy_items = models.PositiveIntegerField(
        default=15,
        validators=[MinValueValidator(1)],
        help_text="Items with a content note, until a break is suggested.",
    )
    daily_minutes = models.PositiveIntegerField(
        default=150,
        validators=[MinValueValidator(1)],
        help_text="Of active time, after which a rater is asked to end her day.",
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    stimuli_sha256 = models.CharField(
        max_length=64,
        blank=True,
        help_text="Of all that raters are shown; taken when the last text is there.",
    )
    stimuli_hashed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(condition=Q(raters_per_item__gte=1), name="at_least_one_rater_per_item")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def are_conditions_hidden(self) -> bool:
        """Say whether scores by condition are for those only who looked at them, which the log keeps."""
        return self.hides_conditions and self.status != StudyStatus.CLOSED

    @property
    def stamp(self) -> str:
        """Return the words that every page, figure and file of the study must bear; else ""."""
        return "Simulated ratings" if self.is_simulated else ""


class Condition(models.Model):
    """Where texts come from: a strategy with a model, or a human source. Raters never see it."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="conditions")
    source = models.CharField(max_length=10, choices=ConditionSource, default=ConditionSource.MODEL)
    model_spec = models.ForeignKey(ModelSpec, on_delete=models.PROTECT, null=True, blank=True)
    pipeline = models.CharField(
        max_length=10, blank=True, help_text="INDV or ITER; empty for a human source."
    )
    method = models.CharField(max_length=40, help_text="As +cons; of a human source its name.")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["study", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "model_spec", "pipeline", "method"],
                condition=Q(source=ConditionSource.MODEL),
                name="model_condition_once_per_study",
            ),
            models.UniqueConstraint(
                fields=["study", "method"],
                condition=Q(source=ConditionSource.HUMAN),
                name="human_condition_once_per_study",
            ),
            models.CheckConstraint(
                condition=Q(
                    source=ConditionSource.MODEL, model_spec__isnull=False, pipeline__in=["INDV", "ITER"]
                )
                | Q(source=ConditionSource.HUMAN, model_spec__isnull=True, pipeline=""),
                name="condition_names_its_source",
            ),
        ]

    def __str__(self) -> str:
        if self.source == ConditionSource.HUMAN:
            return self.method
        return f"{self.model_spec} {self.strategy_key}"

    @property
    def strategy_key(self) -> str:
        """Return the key in generation.strategies.STRATEGIES, such as `INDV +cons`."""
        return f"{self.pipeline} {self.method}"


class Membership(models.Model):
    """A person's part in a study. A removed member keeps her row: her ratings stay attributed."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    code = models.CharField(max_length=20, blank=True, help_text="A rater's name in scores and exports: R01.")
    joined_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    topics_chosen_at = models.DateTimeField(
        null=True, blank=True, help_text="When a rater last said which topics she does not read."
    )
    last_break_at = models.DateTimeField(
        null=True, blank=True, help_text="When a rater last took, or passed over, a suggested break."
    )

    class Meta:
        ordering = ["study", "role", "code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["study", "user"], name="member_once_per_study"),
            models.UniqueConstraint(
                fields=["study", "code"], condition=~Q(code=""), name="rater_code_once_per_study"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display().lower()}"


class Invitation(models.Model):
    """A single-use link into a study. Only the token's hash is kept."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role, default=Role.RATER)
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True, help_text="Where given, only this address can use the link.")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations_made"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Invitation {self.pk} to {self.study}"


class ConsentText(models.Model):
    """One version of what raters consent to; a change is a new version, and is asked again."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="consent_texts")
    version = models.PositiveIntegerField()
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["study", "-version"]
        constraints = [models.UniqueConstraint(fields=["study", "version"], name="consent_version_once")]

    def __str__(self) -> str:
        return f"{self.study}, consent version {self.version}"


class Consent(models.Model):
    """A rater agreed to one version of the consent text."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="consents")
    consent_text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "consent_text"], name="consent_once")]

    def __str__(self) -> str:
        return f"{self.membership} to {self.consent_text}"


class StudyEvent(models.Model):
    """One entry of a study's log: who did what, when. Never changed, and free of post or response text."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=40, choices=EventKind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.get_kind_display()
