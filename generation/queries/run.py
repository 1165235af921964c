"""How far a run is, and what became of its texts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum

from generation.enums import ChainStatus, ResponseStatus, RunStatus, StepStatus
from generation.models import Chain, GenerationRun, Response, Step
from generation.models.response import UNRATABLE

GIVEN_UP = (ChainStatus.FAILED, ChainStatus.CANCELLED)
SETTLED = (ChainStatus.DONE, *GIVEN_UP)


@dataclass(frozen=True)
class ConditionProgress:
    """The texts of one strategy with one model; of a text written again only the newest counts.

    calls_ahead are the calls of texts that are not finished, those included that are answered already.
    """

    strategy: str
    model: str
    planned: int
    valid: int
    needs_review: int
    excluded: int
    failed: int
    calls_ahead: int

    @property
    def finished(self) -> int:
        return self.valid + self.needs_review + self.excluded + self.failed


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
    """Count the run's calls and texts. Four queries over indexes, whatever its size."""
    chains = list(
        current_chains(run)
        .values("strategy", "run_model", "status", model=F("run_model__model_spec__name"))
        .annotate(n=Count("pk"), calls=Sum("planned_calls"), first=Min("pk"))
        .order_by("first")
    )
    planned = sum(row["calls"] for row in chains)
    given_up = sum(row["calls"] for row in chains if row["status"] in GIVEN_UP)
    steps = _count_steps(run)
    failed = given_up - steps.done_in_vain
    return RunProgress(
        status=RunStatus(run.status),
        calls_planned=planned,
        calls_done=steps.done,
        calls_running=steps.running,
        calls_waiting=planned - steps.done - steps.running - failed,
        # What follows a failed call in its chain is never made; it counts as failed, not as waiting.
        calls_failed=failed,
        conditions=tuple(_conditions(run, chains)),
    )


@dataclass(frozen=True)
class _StepCounts:
    """Calls of current chains; those done in vain are of chains that failed later."""

    done: int
    running: int
    done_in_vain: int


def _count_steps(run: GenerationRun) -> _StepCounts:
    """Count all of the run's calls, then take off those of the few chains that were replaced. Two queries."""
    of_run = Step.objects.filter(run_model__run=run)
    everything = dict(of_run.order_by().values_list("status").annotate(n=Count("pk")))
    exceptions = Chain.objects.filter(run_model__run=run).filter(
        Q(is_current=False) | Q(is_current=True, status__in=GIVEN_UP)
    )
    rows = (
        Step.objects.filter(chain__in=exceptions)
        .order_by()
        .values_list("chain__is_current", "status")
        .annotate(n=Count("pk"))
    )
    exceptional = {(is_current, status): n for is_current, status, n in rows}
    return _StepCounts(
        done=everything.get(StepStatus.DONE, 0) - exceptional.get((False, StepStatus.DONE), 0),
        running=everything.get(StepStatus.LEASED, 0) - exceptional.get((False, StepStatus.LEASED), 0),
        done_in_vain=exceptional.get((True, StepStatus.DONE), 0),
    )


def _conditions(run: GenerationRun, chains: Sequence[Mapping[str, Any]]) -> Iterator[ConditionProgress]:
    """Tell each condition's texts from its chains; every final text is valid unless it is counted here."""
    unratable = (
        Response.objects.filter(
            is_final=True, status__in=UNRATABLE, chain__run_model__run=run, chain__is_current=True
        )
        .order_by()
        .values_list("chain__strategy", "chain__run_model", "status")
        .annotate(n=Count("pk"))
    )
    flawed = {(strategy, run_model, status): n for strategy, run_model, status, n in unratable}
    conditions = {(row["strategy"], row["run_model"]): row["model"] for row in chains}
    for (strategy, run_model), model in conditions.items():
        rows = [row for row in chains if (row["strategy"], row["run_model"]) == (strategy, run_model)]
        by_status = {row["status"]: row["n"] for row in rows}
        needs_review = flawed.get((strategy, run_model, ResponseStatus.NEEDS_REVIEW), 0)
        excluded = flawed.get((strategy, run_model, ResponseStatus.EXCLUDED), 0)
        yield ConditionProgress(
            strategy=strategy,
            model=model,
            planned=sum(by_status.values()),
            valid=by_status.get(ChainStatus.DONE, 0) - needs_review - excluded,
            needs_review=needs_review,
            excluded=excluded,
            failed=sum(by_status.get(status, 0) for status in GIVEN_UP),
            calls_ahead=sum(row["calls"] for row in rows if row["status"] not in SETTLED),
        )


def unusable_chains(run: GenerationRun) -> QuerySet[Chain]:
    """Return the newest chains that gave no ratable text: failed, or with a final text to review."""
    flawed = Response.objects.filter(chain=OuterRef("pk"), is_final=True, status=ResponseStatus.NEEDS_REVIEW)
    return current_chains(run).filter(Q(status=ChainStatus.FAILED) | Exists(flawed))
