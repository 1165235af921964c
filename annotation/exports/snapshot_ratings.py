"""The ratings that a snapshot was computed from, as CSV: one row per rating and criterion, numbers only."""

from collections.abc import Iterator
from decimal import Decimal
from typing import IO

from annotation.domain.errors import StudyError
from annotation.exports.csv_cells import Cell, csv_lines, write_csv
from annotation.exports.format import ExportFormat
from annotation.models import Snapshot, Study
from annotation.queries.snapshot import newest_snapshot, ratings_of

OF_ITEM = ("item", "post", "dimension", "source", "model", "pipeline", "method")
NAMES = (*OF_ITEM, "rater", "rating", "version_key", "simulated", "criterion", "score")


def snapshot_ratings(snapshot: Snapshot) -> Iterator[str]:
    """Yield the lines. item and rating are the numbers that the long CSV names so; simulated is 1 or 0."""
    return csv_lines(_rows(snapshot))


def write_newest_snapshot(study: Study, stream: IO[bytes]) -> int:
    """Write the ratings of the newest snapshot; raises StudyError where there is none."""
    snapshot = newest_snapshot(study)
    if snapshot is None:
        raise StudyError(
            f"Nothing was computed of this study yet, so there are no ratings that it was computed from."
            f" `manage.py scores {study.slug}` computes it."
        )
    return write_csv(_rows(snapshot), stream)


def _rows(snapshot: Snapshot) -> Iterator[list[Cell]]:
    yield list(NAMES)
    kept = ratings_of(snapshot)
    simulated = int(snapshot.study.is_simulated)
    for item, rater, rating, version, *points in kept["ratings"]:
        for criterion, point in zip(kept["criteria"], points, strict=True):
            score = None if point < 0 else Decimal(criterion["values"][point])
            of_rating: list[Cell] = [kept["raters"][rater], rating, version, simulated]
            yield [*kept["items"][item], *of_rating, criterion["key"], score]


FORMAT = ExportFormat(
    key="snapshot", suffix="csv", content_type="text/csv; charset=utf-8", write=write_newest_snapshot
)
