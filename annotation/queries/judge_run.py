"""Judges of a study: who they are, and what they are still to be asked."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annotation.enums import JudgeOrigin, JudgeOutcome
from annotation.judging.prompt import AskedCriterion, AskedPoint
from annotation.models import Criterion, Item, JudgePromptSet, JudgeReply, JudgeRun, Study
from generation.backends.base import Decoding
from generation.enums import ChainStatus, RunStatus
from generation.models import Chain, ModelSpec


def asked_criterion(criterion: Criterion) -> AskedCriterion:
    """Return the criterion as a judge is asked about it."""
    return AskedCriterion(
        key=criterion.key,
        points=tuple(
            AskedPoint(point.key, point.label)
            for point in sorted(criterion.points.all(), key=lambda point: point.position)
        ),
        low_label=criterion.low_label,
        high_label=criterion.high_label,
    )


def items_to_judge(judge_run: JudgeRun) -> QuerySet[Item]:
    """Return the study's items whose text is there and that the judge has not been given, post by post."""
    given = JudgeReply.objects.filter(judge_run=judge_run, item=OuterRef("pk"))
    return (
        Item.objects.filter(~Exists(given), study=judge_run.study_id, response__isnull=False)
        .select_related("post", "response", "dimension")
        .order_by("post__position", "id")
    )


def judge_runs_of(study: Study) -> QuerySet[JudgeRun]:
    """Return the study's judges, the newest first, with n_replies, n_waiting and n_unreadable."""
    replies = JudgeReply.objects.filter(judge_run=OuterRef("pk")).order_by().values("judge_run")
    return (
        JudgeRun.objects.filter(study=study)
        .select_related("model_spec", "prompt_set", "generation_run", "created_by")
        .annotate(
            n_replies=_count(replies),
            n_waiting=_count(replies.filter(outcome=JudgeOutcome.WAITING)),
            n_unreadable=_count(replies.filter(outcome=JudgeOutcome.UNREADABLE)),
        )
        .order_by("-id")
    )


def unfinished_judge_run(
    study: Study, *, model_spec: ModelSpec, prompt_set: JudgePromptSet | None = None
) -> JudgeRun | None:
    """Return the newest run by this model that still has calls to make, with these questions or any."""
    active = Chain.objects.filter(run_model__run=OuterRef("generation_run"), status=ChainStatus.ACTIVE)
    runs = JudgeRun.objects.filter(
        Exists(active), study=study, model_spec=model_spec, origin=JudgeOrigin.RUN
    ).exclude(generation_run__status=RunStatus.CANCELLED)
    if prompt_set is not None:
        runs = runs.filter(prompt_set=prompt_set)
    return runs.order_by("-id").first()


def same_judge_run(
    study: Study,
    *,
    model_spec: ModelSpec,
    prompt_set: JudgePromptSet,
    criteria: Sequence[Criterion],
    repeats: int,
    decoding: Decoding,
) -> JudgeRun | None:
    """Return the newest run, not cancelled, that asks the same model the same questions in the same way."""
    runs = (
        JudgeRun.objects.filter(
            study=study,
            model_spec=model_spec,
            prompt_set=prompt_set,
            repeats=repeats,
            generation_run__isnull=False,
        )
        .exclude(generation_run__status=RunStatus.CANCELLED)
        .select_related("generation_run", "study")
        .prefetch_related("criteria")
        .order_by("-id")
    )
    for run in runs:
        figures = run.generation_run.decoding if run.generation_run else {}
        if Decoding.from_dict(figures) == decoding and set(run.criteria.all()) == set(criteria):
            return run
    return None


def _count(replies: QuerySet[JudgeReply, Any]) -> Coalesce:
    return Coalesce(Subquery(replies.annotate(n=Count("pk")).values("n")), 0)
