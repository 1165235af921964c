"""Who rates what, and in which order: pure functions of the design and a seed.

Every item gets k different raters, loads stay within one of each other, and every pair of raters meets as
evenly as the loads allow, so that severity can be compared between any two of them.
"""

import random
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from math import comb
from typing import TypeVar

Rater = TypeVar("Rater", bound=Hashable)

# Beyond this many equally loaded choices, a random sample of them is compared.
COMPARED_CHOICES = 400


def fill_seats(
    items: Sequence[tuple[frozenset[Rater], frozenset[Rater]]],
    *,
    raters: Sequence[Rater],
    raters_per_item: int,
    loads: Mapping[Rater, int],
    seed: str,
) -> list[tuple[Rater, ...]]:
    """Return, for each item, the raters who get a new seat on it.

    An item is (who holds a seat, who may not have one any more: skipped or withdrawn). Loads are the seats
    that each rater has already, over all items. An item for which too few raters are left stays short.
    """
    draw = random.Random(seed)  # noqa: S311  # reproducible, not secret
    load = Counter({rater: loads.get(rater, 0) for rater in raters})
    met = Counter(frozenset(pair) for holders, _ in items for pair in combinations(holders, 2))
    chosen: list[tuple[Rater, ...]] = []
    for holders, barred in items:
        free = [rater for rater in raters if rater not in holders and rater not in barred]
        seats = min(max(raters_per_item - len(holders), 0), len(free))
        newcomers = _choose(free, seats, holders=holders, load=load, met=met, draw=draw)
        for rater in newcomers:
            load[rater] += 1
        group = holders | set(newcomers)
        met.update(frozenset(pair) for pair in combinations(group, 2) if not holders.issuperset(pair))
        chosen.append(newcomers)
    return chosen


def _choose(
    free: Sequence[Rater],
    seats: int,
    *,
    holders: frozenset[Rater],
    load: Counter[Rater],
    met: Counter[frozenset[Rater]],
    draw: random.Random,
) -> tuple[Rater, ...]:
    """Take the least loaded; among equally loaded ones, the group whose pairs have met least."""
    if seats == 0:
        return ()
    by_load = sorted(free, key=lambda rater: load[rater])
    limit = load[by_load[seats - 1]]
    certain = [rater for rater in by_load if load[rater] < limit]
    level = [rater for rater in by_load if load[rater] == limit]
    open_seats = seats - len(certain)
    if comb(len(level), open_seats) <= COMPARED_CHOICES:
        choices = list(combinations(level, open_seats))
        draw.shuffle(choices)
    else:
        choices = [tuple(draw.sample(level, open_seats)) for _ in range(COMPARED_CHOICES)]

    def meetings(choice: tuple[Rater, ...]) -> tuple[int, int]:
        group = [*holders, *certain, *choice]
        counts = [met[frozenset(pair)] for pair in combinations(group, 2)]
        return max(counts, default=0), sum(counts)

    return (*certain, *min(choices, key=meetings))


def order_items(items: Iterable[int], *, seed: str, rater: int) -> list[int]:
    """Return one rater's order of the items: random, the same for the same seed and rater."""
    ordered = sorted(items)
    random.Random(f"{seed}:{rater}").shuffle(ordered)  # noqa: S311  # reproducible, not secret
    return ordered
