"""Which conditions of a study are compared, as its managers planned it. Plans are kept; the newest holds."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from annotation.models.criterion import Criterion
from annotation.models.study import Condition, Study

BY_RULE = "rule"


class ContrastPlan(models.Model):
    """What was planned at one time, and how much could be known then. Never changed.

    is_rule: back to the contrasts that follow from the design; it has neither pairs nor a primary criterion.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="contrast_plans")
    is_rule = models.BooleanField("the contrasts are the rule's", default=False)
    primary_criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    n_ratings = models.PositiveIntegerField("ratings in by then")
    n_looks = models.PositiveIntegerField("looks at hidden scores by condition by then")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_rule=False) | Q(primary_criterion__isnull=True),
                name="rule_has_no_primary_criterion",
            )
        ]

    def __str__(self) -> str:
        return f"Contrasts of {self.study}, {self.planned}"

    @property
    def planned(self) -> str:
        """Return what tells a reader how much weight the plan bears: "rule" or when it was made."""
        if self.n_ratings:
            return f"after {self.n_ratings} rating{'' if self.n_ratings == 1 else 's'}"
        return BY_RULE if self.is_rule else "before ratings"


class PlannedContrast(models.Model):
    """Condition a against condition b; positive differences are in favour of a."""

    plan = models.ForeignKey(ContrastPlan, on_delete=models.PROTECT, related_name="contrasts")
    # A condition can be taken out of a design before anything is written, where no plan that holds names it.
    a = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="+")
    b = models.ForeignKey(Condition, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["plan", "position"]
        constraints = [
            models.CheckConstraint(condition=~Q(a=F("b")), name="contrast_of_two_conditions"),
            models.UniqueConstraint(
                "plan", Least("a", "b"), Greatest("a", "b"), name="contrast_once_per_plan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.a} against {self.b}"
