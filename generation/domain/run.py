"""A run is made, started, paused, resumed, cancelled; a text is written again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef
from django.utils import timezone

from generation.backends.base import Decoding, FailureKind
from generation.enums import ChainStatus, RunStatus, StepStatus
from generation.models import (
    Chain,
    ConstitutionSet,
    Dimension,
    GenerationRun,
    ModelSpec,
    Post,
    PromptSet,
    RunModel,
    Step,
)
from generation.strategies import STRATEGIES, chain_dimensions, plan_calls

LOWEST_PRIORITY, HIGHEST_PRIORITY = -100, 100


class RunError(Exception):
    """A run cannot be made or changed as asked; the message is one sentence for the person who asked."""


@dataclass(frozen=True)
class RunCondition:
    """One strategy with one model."""

    strategy: str
    model_spec: ModelSpec


@transaction.atomic
def create_run(
    *,
    name: str,
    posts: Sequence[Post],
    conditions: Sequence[RunCondition],
    dimensions: Sequence[Dimension],
    constitution_set: ConstitutionSet,
    prompt_set: PromptSet,
    decoding: Decoding,
    seed: int,
    created_by: AbstractBaseUser | None = None,
) -> GenerationRun:
    """Freeze the design as chains, each with its first step queued. Nothing is generated until it starts.

    Raises RunError for a condition or post given twice: its texts would be written twice.
    """
    for what, given in (("condition", conditions), ("post", posts), ("dimension", dimensions)):
        if len(set(given)) != len(given):
            raise RunError(f"A {what} is named twice.")
    run = GenerationRun.objects.create(
        name=name,
        constitution_set=constitution_set,
        prompt_set=prompt_set,
        decoding=decoding.to_dict(),
        seed=seed,
        created_by_id=created_by.pk if created_by else None,
    )
    run.dimensions.set(dimensions)
    ordered = sorted(dimensions, key=lambda dimension: dimension.number)
    lanes = {
        spec.pk: RunModel.objects.create(run=run, model_spec=spec)
        for spec in {condition.model_spec.pk: condition.model_spec for condition in conditions}.values()
    }
    chains = [
        chain
        for post in posts
        for condition in conditions
        for chain in _chains_of_post(lanes[condition.model_spec.pk], post, condition.strategy, ordered)
    ]
    Chain.objects.bulk_create(chains, batch_size=1000)
    _queue_first_steps(chains, ordered)
    return run


def _chains_of_post(
    run_model: RunModel, post: Post, strategy_key: str, dimensions: Sequence[Dimension]
) -> list[Chain]:
    strategy = STRATEGIES[strategy_key]
    by_key = {dimension.key: dimension for dimension in dimensions}
    return [
        Chain(
            run_model=run_model,
            post=post,
            strategy=strategy_key,
            dimension=by_key[keys[0]] if strategy.dimension_wise else None,
            planned_calls=len(plan_calls(strategy, keys)),
        )
        for keys in chain_dimensions(strategy, list(by_key))
    ]


def _queue_first_steps(chains: Sequence[Chain], dimensions: Sequence[Dimension]) -> None:
    """Queue the first call of each chain; dimensions are the run's, in order."""
    Step.objects.bulk_create(
        (
            Step(
                chain=chain,
                run_model_id=chain.run_model_id,
                index=0,
                wording=_first_wording(chain, dimensions),
            )
            for chain in chains
        ),
        batch_size=1000,
    )


def _first_wording(chain: Chain, dimensions: Sequence[Dimension]) -> str:
    through = [chain.dimension] if chain.dimension else dimensions
    return plan_calls(STRATEGIES[chain.strategy], [dimension.key for dimension in through])[0].wording


def start_run(run: GenerationRun) -> None:
    """Let workers claim the run's steps; starting or resuming twice changes nothing."""
    changed = GenerationRun.objects.filter(
        pk=run.pk, status__in=[RunStatus.DRAFT, RunStatus.PAUSED, RunStatus.RUNNING]
    ).update(status=RunStatus.RUNNING)
    if not changed:
        raise RunError("This run was cancelled; make a new one.")
    GenerationRun.objects.filter(pk=run.pk, started_at=None).update(started_at=timezone.now())
    run.refresh_from_db()


def pause_run(run: GenerationRun) -> None:
    """Let workers finish the texts at hand and claim no more."""
    if not GenerationRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING).update(status=RunStatus.PAUSED):
        raise RunError("Only a running generation can be paused.")
    run.refresh_from_db()


@transaction.atomic
def cancel_run(run: GenerationRun) -> None:
    """Give up what is not written yet. Leases end at their next heartbeat or write."""
    run = GenerationRun.objects.select_for_update().get(pk=run.pk)
    run.status = RunStatus.CANCELLED
    run.save(update_fields=["status"])
    Step.objects.filter(run_model__run=run, status__in=[StepStatus.QUEUED, StepStatus.LEASED]).update(
        status=StepStatus.CANCELLED, lease_token=None, lease_until=None
    )
    Chain.objects.filter(run_model__run=run, status=ChainStatus.ACTIVE).update(status=ChainStatus.CANCELLED)


@transaction.atomic
def retry_failed(run: GenerationRun, *, but_not: Collection[FailureKind] = ()) -> int:
    """Queue what failed once more, in the same chain after its earlier answers; return how many texts.

    Chains of which a call failed in one of the ways in `but_not` are left as they are. The attempts made so
    far stay on record; the new round has its full number of attempts. Raises RunError.
    """
    run = GenerationRun.objects.select_for_update().get(pk=run.pk)
    if run.status == RunStatus.CANCELLED:
        raise RunError("This run was cancelled; make a new one.")
    left = Step.objects.filter(chain=OuterRef("pk"), status=StepStatus.FAILED, failure_kind__in=but_not)
    chains = Chain.objects.filter(
        ~Exists(left), run_model__run=run, is_current=True, status=ChainStatus.FAILED
    )
    Step.objects.filter(chain__in=chains, status__in=[StepStatus.FAILED, StepStatus.QUARANTINED]).update(
        status=StepStatus.QUEUED,
        earlier_attempts=F("earlier_attempts") + F("attempts"),
        attempts=0,
        not_before=None,
        finished_at=None,
    )
    return chains.update(status=ChainStatus.ACTIVE)


def set_priority(run: GenerationRun, priority: int) -> None:
    """Let the run go before those of lower priority from the next batch on."""
    if not LOWEST_PRIORITY <= priority <= HIGHEST_PRIORITY:
        raise RunError(f"The priority must be between {LOWEST_PRIORITY} and {HIGHEST_PRIORITY}.")
    GenerationRun.objects.filter(pk=run.pk).update(priority=priority)
    run.refresh_from_db()


@transaction.atomic
def regenerate(chain: Chain) -> Chain:
    """Queue the chain once more under the next generation number; what was written before is kept.

    Raises RunError, also for a ready-made call: another answer to it is asked for by another call.
    """
    if chain.is_ready_made:
        raise RunError("A ready-made call is not made again.")
    lane = RunModel.objects.select_for_update(of=("self",)).select_related("run").get(pk=chain.run_model_id)
    if lane.run.status == RunStatus.CANCELLED:
        raise RunError("This run was cancelled; make a new one.")
    siblings = Chain.objects.filter(
        run_model=lane, post=chain.post, strategy=chain.strategy, dimension=chain.dimension
    )
    if siblings.filter(status=ChainStatus.ACTIVE).exists():
        raise RunError("This text is being written already.")
    newest = siblings.aggregate(newest=Max("generation_no"))["newest"]
    siblings.update(is_current=False)
    again = Chain.objects.create(
        run_model=lane,
        post=chain.post,
        strategy=chain.strategy,
        dimension=chain.dimension,
        generation_no=newest + 1,
        planned_calls=chain.planned_calls,
    )
    _queue_first_steps([again], list(lane.run.dimensions.order_by("number")))
    return again
