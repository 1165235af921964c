"""A study's counted ratings as arrays, for statistics."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from annotation.answers import chosen_points
from annotation.enums import Level
from annotation.models import Criterion, Item, Membership, Rating, ScalePoint, Study
from annotation.queries.counted_rating import counted_ratings
from annotation.queries.criterion import criteria_of
from annotation.queries.exclusion import kept_ratings
from annotation.statistics.observations import IntArray
from annotation.statistics.study_ratings import Grouping, Repeats, Scale, StudyRatings
from generation.models import Dimension

_RATING = ("rating", "version", "item", "rater", "answers")
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

    Only items with a rating are among the items. Memory while it reads: 40 bytes for each rating, twice.
    """
    criteria = list(criteria_of(study))
    conditions = list(study.conditions.select_related("model_spec").order_by("position"))
    raters = list(Membership.objects.filter(study=study).order_by("code", "pk"))
    rated, score = _rated(kept_ratings(study), criteria)
    cells = _columns(_cells(study).iterator(chunk_size=5_000), _CELL)
    cells = cells[np.isin(cells["item"], rated["item"])]
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
        item=np.searchsorted(cells["item"], rated["item"]).astype(np.int64),
        rater=_numbers(rated["rater"], _places(rater.pk for rater in raters)),
        given=_order_of_work(study, rated["rating"]),
        score=score,
        groupings=_groupings(study, cells),
    )
    ratings = replace(
        ratings, repeats=_repeats(study, ratings, items=cells["item"], raters=raters, criteria=criteria)
    )
    return KeyedRatings(
        ratings=ratings,
        items=cells["item"].copy(),
        rating=rated["rating"].copy(),
        version=rated["version"].copy(),
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
    again, second = _rated(counted_ratings(study, occasion=2), criteria)
    of_items = np.isin(again["item"], items)
    again, second = again[of_items], second[of_items]
    if not len(again):
        return None
    item = np.searchsorted(items, again["item"])
    rater = _numbers(again["rater"], _places(member.pk for member in raters))
    cell, first_cells = item * len(raters) + rater, ratings.item * len(raters) + ratings.rater
    order = np.argsort(first_cells)
    place = np.searchsorted(first_cells[order], cell).clip(max=len(order) - 1)
    has_first = first_cells[order][place] == cell
    return Repeats(
        rater=rater[has_first],
        post=ratings.post[item[has_first]],
        condition=ratings.condition[item[has_first]],
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


def _rated(ratings: QuerySet[Rating], criteria: Sequence[Criterion]) -> tuple[NDArray[Any], IntArray]:
    """Return the ratings by key, and (n_ratings, n_criteria): where on the scale the chosen point is.

    The lowest point's place is 0; -1 stands where a rating has none.
    """
    place_of: dict[str, int] = {}
    fields = ("pk", "current", "assignment__item", "assignment__rater", "answers")
    rows = ratings.order_by().values_list(*fields).iterator(chunk_size=5_000)
    rated = _columns(
        ((*keys, place_of.setdefault(answers, len(place_of))) for *keys, answers in rows), _RATING
    )
    rated = rated[np.argsort(rated["rating"])]
    return rated, _categories(list(place_of), criteria)[rated["answers"]]


def _categories(answers: Sequence[str], criteria: Sequence[Criterion]) -> IntArray:
    """Return (n_answers, n_criteria), as `_rated` has them for each rating."""
    cell_of = {
        point.pk: (column, category)
        for column, criterion in enumerate(criteria)
        for category, point in enumerate(by_value(criterion))
    }
    categories = np.full((len(answers), len(criteria)), -1, dtype=np.int64)
    for row, text in enumerate(answers):
        for column, category in map(cell_of.__getitem__, chosen_points(text)):
            categories[row, column] = category
    return categories


def _cells(study: Study) -> "QuerySet[Item, Any]":
    return Item.objects.filter(study=study).order_by("pk").values_list("pk", "post", "dimension", "condition")


def _columns(rows: Iterable[Sequence[int]], names: Iterable[str]) -> NDArray[Any]:
    """Return rows of whole numbers as an array with named columns."""
    return np.fromiter(rows, dtype=[(name, np.int64) for name in names])


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
