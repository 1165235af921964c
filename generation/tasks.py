"""Doorbells. The queue is in the database; a lost, late or doubled message costs nothing."""

import os
import socket

from celery import shared_task
from celery.worker import state

from generation.domain.queue import lanes_with_work, sweep_expired_leases
from generation.domain.worker import drain

# A long drain hands over to a fresh message, so that the worker hears from the broker now and then.
BUDGET_S = 600


@shared_task
def drain_queue() -> None:
    """Write texts until none is due; runs on the GPU queue."""
    drain(worker=f"{socket.gethostname()}:{os.getpid()}", should_stop=worker_stops, budget_s=BUDGET_S)
    if not worker_stops():
        ring()


@shared_task
def sweep_queue() -> None:
    """Take expired leases back and ring for due steps, in case a message was lost."""
    sweep_expired_leases()
    ring()


def ring() -> None:
    """Wake a GPU worker if steps are due. The message goes stale before the next sweep rings again."""
    if lanes_with_work().exists():
        drain_queue.apply_async(expires=10)


def worker_stops() -> bool:
    """Say whether this process was asked to end: a warm or a cold stop of its Celery worker."""
    return state.should_stop is not None or state.should_terminate is not None
