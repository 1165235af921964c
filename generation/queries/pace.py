"""How fast a run is written at present, by whom, and what has gone wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from generation.enums import RunStatus, StepStatus
from generation.models import GenerationRun, RunModel, Step
from generation.queries.run import RunProgress

NOW = timedelta(minutes=1)
LATELY = timedelta(minutes=10)
FEWEST_CALLS = 5
ENOUGH_CALLS = 100
MOST_REASONS = 8


@dataclass(frozen=True)
class ConditionPace:
    """What one strategy with one model wrote in the last minute."""

    strategy: str
    model: str
    tokens_per_s: float


@dataclass(frozen=True)
class RunPace:
    """The last minute's writing; n_calls counts the calls that ended in it."""

    n_calls: int
    calls_per_s: float
    conditions: tuple[ConditionPace, ...]

    @property
    def tokens_per_s(self) -> float:
        return sum(condition.tokens_per_s for condition in self.conditions)


@dataclass(frozen=True)
class WorkerAtWork:
    """A worker that holds calls of the run at this moment, and when it took up the newest of them."""

    name: str
    n_calls: int
    since: datetime


@dataclass(frozen=True)
class FailureReason:
    """Why calls gave no answer. is_final is false while they wait to be tried again by themselves."""

    kind: str
    detail: str
    n_calls: int
    is_final: bool


def run_pace(run: GenerationRun) -> RunPace:
    """Measure the last minute's tokens a second. One query over that minute's calls."""
    now = timezone.now()
    rows = list(
        _steps(run)
        .filter(status=StepStatus.DONE, finished_at__gt=now - NOW)
        .values(strategy=F("chain__strategy"), model=F("run_model__model_spec__name"))
        .annotate(tokens=Sum("tokens_out", default=0), n_calls=Count("pk"), began=Min("started_at"))
        .order_by("strategy", "model")
    )
    if not rows:
        return RunPace(n_calls=0, calls_per_s=0.0, conditions=())
    since = max(min(row["began"] or now for row in rows), now - NOW)
    seconds = max((now - since).total_seconds(), 1.0)
    n_calls = sum(row["n_calls"] for row in rows)
    return RunPace(
        n_calls=n_calls,
        calls_per_s=n_calls / seconds,
        conditions=tuple(
            ConditionPace(row["strategy"], row["model"], tokens_per_s=row["tokens"] / seconds) for row in rows
        ),
    )


def seconds_left(run: GenerationRun, progress: RunProgress, pace: RunPace) -> float | None:
    """Return the time the calls that are left will take. One query at most.

    At the pace of the last minute where many calls ended in it, else of the last ten; None while fewer than
    five were done in that time, or nothing runs.
    """
    left = progress.calls_waiting + progress.calls_running
    if not left or not progress.calls_running:
        return None
    if pace.n_calls >= ENOUGH_CALLS:
        return left / pace.calls_per_s
    now = timezone.now()
    done = (
        _steps(run)
        .filter(status=StepStatus.DONE, finished_at__gt=now - LATELY)
        .aggregate(n=Count("pk"), since=Min("started_at"))
    )
    if done["n"] < FEWEST_CALLS or done["since"] is None:
        return None
    return float(left * (now - max(done["since"], now - LATELY)).total_seconds() / done["n"])


def workers_at_work(run: GenerationRun) -> list[WorkerAtWork]:
    """Return the workers that hold calls of the run, by name. One query."""
    rows = (
        _steps(run)
        .filter(status=StepStatus.LEASED)
        .values("worker")
        .annotate(n_calls=Count("pk"), since=Max("started_at"))
        .order_by("worker")
    )
    return [WorkerAtWork(row["worker"], row["n_calls"], row["since"]) for row in rows]


def calls_running(run: GenerationRun) -> dict[tuple[str, str], int]:
    """Count the calls that workers hold at this moment, by strategy and name of the model. One query."""
    held = _steps(run).filter(status=StepStatus.LEASED).order_by()
    rows = held.values_list("chain__strategy", "run_model__model_spec__name").annotate(n=Count("pk"))
    return {(strategy, model): n for strategy, model, n in rows}


def failure_reasons(run: GenerationRun) -> list[FailureReason]:
    """Count why calls of current texts broke, final failures and frequent ones first. Two queries."""
    final = _steps(run).filter(status__in=[StepStatus.FAILED, StepStatus.QUARANTINED], chain__is_current=True)
    again = _steps(run).filter(status=StepStatus.QUEUED, attempts__gt=0).exclude(failure_kind="")
    return [
        FailureReason(row["failure_kind"], row["failure_detail"], row["n_calls"], is_final)
        for steps, is_final in ((final, True), (again, False))
        for row in steps.values("failure_kind", "failure_detail")
        .annotate(n_calls=Count("pk"))
        .order_by("-n_calls", "failure_kind", "failure_detail")[:MOST_REASONS]
    ]


def last_answer_at(run: GenerationRun) -> datetime | None:
    """Return when a call of the run was last answered, None when none has been. One query."""
    answered = Step.objects.filter(run_model=OuterRef("pk"), status=StepStatus.DONE).order_by("-finished_at")
    lanes = RunModel.objects.filter(run=run).annotate(last=Subquery(answered.values("finished_at")[:1]))
    newest: datetime | None = lanes.aggregate(newest=Max("last"))["newest"]
    return newest


def runs_before(run: GenerationRun) -> QuerySet[GenerationRun]:
    """Return the running runs whose waiting calls workers take up before this one's."""
    waiting = Step.objects.filter(run_model__run=OuterRef("pk"), status=StepStatus.QUEUED)
    earlier = Q(priority__gt=run.priority) | Q(priority=run.priority, pk__lt=run.pk)
    return GenerationRun.objects.filter(earlier, Exists(waiting), status=RunStatus.RUNNING)


def are_workers_elsewhere(run: GenerationRun) -> bool:
    """Say whether workers hold calls of other runs at this moment. One query."""
    lanes = RunModel.objects.filter(run=run)
    return Step.objects.filter(status=StepStatus.LEASED).exclude(run_model__in=lanes).exists()


def tokens_written_since(run: GenerationRun, since: datetime) -> int:
    """Return the tokens of the run's calls that were answered since then. One query over those calls."""
    answered = _steps(run).filter(status=StepStatus.DONE, finished_at__gte=since)
    tokens: int = answered.aggregate(tokens=Sum("tokens_out", default=0))["tokens"]
    return tokens


def _steps(run: GenerationRun) -> QuerySet[Step]:
    """Return the run's steps by its lanes, as the indexes have them: never by their chains."""
    return Step.objects.filter(run_model__in=RunModel.objects.filter(run=run))
