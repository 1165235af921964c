"""The ratings that a snapshot was computed from, as CSV: one row per rating and criterion, numbers only."""

from collections.abc import Iterator
from decimal import Decimal

from annotation.exports.csv_cells import Cell, csv_lines
from annotation.models import Snapshot
from annotation.queries.snapshot import ratings_of

OF_ITEM = ("item", "post", "dimension", "source", "model", "pipeline", "method")
NAMES = (*OF_ITEM, "rater", "rating", "version_key", "simulated", "criterion", "score")


def snapshot_ratings(snapshot: Snapshot) -> Iterator[str]:
    """Yield the lines. item and rating are the numbers that the long CSV names so; simulated is 1 or 0."""
    return csv_lines(_rows(snapshot))


def _rows(snapshot: Snapshot) -> Iterator[list[Cell]]:
    yield list(NAMES)
    kept = ratings_of(snapshot)
    simulated = int(snapshot.study.is_simulated)
    for item, rater, rating, version, *points in kept["ratings"]:
        for criterion, point in zip(kept["criteria"], points, strict=True):
            score = None if point < 0 else Decimal(criterion["values"][point])
            of_rating: list[Cell] = [kept["raters"][rater], rating, version, simulated]
            yield [*kept["items"][item], *of_rating, criterion["key"], score]
