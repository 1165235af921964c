"""A run's progress as a bar in the terminal."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection
from tqdm import tqdm

from generation.models import GenerationRun
from generation.queries.pace import run_pace
from generation.queries.run import run_progress

REFRESH_S = 1.0


@contextmanager
def run_progress_bar(run: GenerationRun, *, what: str = "texts") -> Iterator[None]:
    """Show how far the run is, whoever writes it, while the block runs; nothing where there is no terminal.

    A thread with a connection of its own reads the figures: the block may be busy with one batch for long.
    """
    with tqdm(total=run_progress(run).calls_planned, unit="call", disable=None, dynamic_ncols=True) as bar:
        if bar.disable:
            yield
            return
        _refresh(bar, run, what)
        # What was written before is no part of the speed that is shown.
        bar.initial = bar.n
        stop = threading.Event()
        thread = threading.Thread(
            target=_keep_fresh, args=(bar, run, what, stop), name="progress", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            _refresh(bar, run, what)


def _keep_fresh(bar: tqdm, run: GenerationRun, what: str, stop: threading.Event) -> None:
    try:
        while not stop.wait(REFRESH_S):
            try:
                _refresh(bar, run, what)
            except DatabaseError:
                # It restarts, say. Only the bar stands still: the work has its own way to wait for it.
                connection.close()
    finally:
        connection.close()


def _refresh(bar: tqdm, run: GenerationRun, what: str) -> None:
    progress, pace = run_progress(run), run_pace(run)
    bar.total = progress.calls_planned
    bar.n = progress.calls_done + progress.calls_failed
    bar.set_postfix_str(
        f"{progress.texts_finished}/{progress.texts_planned} {what}, {pace.tokens_per_s:.0f} tokens/s",
        refresh=False,
    )
    bar.refresh()
