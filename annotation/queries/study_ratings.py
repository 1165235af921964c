"""A study's counted ratings as arrays, for statistics."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from annotation.enums import Level
from annotation.models import Criterion, Item, Membership, Rating, ScalePoint, Study
from annotation.queries.counted_rating import counted_ratings
from annotation.queries.criterion import criteria_of
from annotation.queries.exclusion import kept_ratings
from annotation.statistics.observations import IntArray
from annotation.statistics.study_ratings import Grouping, Repeats, Scale, StudyRatings
from generation.models import Dimension

_SCORE = ("rating", "version", "item", "rater", "criterion", "point")
_CELL = ("item", "post", "dimension", "condition")


@dataclass(frozen=True, eq=False)
class KeyedRatings:
    """The ratings, and the keys of the rows that their numbers stand for.

    items: (n_items,). rating, version: (n_ratings,). conditions, raters (memberships): in their order there.
    """

    ratings: StudyRatings
    items: IntArray
    rating: IntArray
    version: IntArray
    conditions: tuple[int, ...]
    raters: tuple[int, ...]


def keyed_ratings(study: Study) -> KeyedRatings:
    """Return all counted ratings of a study, by item and rater. Thirteen queries; the scores come by one.

    Only items with a rating are among the items. Memory while it reads: about 50 bytes for each score.
    """
    criteria = list(criteria_of(study))
    conditions = list(study.conditions.select_related("model_spec").order_by("position"))
    raters = list(Membership.objects.filter(study=study).order_by("code", "pk"))
    scores = _columns(_score_rows(kept_ratings(study)), _SCORE)
    cells = _columns(_cells(study), _CELL)
    cells = cells[np.isin(cells["item"], scores["item"])]
    rating, first, row_of = np.unique(scores["rating"], return_index=True, return_inverse=True)
    of_rating = scores[first]
    ratings = StudyRatings(
        scales=tuple(
            Scale(
                key=criterion.key,
                label=criterion.label,
                values=tuple(point.value for point in by_value(criterion)),
                is_ordinal=criterion.level == Level.ORDINAL,
                words=tuple(point.label for point in by_value(criterion)),
            )
            for criterion in criteria
        ),
        conditions=tuple(str(condition) for condition in conditions),
        raters=tuple(rater.code for rater in raters),
        post=np.unique(cells["post"], return_inverse=True)[1].astype(np.int64),
        dimension=np.unique(cells["dimension"], return_inverse=True)[1].astype(np.int64),
        condition=_numbers(cells["condition"], _places(condition.pk for condition in conditions)),
        item=np.searchsorted(cells["item"], of_rating["item"]).astype(np.int64),
        rater=_numbers(of_rating["rater"], _places(rater.pk for rater in raters)),
        given=_order_of_work(study, rating),
        score=_score_matrix(scores, row_of, n_ratings=len(rating), criteria=criteria),
        groupings=_groupings(study, cells),
    )
    ratings = replace(
        ratings, repeats=_repeats(study, ratings, items=cells["item"], raters=raters, criteria=criteria)
    )
    return KeyedRatings(
        ratings=ratings,
        items=cells["item"].copy(),
        rating=rating,
        version=of_rating["version"].copy(),
        conditions=tuple(condition.pk for condition in conditions),
        raters=tuple(rater.pk for rater in raters),
    )


def _repeats(
    study: Study,
    ratings: StudyRatings,
    *,
    items: IntArray,
    raters: Sequence[Membership],
    criteria: Sequence[Criterion],
) -> Repeats | None:
    """Return the items that a rater rated on a second occasion, beside her first rating. One query."""
    scores = _columns(_score_rows(counted_ratings(study, occasion=2)), _SCORE)
    scores = scores[np.isin(scores["item"], items)]
    if not len(scores):
        return None
    rating, first, row_of = np.unique(scores["rating"], return_index=True, return_inverse=True)
    item = np.searchsorted(items, scores["item"][first])
    rater = _numbers(scores["rater"][first], _places(member.pk for member in raters))
    cell, first_cells = item * len(raters) + rater, ratings.item * len(raters) + ratings.rater
    order = np.argsort(first_cells)
    place = np.searchsorted(first_cells[order], cell).clip(max=len(order) - 1)
    has_first = first_cells[order][place] == cell
    second = _score_matrix(scores, row_of, n_ratings=len(rating), criteria=criteria)
    return Repeats(
        rater=rater[has_first],
        post=ratings.post[item[has_first]],
        first=ratings.score[order[place[has_first]]],
        second=second[has_first],
    )


def by_value(criterion: Criterion) -> list[ScalePoint]:
    """Return the points of a criterion's scale, ascending."""
    return sorted(criterion.points.all(), key=lambda point: point.value)


def _groupings(study: Study, cells: NDArray[Any]) -> dict[str, Grouping]:
    """Return how the items part by dimension, topic and post, each in the order of the study."""
    posts = list(study.posts.posts.order_by("position").values_list("pk", "area", "position"))
    dimensions = dict(
        Dimension.objects.filter(pk__in=np.unique(cells["dimension"]).tolist()).values_list("pk", "name")
    )
    topics = {pk: area or "no topic" for pk, area, _ in posts}
    return {
        "dimension": _grouping(cells["dimension"], dimensions),
        "topic": _grouping(cells["post"], topics),
        "post": _grouping(cells["post"], {pk: f"Post {position}" for pk, _, position in posts}),
    }


def _grouping(keys: IntArray, name_of: Mapping[int, str]) -> Grouping:
    """Return the grouping of items by the names of their keys; only names that occur."""
    present = set(keys.tolist())
    used = dict.fromkeys(name for key, name in name_of.items() if key in present)
    place = {name: number for number, name in enumerate(used)}
    return Grouping(
        names=tuple(used),
        group=_numbers(keys, {key: place[name] for key, name in name_of.items() if name in place}),
    )


def _score_rows(ratings: QuerySet[Rating]) -> "QuerySet[Rating, Any]":
    """Return a row for each score, one with 0 for criterion and point where a rating has none."""
    return ratings.order_by().values_list(
        "pk",
        "current",
        "assignment__item",
        "assignment__rater",
        Coalesce("current__scores__criterion", 0),
        Coalesce("current__scores__point", 0),
    )


def _cells(study: Study) -> "QuerySet[Item, Any]":
    return Item.objects.filter(study=study).order_by("pk").values_list("pk", "post", "dimension", "condition")


def _columns(rows: "QuerySet[Any, Any]", names: Iterable[str]) -> NDArray[Any]:
    """Return rows of whole numbers as an array with named columns."""
    return np.fromiter(rows.iterator(chunk_size=5_000), dtype=[(name, np.int64) for name in names])


def _places(keys: Iterable[int]) -> dict[int, int]:
    return {key: place for place, key in enumerate(keys)}


def _numbers(keys: IntArray, number_of: Mapping[int, int]) -> IntArray:
    """Return number_of each key; there are few different ones."""
    different, row_of = np.unique(keys, return_inverse=True)
    return np.array([number_of[key] for key in different.tolist()], dtype=np.int64)[row_of]


def _order_of_work(study: Study, rating: IntArray) -> IntArray:
    """Return (n_ratings,): the place of each rating in the order in which they were first handed in."""
    in_order = kept_ratings(study).order_by("assignment__closed_at", "pk").values_list("pk", flat=True)
    return _numbers(rating, _places(in_order.iterator(chunk_size=5_000)))


def _score_matrix(
    scores: NDArray[Any], row_of: IntArray, *, n_ratings: int, criteria: Iterable[Criterion]
) -> IntArray:
    """Return (n_ratings, n_criteria): the chosen point's place on the scale, by value; -1 without one."""
    column_of: dict[int, int] = {}
    category_of: dict[int, int] = {}
    for column, criterion in enumerate(criteria):
        column_of[criterion.pk] = column
        category_of |= {point.pk: category for category, point in enumerate(by_value(criterion))}
    matrix = np.full((n_ratings, len(column_of)), -1, dtype=np.int64)
    given = scores["point"] > 0
    columns = _numbers(scores["criterion"][given], column_of)
    matrix[row_of[given], columns] = _numbers(scores["point"][given], category_of)
    return matrix
