"""Which items of a study a judge's reply is about."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from annotation.models import Item, Study


@dataclass(frozen=True)
class JudgedItems:
    """Primary keys of a study's items that have a text, by what a reply names them by."""

    by_text: dict[tuple[int, int], int]
    by_response: dict[int, list[int]]

    def of(self, item: int | None, response: int | None, dimension: int | None) -> Sequence[int]:
        """Return the items that a reply is about: of a text without a dimension all that were made of it."""
        if item is not None:
            return [item]
        if response is None:
            return []
        if dimension is None:
            return self.by_response.get(response, [])
        found = self.by_text.get((response, dimension))
        return [] if found is None else [found]


def judged_items(study: Study) -> JudgedItems:
    """Look the items up by their texts. One query; memory grows with items."""
    by_text: dict[tuple[int, int], int] = {}
    by_response: defaultdict[int, list[int]] = defaultdict(list)
    rows = Item.objects.filter(study=study, response__isnull=False).order_by("pk")
    for item, response, dimension in rows.values_list("pk", "response", "dimension"):
        if response is not None:
            by_text[response, dimension] = item
            by_response[response].append(item)
    return JudgedItems(by_text, dict(by_response))
