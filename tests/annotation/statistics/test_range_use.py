import numpy as np

from annotation.statistics.observations import Observations
from annotation.statistics.range_use import RangeUse, range_uses


def test_range_uses_of_a_narrow_a_wide_and_a_brief_rater() -> None:
    observations = Observations(
        unit=np.array([0, 1, 2, 3, 0, 1, 2, 3, 0]),
        rater=np.array([0, 0, 0, 0, 2, 2, 2, 2, 5]),
        category=np.array([2, 2, 2, 2, 0, 0, 4, 2, 4]),
        values=np.array([1.0, 2.0, 3.0, 4.0, 5.0]),
        cluster=np.array([0, 1, 2, 3]),
    )

    assert range_uses(observations) == (
        RangeUse(rater=0, n=4, mean=3.0, sd=0.0, points_used=0.2, at_low_end=0.0, at_high_end=0.0),
        RangeUse(
            rater=2, n=4, mean=2.5, sd=11**0.5 / 3**0.5, points_used=0.6, at_low_end=0.5, at_high_end=0.25
        ),
        RangeUse(rater=5, n=1, mean=5.0, sd=None, points_used=0.2, at_low_end=0.0, at_high_end=1.0),
    )


def test_range_uses_without_ratings_are_none() -> None:
    empty = np.array([], dtype=np.int64)
    observations = Observations(
        unit=empty, rater=empty, category=empty, values=np.array([0.0, 1.0]), cluster=np.array([0])
    )

    assert range_uses(observations) == ()
