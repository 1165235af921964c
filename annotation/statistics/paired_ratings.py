"""Two ratings of each of some items: by two raters, or by one rater on two occasions."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from annotation.statistics.observations import BoolArray, FloatArray, IntArray, Observations


@dataclass(frozen=True, eq=False)
class PairedRatings:
    """The items that have both ratings.

    first, second: (n_units,) indexes into values (n_categories,), the declared points, ascending.
    cluster: (n_units,) index of each item's post.
    """

    first: IntArray
    second: IntArray
    values: FloatArray
    cluster: IntArray

    @property
    def n_units(self) -> int:
        return len(self.first)

    def rows(self, mask: BoolArray) -> "PairedRatings":
        """Return the items for which mask (n_units,) is true."""
        return PairedRatings(
            first=self.first[mask], second=self.second[mask], values=self.values, cluster=self.cluster[mask]
        )

    def differences(self) -> FloatArray:
        """Return (n_units,): the first rating minus the second, in points of the scale."""
        return np.asarray(self.values[self.first] - self.values[self.second])

    def table(self) -> IntArray:
        """Return (n_categories, n_categories): how often each pair of points occurs, the first in rows."""
        return self.counts().sum(axis=0).reshape(len(self.values), len(self.values))

    def counts(self) -> IntArray:
        """Return (n_units, n_categories²): 1 in the item's cell of the table, row by row."""
        n_categories = len(self.values)
        cells = np.zeros((self.n_units, n_categories**2), dtype=np.int64)
        cells[np.arange(self.n_units), self.first * n_categories + self.second] = 1
        return cells

    def why_incomparable(self) -> str:
        """Say that there is nothing to compare; empty where there is."""
        return "" if self.n_units else "No item has both ratings, so there is nothing to compare."


def rater_pairs(observations: Observations) -> dict[tuple[int, int], PairedRatings]:
    """Return the shared items of every two raters who share some, by their numbers, the lower one first."""
    order = np.lexsort((observations.rater, observations.unit))
    unit, rater, category = observations.unit[order], observations.rater[order], observations.category[order]
    at = [np.flatnonzero(shared) for shared in _shared(unit)]
    start = np.concatenate([np.empty(0, dtype=np.int64), *at])
    end = np.concatenate([np.empty(0, dtype=np.int64), *(rows + step for step, rows in enumerate(at, 1))])
    pairs, pair = np.unique(np.column_stack([rater[start], rater[end]]), axis=0, return_inverse=True)
    by_pair = np.argsort(pair.reshape(-1), kind="stable")
    parts = np.split(by_pair, np.cumsum(np.bincount(pair.reshape(-1), minlength=len(pairs)))[:-1])
    return {
        (int(one), int(other)): PairedRatings(
            first=category[start[part]],
            second=category[end[part]],
            values=observations.values,
            cluster=observations.cluster[unit[start[part]]],
        )
        for (one, other), part in zip(pairs, parts, strict=False)
    }


def _shared(unit: IntArray) -> Iterator[BoolArray]:
    """Yield, for 1, 2, ... rows further on while any matches, whether that row is of the same item.

    unit: (n_ratings,), sorted. A mask for `step` rows further on has n_ratings - step entries.
    """
    for step in range(1, len(unit)):
        same = unit[step:] == unit[:-step]
        if not same.any():
            return
        yield same
