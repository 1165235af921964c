"""A rater's own ratings as a CSV for herself: what she gave, and nothing of where texts are from."""

import codecs
from collections.abc import Iterator

from annotation.exports.column import Column
from annotation.exports.csv_cells import Cell, csv_lines
from annotation.models import Membership
from annotation.queries.own_numbers import own_score_rows

COLUMNS = (
    Column("item", "Place of the item in the rater's own order, as on her pages."),
    Column("criterion", "The criterion.", "criterion_label"),
    Column("score", "The point that was chosen."),
    Column("score_label", "The point's words; empty where points have none."),
    Column("rationale", "The reason, as typed.", "rationale_text"),
    Column("version", "2 and up were changed after submitting.", "version_number"),
    Column("submitted_at", "When this version was submitted (UTC, ISO 8601)."),
)


def own_ratings_csv(membership: Membership) -> Iterator[bytes]:
    """Yield the file line by line, current versions only. One query."""
    yield codecs.BOM_UTF8
    for line in csv_lines(_head_and_rows(membership)):
        yield line.encode()


def _head_and_rows(membership: Membership) -> Iterator[list[Cell]]:
    yield [column.name for column in COLUMNS]
    for row in own_score_rows(membership).iterator(chunk_size=2000):
        yield [column.value(row) for column in COLUMNS]
