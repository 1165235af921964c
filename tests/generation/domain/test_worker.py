import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.functions import Now

from generation.backends.base import Backend, Failure, FailureKind, Message, ModelRef
from generation.domain.queue import claim_batch, extend_lease, sweep_expired_leases
from generation.domain.run import cancel_run
from generation.domain.worker import batch_seed, drain, heartbeat, run_batch
from generation.enums import ChainStatus, ResponseStatus, StepStatus
from generation.models import Chain, ModelSpec, Response, Step
from generation.queries.run import run_progress
from tests.generation.backends.scripted import ScriptedBackend, kind_answer, use
from tests.generation.runs import make_run
from tests.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def drain_all(*, should_stop: bool = False) -> int:
    return drain(worker="w", should_stop=lambda: should_stop, budget_s=60)


def make_everything_due() -> None:
    Step.objects.filter(not_before__isnull=False).update(not_before=Now())


def test_drain_writes_every_text_with_its_provenance(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = use(ScriptedBackend(), monkeypatch)
    run = make_run(posts=2)

    answered = drain_all()

    assert answered == 10
    assert run_progress(run).is_finished
    step = Step.objects.filter(chain__strategy="ITER +cons", index=1).earliest("pk")
    assert step.messages == [
        {"role": message.role, "content": message.content} for message in backend.batches[-1][0]
    ]
    assert step.output == step.response.text
    assert (step.attempts, step.tokens_in, step.tokens_out, step.finish_reason) == (1, 100, 40, "sentence")
    assert step.environment.record == backend.environment.to_dict()
    assert step.seed is not None
    assert step.started_at <= step.finished_at


def test_batches_of_a_run_have_seeds_of_their_own_that_can_be_derived_again() -> None:
    make_run(posts=1)
    leases = [claim_batch(worker="w", limit=1), claim_batch(worker="w", limit=1)]

    seeds = [batch_seed(lease) for lease in leases if lease]

    assert len(set(seeds)) == 2
    assert seeds == [batch_seed(lease) for lease in leases if lease]


def test_worker_that_shall_stop_gives_its_steps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = use(ScriptedBackend(), monkeypatch)
    make_run(posts=1)
    lease = claim_batch(worker="w", limit=10)
    assert lease is not None

    run_batch(lease, backend, should_stop=lambda: True)

    assert set(Step.objects.values_list("status", "attempts")) == {(StepStatus.QUEUED, 0)}
    assert drain_all(should_stop=True) == 0


def test_poison_item_is_quarantined_and_its_neighbours_finish(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(chat: Sequence[Message]) -> str | Exception:
        poisoned = "Post number 2." in chat[-1].content
        return RuntimeError(f"broke at: {chat[-1].content}") if poisoned else kind_answer(chat)

    use(ScriptedBackend(answer), monkeypatch)
    run = make_run(posts=3, strategies=["INDV vanilla"])
    drain_all()
    first = Step.objects.get(chain__post__key="post-1")
    assert (first.status, first.attempts) == (StepStatus.DONE, 1), "written before the batch broke, and kept"

    with caplog.at_level(logging.DEBUG):
        for _ in range(4):
            make_everything_due()
            drain_all()

    assert sorted(Chain.objects.values_list("post__key", "status")) == [
        ("post-1", ChainStatus.DONE),
        ("post-2", ChainStatus.FAILED),
        ("post-3", ChainStatus.DONE),
    ]
    poisoned = Step.objects.get(status=StepStatus.QUARANTINED)
    assert (poisoned.failure_kind, poisoned.failure_detail) == (
        "unavailable",
        "Writing broke with RuntimeError.",
    )
    assert run_progress(run).is_finished
    assert "lie awake" not in caplog.text


def test_refusal_is_recorded_and_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = Failure(FailureKind.REFUSED, "The provider's content filter refused the prompt.")
    backend = use(ScriptedBackend(lambda chat: refusal), monkeypatch)
    run = make_run(posts=1, strategies=["ITER +cons"])

    drain_all()
    drain_all()

    step = Step.objects.get()
    assert (step.status, step.failure_kind, step.attempts) == (StepStatus.FAILED, "refused", 1)
    assert step.messages[-1]["role"] == "user"
    assert Response.objects.count() == 0
    assert len(backend.batches) == 1
    progress = run_progress(run)
    assert (progress.calls_failed, progress.calls_waiting, progress.is_finished) == (2, 0, True)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Too short.", "too_short"),
        (
            "<likert>6</likert><rationale>You seem to think that most of this is your own doing, "
            "and that it will stay so for a long time to come.</rationale>",
            "leaked_markup",
        ),
    ],
)
def test_broken_text_is_kept_for_review(monkeypatch: pytest.MonkeyPatch, text: str, problem: str) -> None:
    use(ScriptedBackend(lambda chat: text), monkeypatch)
    make_run(posts=1, strategies=["INDV vanilla"])

    drain_all()

    response = Response.objects.get()
    assert (response.status, response.text) == (ResponseStatus.NEEDS_REVIEW, text)
    assert problem in response.problems


def test_slow_worker_that_lost_its_lease_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer_too_late(chat: Sequence[Message]) -> str:
        Step.objects.filter(status=StepStatus.LEASED).update(lease_until=Now() - timedelta(seconds=1))
        sweep_expired_leases()
        return kind_answer(chat)

    backend = use(ScriptedBackend(answer_too_late), monkeypatch)
    make_run(posts=1, strategies=["INDV vanilla"])
    lease = claim_batch(worker="slow", limit=1)
    assert lease is not None

    assert run_batch(lease, backend, should_stop=lambda: False) == 0
    assert Response.objects.count() == 0

    use(ScriptedBackend(), monkeypatch)
    drain_all()

    assert Response.objects.count() == 1


def test_model_that_cannot_be_loaded_is_named_and_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(posts=1, strategies=["INDV vanilla"])
    ModelSpec.objects.update(backend="telepathy")

    for _ in range(4):
        drain_all()
        make_everything_due()

    step = Step.objects.get()
    assert step.status == StepStatus.QUARANTINED
    assert step.failure_detail.startswith("There is no backend 'telepathy'")
    assert run_progress(run).is_finished


def test_model_that_cannot_be_loaded_is_tried_once_a_round_however_many_texts_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loads: list[str] = []

    def breaks(ref: ModelRef) -> Backend:
        loads.append(ref.model)
        raise KeyError("added_tokens")

    use(ScriptedBackend(), monkeypatch)
    monkeypatch.setattr("tests.generation.backends.scripted.load", breaks)
    make_run(posts=6, strategies=["INDV vanilla"])
    ModelSpec.objects.update(model="broken")

    for _ in range(4):
        drain_all()
        make_everything_due()

    assert loads == ["broken"] * 3
    assert set(Step.objects.values_list("status", "attempts", "failure_kind", "failure_detail")) == {
        (StepStatus.QUARANTINED, 3, "unavailable", "The model broken cannot be loaded: KeyError.")
    }


def test_worker_leaves_the_texts_of_a_run_that_was_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    beats: list[int] = []

    def extend(token: uuid.UUID) -> int:
        beats.append(extend_lease(token))
        return beats[-1]

    def answer(chat: Sequence[Message]) -> str:
        cancel_run(run)
        # The beat after the one that found nothing held: what that one found is known by now.
        wait_until(lambda: beats.count(0) > 1, timeout_s=20)
        asked.append(chat)
        return kind_answer(chat)

    asked: list[Sequence[Message]] = []
    monkeypatch.setattr("generation.domain.worker.extend_lease", extend)
    monkeypatch.setattr(settings, "GENERATION_LEASE_S", 0.3)
    use(ScriptedBackend(answer), monkeypatch)
    run = make_run(posts=5, strategies=["INDV vanilla"])

    drain_all()

    assert len(asked) == 1
    assert set(Step.objects.values_list("status", flat=True)) == {StepStatus.CANCELLED}


def test_text_without_room_in_memory_is_given_up_and_its_neighbours_finish(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answer(chat: Sequence[Message]) -> str | Failure:
        too_large = "Post number 2." in chat[-1].content
        return Failure(FailureKind.OUT_OF_MEMORY, "No memory for it.") if too_large else kind_answer(chat)

    use(ScriptedBackend(answer), monkeypatch)
    make_run(posts=3, strategies=["INDV vanilla"])

    for _ in range(4):
        drain_all()
        make_everything_due()

    assert sorted(Step.objects.values_list("chain__post__key", "status", "attempts", "failure_kind")) == [
        ("post-1", StepStatus.DONE, 1, ""),
        ("post-2", StepStatus.QUARANTINED, 3, "out_of_memory"),
        ("post-3", StepStatus.DONE, 1, ""),
    ]


def test_texts_at_hand_wait_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.domain.worker.DATABASE_WAITS_S", (0, 0))
    use(ScriptedBackend(), monkeypatch)
    make_run(posts=2, strategies=["INDV vanilla"])

    with away_for(times=2):
        assert drain_all() == 2

    assert set(Step.objects.values_list("status", "attempts")) == {(StepStatus.DONE, 1)}


def test_texts_of_a_database_that_stays_away_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.domain.worker.DATABASE_WAITS_S", (0, 0))
    use(ScriptedBackend(), monkeypatch)
    make_run(posts=2, strategies=["INDV vanilla"])

    with away_for(times=3):
        drain_all()
    make_everything_due()
    drain_all()

    assert set(Step.objects.values_list("status", "attempts")) == {(StepStatus.DONE, 2)}
    assert Response.objects.count() == 2


@contextmanager
def away_for(*, times: int) -> Iterator[None]:
    """Let so many writes of outputs find the database gone, as psycopg would say it."""
    left = [times]

    def refuse(
        execute: Callable[..., object], sql: str, params: object, many: bool, context: object
    ) -> object:
        if left[0] and sql.startswith("UPDATE") and '"output"' in sql:
            left[0] -= 1
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, params, many, context)

    # A wrapper goes with its connection, which the worker closes: so each new one gets it too.
    def wrap(connection: BaseDatabaseWrapper, **_: object) -> None:
        connection.execute_wrappers.append(refuse)

    connection_created.connect(wrap)
    connection.execute_wrappers.append(refuse)
    try:
        yield
    finally:
        connection_created.disconnect(wrap)
        connection.execute_wrappers.clear()


def test_lease_is_renewed_again_once_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    renewals: list[str] = []

    def extend(token: object) -> None:
        renewals.append("failed" if not renewals else "renewed")
        if renewals == ["failed"]:
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("generation.domain.worker.extend_lease", extend)
    monkeypatch.setattr(settings, "GENERATION_LEASE_S", 0.03)
    make_run(posts=1)
    lease = claim_batch(worker="w", limit=1)
    assert lease is not None

    with heartbeat(lease):
        wait_until(lambda: "renewed" in renewals, timeout_s=20)
