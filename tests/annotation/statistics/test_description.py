import statistics
from collections import Counter
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.statistics.description import Description, describe

SCORES = st.decimals(min_value=-1000, max_value=1000, places=3)


def test_describe_ten_point_scores_gives_the_sample_sd() -> None:
    ratings = [Decimal(score) for score in (9, 7, 10, 4, 8, 8, 1, 9)]

    description = describe(Counter(ratings))

    assert (description.n, description.mean) == (8, 7.0)
    assert description.sd == pytest.approx(3.023715784073818, rel=1e-15)


def test_describe_factuality_levels() -> None:
    counts = {Decimal("1.000"): 13, Decimal("0.500"): 2, Decimal("0.000"): 1}

    description = describe(counts)

    assert (description.n, description.mean) == (16, 0.875)
    assert description.sd == pytest.approx(statistics.stdev([1] * 13 + [0.5] * 2 + [0]), rel=1e-15)


def test_describe_nothing_has_neither_mean_nor_sd() -> None:
    assert describe({}) == Description(n=0, mean=None, sd=None, counts={})


def test_describe_one_score_has_no_sd() -> None:
    counts = {Decimal("7"): 1, Decimal("8"): 0}

    assert describe(counts) == Description(n=1, mean=7.0, sd=None, counts={Decimal("7"): 1})


def test_describe_equal_scores_have_sd_zero() -> None:
    tenth = {Decimal("0.1"): 10}

    assert describe(tenth) == Description(n=10, mean=0.1, sd=0.0, counts=tenth)


def test_describe_negative_count_raises() -> None:
    with pytest.raises(ValueError, match="fewer than 0"):
        describe({Decimal(1): -1})


@given(st.lists(SCORES, min_size=2, max_size=60))
def test_describe_equals_the_standard_library(scores: list[Decimal]) -> None:
    description = describe(Counter(scores))

    assert description.n == len(scores)
    assert description.mean == pytest.approx(float(statistics.mean(scores)), rel=1e-12, abs=1e-12)
    assert description.sd == pytest.approx(float(statistics.stdev(scores)), rel=1e-12, abs=1e-12)


@given(st.lists(SCORES, min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_describe_does_not_depend_on_order(scores: list[Decimal], random: Random) -> None:
    shuffled = scores[:]
    random.shuffle(shuffled)

    assert describe(Counter(scores)) == describe(Counter(shuffled))
