"""The cells of the design become items, and valid responses fill them."""

import random
from collections.abc import Sequence

from django.db import transaction

from annotation.domain.stimuli import hash_stimuli
from annotation.enums import ConditionSource, RatedUnder
from annotation.models import Condition, Item, Study
from annotation.queries.human_text import HumanText, human_texts, rated_cells
from generation.enums import ResponseStatus
from generation.models import Dimension, Response
from generation.strategies import STRATEGIES


@transaction.atomic
def plan_items(study: Study) -> int:
    """Make the items of every post, condition and dimension that are not there yet; return how many.

    A text written for one dimension is rated under it; any other under all of the study's dimensions, or
    under one drawn by the study's seed, as the study says. What people wrote is there already: its items have
    their text at once, and there are none where a source has no text.
    """
    dimensions = list(study.dimensions.order_by("number"))
    conditions = list(study.conditions.order_by("position"))
    planned = [
        Item(study=study, post=post, condition=condition, dimension=dimension)
        for post in study.posts.posts.order_by("position")
        for condition in conditions
        if condition.source == ConditionSource.MODEL
        for dimension in _rated_dimensions(study, condition, post.position, dimensions)
    ]
    planned += _items_of_people(study, conditions, dimensions)
    before = study.items.count()
    Item.objects.bulk_create(planned, batch_size=1000, ignore_conflicts=True)
    return study.items.count() - before


def _rated_dimensions(
    study: Study, condition: Condition, post_position: int, dimensions: list[Dimension]
) -> Sequence[Dimension]:
    if _is_dimension_wise(condition) or study.rated_under == RatedUnder.ALL:
        return dimensions
    return [_draw(study, condition, post_position).choice(dimensions)]


def _items_of_people(
    study: Study, conditions: Sequence[Condition], dimensions: Sequence[Dimension]
) -> list[Item]:
    by_source = {
        condition.method: condition for condition in conditions if condition.source == ConditionSource.HUMAN
    }
    by_key = {dimension.key: dimension for dimension in dimensions}

    def draw(text: HumanText, keys: Sequence[str]) -> str:
        return _draw(study, by_source[text.source], text.post_position).choice(keys)

    cells = rated_cells(
        [text for text in human_texts(study) if text.source in by_source],
        dimension_keys=list(by_key),
        rated_under=study.rated_under,
        draw=draw,
    )
    return [
        Item(
            study=study,
            post_id=text.post_id,
            condition=by_source[text.source],
            dimension=by_key[key],
            response_id=text.response_id,
        )
        for text, key in cells
    ]


def _draw(study: Study, condition: Condition, post_position: int) -> random.Random:
    return random.Random(f"{study.seed}:{post_position}:{condition.position}")  # noqa: S311  # not secret


def _is_dimension_wise(condition: Condition) -> bool:
    return condition.source == ConditionSource.MODEL and STRATEGIES[condition.strategy_key].dimension_wise


@transaction.atomic
def attach_responses(study: Study) -> int:
    """Give each item that waits for its text the newest valid one; return how many got theirs.

    An item keeps the response that it has: what was assigned never changes under a rater's eyes.
    """
    study = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    waiting = list(
        study.items.filter(response=None, condition__source=ConditionSource.MODEL).select_related("condition")
    )
    if not waiting or study.run_id is None:
        return 0
    texts = _newest_valid_responses(study)
    filled = []
    for item in waiting:
        condition = item.condition
        own_dimension = item.dimension_id if _is_dimension_wise(condition) else None
        response_id = texts.get(
            (item.post_id, condition.strategy_key, condition.model_spec_id, own_dimension)
        )
        if response_id is not None:
            item.response_id = response_id
            filled.append(item)
    Item.objects.bulk_update(filled, ["response"], batch_size=500)
    if filled:
        hash_stimuli(study)
    return len(filled)


def _newest_valid_responses(study: Study) -> dict[tuple[int, str, int | None, int | None], int]:
    """Map (post, strategy, model, dimension) to the response of the latest generation that is valid."""
    rows = (
        Response.objects.filter(
            chain__run_model__run=study.run_id, is_final=True, status=ResponseStatus.VALID
        )
        .order_by("chain__generation_no")
        .values_list(
            "post_id", "chain__strategy", "chain__run_model__model_spec_id", "chain__dimension_id", "pk"
        )
    )
    return {(post, strategy, model, dimension): pk for post, strategy, model, dimension, pk in rows}
