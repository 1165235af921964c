"""What a study's raters are shown, as content that can be hashed, and which items wait for their text."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from annotation.models import Criterion, Item, Study
from annotation.queries.criterion import criteria_of
from generation.enums import ChainStatus, ResponseStatus, RunStatus
from generation.models import Chain, Response
from generation.models.response import UNRATABLE


def has_waiting_items(study: Study) -> bool:
    """Say whether an item without a text may still get one. One query."""
    left_out = items_left_out().filter(study=study)
    return study.items.filter(response=None).exclude(pk__in=left_out.values("pk")).exists()


def items_left_out() -> QuerySet[Item]:
    """Return the items, of all studies, that get no text, in order.

    Theirs was excluded after review, or the generation was cancelled before it was written.
    """
    # The states of the index, so that it is used, beside the one that is meant.
    excluded = Response.objects.filter(is_final=True, status__in=UNRATABLE).filter(
        status=ResponseStatus.EXCLUDED
    )
    chains = Chain.objects.filter(
        Q(pk__in=excluded.values("chain"))
        | Q(
            run_model__run__status=RunStatus.CANCELLED, status__in=[ChainStatus.FAILED, ChainStatus.CANCELLED]
        ),
        is_current=True,
    )
    chains_of_item = chains.filter(
        # A text for no single dimension serves the items of all.
        Q(dimension=None) | Q(dimension=OuterRef("dimension")),
        post=OuterRef("post"),
        strategy=Concat(OuterRef("condition__pipeline"), Value(" "), OuterRef("condition__method")),
        run_model__run=OuterRef("study__run"),
        run_model__model_spec=OuterRef("condition__model_spec"),
    )
    # Few posts have such a text: only their items are looked at one by one.
    items = Item.objects.filter(response=None, post__in=chains.values("post"))
    return items.filter(Exists(chains_of_item)).order_by("pk")


def stimuli_of(study: Study) -> dict[str, Any]:
    """Return what a rater may be shown beside instructions, with the condition that raters are not told.

    Posts and responses stand by the SHA-256 of their text as it is now, everything else in full. Nothing in
    it depends on the database: not on ids, times or the order of rows. Three queries.
    """
    items = (
        study.items.select_related("post", "dimension", "response", "condition__model_spec")
        .only(
            *("study", "post__key", "post__text", "post__content_note", "response__text"),
            *("dimension__key", "dimension__name", "dimension__aim", "dimension__standards"),
            *("condition__source", "condition__pipeline", "condition__method", "condition__model_spec__name"),
        )
        .order_by()
    )
    return {
        "items": sorted((_item_shown(item) for item in items.iterator(chunk_size=500)), key=_place),
        "criteria": [_criterion_shown(criterion) for criterion in criteria_of(study)],
    }


def _item_shown(item: Item) -> dict[str, Any]:
    condition = item.condition
    return {
        "post": {
            "key": item.post.key,
            "sha256": _sha256(item.post.text),
            "content_note": item.post.content_note,
        },
        "dimension": {
            "key": item.dimension.key,
            "name": item.dimension.name,
            "aim": item.dimension.aim,
            "standards": item.dimension.standards,
        },
        "condition": {
            "source": condition.source,
            "model": condition.model_spec.name if condition.model_spec else "",
            "pipeline": condition.pipeline,
            "method": condition.method,
        },
        "response_sha256": _sha256(item.response.text) if item.response else None,
    }


def _place(shown: dict[str, Any]) -> tuple[str, ...]:
    condition: Iterable[str] = shown["condition"].values()
    place = (shown["post"]["key"], *condition, shown["dimension"]["key"])
    return (*place, shown["response_sha256"] or "")  # an imported study may have two texts of one cell


def _criterion_shown(criterion: Criterion) -> dict[str, Any]:
    return {
        "key": criterion.key,
        "label": criterion.label,
        "question": criterion.question,
        "rationale_question": criterion.rationale_question,
        "rationale_rule": criterion.rationale_rule,
        "low_label": criterion.low_label,
        "high_label": criterion.high_label,
        "points": [
            # Decimals of another database may have other trailing zeros.
            {"key": point.key, "label": point.label, "value": f"{point.value.normalize():f}"}
            for point in criterion.points.all()
        ],
    }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
