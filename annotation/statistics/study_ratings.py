"""All counted ratings of a study as arrays: what its report is computed from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from annotation.statistics.observations import BoolArray, FloatArray, IntArray, Observations


@dataclass(frozen=True)
class Scale:
    """A criterion: its declared points' values, ascending, their words, and whether they are ordered.

    The highest value of a criterion with two unordered points is the one that is counted, as in "harmful".
    words: of each point, empty where points have none.
    """

    key: str
    label: str
    values: tuple[Decimal, ...]
    is_ordinal: bool
    words: tuple[str, ...] = ()

    @property
    def is_rate(self) -> bool:
        return not self.is_ordinal and len(self.values) == 2

    def name_of(self, point: int) -> str:
        """Return a point's words, else its value."""
        words = self.words[point] if self.words else ""
        return words or f"{self.values[point].normalize():f}"


@dataclass(frozen=True, eq=False)
class Grouping:
    """Another way to part the items than by condition: names, which the numbers (n_items,) index."""

    names: tuple[str, ...]
    group: IntArray


@dataclass(frozen=True, eq=False)
class Repeats:
    """Items that a rater rated again, numbered and scored as in `StudyRatings`.

    rater, post, condition: (n,); first, second: (n, n_criteria).
    """

    rater: IntArray
    post: IntArray
    condition: IntArray
    first: IntArray
    second: IntArray


@dataclass(frozen=True, eq=False)
class StudyRatings:
    """Items, ratings and their scores, each as columns.

    conditions, raters: names, which the numbers in `condition` and `rater` index.
    post, dimension, condition: (n_items,); post counts from 0 without a gap, dimension is any number.
    item, rater: (n_ratings,); given: (n_ratings,), any number that grows with the time of a rater's ratings.
    score: (n_ratings, n_criteria), an index into the scale's values, -1 where a criterion has no score.
    groupings: by what they part the items by, as "topic". repeats: beside these first ratings, if any.
    """

    scales: tuple[Scale, ...]
    conditions: tuple[str, ...]
    raters: tuple[str, ...]
    post: IntArray
    dimension: IntArray
    condition: IntArray
    item: IntArray
    rater: IntArray
    given: IntArray
    score: IntArray
    groupings: Mapping[str, Grouping] = field(default_factory=dict)
    repeats: Repeats | None = None

    @property
    def n_items(self) -> int:
        return len(self.post)

    @property
    def n_posts(self) -> int:
        return int(self.post.max()) + 1 if len(self.post) else 0

    @property
    def n_ratings(self) -> int:
        return len(self.item)

    def scored(self, criterion: int) -> BoolArray:
        """Return (n_ratings,): which ratings have a score on the criterion."""
        return np.asarray(self.score[:, criterion] >= 0)

    def observations(self, criterion: int) -> Observations:
        """Return the scores on one criterion, in the order of `scored`."""
        scored = self.scored(criterion)
        return Observations(
            unit=self.item[scored],
            rater=self.rater[scored],
            category=self.score[scored, criterion],
            values=self.values(criterion),
            cluster=self.post,
        )

    def values(self, criterion: int) -> FloatArray:
        return np.array([float(value) for value in self.scales[criterion].values])

    def points(self) -> FloatArray:
        """Return (n_ratings, n_criteria): scores in points of their scales, NaN where there is none."""
        columns = [
            np.append(self.values(number), np.nan)[self.score[:, number]]
            for number in range(len(self.scales))
        ]
        return np.column_stack(columns) if columns else np.empty((self.n_ratings, 0))
