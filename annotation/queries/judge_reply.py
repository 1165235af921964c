"""What a study's judges answered: to be read, to be settled by a person, counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from annotation.enums import JudgeOutcome
from annotation.models import Criterion, JudgeReply, JudgeRun, JudgeSettlement
from generation.backends.base import FailureKind
from generation.enums import ChainStatus, StepStatus
from generation.models import Step


@dataclass(frozen=True)
class OutcomeCounts:
    """A judge's replies to one criterion, or to all; settled counts those that a person decided about."""

    label: str
    score: int
    refused: int
    not_applicable: int
    unreadable: int
    waiting: int
    settled: int

    @property
    def answered(self) -> int:
        return self.score + self.refused + self.not_applicable + self.unreadable

    @property
    def total(self) -> int:
        return self.answered + self.waiting


def replies_to_collect(judge_run: JudgeRun | None = None) -> QuerySet[JudgeReply]:
    """Return the replies that wait though their call was answered, or refused; of one run or of all."""
    refused = Step.objects.filter(
        chain=OuterRef("chain"), status=StepStatus.FAILED, failure_kind=FailureKind.REFUSED
    )
    replies = JudgeReply.objects.filter(
        Q(chain__status=ChainStatus.DONE) | Q(Exists(refused), chain__status=ChainStatus.FAILED),
        outcome=JudgeOutcome.WAITING,
    )
    return replies if judge_run is None else replies.filter(judge_run=judge_run)


def judge_runs_to_collect() -> QuerySet[JudgeRun]:
    """Return the runs with replies to collect."""
    return JudgeRun.objects.filter(pk__in=replies_to_collect().values("judge_run"))


def failed_calls(judge_run: JudgeRun) -> int:
    """Count the calls that broke and may be tried again; refusals are answers. One query."""
    collected = replies_to_collect(judge_run).values("pk")
    failed = JudgeReply.objects.filter(
        judge_run=judge_run, outcome=JudgeOutcome.WAITING, chain__status=ChainStatus.FAILED
    )
    return failed.exclude(pk__in=collected).count()


def unreadable_replies(judge_run: JudgeRun) -> QuerySet[JudgeReply]:
    """Return the replies that wait for a person: unreadable, and nobody has decided about them."""
    settled = JudgeSettlement.objects.filter(reply=OuterRef("pk"))
    return JudgeReply.objects.filter(
        ~Exists(settled), judge_run=judge_run, outcome=JudgeOutcome.UNREADABLE
    ).order_by("id")


def settled_replies(judge_run: JudgeRun) -> QuerySet[JudgeReply]:
    settled = JudgeSettlement.objects.filter(reply=OuterRef("pk"))
    return JudgeReply.objects.filter(Exists(settled), judge_run=judge_run).order_by("id")


def commonest_points(judge_run: JudgeRun) -> dict[str, tuple[str, int, int]]:
    """Return for each criterion its commonest score, how often it was given, and of how many scores.

    Scores that a person settled count, too. One query.
    """
    rows = (
        JudgeReply.objects.filter(judge_run=judge_run, outcome=JudgeOutcome.SCORE)
        .values_list("criterion__label", "point__label", "point__key")
        .annotate(n=Count("pk"))
        .order_by("criterion__position", "point__position")
    )
    points: dict[str, Counter[str]] = {}
    for criterion, label, key, n in rows:
        points.setdefault(criterion, Counter())[label or key] += n
    return {criterion: (*counted.most_common(1)[0], counted.total()) for criterion, counted in points.items()}


def outcome_counts(judge_run: JudgeRun) -> tuple[OutcomeCounts, ...]:
    """Count the replies by criterion, in the study's order. Two queries."""
    settled = JudgeSettlement.objects.filter(reply=OuterRef("pk"))
    rows = list(
        JudgeReply.objects.filter(judge_run=judge_run)
        .annotate(is_settled=Exists(settled))
        .order_by()
        .values("criterion", "outcome", "is_settled")
        .annotate(n=Count("pk"))
    )
    criteria = Criterion.objects.filter(pk__in={row["criterion"] for row in rows}).order_by("position")
    return tuple(
        _counts(criterion.label, [row for row in rows if row["criterion"] == criterion.pk])
        for criterion in criteria
    )


def sum_counts(counts: Sequence[OutcomeCounts]) -> OutcomeCounts:
    return OutcomeCounts(
        "All criteria",
        *(
            sum(getattr(one, name) for one in counts)
            for name in ("score", "refused", "not_applicable", "unreadable", "waiting", "settled")
        ),
    )


def _counts(label: str, rows: Sequence[dict[str, int]]) -> OutcomeCounts:
    def count(outcome: JudgeOutcome) -> int:
        return sum(row["n"] for row in rows if row["outcome"] == outcome)

    return OutcomeCounts(
        label=label,
        score=count(JudgeOutcome.SCORE),
        refused=count(JudgeOutcome.REFUSED),
        not_applicable=count(JudgeOutcome.NOT_APPLICABLE),
        unreadable=count(JudgeOutcome.UNREADABLE),
        waiting=count(JudgeOutcome.WAITING),
        settled=sum(row["n"] for row in rows if row["is_settled"]),
    )
