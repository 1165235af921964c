"""What a model wrote is recorded; only a valid text may be rated."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models.functions import Now

from generation.backends.base import (
    Completion,
    Environment,
    Failure,
    FailureKind,
    FinishReason,
    Message,
    Outcome,
)
from generation.domain.queue import Lease, give_back, held_steps, record_broken_attempt
from generation.enums import ChainStatus, ResponseSource, ResponseStatus, StepStatus
from generation.models import BackendEnvironment, Chain, Post, Response, Step
from generation.queries.chat import AskedStep
from generation.queries.response import Rival, rival_texts
from generation.similarity import is_near_duplicate
from generation.strategies import current_text
from generation.validation import Problem, find_problems

# Failures that may pass by themselves; all others are answers of a kind and are not asked for again.
PASSING_FAILURES = frozenset({FailureKind.UNAVAILABLE, FailureKind.OUT_OF_MEMORY})


def store_environment(environment: Environment) -> BackendEnvironment:
    """Return the stored record of this environment, one row however many texts share it."""
    record = environment.to_dict()
    digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
    stored, _ = BackendEnvironment.objects.get_or_create(sha256=digest, defaults={"record": record})
    return stored


@transaction.atomic
def record_outcomes(
    lease: Lease,
    outcomes: Sequence[tuple[AskedStep, Outcome]],
    *,
    environment: BackendEnvironment,
    seed: int,
) -> int:
    """Write outputs, their responses and the chains' next steps, all or none; return how many were written.

    Steps whose lease was lost meanwhile are left alone: somebody else answers them. The number of queries
    grows with the outcomes by one update each.
    """
    asked_ids = [asked.step.pk for asked, _ in outcomes]
    held = held_steps(lease.token).filter(pk__in=asked_ids).select_for_update(of=("self",))
    still_held = set(held.values_list("pk", flat=True))
    completed: list[tuple[AskedStep, Completion]] = []
    for asked, answered in outcomes:
        outcome = _storable(answered)
        if asked.step.pk not in still_held:
            continue
        if isinstance(outcome, Failure):
            _record_failure(lease, asked, outcome)
        else:
            _record_output(lease, asked, outcome, environment=environment, seed=seed)
            completed.append((asked, outcome))
    _record_responses(lease, completed)
    _advance([asked for asked, _ in completed])
    return len(completed)


def _storable(outcome: Outcome) -> Outcome:
    """Name a text as broken that no database takes: one with a null character or half of a character."""
    if isinstance(outcome, Completion) and any(
        character == "\0" or "\ud800" <= character <= "\udfff" for character in outcome.text
    ):
        return Failure(FailureKind.INVALID_OUTPUT, "The text holds a character that cannot be stored.")
    return outcome


def _record_output(
    lease: Lease, asked: AskedStep, completion: Completion, *, environment: BackendEnvironment, seed: int
) -> None:
    Step.objects.filter(pk=asked.step.pk).update(
        status=StepStatus.DONE,
        lease_token=None,
        lease_until=None,
        messages=_as_json(asked.messages),
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


def _record_failure(lease: Lease, asked: AskedStep, failure: Failure) -> None:
    """Give the step back, queue it again, or fail it for good with its chain, as the failure's kind asks."""
    step = Step.objects.filter(pk=asked.step.pk)
    if failure.kind is FailureKind.STOPPED:
        give_back(lease.token, step_id=asked.step.pk)
    elif failure.kind in PASSING_FAILURES:
        record_broken_attempt(step, kind=failure.kind, detail=failure.detail[:300])
    else:
        step.update(
            status=StepStatus.FAILED,
            lease_token=None,
            lease_until=None,
            messages=_as_json(asked.messages),
            failure_kind=failure.kind,
            failure_detail=failure.detail[:300],
            finished_at=Now(),
        )
        Chain.objects.filter(pk=asked.step.chain_id).update(status=ChainStatus.FAILED)


def _as_json(messages: Iterable[Message]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in messages]


def _record_responses(lease: Lease, completed: Sequence[tuple[AskedStep, Completion]]) -> None:
    texts = [pair for pair in completed if pair[0].writes_text]
    if not texts:
        return
    rivals = _lock_rivals(lease, [asked for asked, _ in texts if asked.is_last])
    responses = []
    for asked, completion in texts:
        chain = asked.step.chain
        problems = _problems_of(asked, completion)
        if asked.is_last:
            rival = Rival.of(chain, completion.text)
            others = rivals.setdefault(chain.post_id, [])
            if is_near_duplicate(completion.text, rival.others_among(others)):
                problems = (*problems, Problem.NEAR_DUPLICATE)
            others.append(rival)
        responses.append(
            Response(
                source=ResponseSource.MODEL,
                post_id=chain.post_id,
                chain=chain,
                step=asked.step,
                dimension_id=chain.dimension_id,
                is_final=asked.is_last,
                text=completion.text,
                sha256=hashlib.sha256(completion.text.encode()).hexdigest(),
                status=ResponseStatus.NEEDS_REVIEW if problems else ResponseStatus.VALID,
                problems=[problem.value for problem in problems],
            )
        )
    Response.objects.bulk_create(responses)


def _lock_rivals(lease: Lease, asked: Sequence[AskedStep]) -> dict[int, list[Rival]]:
    """Return the final texts of each post so far, holding the posts until the transaction ends.

    So two workers that finish the same text for one post at the same time cannot both find it new.
    """
    post_ids = sorted({one.step.chain.post_id for one in asked})
    list(Post.objects.filter(pk__in=post_ids).order_by("pk").select_for_update(no_key=True).only("pk"))
    return rival_texts(lease.run_model.run_id, post_ids)


def _problems_of(asked: AskedStep, completion: Completion) -> tuple[Problem, ...]:
    return find_problems(
        completion.text,
        finish_reason=FinishReason(completion.finish_reason),
        prompt=asked.messages,
        post=asked.step.chain.post.text,
        revised=current_text(asked.calls[: asked.step.index], asked.answers),
    )


def _advance(done: Sequence[AskedStep]) -> None:
    """Queue the next call of each chain; a chain whose last call is answered is done."""
    Step.objects.bulk_create(
        Step(
            chain_id=asked.step.chain_id,
            run_model_id=asked.step.run_model_id,
            index=asked.step.index + 1,
            wording=asked.calls[asked.step.index + 1].wording,
        )
        for asked in done
        if not asked.is_last
    )
    finished = [asked.step.chain_id for asked in done if asked.is_last]
    Chain.objects.filter(pk__in=finished).update(status=ChainStatus.DONE)
