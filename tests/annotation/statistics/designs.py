"""Small studies for tests: tables of scores with gaps, made into observations."""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from annotation.statistics.observations import FloatArray, Observations

NA = float("nan")


def observations_of(
    scores: Sequence[Sequence[float]] | FloatArray,
    *,
    values: Sequence[float] | FloatArray | None = None,
    cluster: Sequence[int] | None = None,
) -> Observations:
    """Make observations of scores (n_items, n_raters), NaN where a rater did not rate.

    Without `values`, the scale declares the points that occur; without `cluster`, every item is of its own
    post.
    """
    table = np.asarray(scores, dtype=np.float64)
    unit, rater = np.nonzero(~np.isnan(table))
    given = table[unit, rater]
    points = np.unique(given) if values is None else np.asarray(values, dtype=np.float64)
    return Observations(
        unit=unit,
        rater=rater,
        category=np.searchsorted(points, given),
        values=points,
        cluster=np.arange(len(table)) if cluster is None else np.asarray(cluster),
    )


def items_of_table(table: Sequence[Sequence[int]]) -> list[list[float]]:
    """Return one item with two scores for each count of a square table, rows being the first rater."""
    return [
        [float(a), float(b)]
        for a, row in enumerate(table)
        for b, count in enumerate(row)
        for _ in range(count)
    ]


def random_scores(draw: Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return scores (n_items, n_raters) and the points declared, the way studies go wrong.

    Among them are single items, raters who always give the same point, many ties and many gaps. At least one
    item has two ratings.
    """
    n_items = int(draw.choice([1, 2, 3, 5, 10, 25]))
    n_raters = int(draw.integers(2, 6))
    points = [np.arange(1.0, 11), np.arange(1.0, 6), np.array([0.0, 1]), np.array([0, 0.5, 1])]
    values = points[int(draw.integers(len(points)))]
    item = draw.integers(len(values), size=(n_items, 1))
    spread = int(draw.choice([0, 1, 2, len(values)]))
    rating = np.clip(item + draw.integers(-spread, spread + 1, size=(n_items, n_raters)), 0, len(values) - 1)
    if draw.random() < 0.3:
        rating[:, 0] = draw.integers(len(values))
    if draw.random() < 0.05:
        rating[:] = rating[0, 0]
    scores = values[rating]
    if draw.random() < 0.6:
        scores[draw.random(scores.shape) < draw.choice([0.1, 0.4])] = np.nan
        scores[0, :2] = values[rating[0, :2]]
    return scores, values
