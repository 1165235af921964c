"""Whatever happens to the queue in whatever order, no text is lost, none doubled, and the numbers add up."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Now
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from generation.backends.base import Completion, Failure, FailureKind, FinishReason, Outcome
from generation.domain.queue import Lease, claim_batch, give_back, held_steps, sweep_expired_leases
from generation.domain.response import record_outcomes, store_environment
from generation.domain.run import RunError, cancel_run, pause_run, regenerate, retry_failed, start_run
from generation.enums import ChainStatus, RunStatus, StepStatus
from generation.models import Chain, Response, Step
from generation.queries.chat import AskedStep, ask_steps
from generation.queries.run import run_progress
from tests.factories import ENVIRONMENT, helpful_text
from tests.generation.runs import make_run

OPEN = (StepStatus.QUEUED, StepStatus.LEASED)
BROKEN = (StepStatus.FAILED, StepStatus.QUARANTINED)
KINDS = st.sampled_from(FailureKind)


class QueueMachine(RuleBasedStateMachine):
    """A run of two posts, three strategies and two dimensions, at which several workers are busy."""

    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.run = make_run(posts=2)
        self.environment = store_environment(ENVIRONMENT)

    def teardown(self) -> None:
        self.finish()
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @rule(target=leases, limit=st.integers(1, 6))
    def claim(self, limit: int) -> object:
        lease = claim_batch(worker="w", limit=limit)
        return multiple() if lease is None else (lease, ask_steps(held_steps(lease.token), self.run))

    @rule(held=leases, part=st.integers(1, 6))
    def complete(self, held: tuple[Lease, list[AskedStep]], part: int) -> None:
        """Record some of a lease's answers; the lease may be over, and they may have been recorded."""
        self.record(*held, part, self.completion)

    @rule(held=leases, part=st.integers(1, 6), kind=KINDS)
    def fail(self, held: tuple[Lease, list[AskedStep]], part: int, kind: FailureKind) -> None:
        self.record(*held, part, lambda asked: Failure(kind, "It did not work."))

    @rule(held=consumes(leases))
    def lose(self, held: tuple[Lease, list[AskedStep]]) -> None:
        """The worker goes silent; its lease runs out and the sweeper comes by."""
        Step.objects.filter(lease_token=held[0].token).update(lease_until=Now() - timedelta(seconds=1))
        sweep_expired_leases()

    @rule(held=leases)
    def stop_worker(self, held: tuple[Lease, list[AskedStep]]) -> None:
        give_back(held[0].token)

    @rule()
    def wait_for_backoff(self) -> None:
        Step.objects.exclude(not_before=None).update(not_before=Now())

    @rule(change=st.sampled_from([pause_run, start_run, retry_failed]))
    def change_run(self, change: Callable[..., object]) -> None:
        try:
            change(self.run)
        except RunError:
            self.run.refresh_from_db()

    @rule(certain=st.integers(0, 9))
    def cancel(self, certain: int) -> None:
        if certain == 0:
            cancel_run(self.run)
            self.run.refresh_from_db()

    @rule(place=st.integers(0, 7))
    def write_again(self, place: int) -> None:
        chains = Chain.objects.filter(is_current=True).order_by("pk")
        try:
            regenerate(chains[place % chains.count()])
        except RunError:
            return

    @invariant()
    def no_text_is_doubled(self) -> None:
        assert not Response.objects.values("step").annotate(n=Count("pk")).filter(n__gt=1).exists()
        finals = Response.objects.filter(is_final=True).values("chain").annotate(n=Count("pk"))
        assert not finals.filter(n__gt=1).exists()

    @invariant()
    def every_chain_is_in_one_piece(self) -> None:
        for chain in Chain.objects.prefetch_related("steps", "responses"):
            statuses = [step.status for step in sorted(chain.steps.all(), key=lambda step: step.index)]
            done, last = statuses[:-1], statuses[-1]
            assert set(done) <= {StepStatus.DONE}
            n_final = sum(response.is_final for response in chain.responses.all())
            match chain.status:
                case ChainStatus.ACTIVE:
                    assert last in OPEN and n_final == 0
                case ChainStatus.DONE:
                    assert last == StepStatus.DONE and len(statuses) == chain.planned_calls and n_final == 1
                case ChainStatus.FAILED:
                    assert last in BROKEN and n_final == 0
                case ChainStatus.CANCELLED:
                    assert last == StepStatus.CANCELLED and n_final == 0

    @invariant()
    def leases_and_attempts_are_kept(self) -> None:
        leased = Step.objects.filter(status=StepStatus.LEASED)
        assert not leased.filter(lease_token=None).exists()
        assert not Step.objects.exclude(status=StepStatus.LEASED).exclude(lease_token=None).exists()
        assert not Step.objects.filter(attempts__gt=3).exists()

    @invariant()
    def the_numbers_add_up(self) -> None:
        progress = run_progress(self.run)
        parts = (progress.calls_done, progress.calls_running, progress.calls_waiting, progress.calls_failed)
        assert min(parts) >= 0
        assert progress.calls_planned == sum(parts)
        assert progress.texts_planned == 8

    @staticmethod
    def completion(asked: AskedStep) -> Completion:
        text = helpful_text(asked.step.chain, asked.step)
        return Completion(text, FinishReason.STOP, tokens_in=100, tokens_out=40, seconds=0.1)

    def record(
        self, lease: Lease, asked: list[AskedStep], part: int, outcome: Callable[[AskedStep], Outcome]
    ) -> None:
        outcomes = [(one, outcome(one)) for one in asked[:part]]
        record_outcomes(lease, outcomes, environment=self.environment, seed=1)

    def finish(self) -> None:
        """Whatever has happened: work on, and every text of a run that was not cancelled is there, once."""
        if self.run.status == RunStatus.CANCELLED:
            return
        start_run(self.run)
        Step.objects.filter(status=StepStatus.LEASED).update(lease_until=Now() - timedelta(seconds=1))
        sweep_expired_leases()
        retry_failed(self.run)
        Step.objects.exclude(not_before=None).update(not_before=None)
        while lease := claim_batch(worker="last", limit=64):
            asked = ask_steps(held_steps(lease.token), self.run)
            self.record(lease, asked, len(asked), self.completion)
        current = Chain.objects.filter(is_current=True)
        assert set(current.values_list("status", flat=True)) == {ChainStatus.DONE}
        assert Response.objects.filter(is_final=True, chain__in=current).count() == 8
        assert run_progress(self.run).is_finished


@pytest.mark.django_db
def test_queue_keeps_every_text_whatever_happens() -> None:
    run_state_machine_as_test(
        QueueMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
