"""A judge's answered calls are read as scores; a person settles what could not be read."""

from django.db import transaction

from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.enums import EventKind, JudgeOutcome
from annotation.judging.reply import read_reply
from annotation.judging.scale import Point
from annotation.models import Criterion, JudgeReply, JudgeRun, JudgeSettlement, ScalePoint, User
from annotation.queries.judge_reply import replies_to_collect
from generation.enums import ChainStatus

AT_ONCE = 500
SETTLED_OUTCOMES = (
    JudgeOutcome.SCORE,
    JudgeOutcome.REFUSED,
    JudgeOutcome.NOT_APPLICABLE,
    JudgeOutcome.UNREADABLE,
)


def collect_replies(judge_run: JudgeRun) -> int:
    """Read the replies whose calls have been answered; return how many.

    Safe to do twice, and by two workers: each reply is read once. What a call that failed would have said
    waits until it is tried again; a refusal by an API is an outcome.
    """
    collected = 0
    while found := _collect_some(judge_run):
        collected += found
    return collected


@transaction.atomic
def _collect_some(judge_run: JudgeRun) -> int:
    JudgeRun.objects.select_for_update(of=("self",)).get(pk=judge_run.pk)
    replies = list(
        replies_to_collect(judge_run)
        .select_related("chain")
        .prefetch_related("chain__steps", "criterion__points")
        .order_by("id")[:AT_ONCE]
    )
    for reply in replies:
        _read(reply)
    JudgeReply.objects.bulk_update(replies, ["raw", "outcome", "point", "rationale"], batch_size=AT_ONCE)
    return len(replies)


def _read(reply: JudgeReply) -> None:
    """Take over what the call brought. An API's refusal has no text: what it said is kept with the call."""
    if reply.chain is None:
        raise ValueError(f"{reply} was not asked for here.")
    if reply.chain.status == ChainStatus.FAILED:
        reply.outcome = JudgeOutcome.REFUSED
        return
    [step] = reply.chain.steps.all()
    points = points_by_key(reply.criterion)
    read = read_reply(step.output, [as_point(point) for point in points.values()])
    reply.raw = step.output
    reply.outcome = JudgeOutcome(read.outcome.value)
    reply.point = points[read.point.key] if read.point else None
    reply.rationale = read.rationale


def points_by_key(criterion: Criterion) -> dict[str, ScalePoint]:
    """Return the criterion's points in order. No query where they were prefetched."""
    return {point.key: point for point in sorted(criterion.points.all(), key=lambda point: point.position)}


def as_point(point: ScalePoint) -> Point:
    return Point(point.key, point.label, point.value)


@transaction.atomic
def settle_reply(
    reply: JudgeReply,
    *,
    outcome: JudgeOutcome,
    point: ScalePoint | None = None,
    reason: str,
    n_known: int,
    by: User,
) -> JudgeSettlement:
    """Say by hand what a reply means that could not be read; what it was taken for before stays on record.

    n_known is how often it had been settled when the person looked. Raises StudyError.
    """
    reply = (
        JudgeReply.objects.select_for_update(of=("self",)).select_related("judge_run__study").get(pk=reply.pk)
    )
    n_settlements = reply.settlements.count()
    if reply.outcome != JudgeOutcome.UNREADABLE and not n_settlements:
        raise StudyError("Only a reply that could not be read is settled by hand.")
    if n_settlements != n_known:
        raise StudyError("Somebody settled this reply meanwhile. Look at what they found first.")
    if not reason.strip():
        raise StudyError("Please say why: a reader of the study will ask.")
    if outcome not in SETTLED_OUTCOMES:
        raise StudyError("Choose what the reply is taken for.")
    if (outcome == JudgeOutcome.SCORE) != (point is not None) or (
        point is not None and point.criterion_id != reply.criterion_id
    ):
        raise StudyError("Choose one of the scale's points for a score, and none for anything else.")
    settlement = JudgeSettlement.objects.create(
        reply=reply,
        outcome=outcome,
        point=point,
        outcome_before=reply.outcome,
        point_before=reply.point,
        reason=reason.strip()[:300],
        by=by,
    )
    reply.outcome, reply.point = outcome, point
    reply.save(update_fields=["outcome", "point"])
    record_event(
        reply.judge_run.study,
        EventKind.JUDGE_REPLY_SETTLED,
        by=by,
        detail=f"{reply.judge_run.judge}, reply {reply.pk}",
    )
    return settlement
