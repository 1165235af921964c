"""How far a run is, and what became of its texts."""

from dataclasses import dataclass

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum, Value, When

from generation.enums import ChainStatus, ResponseStatus, RunStatus, StepStatus
from generation.models import Chain, GenerationRun, Response, Step


@dataclass(frozen=True)
class ConditionProgress:
    """The texts of one strategy with one model; of a text written again only the newest counts."""

    strategy: str
    model: str
    planned: int
    valid: int
    needs_review: int
    failed: int

    @property
    def finished(self) -> int:
        return self.valid + self.needs_review + self.failed


@dataclass(frozen=True)
class RunProgress:
    """Model calls and texts of a run. Conditions stand in the order in which the run was made."""

    status: RunStatus
    calls_planned: int
    calls_done: int
    calls_running: int
    calls_waiting: int
    calls_failed: int
    conditions: tuple[ConditionProgress, ...]

    @property
    def texts_planned(self) -> int:
        return sum(condition.planned for condition in self.conditions)

    @property
    def texts_finished(self) -> int:
        return sum(condition.finished for condition in self.conditions)

    @property
    def texts_valid(self) -> int:
        return sum(condition.valid for condition in self.conditions)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to write; some texts may have failed."""
        return self.texts_finished == self.texts_planned


def current_chains(run: GenerationRun) -> QuerySet[Chain]:
    """Return the run's chains without those whose text is being, or has been, written again."""
    return Chain.objects.filter(run_model__run=run, is_current=True)


def run_progress(run: GenerationRun) -> RunProgress:
    """Count the run's calls and texts. Three queries, whatever its size."""
    planned = current_chains(run).aggregate(
        calls=Sum("planned_calls", default=0),
        abandoned=Sum(
            "planned_calls", default=0, filter=Q(status__in=[ChainStatus.FAILED, ChainStatus.CANCELLED])
        ),
    )
    steps = Step.objects.filter(chain__in=current_chains(run)).aggregate(
        done=Count("pk", filter=Q(status=StepStatus.DONE)),
        done_in_vain=Count(
            "pk",
            filter=Q(status=StepStatus.DONE, chain__status__in=[ChainStatus.FAILED, ChainStatus.CANCELLED]),
        ),
        running=Count("pk", filter=Q(status=StepStatus.LEASED)),
    )
    # What follows a failed call in its chain is never made; it counts as failed, not as waiting.
    failed = planned["abandoned"] - steps["done_in_vain"]
    return RunProgress(
        status=RunStatus(run.status),
        calls_planned=planned["calls"],
        calls_done=steps["done"],
        calls_running=steps["running"],
        calls_waiting=planned["calls"] - steps["done"] - steps["running"] - failed,
        calls_failed=failed,
        conditions=tuple(_conditions(run)),
    )


def _conditions(run: GenerationRun) -> list[ConditionProgress]:
    final = Response.objects.filter(chain=OuterRef("pk"), is_final=True)
    outcome = Case(
        When(status__in=[ChainStatus.FAILED, ChainStatus.CANCELLED], then=Value("failed")),
        When(Exists(final.filter(status=ResponseStatus.VALID)), then=Value("valid")),
        When(Exists(final), then=Value("needs_review")),
        default=Value("unfinished"),
    )
    rows = (
        current_chains(run)
        .annotate(outcome=outcome)
        .values("strategy", model=F("run_model__model_spec__name"))
        .annotate(
            planned=Count("pk"),
            valid=Count("pk", filter=Q(outcome="valid")),
            needs_review=Count("pk", filter=Q(outcome="needs_review")),
            failed=Count("pk", filter=Q(outcome="failed")),
            first=Min("pk"),
        )
        .order_by("first")
    )
    return [ConditionProgress(**{key: value for key, value in row.items() if key != "first"}) for row in rows]


def unusable_chains(run: GenerationRun) -> QuerySet[Chain]:
    """Return the newest chains that gave no ratable text: failed, or with a final text to review."""
    flawed = Response.objects.filter(chain=OuterRef("pk"), is_final=True).exclude(status=ResponseStatus.VALID)
    return current_chains(run).filter(Q(status=ChainStatus.FAILED) | Exists(flawed))


def answers_before(step: Step) -> list[str]:
    """Return the answers to the earlier calls of the step's chain, in order."""
    earlier = Step.objects.filter(chain=step.chain_id, index__lt=step.index).order_by("index")
    return list(earlier.values_list("output", flat=True))
