"""Items with all that a release's human evaluation says of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import F, Min, Prefetch, QuerySet

from annotation.models import Item, Rating, RatingVersion, Score, Study
from annotation.queries.counted_rating import counted_ratings

CHUNK = 500


@dataclass(frozen=True)
class RatedItem:
    """An item with its ratings by rater's code; each rating's current version has its scores prefetched."""

    item: Item
    ratings: Sequence[Rating]


def rated_items(study: Study) -> Iterator[RatedItem]:
    """Yield the items with a rating that counts: in the order of their release, then by number.

    Ratings have `first_saved_at`, when their first version was. Three queries for every CHUNK of items.
    """
    items = iter(_items(study).iterator(chunk_size=CHUNK))
    while chunk := list(islice(items, CHUNK)):
        ratings: defaultdict[int, list[Rating]] = defaultdict(list)
        for rating in _ratings(study, chunk):
            ratings[rating.assignment.item_id].append(rating)
        yield from (RatedItem(item, ratings[item.pk]) for item in chunk)


def _items(study: Study) -> QuerySet[Item]:
    return (
        Item.objects.filter(pk__in=counted_ratings(study).values("assignment__item"))
        .select_related("post", "dimension", "condition__model_spec", "response", "imported")
        .order_by(F("imported__file").asc(nulls_last=True), "imported__row", "pk")
    )


def _ratings(study: Study, items: Sequence[Item]) -> QuerySet[Rating]:
    scores = Score.objects.select_related("criterion", "point")
    versions = RatingVersion.objects.prefetch_related(Prefetch("scores", queryset=scores))
    return (
        counted_ratings(study)
        .filter(assignment__item__in=items)
        .annotate(first_saved_at=Min("versions__saved_at"))
        .select_related("assignment__rater", "imported")
        .prefetch_related(Prefetch("current", queryset=versions))
        .order_by("assignment__rater__code", "pk")
    )
