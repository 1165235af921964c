"""Runs of ready-made calls: chats that are sent as they are, whose answers are nobody's response."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from generation.backends.base import Decoding, Message
from generation.domain.run import RunError
from generation.enums import RunStatus
from generation.models import (
    Chain,
    ConstitutionSet,
    Dimension,
    GenerationRun,
    ModelSpec,
    Post,
    RunModel,
    Step,
)

BATCH = 500


@dataclass(frozen=True)
class ReadyMadeCall:
    """One chat about a post. The subject tells the post's calls apart; wording names the kind of question."""

    post: Post
    dimension: Dimension | None
    subject: str
    wording: str
    messages: tuple[Message, ...]


@transaction.atomic
def create_ready_made_run(
    *,
    name: str,
    model_spec: ModelSpec,
    constitution_set: ConstitutionSet,
    decoding: Decoding,
    seed: int,
    created_by: AbstractBaseUser | None = None,
) -> GenerationRun:
    """Make a run without calls, to which queue_ready_made adds them. Nothing is asked until it starts."""
    run = GenerationRun.objects.create(
        name=name,
        constitution_set=constitution_set,
        decoding=decoding.to_dict(),
        seed=seed,
        created_by_id=created_by.pk if created_by else None,
    )
    RunModel.objects.create(run=run, model_spec=model_spec)
    return run


@transaction.atomic
def queue_ready_made(run: GenerationRun, calls: Sequence[ReadyMadeCall]) -> list[Chain]:
    """Queue the calls, each as a chain of one step; return the chains in the same order.

    Raises RunError for a run that writes texts, or was cancelled.
    """
    run = GenerationRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.prompt_set_id is not None:
        raise RunError("This run writes texts; ready-made calls need a run of their own.")
    if run.status == RunStatus.CANCELLED:
        raise RunError("This run was cancelled; make a new one.")
    lane = run.run_models.get()
    chains = Chain.objects.bulk_create(
        (
            Chain(
                run_model=lane,
                post=call.post,
                dimension=call.dimension,
                subject=call.subject,
                planned_calls=1,
            )
            for call in calls
        ),
        batch_size=BATCH,
    )
    Step.objects.bulk_create(
        (
            Step(
                chain=chain,
                run_model=lane,
                index=0,
                wording=call.wording,
                messages=[{"role": message.role, "content": message.content} for message in call.messages],
            )
            for chain, call in zip(chains, calls, strict=True)
        ),
        batch_size=BATCH,
    )
    return chains
