"""Work beside the pages; every task is safe to run twice."""

from celery import shared_task

from annotation.domain.item import attach_responses as attach
from annotation.queries.study import studies_waiting_for_texts


@shared_task
def attach_responses() -> None:
    """Make items ratable whose texts have been written."""
    for study in studies_waiting_for_texts():
        attach(study)
