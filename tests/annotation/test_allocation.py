from collections import Counter
from itertools import combinations
from math import comb

from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.allocation import Seats, fill_seats


@st.composite
def designs(draw: st.DrawFn) -> tuple[int, int, int]:
    """Numbers of items, raters and raters per item."""
    raters = draw(st.integers(1, 9))
    return draw(st.integers(0, 120)), raters, draw(st.integers(1, raters))


def allocate(items: int, raters: int, k: int, seed: str = "7") -> list[tuple[int, ...]]:
    return fill_seats([Seats()] * items, raters=range(raters), raters_per_item=k, loads={}, seed=seed)


@settings(deadline=None)
@given(designs())
def test_every_item_gets_k_different_raters_and_loads_stay_within_one(design: tuple[int, int, int]) -> None:
    items, raters, k = design

    chosen = allocate(items, raters, k)

    load = Counter(dict.fromkeys(range(raters), 0))
    load.update(rater for group in chosen for rater in group)
    assert [len(set(group)) for group in chosen] == [k] * items
    assert max(load.values()) - min(load.values()) <= 1


@settings(deadline=None)
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
    items = [
        Seats(frozenset({1}), frozenset({2})),
        Seats(frozenset({1, 2})),
        Seats(barred=frozenset({1, 2, 3})),
    ]

    chosen = fill_seats(items, raters=[1, 2, 3], raters_per_item=2, loads={1: 2, 2: 1}, seed="7")

    assert chosen == [(3,), (), ()]


def test_newcomer_takes_the_free_seats_first() -> None:
    items = [Seats(frozenset({1}))] * 3

    chosen = fill_seats(items, raters=[1, 2, 3], raters_per_item=2, loads={1: 3, 2: 3}, seed="7")

    assert chosen == [(3,), (3,), (3,)]


def test_larger_groups_keep_to_their_loads() -> None:
    chosen = allocate(100, 40, 6)

    load = Counter(rater for group in chosen for rater in group)
    assert set(load.values()) == {15}


@settings(deadline=None)
@given(st.integers(4, 20), st.integers(2, 4), st.integers(0, 50))
def test_pairs_meet_about_equally_often(raters: int, k: int, seed: int) -> None:
    chosen = allocate(400, raters, k, seed=str(seed))

    met = Counter(frozenset(pair) for group in chosen for pair in combinations(group, 2))
    counts = [met[frozenset(pair)] for pair in combinations(range(raters), 2)]
    assert max(counts) - min(counts) <= 4


def test_posts_and_conditions_are_spread_over_raters() -> None:
    items = [Seats(post=post, condition=condition) for post in range(28) for condition in range(4)]

    chosen = fill_seats(items, raters=range(4), raters_per_item=2, loads={}, seed="7")

    had = [(rater, item) for item, group in zip(items, chosen, strict=True) for rater in group]
    per_post = Counter((rater, item.post) for rater, item in had)
    per_condition = Counter((rater, item.condition) for rater, item in had)
    assert max(per_post.values()) <= 3
    assert set(per_condition.values()) <= {13, 14, 15}


def test_free_seat_goes_to_a_rater_who_has_not_just_read_the_post() -> None:
    chosen = {
        fill_seats(
            [Seats(post=3)],
            raters=[1, 2],
            raters_per_item=1,
            loads={1: 4, 2: 4},
            last_posts={1: [2, 3]},
            seed=str(seed),
        )[0]
        for seed in range(10)
    }

    assert chosen == {(2,)}
