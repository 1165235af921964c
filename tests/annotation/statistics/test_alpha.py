"""Published examples of Krippendorff's alpha, and what must hold for any ratings."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.statistics.alpha import ALPHA_INTERVAL, ALPHA_NOMINAL, ALPHA_ORDINAL, ALPHA_RATIO
from annotation.statistics.coefficient import Coefficient, estimate, why_undefined
from annotation.statistics.coincidence import pair_counts
from annotation.statistics.observations import FloatArray
from tests.annotation.statistics.designs import NA, observations_of
from tests.annotation.statistics.published import FIVE_OBSERVERS

LEVELS = [ALPHA_NOMINAL, ALPHA_ORDINAL, ALPHA_INTERVAL]
PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40)
TABLES = st.lists(
    st.lists(st.one_of(st.just(NA), st.integers(0, 4).map(float)), min_size=3, max_size=3),
    min_size=2,
    max_size=25,
)

# Raters in rows, as printed by Krippendorff (2011), Computing Krippendorff's alpha-reliability, sections A-C.
BINARY = [
    [0, 1, 0, 0, 0, 0, 0, 0, 1, 0],
    [1, 1, 1, 0, 0, 1, 0, 0, 0, 0],
]
FIVE_CATEGORIES = [
    [1, 1, 2, 2, 4, 3, 3, 3, 5, 4, 4, 1],
    [2, 1, 2, 2, 2, 3, 3, 3, 5, 4, 4, 4],
]
FOUR_OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NA, NA, NA],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NA, 3],
    [NA, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NA],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NA],
]
# The example of the English Wikipedia's article on Krippendorff's alpha.
THREE_CODERS = [
    [NA, NA, NA, NA, NA, 3, 4, 1, 2, 1, 1, 3, 3, NA, 3],
    [1, NA, 2, 1, 3, 3, 4, 3, NA, NA, NA, NA, NA, NA, NA],
    [NA, NA, 2, 1, 3, 4, 4, NA, 2, 1, 1, 3, 3, NA, 4],
]
EXAMPLES = [
    (BINARY, ALPHA_NOMINAL, 0.095, 5e-4),
    (FIVE_CATEGORIES, ALPHA_NOMINAL, 0.692, 5e-4),
    (FOUR_OBSERVERS, ALPHA_NOMINAL, 0.743, 5e-4),
    (FOUR_OBSERVERS, ALPHA_ORDINAL, 0.815, 5e-4),
    (FOUR_OBSERVERS, ALPHA_INTERVAL, 0.849, 5e-4),
    (FOUR_OBSERVERS, ALPHA_RATIO, 0.797, 5e-4),
    (FIVE_OBSERVERS, ALPHA_ORDINAL, 0.7598, 6e-5),
    (FIVE_OBSERVERS, ALPHA_NOMINAL, 0.4765, 6e-5),
    (FIVE_OBSERVERS, ALPHA_INTERVAL, 0.7574, 6e-5),
    (FIVE_OBSERVERS, ALPHA_RATIO, 0.6621, 6e-5),
    (THREE_CODERS, ALPHA_NOMINAL, 0.691, 5e-4),
    (THREE_CODERS, ALPHA_INTERVAL, 0.811, 5e-4),
]


def alpha(coefficient: Coefficient, by_items: Sequence[Sequence[float]] | FloatArray) -> float | None:
    return estimate(observations_of(by_items, values=range(6)), coefficient)


def same(one: float | None, other: float | None) -> bool:
    """Compare as numbers, None being equal to None only."""
    return one == other if one is None or other is None else one == pytest.approx(other, abs=1e-12)


@pytest.mark.parametrize(("by_raters", "coefficient", "expected", "tolerance"), EXAMPLES)
def test_alpha_of_published_examples(
    by_raters: list[list[float]], coefficient: Coefficient, expected: float, tolerance: float
) -> None:
    value = alpha(coefficient, np.array(by_raters).T)

    assert value == pytest.approx(expected, abs=tolerance)


def test_five_observers_make_239_pairs() -> None:
    counts = observations_of(np.array(FIVE_OBSERVERS).T).counts()

    assert pair_counts(counts).sum() == 239


@given(PAIRS)
def test_interval_alpha_of_two_raters_follows_from_the_correlation_of_double_entered_pairs(
    pairs: list[tuple[int, int]],
) -> None:
    both = np.array([*pairs, *((b, a) for a, b in pairs)], dtype=float)

    value = alpha(ALPHA_INTERVAL, np.array(pairs, dtype=float))

    if np.ptp(both) == 0:
        assert value is None
    else:
        r = np.corrcoef(both.T)[0, 1]
        assert value == pytest.approx(1 - (1 - r) * (len(both) - 1) / len(both), abs=1e-12)


@given(PAIRS)
def test_nominal_alpha_of_two_raters_follows_from_scotts_pi(pairs: list[tuple[int, int]]) -> None:
    scores = np.array(pairs, dtype=float)
    n = scores.size
    by_chance = sum((np.count_nonzero(scores == point) / n) ** 2 for point in range(5))
    agreed = float(np.mean(scores[:, 0] == scores[:, 1]))

    value = alpha(ALPHA_NOMINAL, scores)

    if np.ptp(scores) == 0:
        assert value is None
    else:
        pi = (agreed - by_chance) / (1 - by_chance)
        assert value == pytest.approx(1 - (1 - pi) * (n - 1) / n, abs=1e-12)


@given(st.lists(st.lists(st.sampled_from([0.0, 1.0, NA]), min_size=3, max_size=3), min_size=1, max_size=30))
def test_alpha_of_two_points_is_the_same_at_every_level(scores: list[list[float]]) -> None:
    nominal, ordinal, interval = (alpha(level, scores) for level in LEVELS)

    assert same(nominal, ordinal)
    assert same(nominal, interval)


@given(TABLES, st.permutations(range(3)), st.randoms(use_true_random=False))
def test_alpha_does_not_depend_on_the_names_of_raters_nor_on_the_order_of_items(
    scores: list[list[float]], raters: list[int], random: Random
) -> None:
    shuffled = [[item[rater] for rater in raters] for item in scores]
    random.shuffle(shuffled)

    for level in LEVELS:
        assert same(alpha(level, scores), alpha(level, shuffled))


@given(TABLES, st.integers(0, 4))
def test_alpha_takes_no_notice_of_items_with_one_rating_or_none(
    scores: list[list[float]], point: int
) -> None:
    more = [*scores, [NA, NA, NA], [NA, float(point), NA]]

    for level in LEVELS:
        assert same(alpha(level, scores), alpha(level, more))


@given(TABLES, st.lists(st.integers(-50, 50), min_size=6, max_size=6, unique=True))
def test_ordinal_alpha_depends_on_the_order_of_points_only(
    scores: list[list[float]], recoded: list[int]
) -> None:
    observations = observations_of(scores, values=range(6))
    stretched = replace(observations, values=np.sort(np.array(recoded, dtype=float)))

    assert same(estimate(observations, ALPHA_ORDINAL), estimate(stretched, ALPHA_ORDINAL))


@given(TABLES, st.floats(0.01, 100), st.floats(-100, 100))
def test_interval_alpha_does_not_depend_on_unit_and_origin(
    scores: list[list[float]], unit: float, origin: float
) -> None:
    observations = observations_of(scores, values=range(6))
    moved = replace(observations, values=observations.values * unit + origin)

    one, other = estimate(observations, ALPHA_INTERVAL), estimate(moved, ALPHA_INTERVAL)

    assert one == other if one is None else other == pytest.approx(one, abs=1e-9)


def test_alpha_of_one_item_whose_two_ratings_differ_is_zero() -> None:
    assert [alpha(level, [[1, 3]]) for level in LEVELS] == [0, 0, 0]


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        ([[NA, NA]], "There are no ratings yet."),
        ([[1, NA], [NA, 2]], "No item has two ratings, so there is nothing to compare."),
        (
            [[1, 1], [1, 1], [NA, 2]],
            "All ratings that can be compared are equal: alpha is only defined where some differ.",
        ),
    ],
)
def test_alpha_that_is_not_defined_is_none_and_says_why(scores: list[list[float]], reason: str) -> None:
    observations = observations_of(scores, values=range(6))

    for level in LEVELS:
        assert estimate(observations, level) is None
        assert why_undefined(observations, level) == reason
