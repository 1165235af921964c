"""Adjust the p-values of a family of planned contrasts, and say what the family could ever show."""

import math
from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return the adjusted p-values of one family, in the same order (Holm, 1979, step-down).

    The family is everything that was planned: a contrast without a p-value (None) keeps its place in the
    count, because it was planned before anyone knew that it could not be computed, and stays None.
    Raises ValueError for a p outside 0 to 1.
    """
    known = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    if not all(0 <= p <= 1 for p, _ in known):
        raise ValueError("A p-value lies between 0 and 1.")
    adjusted: list[float | None] = [None] * len(p_values)
    reached = 0.0
    for rank, (p, index) in enumerate(known):
        reached = max(reached, min(1.0, (len(p_values) - rank) * p))
        adjusted[index] = reached
    return tuple(adjusted)


def smallest_sign_flip_p(n_posts: int) -> float:
    """Return the smallest two-sided p that an exact sign-flip test of n posts can reach: 2 / 2^n, at most 1.

    For a whole family, `holm` of these gives the smallest adjusted p that each contrast can reach, whatever
    the ratings turn out to be: an adjusted p never falls when any p of the family rises.
    """
    return min(1.0, 2.0 ** (1 - n_posts))


def posts_needed(family_size: int, *, level: float = 0.05) -> int:
    """Return the fewest posts with which the first of `family_size` contrasts can pass `level` after Holm.

    Raises ValueError unless the family has a contrast and the level lies between 0 and 1.
    """
    if family_size < 1 or not 0 < level < 1:
        raise ValueError("A family has at least one contrast, and a level between 0 and 1.")
    n_posts = max(1, math.floor(math.log2(family_size / level)))
    while family_size * smallest_sign_flip_p(n_posts) > level:
        n_posts += 1
    return n_posts
