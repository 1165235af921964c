from dataclasses import replace

import numpy as np
import pytest

from annotation.statistics.intra_rater import intra_rater_agreement
from annotation.statistics.paired_ratings import PairedRatings


def occasions(first: list[int], second: list[int]) -> PairedRatings:
    return PairedRatings(
        first=np.array(first, dtype=np.int64),
        second=np.array(second, dtype=np.int64),
        values=np.array([1.0, 2.0, 3.0]),
        cluster=np.arange(len(first)),
    )


def test_intra_rater_agreement_of_two_raters() -> None:
    """Rater 3 repeats two of four ratings, misses one by a step and one by two; rater 8 repeats all."""
    first, second = [0, 1, 2, 0, 0, 1, 2, 2], [0, 1, 1, 2, 0, 1, 2, 2]
    table = np.array([[1, 0, 1], [0, 1, 0], [0, 1, 0]]) / 4
    agreed = 1 - np.subtract.outer(np.arange(3), np.arange(3)) ** 2 / 4
    chance = table.sum(axis=1) @ agreed @ table.sum(axis=0)

    wavering, steady = intra_rater_agreement(occasions(first, second), np.repeat([3, 8], 4), seed=1)

    assert (wavering.rater, steady.rater) == (3, 8)
    assert (wavering.agreement.n_items, steady.agreement.n_items) == (4, 4)
    assert (wavering.agreement.exact.value, steady.agreement.exact.value) == (0.5, 1.0)
    assert (wavering.agreement.adjacent.value, steady.agreement.adjacent.value) == (0.75, 1.0)
    assert wavering.agreement.mean_difference.value == -0.25
    assert wavering.agreement.weighted_kappa.value == pytest.approx(
        ((table * agreed).sum() - chance) / (1 - chance)
    )
    assert steady.agreement.weighted_kappa.value == 1.0


def test_intra_rater_agreement_has_intervals_over_posts_and_over_items() -> None:
    """Her items are of two posts, which is too few; items are six."""
    pair = replace(occasions([0, 1, 2, 0, 1, 2], [0, 1, 1, 2, 1, 2]), cluster=np.array([0, 0, 0, 1, 1, 1]))

    (hers,) = intra_rater_agreement(pair, np.zeros(6, dtype=np.int64), seed=1)

    exact, over_items = hers.agreement.exact, hers.over_items.exact
    assert (exact.value, exact.low, over_items.value) == (4 / 6, None, 4 / 6)
    assert over_items.low is not None
    assert over_items.low < 4 / 6 < (over_items.high or 0)


def test_intra_rater_agreement_of_one_item_has_no_kappa_and_no_interval() -> None:
    (alone,) = intra_rater_agreement(occasions([1], [1]), np.array([0]), seed=1)

    assert (alone.agreement.exact.value, alone.agreement.exact.low) == (1.0, None)
    assert alone.agreement.exact.reason == "No interval: it needs at least 3 posts."
    assert alone.over_items.exact.reason == "No interval: it needs at least 3 items."
    assert alone.agreement.weighted_kappa.value is None
    assert alone.agreement.weighted_kappa.reason != ""


def test_intra_rater_agreement_without_a_second_occasion_is_empty() -> None:
    assert intra_rater_agreement(occasions([], []), np.array([], dtype=np.int64), seed=1) == ()
