"""Describe the scores of one group by n, mean and standard deviation, exactly.

Scores come as counts of decimal values. Sums are exact fractions, so the result does not depend on the
order of the ratings and is rounded once, at the end.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from annotation.statistics.quartiles import Quartiles, quartiles


@dataclass(frozen=True)
class Description:
    """How many scores there are and where they lie.

    `mean` is None without a score and `sd` (n-1 in the denominator) with fewer than two: there is no
    number to give, and 0 would be one.
    """

    n: int
    mean: float | None
    sd: float | None
    counts: Mapping[Decimal, int]

    @property
    def quartiles(self) -> Quartiles | None:
        """Return the median and what lies around it; None without a score."""
        return quartiles(self.counts)


def describe(counts: Mapping[Decimal, int]) -> Description:
    """Return n, mean and sample SD of scores given as {value: how often}.

    Raises ValueError on a negative count. Values that never occur (count 0) are left out of `counts`.
    """
    if any(count < 0 for count in counts.values()):
        raise ValueError("A score cannot occur fewer than 0 times.")
    present = {value: counts[value] for value in sorted(counts) if counts[value]}
    n = sum(present.values())
    if n == 0:
        return Description(n=0, mean=None, sd=None, counts={})
    mean = sum(Fraction(value) * count for value, count in present.items()) / n
    squares = sum((Fraction(value) - mean) ** 2 * count for value, count in present.items())
    sd = math.sqrt(squares / (n - 1)) if n > 1 else None
    return Description(n=n, mean=float(mean), sd=sd, counts=present)
