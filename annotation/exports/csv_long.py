"""The long CSV: one row per rating and criterion, current versions, the shape R and pandas group by.

Skipped seats come last, with empty scores and the kind of the skip: missing by kind, never zero.

UTF-8 with a byte order mark, so that Excel reads accents right (pandas drops the mark by itself; in R:
`read.csv(path, fileEncoding = "UTF-8-BOM")`). Raters by code, and of a post its number in the imported
file, not the id that may lead to its author. Rationales are free text: they may quote a post or a name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import IO, Any

from annotation.exports.column import Column
from annotation.exports.csv_cells import Cell, write_csv
from annotation.exports.format import ExportFormat
from annotation.exports.origin_columns import ORIGIN_COLUMNS
from annotation.models import Assignment, Study
from annotation.queries.active_span import SeatTimes, seat_times
from annotation.queries.criterion import criteria_of
from annotation.queries.exclusion import exclusions_by_rating
from annotation.queries.export import score_rows, skipped_seats
from annotation.queries.provenance import origins_by_response

RATING_COLUMNS = (
    Column("study", "The study's short name, as in its address."),
    Column("item", "Number of the item: a response to a post, rated under one dimension.", "item_number"),
    Column("post", "Number of the post in the study's file of posts, from 1."),
    Column("area", "Area of the post, as its file names it; may be empty."),
    Column("dimension", "Key of the dimension under which the response was rated."),
    Column("dimension_number", "Number of that dimension in the appraisal scheme."),
    Column("source", "Where the response is from: model or human."),
    Column("model", "Name of the language model; empty for a human source."),
    Column("pipeline", "INDV or ITER; empty for a human source."),
    Column("method", "The strategy's method (an apostrophe stands before +), or the human source."),
    Column("rater", "The rater's code in this study.", "rater_code"),
    Column("position", "Place of the item in this rater's own order, from 1.", "place"),
    Column("occasion", "1; 2 and up where the same rater rated the item again.", "occasion_no"),
    Column(
        "origin",
        "expert, imported or simulated. Scores count ratings of occasion 1, simulated ones only in a study "
        "that was made for them.",
    ),
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
    Column(
        "missing",
        "Why there is no score: the kind of the skip (no_reason, cannot_judge, text_broken); else empty.",
    ),
    Column(
        "excluded",
        "Why the study's scores leave this rating out: rater, flagged, too_fast; empty where it counts.",
    ),
    Column(
        "active_seconds",
        "Seconds with the item visible and the rater active, until she first submitted or skipped it; "
        "time in several windows at once counts once. Empty where her browser told none.",
    ),
    Column(
        "elapsed_seconds",
        "Seconds from first opening the item to submitting or skipping it, pauses included.",
    ),
    Column("response_id", "Number of the response: the same under several dimensions."),
    Column("response_sha256", "SHA-256 of the response's text (UTF-8)."),
)
COLUMNS = (*RATING_COLUMNS, *ORIGIN_COLUMNS)


def write_csv_long(study: Study, stream: IO[bytes]) -> int:
    """Write the file and return its number of rows. Twelve queries, more where ratings are excluded.

    Memory grows with responses and seats.
    """
    return write_csv(_head_and_rows(study), stream)


def _head_and_rows(study: Study) -> Iterator[list[Cell]]:
    yield [column.name for column in COLUMNS]
    origins = origins_by_response(study)
    times = seat_times(Assignment.objects.filter(item__study=study))
    excluded = exclusions_by_rating(study)
    for row in _rows(study):
        whole = {
            **origins.get(row["response_id"], {}),
            **_seconds(times[row["seat"]]),
            "stimuli_sha256": study.stimuli_sha256,
            "excluded": excluded.get(row.get("rating", 0), ""),
            **row,
        }
        yield [column.value(whole) for column in COLUMNS]


def _rows(study: Study) -> Iterator[Mapping[str, Any]]:
    yield from score_rows(study).iterator(chunk_size=2000)
    criteria = [criterion.key for criterion in criteria_of(study)]
    for seat in skipped_seats(study).iterator(chunk_size=2000):
        yield from ({**seat, "criterion_key": key} for key in criteria)


def _seconds(times: SeatTimes) -> dict[str, float | None]:
    return {name: None if value is None else round(value, 1) for name, value in asdict(times).items()}


FORMAT = ExportFormat(
    key="csv-long", suffix="csv", content_type="text/csv; charset=utf-8", write=write_csv_long
)
