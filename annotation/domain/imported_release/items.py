"""The rated texts of a release become items."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from annotation.domain.imported_release.rated_text import RatedText
from annotation.models import Condition, ImportedItem, Item, Study
from generation.models import Dimension


@dataclass(frozen=True)
class PlacedText:
    """A rated text with all that it needs to be an item; post and response are primary keys."""

    rated: RatedText
    post: int
    condition: Condition
    dimension: Dimension
    response: int


@dataclass(frozen=True)
class StoredItems:
    """Each item's place in the release, in the order of the placed texts.

    second_texts are the rows of texts in a cell of the design that has another one already.
    """

    records: list[ImportedItem]
    n_new: int
    second_texts: list[int]


def store_items(study: Study, placed: Sequence[PlacedText]) -> StoredItems:
    """Make the items that are not there yet. A cell may get several, each with a text of its own."""
    known = {
        (item.post_id, item.condition_id, item.dimension_id, item.response_id): item
        for item in study.items.all()
    }
    per_cell = Counter(cell[:3] for cell in known)
    new: list[Item] = []
    for text in placed:
        cell = (text.post, text.condition.pk, text.dimension.pk)
        if (*cell, text.response) in known:
            continue
        per_cell[cell] += 1
        item = Item(
            study=study,
            post_id=text.post,
            condition=text.condition,
            dimension=text.dimension,
            response_id=text.response,
            variant=per_cell[cell],
        )
        known[(*cell, text.response)] = item
        new.append(item)
    Item.objects.bulk_create(new, batch_size=500)
    items = [known[text.post, text.condition.pk, text.dimension.pk, text.response] for text in placed]
    second_texts = [text.rated.row for text, item in zip(placed, items, strict=True) if item.variant > 1]
    return StoredItems(_store_records(study, placed, items), len(new), second_texts)


def _store_records(study: Study, placed: Sequence[PlacedText], items: Sequence[Item]) -> list[ImportedItem]:
    stored = {record.item_id: record for record in ImportedItem.objects.filter(item__study=study)}
    new = {
        item.pk: ImportedItem(
            item=item, file=text.rated.file, row=text.rated.row, fields=dict(text.rated.fields)
        )
        for text, item in zip(placed, items, strict=True)
        if item.pk not in stored
    }
    ImportedItem.objects.bulk_create(new.values(), batch_size=500)
    stored.update(new)
    return [stored[item.pk] for item in items]
