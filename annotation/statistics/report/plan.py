"""What was planned before the ratings were looked at, and what makes a report repeatable."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """contrasts: pairs (a, b) of condition numbers to compare, a against b; the same for every criterion.

    reference: the condition that the model of all conditions compares with; None without one.
    raters_per_item: k, the number of ratings that an item's mean is made of.
    seed, n_resamples: of every bootstrap and random permutation.
    """

    contrasts: tuple[tuple[int, int], ...]
    reference: int | None
    raters_per_item: int
    seed: int
    n_resamples: int = 2_000
