"""A worker's round: claim a batch, write it outside any transaction, record it, until nothing is left."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from generation.backends.base import (
    Backend,
    BackendUnavailableError,
    Decoding,
    FailureKind,
    ModelRef,
    Outcome,
)
from generation.backends.registry import load_backend
from generation.domain.queue import (
    Lease,
    claim_batch,
    extend_lease,
    held_steps,
    next_lane,
    record_broken_attempt,
)
from generation.domain.response import AskedStep, record_outcomes, store_environment
from generation.enums import BackendKind
from generation.models import BackendEnvironment, GenerationRun, ModelSpec, RunModel
from generation.queries.chat import ask_steps

logger = logging.getLogger(__name__)

# Texts are recorded together, one transaction for what a second brought: a commit waits for the disk.
RECORD_EVERY_S = 1.0
# A database that restarts is back within this time; the texts at hand wait for it in memory.
DATABASE_WAITS_S = (1, 2, 4, 8, 15)
# A model that cannot be loaded concerns every step of its lane.
STEPS_WITHOUT_MODEL = 1000


def drain(
    *, worker: str, should_stop: Callable[[], bool], budget_s: float, run: GenerationRun | None = None
) -> int:
    """Work until the queue is empty, the worker shall stop or the time is used up; return calls answered.

    With a run, only that run's steps are worked on.
    """
    deadline = time.monotonic() + budget_s
    answered = 0
    while not should_stop() and time.monotonic() < deadline:
        lane = next_lane(run=run)
        if lane is None:
            break
        answered += _work_on(lane, worker=worker, should_stop=should_stop)
    return answered


def _work_on(lane: RunModel, *, worker: str, should_stop: Callable[[], bool]) -> int:
    """Load the lane's model, then claim and write one batch: no lease runs while weights are read."""
    try:
        backend = load_backend(model_ref(lane.model_spec))
    except BackendUnavailableError as error:
        logger.error("A model cannot be used: %s", error)
        if lease := claim_batch(lane, worker=worker, limit=STEPS_WITHOUT_MODEL, cautious=False):
            detail = str(error)[:300]
            record_broken_attempt(held_steps(lease.token), kind=FailureKind.UNAVAILABLE, detail=detail)
        return 0
    limit = settings.GENERATION_BATCH_SIZE or backend.claim_size
    lease = claim_batch(lane, worker=worker, limit=limit)
    return 0 if lease is None else run_batch(lease, backend, should_stop=should_stop)


def run_batch(lease: Lease, backend: Backend, *, should_stop: Callable[[], bool]) -> int:
    """Write the texts of one lease; return how many calls were answered."""
    with heartbeat(lease) as lost:
        try:
            return _write(lease, backend, lambda: should_stop() or lost.is_set())
        except Exception as error:
            # Whatever a library raises, the batch must not stop the queue: its steps come back one by one.
            # Only the class is kept and logged; the message could quote a post.
            logger.error("A batch of %d calls broke with %s.", len(lease.step_ids), type(error).__name__)
            record_broken_attempt(
                held_steps(lease.token),
                kind=FailureKind.UNAVAILABLE,
                detail=f"Writing broke with {type(error).__name__}.",
            )
            return 0


def _write(lease: Lease, backend: Backend, should_stop: Callable[[], bool]) -> int:
    asked = ask_steps(held_steps(lease.token), lease.run_model.run)
    seed = batch_seed(lease)
    recorder = _Recorder(lease, asked, environment=store_environment(backend.environment), seed=seed)
    try:
        backend.generate(
            [one.messages for one in asked],
            decoding=Decoding.from_dict(lease.run_model.run.decoding),
            seed=seed,
            should_stop=should_stop,
            on_outcome=recorder.take,
        )
    finally:
        # Also when a later text broke the batch: those before it are whole.
        recorder.flush()
    return recorder.answered


class _Recorder:
    """Takes outcomes as they come and records them once a second: little is lost with a worker."""

    def __init__(
        self, lease: Lease, asked: list[AskedStep], *, environment: BackendEnvironment, seed: int
    ) -> None:
        self._lease = lease
        self._asked = asked
        self._environment = environment
        self._seed = seed
        self._pending: list[tuple[AskedStep, Outcome]] = []
        self._flushed_at = time.monotonic()
        self.answered = 0

    def take(self, position: int, outcome: Outcome) -> None:
        self._pending.append((self._asked[position], outcome))
        if time.monotonic() - self._flushed_at > RECORD_EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Record what is pending; wait for a database that is away. Written twice is written once: fenced."""
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        for wait_s in (*DATABASE_WAITS_S, None):
            try:
                self.answered += record_outcomes(
                    self._lease, pending, environment=self._environment, seed=self._seed
                )
                break
            except DatabaseError as error:
                if wait_s is None:
                    raise
                logger.warning(
                    "The database did not take %d texts yet: %s.", len(pending), type(error).__name__
                )
                connection.close()
                time.sleep(wait_s)
        self._flushed_at = time.monotonic()


def batch_seed(lease: Lease) -> int:
    """Derive the batch's seed from the run's and its first step, so that it is known and differs by batch."""
    text = f"{lease.run_model.run.seed}:{lease.step_ids[0]}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])


def model_ref(spec: ModelSpec) -> ModelRef:
    """Return where the model is: in DATA_DIR/models where a folder has its name, else as the spec says."""
    local = settings.DATA_DIR / "models" / spec.model
    is_local = spec.backend == BackendKind.TRANSFORMERS and bool(spec.model) and local.is_dir()
    return ModelRef(
        backend=spec.backend,
        model=str(local) if is_local else spec.model,
        revision=spec.revision,
        dtype=spec.dtype,
        gguf_file=spec.gguf_file,
        chat_format=spec.chat_format,
        base_url=spec.base_url,
        api_version=spec.api_version,
        api_key_variable=spec.api_key_variable,
        concurrency=spec.concurrency,
    )


@contextmanager
def heartbeat(lease: Lease) -> Iterator[threading.Event]:
    """Renew the lease three times per lease time while the block runs, over a connection of its own.

    The event that the block is given is set once nothing is held any more: the run was cancelled, say.
    """
    stop, lost = threading.Event(), threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(settings.GENERATION_LEASE_S / 3):
                try:
                    close_old_connections()
                    if extend_lease(lease.token) == 0:
                        lost.set()
                except DatabaseError as error:
                    # The database restarts, say. The next beat may still be in time.
                    logger.warning("A lease could not be renewed: %s.", type(error).__name__)
                    connection.close()
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name="lease-heartbeat", daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        stop.set()
        thread.join()
