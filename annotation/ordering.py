"""In which order a rater meets her items: a pure function of the items and a seed.

Responses to one post are kept apart, so that one does not colour the next. And conditions come evenly all
through the order: as in a trial with permuted blocks, each comes once in each block, at a place that is
drawn; from rater to rater these places are turned on, as in the rows of a Latin square.

Two readings of one post are `gap` apart when their places differ by that much. The widest gap that the items
allow is always reached: whenever the loose rule fails, the strict one is left, by which the post with the
most responses left comes first. That is earliest deadline first, and no other order can do better.
"""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A post becomes urgent so many gaps before it must be read; the last rule treats all as urgent.
LOOK_AHEAD_GAPS = (1, 3, 12, math.inf)


@dataclass(frozen=True, order=True)
class Cell:
    """An item by what its place in an order depends on."""

    item: int
    post: int
    condition: int


def order_items(
    cells: Iterable[Cell],
    *,
    seed: str,
    rater: int,
    turn: int,
    spacing: int,
    before: Sequence[int] = (),
) -> list[int]:
    """Return one rater's order of the items: the same for the same seed, rater and turn.

    `turn` is the rater's number among the raters. Two responses to one post are `spacing` places apart, or as
    far as can be. `before` are the posts that she has at the end of her order already, the last one last.
    """
    draw = random.Random(f"{seed}:{rater}")  # noqa: S311  # reproducible, not secret
    shuffled = sorted(cells)
    draw.shuffle(shuffled)
    due = _conditions_due(shuffled, seed=seed, turn=turn, draw=draw)
    widest = widest_gap((cell.post for cell in shuffled), n_before=len(before))
    for gap in range(min(max(spacing, 1), widest), 0, -1):
        for look_ahead_gaps in LOOK_AHEAD_GAPS:
            order = _Order(shuffled, due=due, gap=gap, spacing=spacing, before=before, draw=draw)
            if order.is_completed(look_ahead=gap * look_ahead_gaps):
                return [cell.item for cell in order.cells]
    return []


def widest_gap(posts: Iterable[int], *, n_before: int = 0) -> int:
    """Return how far apart all readings of a post can be at most, in an order of these after others."""
    counts = Counter(posts)
    most = max(counts.values(), default=0)
    if most < 2:
        return max(n_before + counts.total(), 1)
    n_most = sum(count == most for count in counts.values())
    return (counts.total() - n_most) // (most - 1)


def narrowest_gap(posts: Iterable[int], *, before: Sequence[int] = ()) -> float:
    """Return the least distance of two readings of a post when these follow others; infinity for none."""
    read_at = {post: place for place, post in enumerate(before)}
    gap = math.inf
    for place, post in enumerate(posts, start=len(before)):
        gap = min(gap, place - read_at.get(post, -math.inf))
        read_at[post] = place
    return gap


def _conditions_due(
    cells: Sequence[Cell], *, seed: str, turn: int, draw: random.Random
) -> dict[int, list[int]]:
    """Return, for each condition, the places at which it is due, the last one first.

    A condition with n items has n blocks. Its part of a block is drawn, the same for as many raters as there
    are conditions, and turned on by one from each of these to the next.
    """
    counts = sorted(Counter(cell.condition for cell in cells).items())
    square, turned = divmod(turn, max(len(counts), 1))
    drawn = random.Random(f"{seed}:{square}")  # noqa: S311  # reproducible, not secret
    moments = []
    for block in range(max((n for _, n in counts), default=0)):
        parts = drawn.sample(range(len(counts)), len(counts))
        for part, (condition, n) in zip(parts, counts, strict=True):
            if block < n:
                share = ((part + turned) % len(counts) + draw.random()) / len(counts)
                moments.append(((block + share) / n, condition))
    due: defaultdict[int, list[int]] = defaultdict(list)
    for place, (_, condition) in reversed(list(enumerate(sorted(moments)))):
        due[condition].append(place)
    return due


class _Order:
    """An order in the making: what is left of each post and each condition, and when a post was last read."""

    def __init__(
        self,
        cells: Sequence[Cell],
        *,
        due: dict[int, list[int]],
        gap: int,
        spacing: int,
        before: Sequence[int],
        draw: random.Random,
    ) -> None:
        self.gap, self.draw = gap, draw
        # Posts that can be further apart than the most frequent one are.
        self.rests = tuple(dict.fromkeys((max(spacing, gap), gap)))
        self.total = len(cells)
        self.due = {condition: list(places) for condition, places in due.items()}
        self.read_at = {post: place - len(before) for place, post in enumerate(before)}
        self.by_condition: defaultdict[int, list[Cell]] = defaultdict(list)
        self.by_post: defaultdict[int, list[Cell]] = defaultdict(list)
        for cell in cells:
            self.by_condition[cell.condition].append(cell)
            self.by_post[cell.post].append(cell)
        self.by_count: defaultdict[int, dict[int, None]] = defaultdict(dict)
        for post, left in self.by_post.items():
            self.by_count[len(left)][post] = None
        self.cells: list[Cell] = []

    def is_completed(self, *, look_ahead: float) -> bool:
        """Place all cells; say whether that could be done with the gap kept."""
        while len(self.cells) < self.total:
            cell = self._urgent(look_ahead) or self._due()
            if cell is None:
                return False
            self._place(cell)
        return True

    def _place(self, cell: Cell) -> None:
        self.read_at[cell.post] = len(self.cells)
        self.cells.append(cell)
        self.due[cell.condition].pop()
        self.by_condition[cell.condition].remove(cell)
        left = self.by_post[cell.post]
        del self.by_count[len(left)][cell.post]
        left.remove(cell)
        if left:
            self.by_count[len(left)][cell.post] = None

    def _is_rested(self, post: int, rest: int) -> bool:
        read_at = self.read_at.get(post)
        return read_at is None or len(self.cells) - read_at >= rest

    def _urgent(self, look_ahead: float) -> Cell | None:
        """Return a cell of the post whose deadline is nearest; None while all of them are far."""
        for count in sorted((count for count, posts in self.by_count.items() if posts), reverse=True):
            deadline = self.total - 1 - (count - 1) * self.gap
            if deadline - len(self.cells) >= look_ahead:
                return None
            ready = [post for post in self.by_count[count] if self._is_rested(post, self.gap)]
            if ready:
                return min((cell for post in ready for cell in self.by_post[post]), key=self._wait)
        return None

    def _wait(self, cell: Cell) -> tuple[bool, int, float]:
        is_tired = not self._is_rested(cell.post, self.rests[0])
        return is_tired, self.due[cell.condition][-1], self.draw.random()

    def _due(self) -> Cell | None:
        """Return a cell of the condition that is due first, of those with a post that may be read now."""
        waiting = sorted((places[-1], condition) for condition, places in self.due.items() if places)
        for rest in self.rests:
            for _, condition in waiting:
                for cell in self.by_condition[condition]:
                    if self._is_rested(cell.post, rest):
                        return cell
        return None
