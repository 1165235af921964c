"""Asking a worker for a study's numbers, where those there are of other ratings than there are now."""

import logging
from functools import partial

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError

from annotation.models import Study
from annotation.queries.snapshot import Computed, rating_state

logger = logging.getLogger(__name__)

ASK_AGAIN_AFTER_S = 300


def ask_unless_current(study: Study, computed: Computed | None) -> None:
    """Ask a worker where what was computed last is out of date or missing."""
    if computed is None or not computed.is_current:
        ask_for_numbers(study, computed)


def ask_for_numbers(study: Study, computed: Computed | None) -> None:
    """Ask for one state of the ratings once, whoever looks; by name, as its libraries are the worker's."""
    state = computed.state if computed else rating_state(study)
    if cache.add(f"snapshot-asked:{study.pk}:{state}", True, ASK_AGAIN_AFTER_S):
        transaction.on_commit(partial(_send, study.pk))


def _send(study_id: int) -> None:
    try:
        current_app.send_task("annotation.tasks.take_snapshot", args=[study_id])
    except OperationalError:
        logger.warning("The broker did not take the message to compute a study's numbers.")
