"""A worker's round: claim a batch, write it outside any transaction, record it, until nothing is left."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import close_old_connections, connection

from generation.backends.base import (
    Backend,
    BackendUnavailableError,
    Completion,
    Decoding,
    Failure,
    FailureKind,
    Message,
    ModelRef,
)
from generation.backends.registry import load_backend
from generation.domain.queue import Lease, claim_batch, extend_lease, held_steps, record_broken_attempt
from generation.domain.response import record_completion, record_failure, store_environment
from generation.domain.run import dimension_keys
from generation.models import ModelSpec, Step
from generation.queries.constitution import constitution_of, prompts_of
from generation.queries.run import answers_before
from generation.strategies import STRATEGIES, next_messages

logger = logging.getLogger(__name__)


def drain(*, worker: str, should_stop: Callable[[], bool], budget_s: float) -> int:
    """Work until the queue is empty, the worker shall stop or the time is used up; return calls answered."""
    deadline = time.monotonic() + budget_s
    answered = 0
    while not should_stop() and time.monotonic() < deadline:
        lease = claim_batch(worker=worker, limit=settings.GENERATION_BATCH_SIZE)
        if lease is None:
            break
        answered += run_batch(lease, should_stop=should_stop)
    return answered


def run_batch(lease: Lease, *, should_stop: Callable[[], bool]) -> int:
    """Write the texts of one lease; return how many calls were answered."""
    try:
        backend = load_backend(model_ref(lease.run_model.model_spec))
    except BackendUnavailableError as error:
        _record_unavailable(lease, str(error))
        return 0
    with heartbeat(lease):
        try:
            return _write(lease, backend, should_stop)
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


def _record_unavailable(lease: Lease, reason: str) -> None:
    logger.error("A model cannot be used: %s", reason)
    record_broken_attempt(held_steps(lease.token), kind=FailureKind.UNAVAILABLE, detail=reason[:300])


def _write(lease: Lease, backend: Backend, should_stop: Callable[[], bool]) -> int:
    steps = list(
        held_steps(lease.token)
        .select_related("chain__post", "chain__dimension", "chain__run_model__run__constitution_set")
        .select_related("chain__run_model__run__prompt_set")
        .order_by("id")
    )
    chats = [messages_of(step) for step in steps]
    seed = batch_seed(lease)
    run = lease.run_model.run
    outcomes = backend.generate(
        chats, decoding=Decoding.from_dict(run.decoding), seed=seed, should_stop=should_stop
    )
    environment = store_environment(backend.environment)
    answered = 0
    for step, messages, outcome in zip(steps, chats, outcomes, strict=True):
        match outcome:
            case Completion():
                answered += record_completion(
                    lease, step, messages=messages, completion=outcome, environment=environment, seed=seed
                )
            case Failure():
                record_failure(lease, step, messages=messages, failure=outcome)
    return answered


def messages_of(step: Step) -> tuple[Message, ...]:
    """Return what the step's call sends: the post, the run's wording and the chain's earlier answers."""
    chain = step.chain
    run = chain.run_model.run
    messages = next_messages(
        STRATEGIES[chain.strategy],
        post=chain.post.text,
        constitution=constitution_of(run.constitution_set),
        prompts=prompts_of(run.prompt_set),
        dimensions=dimension_keys(chain),
        answers=answers_before(step),
    )
    if messages is None:
        raise ValueError(f"{step} is past the end of its chain.")
    return messages


def batch_seed(lease: Lease) -> int:
    """Derive the batch's seed from the run's and its first step, so that it is known and differs by batch."""
    text = f"{lease.run_model.run.seed}:{lease.step_ids[0]}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])


def model_ref(spec: ModelSpec) -> ModelRef:
    """Return where the model is: in DATA_DIR/models where a folder has its name, else as the spec says."""
    local = settings.DATA_DIR / "models" / spec.model
    return ModelRef(
        backend=spec.backend,
        model=str(local) if spec.model and local.is_dir() else spec.model,
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
def heartbeat(lease: Lease) -> Iterator[None]:
    """Renew the lease three times per lease time while the block runs, over a connection of its own."""
    stop = threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(settings.GENERATION_LEASE_S / 3):
                close_old_connections()
                extend_lease(lease.token)
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name="lease-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
