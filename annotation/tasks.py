"""Work beside the pages; every task is safe to run twice."""

from celery import shared_task

from annotation.domain.item import attach_responses as attach
from annotation.domain.snapshot import take_snapshot as take
from annotation.models import Study
from annotation.queries.snapshot import is_computed
from annotation.queries.study import studies_waiting_for_texts


@shared_task
def attach_responses() -> None:
    """Make items ratable whose texts have been written."""
    for study in studies_waiting_for_texts():
        attach(study)


@shared_task
def take_snapshot(study_id: int) -> None:
    """Compute a study's numbers anew, unless that was done since its ratings last changed."""
    study = Study.objects.get(pk=study_id)
    if not is_computed(study):
        take(study)
