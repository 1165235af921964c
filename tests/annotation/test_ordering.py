"""What an order promises: tried against all orders there are of small designs, and counted in real ones."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise, permutations
from statistics import fmean

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from annotation.allocation import Seats, fill_seats
from annotation.ordering import Cell, order_items, widest_gap

POSTS, CONDITIONS, SPACING = 28, 4, 5


def cells_of(posts: Sequence[int]) -> list[Cell]:
    """Return an item of each of the posts, each post's under conditions 0, 1, 2, ..."""
    seen: Counter[int] = Counter()
    cells = []
    for item, post in enumerate(posts):
        cells.append(Cell(item, post, seen[post]))
        seen[post] += 1
    return cells


def narrowest_gap(posts: Sequence[int], *, n_before: int = 0) -> float:
    """Return the least distance of two readings of a post, of which one at least is new."""
    last: dict[int, int] = {}
    gaps = [float("inf")]
    for place, post in enumerate(posts):
        if post in last and place >= n_before:
            gaps.append(place - last[post])
        last[post] = place
    return min(gaps)


def ordered(
    cells: Sequence[Cell], *, seed: str = "7", rater: int = 1, turn: int = 0, spacing: int = SPACING
) -> list[Cell]:
    by_item = {cell.item: cell for cell in cells}
    return [by_item[item] for item in order_items(cells, seed=seed, rater=rater, turn=turn, spacing=spacing)]


def orders_of_a_study(
    seed: str, *, raters: int = 4, posts: int = POSTS, conditions: int = CONDITIONS
) -> list[list[Cell]]:
    """Return the raters' orders of a study in which every post has a response of every condition."""
    cells = [
        Cell(post * conditions + condition, post, condition)
        for post in range(posts)
        for condition in range(conditions)
    ]
    chosen = fill_seats(
        [Seats(post=cell.post, condition=cell.condition) for cell in cells],
        raters=range(raters),
        raters_per_item=2,
        loads={},
        seed=seed,
    )
    return [
        ordered(
            [cell for cell, group in zip(cells, chosen, strict=True) if rater in group],
            seed=seed,
            rater=rater,
            turn=rater,
        )
        for rater in range(raters)
    ]


@settings(max_examples=150, deadline=None)
@given(
    posts=st.lists(st.integers(0, 3), max_size=7),
    before=st.lists(st.integers(0, 3), max_size=4),
    spacing=st.integers(1, 6),
    seed=st.integers(0, 3),
)
@example(posts=[1, 0], before=[0, 1, 2], spacing=4, seed=1)  # once only as far apart as the new ones are many
def test_no_other_order_keeps_responses_to_a_post_further_apart(
    posts: list[int], before: list[int], spacing: int, seed: int
) -> None:
    cells = cells_of(posts)

    order = order_items(cells, seed=str(seed), rater=1, turn=seed, spacing=spacing, before=before)

    def gap(new: Sequence[int]) -> float:
        return min(narrowest_gap([*before, *new], n_before=len(before)), spacing)

    assert sorted(order) == [cell.item for cell in cells]
    assert gap([posts[item] for item in order]) == max(gap(new) for new in set(permutations(posts)))


@settings(max_examples=150, deadline=None)
@given(posts=st.lists(st.integers(0, 12), min_size=1, max_size=60), spacing=st.integers(1, 8))
def test_spacing_is_kept_wherever_the_most_frequent_posts_leave_room(posts: list[int], spacing: int) -> None:
    counts = Counter(posts).values()
    most = max(counts)
    needed = (most - 1) * spacing + sum(count == most for count in counts)

    gap = narrowest_gap([cell.post for cell in ordered(cells_of(posts), spacing=spacing)])

    assert (gap >= spacing) == (needed <= len(posts))
    assert gap >= min(spacing, widest_gap(posts))


def test_frequent_post_does_not_bring_the_others_together() -> None:
    posts = [0] * 20 + [post for post in range(1, 11) for _ in range(2)]

    order = [cell.post for cell in ordered(cells_of(posts))]

    assert narrowest_gap(order) == 2
    assert narrowest_gap([post if post else -place for place, post in enumerate(order)]) >= SPACING


def test_order_follows_from_seed_and_rater() -> None:
    cells = cells_of([post for post in range(10) for _ in range(3)])

    assert ordered(cells) == ordered(cells[::-1])
    assert ordered(cells) != ordered(cells, rater=2)
    assert ordered(cells) != ordered(cells, seed="8")


def test_orders_begin_with_any_item() -> None:
    """Posts and conditions that a rater meets early are drawn, not those with the most or the first rows."""
    cells = cells_of([0, 0, 0, 0, *range(1, 21)])

    firsts = Counter(ordered(cells, seed=str(seed))[0].item for seed in range(400))

    assert firsts.keys() == {cell.item for cell in cells}


def lead(order: Sequence[Cell]) -> float:
    """Return how far any condition ever runs ahead of, or behind, an even pace: in items."""
    totals = Counter(cell.condition for cell in order)
    so_far: Counter[int] = Counter()
    most = 0.0
    for place, cell in enumerate(order, start=1):
        so_far[cell.condition] += 1
        most = max(
            most, *(abs(so_far[which] - total * place / len(order)) for which, total in totals.items())
        )
    return most


def test_conditions_come_evenly_all_through_an_order() -> None:
    orders = [order for seed in range(20) for order in orders_of_a_study(str(seed))]
    shuffle = random.Random(7)
    shuffled = [shuffle.sample(order, len(order)) for order in orders]

    assert fmean(map(lead, orders)) < 1.5
    assert fmean(map(lead, shuffled)) > 2 * fmean(map(lead, orders))
    assert max(map(lead, orders)) < 3


def mean_place(orders: Sequence[Sequence[Cell]], condition: int) -> float:
    return fmean(
        place / (len(order) - 1)
        for order in orders
        for place, cell in enumerate(order)
        if cell.condition == condition
    )


def test_conditions_have_the_same_mean_place_across_raters() -> None:
    shuffle = random.Random(7)
    ours, plain = [], []
    for seed in range(30):
        orders = orders_of_a_study(str(seed))
        shuffled = [shuffle.sample(order, len(order)) for order in orders]
        ours += [abs(mean_place(orders, condition) - 0.5) for condition in range(CONDITIONS)]
        plain += [abs(mean_place(shuffled, condition) - 0.5) for condition in range(CONDITIONS)]

    assert fmean(ours) < fmean(plain) / 3


def test_places_of_a_block_are_turned_from_rater_to_rater() -> None:
    """At each place, the raters together meet every condition about equally often, as in a Latin square."""
    n_raters = 20
    orders = orders_of_a_study("7", raters=n_raters, posts=60)
    length = min(map(len, orders))
    shuffle = random.Random(7)
    shuffled = [shuffle.sample(order, len(order)) for order in orders]

    def unevenness(orders: Sequence[Sequence[Cell]]) -> float:
        at_place = (Counter(order[place].condition for order in orders) for place in range(length))
        even = n_raters / CONDITIONS
        return fmean((counts[which] - even) ** 2 for counts in at_place for which in range(CONDITIONS))

    assert unevenness(orders) < unevenness(shuffled) / 2


CHI_SQUARE_999 = {3: 16.27, 9: 27.88}


@pytest.mark.parametrize("place", [0, 1, 7, 14, -2, -1])
def test_place_in_an_order_does_not_tell_the_condition(place: int) -> None:
    seeds = 400

    met = Counter(orders_of_a_study(str(seed), posts=14)[seed % 4][place].condition for seed in range(seeds))

    expected = seeds / CONDITIONS
    chi_square = sum((met[which] - expected) ** 2 / expected for which in range(CONDITIONS))
    assert chi_square < CHI_SQUARE_999[CONDITIONS - 1]


@pytest.mark.parametrize("distance", [CONDITIONS - 1, CONDITIONS, 2 * CONDITIONS])
def test_conditions_do_not_come_round_in_a_cycle(distance: int) -> None:
    """Who recognises one text must not know by counting which others are of the same source."""
    same = Counter(
        one.condition == other.condition
        for seed in range(60)
        for order in orders_of_a_study(str(seed))
        for one, other in zip(order, order[distance:], strict=False)
    )

    assert 0.15 < same[True] / same.total() < 0.35


def test_neighbours_are_of_every_pair_of_conditions() -> None:
    pairs: defaultdict[tuple[int, int], int] = defaultdict(int)
    for seed in range(60):
        for order in orders_of_a_study(str(seed)):
            for one, other in pairwise(order):
                pairs[one.condition, other.condition] += 1

    different = [n for (one, other), n in pairs.items() if one != other]
    assert len(pairs) == CONDITIONS**2
    assert max(different) < 1.25 * min(different)
