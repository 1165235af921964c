"""A study's generation: what it will take, and how it goes at this moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from annotation.enums import ConditionSource, EventKind
from annotation.models import Study
from generation.backends.base import Decoding
from generation.enums import RunStatus
from generation.models import GenerationRun
from generation.queries.constitution import constitution_of, prompts_of
from generation.queries.estimate import RunEstimate, estimate_run
from generation.queries.pace import (
    FailureReason,
    RunPace,
    WorkerAtWork,
    are_workers_elsewhere,
    calls_running,
    failure_reasons,
    last_answer_at,
    run_pace,
    runs_before,
    seconds_left,
    workers_at_work,
)
from generation.queries.run import ConditionProgress, RunProgress, run_progress

# A worker that is asked to begin may first have to read the model's weights.
QUIET_S = 30
WAKING_EVENTS = (
    EventKind.GENERATION_STARTED,
    EventKind.GENERATION_RESUMED,
    EventKind.GENERATION_RETRIED,
    EventKind.RESPONSE_REGENERATED,
)


@dataclass(frozen=True)
class ConditionNow:
    """One condition's texts, its calls at this moment, and their speed; None where nothing was of late.

    seconds_left is its share of the run's time left, by the calls of its unfinished texts.
    """

    progress: ConditionProgress
    calls_running: int
    tokens_per_s: float | None
    seconds_left: float | None


@dataclass(frozen=True)
class GenerationNow:
    """A study's generation at this moment. quiet_s is the time in which nothing was written or asked for."""

    progress: RunProgress
    pace: RunPace
    seconds_left: float | None
    workers: tuple[WorkerAtWork, ...]
    calls_running: Mapping[tuple[str, str], int]
    failures: tuple[FailureReason, ...]
    n_runs_before: int
    are_workers_elsewhere: bool
    quiet_s: float

    @property
    def is_moving(self) -> bool:
        """Whether the figures may change: workers finish what they hold even when the run is paused."""
        return self.is_running or bool(self.workers)

    @property
    def is_running(self) -> bool:
        return self.progress.status == RunStatus.RUNNING and not self.progress.is_finished

    @property
    def is_waiting(self) -> bool:
        return self.is_running and not self.workers

    @property
    def is_stalled(self) -> bool:
        """Whether nobody has taken up the waiting calls for so long that somebody should look."""
        return self.is_waiting and self.quiet_s > QUIET_S

    @property
    def n_written(self) -> int:
        return self.progress.texts_finished - self.n_failed

    @property
    def n_failed(self) -> int:
        return sum(condition.failed for condition in self.progress.conditions)

    @property
    def n_to_review(self) -> int:
        return sum(condition.needs_review for condition in self.progress.conditions)

    @property
    def n_excluded(self) -> int:
        return sum(condition.excluded for condition in self.progress.conditions)

    @property
    def conditions(self) -> list[ConditionNow]:
        paces = {(pace.strategy, pace.model): pace.tokens_per_s for pace in self.pace.conditions}
        keys = [(condition.strategy, condition.model) for condition in self.progress.conditions]
        return [
            ConditionNow(
                condition, self.calls_running.get(key, 0), paces.get(key), self._seconds_left_of(condition)
            )
            for key, condition in zip(keys, self.progress.conditions, strict=True)
        ]

    def _seconds_left_of(self, condition: ConditionProgress) -> float | None:
        if self.seconds_left is None:
            return None
        calls_ahead = sum(one.calls_ahead for one in self.progress.conditions)
        return self.seconds_left * condition.calls_ahead / max(calls_ahead, 1)


def generation_now(study: Study) -> GenerationNow | None:
    """Watch the study's run: fourteen queries at most, whatever its size. None before it was started."""
    return run_now(study.run, study, waking=WAKING_EVENTS) if study.run else None


def run_now(run: GenerationRun, study: Study, *, waking: Collection[EventKind]) -> GenerationNow:
    """Watch a run for the study; events of the kinds in `waking` are when somebody asked for its calls."""
    progress, pace = run_progress(run), run_pace(run)
    return GenerationNow(
        progress=progress,
        pace=pace,
        seconds_left=seconds_left(run, progress, pace),
        workers=tuple(workers_at_work(run)),
        calls_running=calls_running(run),
        failures=tuple(failure_reasons(run)),
        n_runs_before=runs_before(run).count(),
        are_workers_elsewhere=are_workers_elsewhere(run),
        quiet_s=_quiet_s(study, last_answer_at(run), waking),
    )


def _quiet_s(study: Study, last_answer: datetime | None, waking: Collection[EventKind]) -> float:
    """Return the time since a call was answered or a manager had something written. One query."""
    asked = study.events.filter(kind__in=waking).order_by("-id").values_list("at", flat=True).first()
    known = [moment for moment in (last_answer, asked) if moment is not None]
    return (timezone.now() - max(known)).total_seconds() if known else 0.0


def estimate_generation(study: Study, *, decoding: Decoding) -> RunEstimate | None:
    """Estimate what the study's design will take, None before it has one. Nine queries at most."""
    conditions = study.conditions.filter(source=ConditionSource.MODEL).select_related("model_spec")
    pairs = [(one.model_spec, one.strategy_key) for one in conditions if one.model_spec is not None]
    dimension_keys = list(study.dimensions.order_by("number").values_list("key", flat=True))
    if not pairs or not dimension_keys:
        return None
    return estimate_run(
        posts=study.posts.posts.all(),
        conditions=pairs,
        dimension_keys=dimension_keys,
        constitution=constitution_of(study.constitution_set),
        prompts=prompts_of(study.prompt_set),
        decoding=decoding,
    )
