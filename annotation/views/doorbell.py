"""Waking the workers after a page has queued something for them."""

import logging

from kombu.exceptions import OperationalError

from generation.tasks import drain_queue

logger = logging.getLogger(__name__)


def wake_workers() -> None:
    """Wake the workers. When the broker is away the work is not lost: the next sweep rings again."""
    try:
        drain_queue.delay_on_commit()  # type: ignore[attr-defined]  # of Celery's own task class for Django
    except OperationalError:
        logger.warning("The broker did not take the message to wake the workers.")
