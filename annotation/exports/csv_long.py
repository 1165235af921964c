"""The long CSV: one row per rating and criterion, current versions, the shape R and pandas group by.

UTF-8 with a byte order mark, so that Excel reads accents right (pandas drops the mark by itself; in R:
`read.csv(path, fileEncoding = "UTF-8-BOM")`). Raters by code, and of a post its number in the imported
file, not the id that may lead to its author. Rationales are free text: they may quote a post or a name.
"""

import codecs
from dataclasses import dataclass
from typing import IO, Any

from annotation.exports.csv_cells import csv_lines
from annotation.exports.format import ExportFormat
from annotation.models import Study
from annotation.queries.export import score_rows


@dataclass(frozen=True)
class Column:
    """A column, what it means, and the name in the query where that is another."""

    name: str
    meaning: str
    field: str = ""

    def value(self, row: dict[str, Any]) -> Any:  # noqa: ANN401
        return row[self.field or self.name]


COLUMNS = (
    Column("study", "The study's short name, as in its address."),
    Column("item", "Number of the item: a response to a post, rated under one dimension."),
    Column("post", "Number of the post in the study's file of posts, from 1."),
    Column("area", "Area of the post, as its file names it; may be empty."),
    Column("dimension", "Key of the dimension under which the response was rated."),
    Column("dimension_number", "Number of that dimension in the appraisal scheme."),
    Column("source", "Where the response is from: model or human."),
    Column("model", "Name of the language model; empty for a human source."),
    Column("pipeline", "INDV or ITER; empty for a human source."),
    Column("method", "The strategy's method (an apostrophe stands before +), or the human source."),
    Column("rater", "The rater's code in this study."),
    Column("position", "Place of the item in this rater's own order, from 1."),
    Column("occasion", "1; 2 and up where the same rater rated the item again."),
    Column("origin", "expert, simulated or imported. Scores count expert ratings of occasion 1."),
    Column("rating", "Number of the rating; its rows have one per criterion."),
    Column(
        "version",
        "Which version of the rating this is; 2 and up were changed after submitting.",
        "version_number",
    ),
    Column("first_submitted_at", "When the first version was submitted (UTC, ISO 8601)."),
    Column("submitted_at", "When this version was submitted (UTC, ISO 8601)."),
    Column("criterion", "Key of the criterion.", "criterion_key"),
    Column("score", "The chosen scale point's value, exact."),
    Column("score_label", "The chosen scale point's label; empty where points have none."),
    Column("rationale", "The rater's reason; may be empty.", "rationale_text"),
    Column("response_id", "Number of the response: the same under several dimensions."),
    Column("response_sha256", "SHA-256 of the response's text (UTF-8)."),
)


def write_csv_long(study: Study, stream: IO[bytes]) -> int:
    """Write the file and return its number of rows. One query; memory does not grow with the study."""
    rows = score_rows(study).iterator(chunk_size=2000)
    stream.write(codecs.BOM_UTF8)
    n_lines = 0
    for line in csv_lines(_head_and(rows)):
        stream.write(line.encode())
        n_lines += 1
    return n_lines - 1


def _head_and(rows: Any) -> Any:  # noqa: ANN401
    yield [column.name for column in COLUMNS]
    for row in rows:
        yield [column.value(row) for column in COLUMNS]


FORMAT = ExportFormat(
    key="csv-long", suffix="csv", content_type="text/csv; charset=utf-8", write=write_csv_long
)
