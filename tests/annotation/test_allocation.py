from collections import Counter
from itertools import combinations
from math import comb

from hypothesis import given
from hypothesis import strategies as st

from annotation.allocation import fill_seats, order_items

Item = tuple[frozenset[int], frozenset[int]]
NOBODY: Item = (frozenset(), frozenset())


@st.composite
def designs(draw: st.DrawFn) -> tuple[int, int, int]:
    """Numbers of items, raters and raters per item."""
    raters = draw(st.integers(1, 9))
    return draw(st.integers(0, 120)), raters, draw(st.integers(1, raters))


def allocate(items: int, raters: int, k: int, seed: str = "7") -> list[tuple[int, ...]]:
    return fill_seats([NOBODY] * items, raters=range(raters), raters_per_item=k, loads={}, seed=seed)


@given(designs())
def test_every_item_gets_k_different_raters_and_loads_stay_within_one(design: tuple[int, int, int]) -> None:
    items, raters, k = design

    chosen = allocate(items, raters, k)

    load = Counter(dict.fromkeys(range(raters), 0))
    load.update(rater for group in chosen for rater in group)
    assert [len(set(group)) for group in chosen] == [k] * items
    assert max(load.values()) - min(load.values()) <= 1


@given(st.integers(2, 8), st.integers(2, 4), st.integers(0, 50))
def test_every_pair_of_raters_meets_when_there_are_items_enough(raters: int, k: int, seed: int) -> None:
    k = min(k, raters)
    items = 3 * -(-comb(raters, 2) // comb(k, 2))

    chosen = allocate(items, raters, k, seed=str(seed))

    met = {frozenset(pair) for group in chosen for pair in combinations(group, 2)}
    assert len(met) == comb(raters, 2)


def test_pairs_of_four_raters_meet_equally_often() -> None:
    chosen = allocate(114, 4, 2)

    met = Counter(frozenset(group) for group in chosen)

    assert sorted(met.values()) == [19] * 6


def test_allocation_follows_from_its_seed() -> None:
    assert allocate(40, 5, 2, seed="a") == allocate(40, 5, 2, seed="a")
    assert allocate(40, 5, 2, seed="a") != allocate(40, 5, 2, seed="b")


def test_held_seats_stay_and_barred_raters_do_not_return() -> None:
    items: list[Item] = [
        (frozenset({1}), frozenset({2})),
        (frozenset({1, 2}), frozenset()),
        (frozenset(), frozenset({1, 2, 3})),
    ]

    chosen = fill_seats(items, raters=[1, 2, 3], raters_per_item=2, loads={1: 2, 2: 1}, seed="7")

    assert chosen == [(3,), (), ()]


def test_newcomer_takes_the_free_seats_first() -> None:
    items: list[Item] = [(frozenset({1}), frozenset())] * 3

    chosen = fill_seats(items, raters=[1, 2, 3], raters_per_item=2, loads={1: 3, 2: 3}, seed="7")

    assert chosen == [(3,), (3,), (3,)]


def test_many_raters_are_compared_by_sample() -> None:
    chosen = allocate(100, 40, 6)

    load = Counter(rater for group in chosen for rater in group)
    assert set(load.values()) == {15}


def test_orders_differ_by_rater_and_keep_every_item() -> None:
    items = list(range(30))

    first, second = order_items(items, seed="7", rater=1), order_items(items, seed="7", rater=2)

    assert first != second
    assert sorted(first) == sorted(second) == items
    assert first == order_items(reversed(items), seed="7", rater=1)
