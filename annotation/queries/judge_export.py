"""Judges' replies, row by row, for exports."""

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annotation.models import Item, JudgeReply, JudgeSettlement, Study


def judge_reply_rows(study: Study) -> "QuerySet[JudgeReply, Any]":
    """Return one row per reply, by judge in the order of their making; replies that wait are among them.

    The names of conditions in the rows, as_*, are what an imported reply says of itself; those of the study's
    items are in `item_conditions`.
    """
    newest = JudgeSettlement.objects.filter(reply=OuterRef("pk")).order_by("-pk")
    return (
        JudgeReply.objects.filter(judge_run__study=study)
        .order_by("judge_run_id", "pk")
        .values(
            *("response_id", "repeat", "outcome", "rationale", "raw"),
            study=F("judge_run__study__slug"),
            judge=F("judge_run__judge"),
            origin=F("judge_run__origin"),
            run=F("judge_run"),
            prompt_set=F("judge_run__prompt_set__name"),
            prompt_set_version=F("judge_run__prompt_set__version"),
            prompt_set_sha256=F("judge_run__prompt_set__content_hash"),
            reply=F("pk"),
            about_item=F("item"),
            post=Coalesce("item__post__position", "response__post__position", "imported__post__position"),
            response_sha256=F("response__sha256"),
            about_dimension=F("dimension"),
            dimension_key=F("dimension__key"),
            dimension_number=F("dimension__number"),
            as_source_name=F("imported__source_name"),
            as_model=F("imported__model_spec__name"),
            as_strategy=F("imported__strategy"),
            criterion_key=F("criterion__key"),
            score=F("point__value"),
            score_label=F("point__label"),
            settlement_reason=Subquery(newest.values("reason")[:1]),
            settled_at=Subquery(newest.values("at")[:1]),
        )
    )


def item_conditions(study: Study) -> dict[int, dict[str, str | None]]:
    """Return where the text of each item is from, by its primary key. One query; memory grows with items."""
    rows = Item.objects.filter(study=study).values_list(
        "pk",
        "condition__source",
        "condition__model_spec__name",
        "condition__pipeline",
        "condition__method",
    )
    return {
        pk: {"source": source, "model": model, "pipeline": pipeline, "method": method}
        for pk, source, model, pipeline, method in rows
    }
