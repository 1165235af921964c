import numpy as np
import pytest

from annotation.statistics.bootstrap import Bootstrap, bootstrap_items, bootstrap_posts
from annotation.statistics.pair_agreement import pair_agreement
from annotation.statistics.paired_ratings import PairedRatings
from annotation.statistics.resampled import Resampled

BOTH = pytest.mark.parametrize("bootstrap", [bootstrap_items, bootstrap_posts])


def paired(first: list[int], second: list[int]) -> PairedRatings:
    return PairedRatings(
        first=np.array(first, dtype=np.int64),
        second=np.array(second, dtype=np.int64),
        values=np.array([1.0, 2, 3]),
        cluster=np.arange(len(first)),
    )


@BOTH
def test_pair_agreement_of_six_items(bootstrap: Bootstrap) -> None:
    """Rows 2 1 0 / 0 1 0 / 0 1 1: p_o = 4/6, p_e = (3x2 + 1x3 + 2x1) / 36 = 11/36; differences -1, 1."""
    pair = paired([0, 0, 0, 1, 2, 2], [0, 0, 1, 1, 1, 2])

    agreement = pair_agreement(pair, bootstrap=bootstrap, seed=1)

    assert agreement.n_items == 6
    assert agreement.exact.value == pytest.approx(4 / 6, abs=1e-15)
    assert agreement.adjacent.value == 1
    assert agreement.kappa.value == pytest.approx((24 - 11) / (36 - 11), abs=1e-15)
    assert agreement.mean_difference.value == 0
    assert agreement.sd_difference == pytest.approx(np.sqrt(2 / 5), abs=1e-15)
    assert agreement.limits == pytest.approx((-1.96 * np.sqrt(0.4), 1.96 * np.sqrt(0.4)), abs=1e-12)


@BOTH
def test_intervals_lie_around_the_values(bootstrap: Bootstrap) -> None:
    draw = np.random.default_rng(1)
    first = draw.integers(3, size=60)
    second = np.clip(first + draw.integers(0, 2, size=60), 0, 2)

    agreement = pair_agreement(paired(first.tolist(), second.tolist()), bootstrap=bootstrap, seed=1)

    for estimate in (agreement.exact, agreement.kappa, agreement.weighted_kappa, agreement.mean_difference):
        assert estimate.low is not None
        assert estimate.low < estimate.value < estimate.high
    assert agreement.mean_difference.high < 0


@BOTH
def test_a_rater_who_always_gives_the_same_point_has_no_kappa_but_the_rest(
    bootstrap: Bootstrap,
) -> None:
    """97 items agree of 100; kappa's formula would say 0."""
    pair = paired([0] * 100, [0] * 97 + [1] * 3)

    agreement = pair_agreement(pair, bootstrap=bootstrap, seed=1)

    reason = "One of the two gave every shared item the same point: kappa cannot tell agreement from chance."
    none = Resampled(None, reason=reason)
    assert (agreement.kappa, agreement.weighted_kappa) == (none, none)
    assert (agreement.exact.value, agreement.mean_difference.value) == pytest.approx((0.97, -0.03), abs=1e-15)


@BOTH
def test_a_pair_without_a_shared_item_says_so_everywhere(bootstrap: Bootstrap) -> None:
    agreement = pair_agreement(paired([], []), bootstrap=bootstrap, seed=1)

    none = Resampled(None, reason="No item has both ratings, so there is nothing to compare.")
    assert (agreement.exact, agreement.kappa, agreement.mean_difference) == (none, none, none)
    assert (agreement.n_items, agreement.sd_difference, agreement.limits) == (0, None, None)


@BOTH
def test_one_shared_item_has_a_difference_and_no_interval(bootstrap: Bootstrap) -> None:
    agreement = pair_agreement(paired([2], [0]), bootstrap=bootstrap, seed=1)

    assert (agreement.mean_difference.value, agreement.mean_difference.low) == (2, None)
    assert (agreement.kappa.value, agreement.sd_difference, agreement.limits) == (None, None, None)
