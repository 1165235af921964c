from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.statistics.pairs import Pairs
from annotation.statistics.sign_flip import SignFlip, sign_flip

DIFFERENCES = st.lists(st.integers(-18, 18).map(lambda halves: halves / 2), min_size=3, max_size=9)


def pairs_of(differences: list[float], post: list[int] | None = None) -> Pairs:
    a = np.array(differences, dtype=np.float64)
    return Pairs(a=a, b=np.zeros(len(a)), post=np.array(post if post is not None else range(len(a))))


def enumerated_p(differences: list[float], post: list[int]) -> float:
    posts = sorted(set(post))
    patterns = [dict(zip(posts, signs, strict=True)) for signs in product((1, -1), repeat=len(posts))]
    sums = [sum(signs[p] * d for p, d in zip(post, differences, strict=True)) for signs in patterns]
    return sum(abs(total) >= abs(sum(differences)) - 1e-9 for total in sums) / len(sums)


def test_sign_flip_eight_posts_all_in_one_direction_reach_the_smallest_p() -> None:
    outcome = sign_flip(pairs_of([1.0, 2.0, 0.5, 3.0, 2.5, 1.5, 4.0, 6.0]), seed=1)

    assert outcome == SignFlip(p=2 / 256, exact=True, n_posts=8, n_draws=None, smallest_p=2 / 256)


def test_sign_flip_post_without_a_difference_doubles_the_p() -> None:
    outcome = sign_flip(pairs_of([0.0, 2.0, 0.5, 3.0, 2.5, 1.5, 4.0, 6.0]), seed=1)

    assert (outcome.p, outcome.smallest_p) == (4 / 256, 2 / 256)


@given(DIFFERENCES, st.data())
def test_sign_flip_equals_full_enumeration(differences: list[float], data: st.DataObject) -> None:
    post = data.draw(
        st.lists(st.integers(0, 5), min_size=len(differences), max_size=len(differences)), label="post"
    )

    outcome = sign_flip(pairs_of(differences, post), seed=1)

    if outcome.reason:
        assert outcome.p is None
    else:
        assert outcome.p == pytest.approx(enumerated_p(differences, post), abs=1e-12)


@given(DIFFERENCES)
def test_sign_flip_does_not_depend_on_the_direction(differences: list[float]) -> None:
    mirrored = [-difference for difference in differences]

    assert sign_flip(pairs_of(differences), seed=1) == sign_flip(pairs_of(mirrored), seed=1)


@given(st.lists(st.floats(-9, 9), min_size=0, max_size=30))
def test_sign_flip_p_is_a_probability_or_absent_with_a_reason(differences: list[float]) -> None:
    outcome = sign_flip(pairs_of(differences), seed=1, n_draws=99)

    assert (outcome.p is None) == bool(outcome.reason)
    assert outcome.p is None or outcome.smallest_p <= outcome.p <= 1


def test_sign_flip_counts_thirds_as_equal() -> None:
    differences = [1 / 3, 2 / 3, -1 / 3, 1.0]

    assert sign_flip(pairs_of(differences), seed=1).p == enumerated_p([1, 2, -1, 3], [0, 1, 2, 3])


def test_sign_flip_flips_the_pairs_of_a_post_together() -> None:
    outcome = sign_flip(pairs_of([1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [0, 0, 1, 1, 2, 2]), seed=1)

    assert (outcome.p, outcome.n_posts, outcome.smallest_p) == (0.25, 3, 0.25)


def test_sign_flip_many_posts_are_drawn() -> None:
    outcome = sign_flip(pairs_of([1.0] * 17), seed=1)

    assert outcome == SignFlip(p=0.0001, exact=False, n_posts=17, n_draws=9_999, smallest_p=0.0001)


def test_sign_flip_drawn_p_is_near_the_exact_one() -> None:
    """Eleven posts up and six down, all by one point: the binomial gives the exact p."""
    differences = [1.0] * 11 + [-1.0] * 6
    at_least_as_extreme = sum(comb(17, up) for up in range(18) if abs(2 * up - 17) >= 5)

    outcome = sign_flip(pairs_of(differences), seed=1, n_draws=99_999)

    assert outcome.p == pytest.approx(at_least_as_extreme / 2**17, abs=0.006)


def test_sign_flip_same_seed_same_p() -> None:
    differences = list(np.random.default_rng(5).normal(0.2, 1, 60))

    assert sign_flip(pairs_of(differences), seed=3) == sign_flip(pairs_of(differences), seed=3)


@pytest.mark.parametrize("differences", [[], [1.0], [1.0, 1.0], [0.0] * 20])
def test_sign_flip_nothing_to_test_gives_words(differences: list[float]) -> None:
    outcome = sign_flip(pairs_of(differences), seed=1)

    assert outcome.p is None
    assert outcome.reason == pairs_of(differences).why_untestable()
