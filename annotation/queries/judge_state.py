"""Which judges are held against experts, and whether what they said is what was computed."""

from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from annotation.models import JudgeReply, JudgeRun, JudgeSettlement, Study
from generation.enums import ChainStatus, RunStatus
from generation.models import Chain


def compared_judge_runs(study: Study) -> QuerySet[JudgeRun]:
    """Return the judges with replies and without a call still to be made, in the order of their making.

    A judge that is being asked is not compared yet: its numbers would change from minute to minute.
    """
    return _with_replies(study).filter(~_is_asked()).order_by("pk")


def asked_judge_runs(study: Study) -> QuerySet[JudgeRun]:
    """Return the judges that are still being asked, or wait to be, in the order of their making."""
    return JudgeRun.objects.filter(_is_asked(), study=study).order_by("pk")


def judge_state(study: Study) -> list[Any]:
    """Tell one state of the compared judges' replies from another; empty without judges. Up to two queries.

    A reply is read once, which moves the numbers by outcome; whatever a person changes later is a settlement.
    The index gives the counts in its own order: a tenth of a second for 200,000 replies.
    """
    counts = (
        JudgeReply.objects.filter(judge_run__in=compared_judge_runs(study).order_by())
        .order_by("judge_run", "criterion", "outcome")
        .values_list("judge_run", "criterion", "outcome")
        .annotate(n=Count("pk"))
    )
    state: list[Any] = [list(row) for row in counts]
    if not state:
        return []
    settled = JudgeSettlement.objects.filter(reply__judge_run__study=study).aggregate(newest=Max("pk"))
    return [*state, settled["newest"]]


def _with_replies(study: Study) -> QuerySet[JudgeRun]:
    return JudgeRun.objects.filter(Exists(JudgeReply.objects.filter(judge_run=OuterRef("pk"))), study=study)


def _is_asked() -> Q:
    """Say of a run that calls of it are to be made; of a cancelled one none are."""
    active = Chain.objects.filter(run_model__run=OuterRef("generation_run"), status=ChainStatus.ACTIVE)
    return Q(Exists(active)) & ~Q(generation_run__status=RunStatus.CANCELLED)
