"""A judge is made, started, paused, resumed, cancelled, tried again, and given the texts that came later."""

from collections.abc import Collection, Sequence

from django.db import transaction

from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.domain.judge_call import queue_calls
from annotation.enums import EventKind
from annotation.models import Criterion, JudgePromptSet, JudgeRun, Study, User
from annotation.queries.judge_prompt_set import wording_of
from annotation.queries.judge_run import items_to_judge, unfinished_judge_run
from generation.backends.base import Decoding, FailureKind
from generation.domain.ready_made import create_ready_made_run
from generation.domain.run import RunError, cancel_run, pause_run, retry_failed, set_priority, start_run
from generation.enums import BackendKind, RunStatus
from generation.models import GenerationRun, ModelSpec

MOST_REPEATS = 20
# An API that will not score is an answer of a kind: it is counted, not asked again.
REFUSALS = (FailureKind.REFUSED,)


@transaction.atomic
def start_judge_run(
    study: Study,
    *,
    model_spec: ModelSpec,
    prompt_set: JudgePromptSet,
    criteria: Sequence[Criterion],
    decoding: Decoding,
    repeats: int = 1,
    items: Collection[int] | None = None,
    by: User | None,
) -> JudgeRun:
    """Queue one call for each text, criterion and repeat, and let workers make them. Raises StudyError.

    Texts that are not there yet are left out; add_new_texts brings them in. With `items`, only these items'.
    """
    study = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    _check_design(study, model_spec, prompt_set, criteria, decoding=decoding, repeats=repeats)
    if unfinished_judge_run(study, model_spec=model_spec, prompt_set=prompt_set) is not None:
        raise StudyError(
            f"{model_spec.name} is at work on this study already, with the same questions. Wait until it has "
            "finished, or cancel it."
        )
    judge_run = JudgeRun.objects.create(
        study=study,
        judge=model_spec.name,
        model_spec=model_spec,
        prompt_set=prompt_set,
        repeats=repeats,
        generation_run=create_ready_made_run(
            name=f"{study.name}: judged by {model_spec.name}"[:200],
            model_spec=model_spec,
            constitution_set=study.constitution_set,
            decoding=decoding,
            seed=study.seed,
            created_by=by,
        ),
        created_by=by,
    )
    judge_run.criteria.set(criteria)
    chosen = items_to_judge(judge_run)
    n_calls = queue_calls(judge_run, list(chosen if items is None else chosen.filter(pk__in=items)))
    if not n_calls:
        raise StudyError("The study has no text to score yet. Let its texts be written first.")
    start_run(run_of(judge_run))
    record_event(study, EventKind.JUDGE_STARTED, by=by, detail=f"{judge_run.judge}, {n_calls} calls")
    return judge_run


def _check_design(
    study: Study,
    model_spec: ModelSpec,
    prompt_set: JudgePromptSet,
    criteria: Sequence[Criterion],
    *,
    decoding: Decoding,
    repeats: int,
) -> None:
    if model_spec.backend == BackendKind.IMPORTED:
        raise StudyError(f"{model_spec.name} is not run here; choose a model that is.")
    if not criteria or any(criterion.study_id != study.pk for criterion in criteria):
        raise StudyError("Choose at least one of the study's criteria.")
    if not 1 <= repeats <= MOST_REPEATS:
        raise StudyError(f"A judge can be asked 1 to {MOST_REPEATS} times.")
    if repeats > 1 and decoding.temperature == 0:
        raise StudyError(
            "At temperature 0 the judge would only repeat itself. Ask once, or choose a higher temperature."
        )
    questions = wording_of(prompt_set).questions
    if missing := [criterion.label for criterion in criteria if criterion.key not in questions]:
        raise StudyError(f"{prompt_set} has no question for {', '.join(missing)}.")


@transaction.atomic
def add_new_texts(judge_run: JudgeRun, *, by: User | None) -> int:
    """Queue the calls for the texts that came after the run was made; return how many calls.

    Safe to do twice: a text that the run has is not asked about again. Raises StudyError where there is none.
    """
    judge_run = _locked(judge_run)
    run_of(judge_run)
    items = list(items_to_judge(judge_run))
    if not items:
        raise StudyError("This judge has been given every text of the study.")
    try:
        n_calls = queue_calls(judge_run, items)
    except RunError as error:
        raise StudyError(str(error)) from error
    detail = f"{judge_run.judge}, {len(items)} texts that came later, {n_calls} calls"
    record_event(judge_run.study, EventKind.JUDGE_STARTED, by=by, detail=detail)
    return n_calls


@transaction.atomic
def pause_judge_run(judge_run: JudgeRun, *, by: User | None) -> None:
    try:
        pause_run(run_of(_locked(judge_run)))
    except RunError as error:
        raise StudyError("Only a judge that is running can be paused.") from error
    record_event(judge_run.study, EventKind.JUDGE_PAUSED, by=by, detail=judge_run.judge)


@transaction.atomic
def resume_judge_run(judge_run: JudgeRun, *, by: User | None) -> None:
    try:
        start_run(run_of(_locked(judge_run)))
    except RunError as error:
        raise StudyError("This judge was cancelled; start a new one.") from error
    record_event(judge_run.study, EventKind.JUDGE_RESUMED, by=by, detail=judge_run.judge)


@transaction.atomic
def cancel_judge_run(judge_run: JudgeRun, *, by: User | None) -> None:
    """Give up the calls that are not answered yet, for good. What was answered stays and counts."""
    run = run_of(_locked(judge_run))
    if run.status == RunStatus.CANCELLED:
        raise StudyError("This judge has been cancelled already.")
    cancel_run(run)
    record_event(judge_run.study, EventKind.JUDGE_CANCELLED, by=by, detail=judge_run.judge)


@transaction.atomic
def retry_judge_run(judge_run: JudgeRun, *, by: User | None) -> int:
    """Have calls that failed made once more; return how many. A refusal is an answer, and stays one."""
    try:
        n_calls = retry_failed(run_of(_locked(judge_run)), but_not=REFUSALS)
    except RunError as error:
        raise StudyError("This judge was cancelled; start a new one.") from error
    if not n_calls:
        raise StudyError("No call has failed.")
    record_event(
        judge_run.study, EventKind.JUDGE_RETRIED, by=by, detail=f"{judge_run.judge}, {n_calls} calls"
    )
    return n_calls


@transaction.atomic
def prioritise_judge_run(judge_run: JudgeRun, *, priority: int, by: User | None) -> None:
    """Let the judge be asked before runs with a lower priority: those of texts, and other judges'."""
    run = run_of(_locked(judge_run))
    before = run.priority
    try:
        set_priority(run, priority)
    except RunError as error:
        raise StudyError(str(error)) from error
    if priority != before:
        detail = f"{judge_run.judge}, from {before} to {priority}"
        record_event(judge_run.study, EventKind.PRIORITY_CHANGED, by=by, detail=detail)


def run_of(judge_run: JudgeRun) -> GenerationRun:
    """Return the run of the judge's calls. Raises StudyError for replies that were imported."""
    if judge_run.generation_run is None:
        raise StudyError("These replies were imported; nothing is asked here.")
    return judge_run.generation_run


def _locked(judge_run: JudgeRun) -> JudgeRun:
    """Return the judge's run as it is now, held against others until the transaction ends."""
    runs = JudgeRun.objects.select_for_update(of=("self",)).select_related("generation_run", "prompt_set")
    return runs.get(pk=judge_run.pk)
