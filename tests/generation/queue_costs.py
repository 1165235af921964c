"""Print what the queue costs on the database of the settings: `python -m tests.generation.queue_costs`.

A backend that answers at once leaves only our own time: claiming, rendering, validating, recording. The
run has all eight strategies over six dimensions, 73 calls a post, as the paper's.
"""

import cProfile
import json
import os
import pstats
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402

from generation.backends import registry, transformers_local  # noqa: E402
from generation.backends.base import (  # noqa: E402
    Backend,
    Decoding,
    Message,
    ModelRef,
    OnOutcome,
    Outcome,
    ignore_outcome,
)
from generation.domain.queue import claim_batch, give_back  # noqa: E402
from generation.domain.worker import drain  # noqa: E402
from generation.enums import RunStatus, StepStatus  # noqa: E402
from generation.model_store import ensure_small_model, find_packaged_gguf  # noqa: E402
from generation.models import GenerationRun, Step  # noqa: E402
from generation.queries.run import run_progress  # noqa: E402
from generation.strategies import STRATEGIES  # noqa: E402
from tests.generation.backends import scripted  # noqa: E402
from tests.generation.runs import make_run  # noqa: E402

STEPS = int(os.environ.get("BENCH_QUEUE_STEPS", "10000"))
WAITING = int(os.environ.get("BENCH_QUEUE_WAITING", "100000"))
MODEL_POSTS = int(os.environ.get("BENCH_QUEUE_MODEL_POSTS", "16"))
MODELS = Path(__file__).resolve().parents[2] / "var" / "test-models"
CALLS_PER_POST = 73
DIMENSIONS = (1, 4, 6, 7, 8, 23)
CLAIMS = 20


def main() -> None:
    connection.creation.create_test_db(verbosity=0)
    try:
        figures = {"ms_per_step": ms_per_step(), **with_many_waiting(), **with_a_model()}
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    print(json.dumps(figures))


def ms_per_step() -> float:
    """Write a run of about STEPS calls with a backend that answers at once."""
    registry.LOADERS["transformers"] = "tests.generation.backends.scripted.load"
    scripted._current[:] = [scripted.ScriptedBackend(claim_size=64)]
    run = make_run(posts=-(-STEPS // CALLS_PER_POST), strategies=list(STRATEGIES), numbers=DIMENSIONS)
    profile = cProfile.Profile() if "--profile" in sys.argv else None
    started = time.perf_counter()
    if profile:
        profile.enable()
    calls = drain(worker="bench", should_stop=lambda: False, budget_s=3600)
    if profile:
        profile.disable()
        pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(45)
    seconds = time.perf_counter() - started
    assert calls == run_progress(run).calls_planned >= STEPS
    return round(seconds / calls * 1000, 2)


class TimedBackend:
    """A backend that adds up the time its model takes; what is recorded meanwhile is not the model's."""

    def __init__(self, backend: Backend) -> None:
        self.environment = backend.environment
        self.claim_size = backend.claim_size
        self.seconds = 0.0
        self._backend = backend

    def generate(
        self,
        chats: Sequence[Sequence[Message]],
        *,
        decoding: Decoding,
        seed: int,
        should_stop: Callable[[], bool],
        on_outcome: OnOutcome = ignore_outcome,
    ) -> list[Outcome]:
        started = time.perf_counter()

        def timed(position: int, outcome: Outcome) -> None:
            before = time.perf_counter()
            on_outcome(position, outcome)
            self.seconds -= time.perf_counter() - before

        outcomes = self._backend.generate(
            chats, decoding=decoding, seed=seed, should_stop=should_stop, on_outcome=timed
        )
        self.seconds += time.perf_counter() - started
        return outcomes


def with_a_model() -> dict[str, float]:
    """Write texts of 64 tokens with the small model, and see what share of the time is not the model's."""
    GenerationRun.objects.update(status=RunStatus.PAUSED)
    folder = ensure_small_model(MODELS, find_packaged_gguf(), lambda line: None)
    backend = TimedBackend(transformers_local.load(ModelRef("transformers", str(folder))))
    scripted._current[:] = [backend]
    registry.unload_all()
    run = make_run(posts=MODEL_POSTS, strategies=["INDV +cons"], numbers=DIMENSIONS)
    GenerationRun.objects.filter(pk=run.pk).update(decoding={"max_new_tokens": 64, "temperature": 0.1})
    started = time.perf_counter()
    calls = drain(worker="bench", should_stop=lambda: False, budget_s=3600)
    seconds = time.perf_counter() - started
    return {
        "model_responses_per_s": round(calls / seconds, 2),
        "beside_the_model_percent": round(100 * (1 - backend.seconds / seconds), 2),
    }


def with_many_waiting() -> dict[str, float]:
    """Claim a batch, and ask for the run's page, while WAITING steps wait."""
    run = queue_many(WAITING)
    claims = []
    for _ in range(CLAIMS):
        started = time.perf_counter()
        lease = claim_batch(worker="bench", limit=64)
        claims.append(time.perf_counter() - started)
        assert lease is not None
        give_back(lease.token)
    pages = [time_of_page(run) for _ in range(5)]
    return {
        "claim_ms": round(statistics.median(claims) * 1000, 2),
        "run_progress_ms": round(statistics.median(pages) * 1000, 1),
    }


def queue_many(count: int) -> GenerationRun:
    """Make a run with so many waiting first steps: the chains of one post, copied."""
    run = make_run(posts=-(-count // 6), strategies=["INDV +cons"], numbers=DIMENSIONS)
    assert Step.objects.filter(run_model__run=run, status=StepStatus.QUEUED).count() >= count
    connection.cursor().execute("ANALYZE")
    return run


def time_of_page(run: GenerationRun) -> float:
    started = time.perf_counter()
    run_progress(run)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
