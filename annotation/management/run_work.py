"""A run's calls are made in a command's own process, beside whoever else works on them."""

import os
import socket
import time

from generation.domain.queue import sweep_expired_leases
from generation.domain.worker import drain
from generation.enums import RunStatus
from generation.models import GenerationRun
from generation.queries.run import run_progress
from resort_site.stop_signals import NotedStop

# How long one round of work lasts before expired leases are looked for again.
ROUND_S = 10
WAIT_S = 1


def work_on(run: GenerationRun, stop: NotedStop, *, is_watching: bool) -> None:
    """Make the calls that are due until the run is finished, or not wanted any more, or we are to stop."""
    worker = f"{socket.gethostname()}:{os.getpid()}"
    while not stop.is_set() and _goes_on(run):
        answered = 0
        if not is_watching:
            sweep_expired_leases()
            answered = drain(worker=worker, should_stop=stop.is_set, budget_s=ROUND_S, run=run)
        if not answered:
            # All that is left is with other workers, or waits to be tried again.
            time.sleep(WAIT_S)


def _goes_on(run: GenerationRun) -> bool:
    run.refresh_from_db()
    return run.status == RunStatus.RUNNING and not run_progress(run).is_finished
