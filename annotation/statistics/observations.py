"""The ratings of one criterion, as arrays: what every coefficient of agreement is computed from."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

IntArray: TypeAlias = NDArray[np.int64]
FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Observations:
    """All ratings of one criterion, one per item and rater at most.

    unit: (n_ratings,) index of the item of each rating, 0..n_units-1; an item may have no rating.
    rater: (n_ratings,) index of the rater of each rating, any whole numbers from 0.
    category: (n_ratings,) index into `values` of the point given.
    values: (n_categories,) all points that the scale declares, used or not, ascending.
    cluster: (n_units,) index of each item's post, 0..n_clusters-1; every post has an item.

    Raises ValueError where the arrays do not fit together or a rater has rated an item twice: such an item
    belongs to the comparison of the two occasions, not here.
    """

    unit: IntArray
    rater: IntArray
    category: IntArray
    values: FloatArray
    cluster: IntArray

    def __post_init__(self) -> None:
        if not len(self.unit) == len(self.rater) == len(self.category):
            raise ValueError("Each rating needs one item, one rater and one point of the scale.")
        if not _indexes(self.unit, self.n_units):
            raise ValueError("A rating names an item that is not there.")
        if not _indexes(self.category, len(self.values)):
            raise ValueError("A rating names a point that the scale does not declare.")
        if np.any(np.diff(self.values) <= 0):
            raise ValueError("The points of the scale must be ascending.")
        if np.any(self.rater < 0):
            raise ValueError("The index of a rater cannot be negative.")
        if np.any(np.bincount(self.cluster) == 0):
            raise ValueError("Every post needs an item.")
        order = np.lexsort((self.rater, self.unit))
        unit, rater = self.unit[order], self.rater[order]
        if np.any((unit[1:] == unit[:-1]) & (rater[1:] == rater[:-1])):
            raise ValueError("A rater has rated an item twice.")

    @property
    def n_units(self) -> int:
        return len(self.cluster)

    @property
    def n_ratings(self) -> int:
        return len(self.unit)

    @property
    def n_clusters(self) -> int:
        return int(self.cluster.max()) + 1 if len(self.cluster) else 0

    @property
    def n_raters(self) -> int:
        """Number of raters who gave at least one of these ratings."""
        return len(np.unique(self.rater))

    def counts(self) -> IntArray:
        """Return (n_units, n_categories): how often each point was given to each item."""
        n_categories = len(self.values)
        cells = np.bincount(self.unit * n_categories + self.category, minlength=self.n_units * n_categories)
        return cells.reshape(self.n_units, n_categories)

    def why_incomparable(self) -> str:
        """Say why no two ratings can be compared; empty where some can."""
        if self.n_ratings == 0:
            return "There are no ratings yet."
        if np.bincount(self.unit).max() < 2:
            return "No item has two ratings, so there is nothing to compare."
        return ""

    def subset(self, mask: BoolArray) -> "Observations":
        """Return the ratings of the items for which mask (n_units,) is true.

        Items and posts are numbered anew in their old order; raters keep their numbers and the scale its
        points.
        """
        new_unit = np.cumsum(mask) - 1
        kept = mask[self.unit]
        return Observations(
            unit=new_unit[self.unit[kept]],
            rater=self.rater[kept],
            category=self.category[kept],
            values=self.values,
            cluster=np.unique(self.cluster[mask], return_inverse=True)[1],
        )


def _indexes(numbers: IntArray, length: int) -> bool:
    return len(numbers) == 0 or (int(numbers.min()) >= 0 and int(numbers.max()) < length)
