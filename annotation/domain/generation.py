"""Writing a study's texts is started, paused, resumed, cancelled, tried again, and put first or last."""

from django.db import transaction

from annotation.domain.assignment import free_seats_left_out
from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.domain.item import attach_responses, plan_items
from annotation.domain.stimuli import hash_stimuli
from annotation.enums import EventKind, StudyStatus
from annotation.models import Study, User
from generation.backends.base import Decoding
from generation.domain.example import example_run
from generation.domain.run import (
    RunCondition,
    RunError,
    cancel_run,
    create_run,
    pause_run,
    retry_failed,
    set_priority,
    start_run,
)
from generation.enums import RunStatus
from generation.models import GenerationRun


def decoding_of(study: Study) -> Decoding:
    """Return what the study's texts are written with: its own decoding, else the example's."""
    return Decoding.from_dict(study.decoding) if study.decoding else example_run().decoding


@transaction.atomic
def start_generation(study: Study, *, by: User | None) -> GenerationRun:
    """Freeze the design as a run and as planned items, and let workers write the texts.

    Of a study with texts by people only, the run has nothing to write and is finished at once.
    """
    study = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    if study.run is not None:
        raise StudyError("Generation of this study has been started already.")
    if study.status == StudyStatus.CLOSED:
        raise StudyError("The study is closed; no text is written for it any more.")
    conditions = list(study.conditions.select_related("model_spec"))
    dimensions = list(study.dimensions.order_by("number"))
    if not conditions or not dimensions:
        raise StudyError("Choose dimensions and conditions first.")
    study.run = create_run(
        name=study.name,
        posts=list(study.posts.posts.order_by("position")),
        conditions=[
            RunCondition(strategy=condition.strategy_key, model_spec=condition.model_spec)
            for condition in conditions
            if condition.model_spec is not None
        ],
        dimensions=dimensions,
        constitution_set=study.constitution_set,
        prompt_set=study.prompt_set,
        decoding=decoding_of(study),
        seed=study.seed,
        created_by=by,
    )
    study.save(update_fields=["run"])
    if not plan_items(study):
        raise StudyError("None of the chosen texts is for one of the chosen dimensions.")
    start_run(study.run)
    record_event(study, EventKind.GENERATION_STARTED, by=by)
    hash_stimuli(study, by=by)
    return study.run


@transaction.atomic
def pause_generation(study: Study, *, by: User | None) -> None:
    try:
        pause_run(_run_of(study))
    except RunError as error:
        raise StudyError(str(error)) from error
    record_event(study, EventKind.GENERATION_PAUSED, by=by)


@transaction.atomic
def resume_generation(study: Study, *, by: User | None) -> None:
    try:
        start_run(_run_of(study))
    except RunError as error:
        raise StudyError(str(error)) from error
    record_event(study, EventKind.GENERATION_RESUMED, by=by)


@transaction.atomic
def cancel_generation(study: Study, *, by: User | None) -> None:
    """Give up what is not written yet, with its seats, for good. What is written stays and can be rated."""
    study = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    run = _run_of(study)
    if run.status == RunStatus.CANCELLED:
        raise StudyError("The generation has been cancelled already.")
    cancel_run(run)
    record_event(study, EventKind.GENERATION_CANCELLED, by=by)
    attach_responses(study)
    free_seats_left_out(study)
    hash_stimuli(Study.objects.get(pk=study.pk), by=by)


@transaction.atomic
def retry_generation(study: Study, *, by: User | None) -> int:
    """Have what failed tried once more after its earlier calls; return how many texts that are."""
    try:
        n_texts = retry_failed(_run_of(study))
    except RunError as error:
        raise StudyError(str(error)) from error
    if not n_texts:
        raise StudyError("No text has failed.")
    record_event(study, EventKind.GENERATION_RETRIED, by=by, detail=f"{n_texts} texts")
    return n_texts


@transaction.atomic
def prioritise_generation(study: Study, *, priority: int, by: User | None) -> None:
    """Let the study's texts be written before those of studies with a lower priority."""
    run = _run_of(study)
    before = run.priority
    try:
        set_priority(run, priority)
    except RunError as error:
        raise StudyError(str(error)) from error
    if priority != before:
        record_event(study, EventKind.PRIORITY_CHANGED, by=by, detail=f"from {before} to {priority}")


def _run_of(study: Study) -> GenerationRun:
    """Return the study's run, held against others until the transaction ends."""
    run = GenerationRun.objects.select_for_update(of=("self",)).filter(study=study).first()
    if run is None:
        raise StudyError("Generation has not been started yet.")
    return run
