"""A coefficient of agreement as a function of sums over items.

One code then serves the estimate and every bootstrap replicate: a replicate only counts items, or posts, more
than once or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from annotation.statistics.observations import FloatArray, IntArray


class Rated(Protocol):
    """Rated items: all ratings of a criterion, or those of a pair of raters.

    values: (n_categories,); cluster: (n_units,), the post of each item.
    """

    @property
    def values(self) -> FloatArray: ...

    @property
    def cluster(self) -> IntArray: ...

    def counts(self) -> IntArray:
        """Return (n_units, n_cells): how often each thing that can be given was given to each item."""

    def why_incomparable(self) -> str:
        """Say why nothing here can be compared; empty where something can."""


Contributions: TypeAlias = Callable[[IntArray, FloatArray], FloatArray]
FromSums: TypeAlias = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True)
class Coefficient:
    """What each item adds, and how the sums make the number.

    contributions(counts (n_units, n_categories), values (n_categories,)) -> (n_units, p); items without a
    rating must add nothing. Coefficients that share this function share its work.
    from_sums(sums (..., p), values) -> (...), NaN where the coefficient is not defined.
    undefined: a sentence for people, for ratings that can be compared and yet give no number.
    """

    name: str
    contributions: Contributions
    from_sums: FromSums
    undefined: str


def estimate(rated: Rated, coefficient: Coefficient) -> float | None:
    """Return the coefficient of all ratings, or None where it is not defined."""
    patterns, _, frequency = rating_patterns(rated.counts())
    return value_of(coefficient, patterns, frequency, rated.values)


def value_of(
    coefficient: Coefficient, patterns: IntArray, frequency: IntArray, values: FloatArray
) -> float | None:
    """Return the coefficient of patterns (n_patterns, n_categories), each occurring `frequency` times."""
    return value_of_sums(coefficient, frequency @ coefficient.contributions(patterns, values), values)


def value_of_sums(coefficient: Coefficient, sums: FloatArray, values: FloatArray) -> float | None:
    """Return the coefficient of sums (p,) over all items."""
    value = float(coefficient.from_sums(sums, values))
    return value if np.isfinite(value) else None


def rating_patterns(counts: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return the different rows of counts, the number of each item's row, and how often each row occurs.

    Items whose ratings are alike are alike to every coefficient: a study of 10,000 items with three ratings
    on ten points has at most 220 patterns. Shapes: (n_patterns, n_categories), (n_units,), (n_patterns,).
    """
    patterns, pattern, frequency = np.unique(counts, axis=0, return_inverse=True, return_counts=True)
    return patterns, pattern.reshape(-1), frequency


def why_undefined(rated: Rated, coefficient: Coefficient) -> str:
    """Say in a sentence why there is no number; meant for where `estimate` is None."""
    return rated.why_incomparable() or coefficient.undefined
