"""Median and quartiles of the scores of one group, exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Quartiles:
    """The middle of the scores: a quarter lies at or below `lower`, a quarter at or above `upper`."""

    lower: float
    median: float
    upper: float

    @property
    def interquartile_range(self) -> float:
        return self.upper - self.lower


def quartiles(counts: Mapping[Decimal, int]) -> Quartiles | None:
    """Return the quartiles of scores given as {value: how often}; None without a score.

    Between two scores the quantile is interpolated linearly (definition 7 of Hyndman & Fan, 1996, Sample
    quantiles in statistical packages; the one numpy, pandas and R use unless told otherwise).
    Raises ValueError on a negative count.
    """
    if any(count < 0 for count in counts.values()):
        raise ValueError("A score cannot occur fewer than 0 times.")
    present = {value: counts[value] for value in sorted(counts) if counts[value]}
    if not present:
        return None
    lower, median, upper = (float(_quantile(present, Fraction(quarter, 4))) for quarter in (1, 2, 3))
    return Quartiles(lower=lower, median=median, upper=upper)


def _quantile(ascending: Mapping[Decimal, int], share: Fraction) -> Fraction:
    position = (sum(ascending.values()) - 1) * share
    below = int(position)
    low = _score_at(ascending, below)
    if position == below:
        return low
    return low + (position - below) * (_score_at(ascending, below + 1) - low)


def _score_at(ascending: Mapping[Decimal, int], rank: int) -> Fraction:
    """Return the score with `rank` scores before it."""
    passed = 0
    for value, count in ascending.items():
        passed += count
        if rank < passed:
            return Fraction(value)
    raise IndexError(f"There are {passed} scores, none of rank {rank}.")
