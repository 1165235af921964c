"""What a model wrote is recorded; only a valid text may be rated."""

import hashlib
import json

from django.db import transaction
from django.db.models.functions import Now

from generation.backends.base import Completion, Environment, Failure, FailureKind, FinishReason, Message
from generation.domain.queue import Lease, give_back, held_steps, record_broken_attempt
from generation.domain.run import dimension_keys
from generation.enums import ChainStatus, ResponseSource, ResponseStatus, StepStatus
from generation.models import BackendEnvironment, Chain, Response, Step
from generation.queries.run import answers_before
from generation.strategies import STRATEGIES, Call, Yields, current_text, plan_calls
from generation.validation import find_problems

# Failures that may pass by themselves; all others are answers of a kind and are not asked for again.
PASSING_FAILURES = frozenset({FailureKind.UNAVAILABLE, FailureKind.OUT_OF_MEMORY})


def store_environment(environment: Environment) -> BackendEnvironment:
    """Return the stored record of this environment, one row however many texts share it."""
    record = environment.to_dict()
    digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
    stored, _ = BackendEnvironment.objects.get_or_create(sha256=digest, defaults={"record": record})
    return stored


@transaction.atomic
def record_completion(
    lease: Lease,
    step: Step,
    *,
    messages: tuple[Message, ...],
    completion: Completion,
    environment: BackendEnvironment,
    seed: int,
) -> bool:
    """Write a call's output, its response and the chain's next step, all or none.

    Returns False, having written nothing, when the lease was lost meanwhile.
    """
    written = (
        held_steps(lease.token)
        .filter(pk=step.pk)
        .update(
            status=StepStatus.DONE,
            lease_token=None,
            lease_until=None,
            messages=[{"role": message.role, "content": message.content} for message in messages],
            output=completion.text,
            finish_reason=completion.finish_reason,
            failure_kind="",
            failure_detail="",
            tokens_in=completion.tokens_in,
            tokens_out=completion.tokens_out,
            seconds=completion.seconds,
            provider=dict(completion.provider),
            seed=seed,
            batch_size=len(lease.step_ids),
            environment=environment,
            finished_at=Now(),
        )
    )
    if not written:
        return False
    chain = step.chain
    calls = plan_calls(STRATEGIES[chain.strategy], dimension_keys(chain))
    if calls[step.index].yields is Yields.TEXT:
        _record_response(step, calls=calls, messages=messages, completion=completion)
    _advance(chain, calls=calls, done=step.index)
    return True


def _record_response(
    step: Step, *, calls: tuple[Call, ...], messages: tuple[Message, ...], completion: Completion
) -> None:
    chain = step.chain
    problems = find_problems(
        completion.text,
        finish_reason=FinishReason(completion.finish_reason),
        prompt=messages,
        post=chain.post.text,
        revised=current_text(calls[: step.index], answers_before(step)),
    )
    Response.objects.create(
        source=ResponseSource.MODEL,
        post=chain.post,
        chain=chain,
        step=step,
        dimension=chain.dimension,
        is_final=step.index == len(calls) - 1,
        text=completion.text,
        sha256=hashlib.sha256(completion.text.encode()).hexdigest(),
        status=ResponseStatus.NEEDS_REVIEW if problems else ResponseStatus.VALID,
        problems=[problem.value for problem in problems],
    )


def _advance(chain: Chain, *, calls: tuple[Call, ...], done: int) -> None:
    if done + 1 == len(calls):
        Chain.objects.filter(pk=chain.pk).update(status=ChainStatus.DONE)
        return
    Step.objects.create(
        chain=chain, run_model_id=chain.run_model_id, index=done + 1, wording=calls[done + 1].wording
    )


@transaction.atomic
def record_failure(lease: Lease, step: Step, *, messages: tuple[Message, ...], failure: Failure) -> None:
    """Give the step back, queue it again, or fail it for good with its chain, as the failure's kind asks."""
    if failure.kind is FailureKind.STOPPED:
        give_back(lease.token, step_id=step.pk)
        return
    held = held_steps(lease.token).filter(pk=step.pk)
    if failure.kind in PASSING_FAILURES:
        record_broken_attempt(held, kind=failure.kind, detail=failure.detail[:300])
        return
    written = held.update(
        status=StepStatus.FAILED,
        lease_token=None,
        lease_until=None,
        messages=[{"role": message.role, "content": message.content} for message in messages],
        failure_kind=failure.kind,
        failure_detail=failure.detail[:300],
        finished_at=Now(),
    )
    if written:
        Chain.objects.filter(pk=step.chain_id).update(status=ChainStatus.FAILED)
