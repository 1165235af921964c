"""Work beside the pages; every task is safe to run twice."""

from celery import shared_task

from annotation.domain.figure import draw_figures
from annotation.domain.item import attach_responses as attach
from annotation.domain.snapshot import take_snapshot as take
from annotation.models import Study
from annotation.queries.snapshot import is_computed, newest_snapshot
from annotation.queries.study import studies_waiting_for_texts


@shared_task
def attach_responses() -> None:
    """Make items ratable whose texts have been written."""
    for study in studies_waiting_for_texts():
        attach(study)


@shared_task
def take_snapshot(study_id: int) -> None:
    """Compute a study's numbers anew and draw them, unless that was done since its ratings last changed."""
    study = Study.objects.get(pk=study_id)
    snapshot = newest_snapshot(study) if is_computed(study) else take(study)
    if snapshot and not snapshot.figures.exists():
        draw_figures(snapshot)
