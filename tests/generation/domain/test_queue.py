import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from generation.domain.queue import (
    claim_batch,
    extend_lease,
    give_back,
    held_steps,
    record_broken_attempt,
    sweep_expired_leases,
)
from generation.domain.run import cancel_run, pause_run, set_priority, start_run
from generation.domain.worker import drain
from generation.enums import ChainStatus, StepStatus
from generation.models import GenerationRun, Response, Step
from generation.queries.run import run_progress
from tests.generation.backends.scripted import ScriptedBackend, use
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db


def expire(token: object) -> None:
    Step.objects.filter(lease_token=token).update(lease_until=Now() - timedelta(seconds=1))


def test_claim_batch_takes_the_oldest_due_steps_up_to_the_limit() -> None:
    make_run(posts=3)

    lease = claim_batch(worker="w", limit=4)

    assert lease is not None
    assert lease.step_ids == tuple(Step.objects.order_by("id").values_list("pk", flat=True)[:4])
    assert set(held_steps(lease.token).values_list("attempts", "worker")) == {(1, "w")}


def test_claim_batch_gives_two_workers_different_steps() -> None:
    make_run(posts=2)

    first, second = claim_batch(worker="a", limit=3), claim_batch(worker="b", limit=10)

    assert first is not None
    assert second is not None
    assert set(first.step_ids) & set(second.step_ids) == set()
    assert len(first.step_ids) + len(second.step_ids) == Step.objects.count()


def test_claim_batch_finds_nothing_in_a_run_that_does_not_run() -> None:
    run = make_run()
    pause_run(run)

    assert claim_batch(worker="w", limit=10) is None

    start_run(run)

    assert claim_batch(worker="w", limit=10) is not None


def test_claim_batch_prefers_the_run_of_higher_priority() -> None:
    make_run(posts=1)
    urgent = make_run(posts=1)
    GenerationRun.objects.filter(pk=urgent.pk).update(priority=5)

    lease = claim_batch(worker="w", limit=1)

    assert lease is not None
    assert lease.run_model.run == urgent


def test_claim_batch_takes_what_broke_before_later_and_in_ever_smaller_batches() -> None:
    make_run(posts=3)
    sizes = []
    for _ in range(4):
        lease = claim_batch(worker="w", limit=8)
        assert lease is not None
        sizes.append(len(lease.step_ids))
        record_broken_attempt(
            held_steps(lease.token), kind="unavailable", detail="", not_before_delay=timedelta(0)
        )

    assert sizes == [8, 4, 2, 2]

    Step.objects.update(attempts=2)
    last = claim_batch(worker="w", limit=8)

    assert last is not None
    assert len(last.step_ids) == 1


def test_claim_batch_leaves_a_step_alone_until_its_waiting_time_is_over() -> None:
    make_run(posts=1)
    lease = claim_batch(worker="w", limit=10)
    assert lease is not None
    record_broken_attempt(held_steps(lease.token), kind="unavailable", detail="")

    assert claim_batch(worker="w", limit=10) is None


def test_give_back_leaves_no_trace_of_the_claim() -> None:
    make_run(posts=1)
    before = list(Step.objects.order_by("pk").values("status", "attempts", "lease_token", "lease_until"))
    lease = claim_batch(worker="w", limit=10)
    assert lease is not None

    give_back(lease.token)

    after = list(Step.objects.order_by("pk").values("status", "attempts", "lease_token", "lease_until"))
    assert after == before


def test_sweep_takes_back_what_a_silent_worker_held_and_fences_it() -> None:
    make_run(posts=1)
    lease = claim_batch(worker="w", limit=10)
    assert lease is not None
    expire(lease.token)

    assert sweep_expired_leases() == len(lease.step_ids)
    assert sweep_expired_leases() == 0
    assert extend_lease(lease.token) == 0
    assert set(Step.objects.values_list("status", flat=True)) == {StepStatus.QUEUED}


def test_sweep_leaves_a_lease_alone_that_was_renewed() -> None:
    make_run(posts=1)
    lease = claim_batch(worker="w", limit=10)
    assert lease is not None
    expire(lease.token)

    assert extend_lease(lease.token) == len(lease.step_ids)
    assert sweep_expired_leases() == 0


def test_step_is_quarantined_after_its_last_attempt_and_its_chain_fails() -> None:
    make_run(posts=1, strategies=["INDV vanilla"])
    for _ in range(3):
        lease = claim_batch(worker="w", limit=10)
        assert lease is not None
        expire(lease.token)
        sweep_expired_leases()

    step = Step.objects.get()

    assert (step.status, step.failure_kind, step.attempts) == (StepStatus.QUARANTINED, "lost", 3)
    assert step.chain.status == ChainStatus.FAILED
    assert claim_batch(worker="w", limit=10) is None


def test_cancelled_run_takes_its_steps_from_their_workers() -> None:
    run = make_run(posts=1)
    lease = claim_batch(worker="w", limit=1)
    assert lease is not None

    cancel_run(run)

    assert extend_lease(lease.token) == 0
    assert set(Step.objects.values_list("status", flat=True)) == {StepStatus.CANCELLED}
    assert claim_batch(worker="w", limit=10) is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_threads_that_claim_at_once_get_different_steps() -> None:
    make_run(posts=10)
    claimed: list[int] = []
    ready = threading.Barrier(4)

    def claim() -> None:
        ready.wait()
        while lease := claim_batch(worker="w", limit=3):
            claimed.extend(lease.step_ids)
        connections.close_all()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(claimed) == sorted(Step.objects.values_list("pk", flat=True))


def test_claim_batch_does_not_trust_the_clock_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    make_run(posts=1, strategies=["INDV vanilla"])
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: tomorrow)
    monkeypatch.setattr("time.time", lambda: tomorrow.timestamp())

    lease = claim_batch(worker="fast clock", limit=1)
    assert lease is not None

    # A lease of a worker whose clock is a day ahead ends as early as any other, and is not swept before.
    assert sweep_expired_leases() == 0
    left = ExpressionWrapper(F("lease_until") - Now(), output_field=DurationField())
    (ends_in,) = held_steps(lease.token).annotate(left=left).values_list("left", flat=True)
    assert timedelta(0) < ends_in <= timedelta(seconds=settings.GENERATION_LEASE_S)
    record_broken_attempt(held_steps(lease.token), kind="lost", detail="")
    assert claim_batch(worker="fast clock", limit=1) is None, "the wait of five seconds is the database's"


def test_drain_of_one_run_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    use(ScriptedBackend(), monkeypatch)
    urgent, mine = make_run(posts=1), make_run(posts=1)
    set_priority(urgent, 5)

    drain(worker="w", should_stop=lambda: False, budget_s=60, run=mine)

    assert (run_progress(mine).is_finished, run_progress(urgent).calls_done) == (True, 0)


@pytest.mark.django_db(transaction=True)
def test_message_delivered_twice_doubles_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    use(ScriptedBackend(claim_size=2), monkeypatch)
    run = make_run(posts=4)

    deliveries = [threading.Thread(target=deliver) for _ in range(2)]
    for delivery in deliveries:
        delivery.start()
    for delivery in deliveries:
        delivery.join()

    assert run_progress(run).is_finished
    assert Response.objects.count() == Step.objects.count() == 20
    assert set(Step.objects.values_list("attempts", flat=True)) == {1}


def deliver() -> None:
    """Handle one message that wakes a worker."""
    drain(worker="w", should_stop=lambda: False, budget_s=60)
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_run_started_by_two_at_once_makes_each_text_once(monkeypatch: pytest.MonkeyPatch) -> None:
    use(ScriptedBackend(), monkeypatch)
    run = make_run(posts=2)

    def start() -> None:
        start_run(GenerationRun.objects.get(pk=run.pk))
        connections.close_all()

    people = [threading.Thread(target=start) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    deliver()

    assert Response.objects.count() == Step.objects.count() == 10
