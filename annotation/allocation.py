"""Who rates what: a pure function of the design and a seed.

Every item gets k different raters, loads stay within one of each other, and every pair of raters meets as
evenly as the loads allow, so that severity can be compared between any two of them. Among raters who are
equal in that, the item goes where it spreads posts and conditions best.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Generic, TypeVar

Rater = TypeVar("Rater", bound=Hashable)


@dataclass(frozen=True)
class Seats(Generic[Rater]):
    """One item's seats: who holds one, and who may not have one (any more)."""

    holders: frozenset[Rater] = frozenset()
    barred: frozenset[Rater] = frozenset()
    post: int = 0
    condition: int = 0


def fill_seats(
    items: Sequence[Seats[Rater]],
    *,
    raters: Sequence[Rater],
    raters_per_item: int,
    loads: Mapping[Rater, int],
    seed: str,
    last_posts: Mapping[Rater, Sequence[int]] | None = None,
) -> list[tuple[Rater, ...]]:
    """Return, for each item, the raters who get a new seat on it.

    Loads are the seats that each rater has already, over all items; last_posts the posts at the end of each
    one's order, which she had better not meet again at once. An item for which too few raters are left stays
    short.
    """
    table = _Table(
        draw=random.Random(seed),  # noqa: S311  # reproducible, not secret
        load=Counter({rater: loads.get(rater, 0) for rater in raters}),
        last_posts={rater: frozenset(posts) for rater, posts in (last_posts or {}).items()},
    )
    for item in items:
        table.note(item, item.holders)
    chosen: list[tuple[Rater, ...]] = []
    for item in items:
        free = [rater for rater in raters if rater not in item.holders and rater not in item.barred]
        seats = min(max(raters_per_item - len(item.holders), 0), len(free))
        newcomers = table.choose(item, free, seats)
        table.load.update(newcomers)
        table.note(item, newcomers)
        chosen.append(newcomers)
    return chosen


@dataclass
class _Table(Generic[Rater]):
    """What has been given out so far: to whom, who met whom, who has which posts and conditions how often."""

    draw: random.Random
    load: Counter[Rater]
    last_posts: Mapping[Rater, frozenset[int]]
    met: defaultdict[Rater, Counter[Rater]] = field(default_factory=lambda: defaultdict(Counter))
    posts: Counter[tuple[Rater, int]] = field(default_factory=Counter)
    conditions: Counter[tuple[Rater, int]] = field(default_factory=Counter)

    def note(self, item: Seats[Rater], newcomers: Sequence[Rater] | frozenset[Rater]) -> None:
        """Count newcomers in: with each other and with the holders, who may be the newcomers themselves."""
        for rater in newcomers:
            self.posts[rater, item.post] += 1
            self.conditions[rater, item.condition] += 1
            for other in {*item.holders, *newcomers} - {rater}:
                self.met[rater][other] += 1
                if other in item.holders and other not in newcomers:
                    self.met[other][rater] += 1

    def choose(self, item: Seats[Rater], free: Sequence[Rater], seats: int) -> tuple[Rater, ...]:
        """Take the least loaded; among equally loaded ones, those who have met least, one after another."""
        if seats == 0:
            return ()
        by_load = sorted(free, key=self.load.__getitem__)
        limit = self.load[by_load[seats - 1]]
        chosen = [rater for rater in by_load if self.load[rater] < limit]
        level = [rater for rater in by_load if self.load[rater] == limit]
        self.draw.shuffle(level)
        burden = {rater: self._burden(item, rater) for rater in level}
        group = [*item.holders, *chosen]
        if not group and seats > 1:
            pair = min(combinations(level, 2), key=lambda two: self._strain(two, burden))
            group = chosen = list(pair)
        while len(chosen) < seats:
            others = [rater for rater in level if rater not in chosen]
            newcomer = min(others, key=lambda rater: (self._meetings(rater, group), burden[rater]))
            chosen = [*chosen, newcomer]
            group = [*group, newcomer]
        return tuple(chosen)

    def _burden(self, item: Seats[Rater], rater: Rater) -> tuple[bool, int, int]:
        """Say how badly the item suits a rater's own order and mix; lower is better."""
        return (
            item.post in self.last_posts.get(rater, ()),
            self.posts[rater, item.post],
            self.conditions[rater, item.condition],
        )

    def _strain(
        self, pair: tuple[Rater, ...], burden: Mapping[Rater, tuple[bool, int, int]]
    ) -> tuple[int, ...]:
        one, other = pair
        return (self.met[one][other], *map(sum, zip(burden[one], burden[other], strict=True)))

    def _meetings(self, rater: Rater, group: Sequence[Rater]) -> tuple[int, int]:
        counts = [self.met[rater][other] for other in group]
        return max(counts, default=0), sum(counts)
