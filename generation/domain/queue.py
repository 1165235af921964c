"""The database is the queue: steps are claimed under a lease, extended, finished or given back.

A lease's token is a fence: who lost the lease can no longer write. All times are the database's own.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from generation.enums import ChainStatus, RunStatus, StepStatus
from generation.models import Chain, GenerationRun, RunModel, Step

# Waiting times after the first, second, ... broken attempt.
BACKOFF = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5))


@dataclass(frozen=True)
class Lease:
    """What a worker holds: one token for the steps of one batch, all of one lane."""

    token: uuid.UUID
    run_model: RunModel
    step_ids: tuple[int, ...]


def due_steps() -> QuerySet[Step]:
    """Return the queued steps whose time has come, whatever their run's state."""
    return Step.objects.filter(Q(not_before=None) | Q(not_before__lte=Now()), status=StepStatus.QUEUED)


def next_lane(*, run: GenerationRun | None = None) -> RunModel | None:
    """Return the most urgent lane that has due steps, of this run or of any; None when nothing is due."""
    lanes = lanes_with_work() if run is None else lanes_with_work().filter(run=run)
    return lanes.select_related("run__constitution_set", "run__prompt_set", "model_spec").first()


def lanes_with_work() -> QuerySet[RunModel]:
    """Return the lanes of running runs that have due steps, the most urgent first."""
    return RunModel.objects.filter(
        Exists(due_steps().filter(run_model=OuterRef("pk"))), run__status=RunStatus.RUNNING
    ).order_by("-run__priority", "run_id", "id")


@transaction.atomic
def claim_batch(
    lane: RunModel | None = None, *, worker: str, limit: int, cautious: bool = True
) -> Lease | None:
    """Lease up to `limit` due steps of the lane, or of the most urgent one; None when nothing is due.

    Those tried least go first, among them the oldest. Steps whose earlier attempt broke come in smaller
    batches, at last alone: what breaks them cannot take the same others down again, and those that a killed
    worker left need not queue one by one. Without that caution they come together: where no text can be
    written, none is to blame.
    """
    lane = lane or next_lane()
    # Asked again under the transaction: the run may have been paused while its model was loaded.
    if lane is None or not GenerationRun.objects.filter(pk=lane.run_id, status=RunStatus.RUNNING).exists():
        return None
    due = (
        due_steps()
        .filter(run_model=lane)
        .order_by("attempts", "id")
        .select_for_update(skip_locked=True, of=("self",))
    )
    found = list(due.values_list("pk", "attempts")[:limit])
    if not found:
        return None
    step_ids = _alike(found, limit) if cautious else [pk for pk, _ in found]
    token = uuid.uuid4()
    Step.objects.filter(pk__in=step_ids).update(
        status=StepStatus.LEASED,
        lease_token=token,
        lease_until=Now() + timedelta(seconds=settings.GENERATION_LEASE_S),
        attempts=F("attempts") + 1,
        worker=worker,
        started_at=Now(),
    )
    return Lease(token=token, run_model=lane, step_ids=tuple(step_ids))


def _alike(found: Sequence[tuple[int, int]], limit: int) -> list[int]:
    """Return the steps with the fewest attempts, the fewer of them the more attempts they had."""
    fewest = min(attempts for _, attempts in found)
    together = max(limit // 4**fewest, 1) if fewest < settings.GENERATION_MAX_ATTEMPTS - 1 else 1
    return [pk for pk, attempts in found if attempts == fewest][:together]


def held_steps(token: uuid.UUID) -> QuerySet[Step]:
    return Step.objects.filter(lease_token=token, status=StepStatus.LEASED)


def extend_lease(token: uuid.UUID) -> int:
    """Renew the lease of the steps still held; return how many there are."""
    return held_steps(token).update(lease_until=Now() + timedelta(seconds=settings.GENERATION_LEASE_S))


def give_back(token: uuid.UUID, *, step_id: int | None = None) -> None:
    """Return held steps to the queue as if they had not been claimed: the worker was asked to stop."""
    steps = held_steps(token)
    if step_id is not None:
        steps = steps.filter(pk=step_id)
    steps.update(
        status=StepStatus.QUEUED, lease_token=None, lease_until=None, worker="", attempts=F("attempts") - 1
    )


@transaction.atomic
def record_broken_attempt(
    steps: QuerySet[Step], *, kind: str, detail: str, not_before_delay: timedelta | None = None
) -> None:
    """Queue the steps again after a wait; quarantine those out of attempts and fail their chains."""
    held = list(steps.select_for_update(of=("self",)).values_list("pk", "attempts", "chain_id"))
    for pk, attempts, chain_id in held:
        broken = Step.objects.filter(pk=pk)
        if attempts < settings.GENERATION_MAX_ATTEMPTS:
            wait = BACKOFF[min(attempts, len(BACKOFF)) - 1] if not_before_delay is None else not_before_delay
            broken.update(
                status=StepStatus.QUEUED,
                lease_token=None,
                lease_until=None,
                not_before=Now() + wait,
                failure_kind=kind,
                failure_detail=detail,
            )
        else:
            broken.update(
                status=StepStatus.QUARANTINED,
                lease_token=None,
                lease_until=None,
                failure_kind=kind,
                failure_detail=detail,
                finished_at=Now(),
            )
            Chain.objects.filter(pk=chain_id).update(status=ChainStatus.FAILED)


def sweep_expired_leases() -> int:
    """Take steps back from workers that went silent; return how many."""
    expired = Step.objects.filter(status=StepStatus.LEASED, lease_until__lt=Now())
    count = expired.count()
    if count:
        record_broken_attempt(
            expired,
            kind="lost",
            detail="The worker went silent while it wrote this text.",
            not_before_delay=timedelta(0),
        )
    return count
