from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.statistics.quartiles import Quartiles, quartiles


def test_quartiles_interpolate_between_scores() -> None:
    counts = Counter(Decimal(score) for score in (1, 2, 4, 8))

    assert quartiles(counts) == Quartiles(lower=1.75, median=3.0, upper=5.0)


def test_interquartile_range_is_the_distance_of_the_quartiles() -> None:
    assert Quartiles(lower=1.75, median=3.0, upper=5.0).interquartile_range == 3.25


def test_quartiles_of_one_score_are_that_score() -> None:
    assert quartiles({Decimal("0.5"): 1, Decimal(1): 0}) == Quartiles(lower=0.5, median=0.5, upper=0.5)


def test_quartiles_of_nothing_are_none() -> None:
    assert quartiles({Decimal(1): 0}) is None


def test_quartiles_negative_count_raises() -> None:
    with pytest.raises(ValueError, match="fewer than 0"):
        quartiles({Decimal(1): -1})


@given(st.lists(st.integers(0, 10), min_size=1, max_size=40))
def test_quartiles_equal_numpy_percentiles(scores: list[int]) -> None:
    found = quartiles(Counter(Decimal(score) for score in scores))

    assert found is not None
    assert (found.lower, found.median, found.upper) == tuple(np.percentile(scores, [25, 50, 75]))
