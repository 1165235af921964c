"""Work beside the pages; every task is safe to run twice."""

from celery import shared_task
from django.utils.module_loading import import_string

from annotation.domain.item import attach_responses as attach
from annotation.domain.judge_reply import collect_replies
from annotation.models import Study
from annotation.queries.judge_reply import judge_runs_to_collect
from annotation.queries.snapshot import is_computed, newest_snapshot
from annotation.queries.study import studies_waiting_for_texts

# By name, as models' backends are: numpy, scipy and matplotlib take seconds and 100 MB to load, which only
# the process that computes should spend, not each worker at its start.
TAKE_SNAPSHOT = "annotation.domain.snapshot.take_snapshot"
DRAW_FIGURES = "annotation.domain.figure.draw_figures"


@shared_task
def attach_responses() -> None:
    """Make items ratable whose texts have been written."""
    for study in studies_waiting_for_texts():
        attach(study)


@shared_task
def collect_judge_replies() -> None:
    """Read what judges have answered."""
    for judge_run in judge_runs_to_collect():
        collect_replies(judge_run)


@shared_task
def take_snapshot(study_id: int) -> None:
    """Compute a study's numbers anew and draw them, unless that was done since its ratings last changed."""
    study = Study.objects.get(pk=study_id)
    snapshot = newest_snapshot(study) if is_computed(study) else import_string(TAKE_SNAPSHOT)(study)
    if snapshot and not snapshot.figures.exists():
        import_string(DRAW_FIGURES)(snapshot)
