"""The calls of a judge: one for each text, criterion and repeat, each with the reply that waits for it."""

from collections.abc import Sequence

from annotation.judging.prompt import AskedDimension, judge_messages
from annotation.judging.prompt_set import JudgeWording
from annotation.models import Criterion, Item, JudgeReply, JudgeRun
from annotation.queries.judge_prompt_set import wording_of
from annotation.queries.judge_run import asked_criterion
from generation.domain.ready_made import ReadyMadeCall, queue_ready_made

ITEMS_AT_ONCE = 200


def queue_calls(judge_run: JudgeRun, items: Sequence[Item]) -> int:
    """Queue the calls for these items and make their replies, which wait; return how many.

    The first repeat of all texts comes before the second of any: a run that is ended early has whole repeats.
    """
    if judge_run.prompt_set is None or judge_run.generation_run is None:
        raise ValueError(f"{judge_run} was imported; nothing is asked here.")
    wording = wording_of(judge_run.prompt_set)
    criteria = list(judge_run.criteria.order_by("position").prefetch_related("points"))
    for repeat in range(1, judge_run.repeats + 1):
        for first in range(0, len(items), ITEMS_AT_ONCE):
            cells = [
                (item, criterion) for item in items[first : first + ITEMS_AT_ONCE] for criterion in criteria
            ]
            calls = [_call(item, criterion, wording, repeat=repeat) for item, criterion in cells]
            chains = queue_ready_made(judge_run.generation_run, calls)
            JudgeReply.objects.bulk_create(
                JudgeReply(
                    judge_run=judge_run,
                    criterion=criterion,
                    item=item,
                    response_id=item.response_id,
                    dimension_id=item.dimension_id,
                    repeat=repeat,
                    chain=chain,
                )
                for (item, criterion), chain in zip(cells, chains, strict=True)
            )
    return len(items) * len(criteria) * judge_run.repeats


def _call(item: Item, criterion: Criterion, wording: JudgeWording, *, repeat: int) -> ReadyMadeCall:
    if item.response is None:
        raise ValueError(f"{item} has no text to score.")
    dimension = item.dimension
    return ReadyMadeCall(
        post=item.post,
        dimension=dimension,
        subject=f"item {item.pk}, {criterion.key}, {repeat}",
        wording=criterion.key,
        messages=judge_messages(
            wording,
            asked_criterion(criterion),
            AskedDimension(dimension.name, dimension.aim, tuple(dimension.standards)),
            post=item.post.text,
            response=item.response.text,
        ),
    )
