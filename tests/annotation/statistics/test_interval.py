import numpy as np
import pytest

from annotation.statistics.interval import Estimate, percentile_estimate, resampled_weights, sums_by_post


def test_resampled_weights_draw_n_units_in_every_row() -> None:
    (weights,) = resampled_weights(7, n_resamples=500, seed=1)

    assert weights.shape == (500, 7)
    assert weights.sum(axis=1).tolist() == [7.0] * 500
    assert weights.mean(axis=0) == pytest.approx([1.0] * 7, abs=0.15)


def test_resampled_weights_are_a_seeded_draw_of_indices() -> None:
    drawn = np.random.default_rng(9).integers(4, size=(3, 4))

    (weights,) = resampled_weights(4, n_resamples=3, seed=9)

    assert weights.tolist() == [[list(row).count(unit) for unit in range(4)] for row in drawn]


def test_resampled_weights_of_few_units_are_one_draw_that_nobody_can_change() -> None:
    (first,), (again,), (other,) = (resampled_weights(30, n_resamples=50, seed=seed) for seed in (1, 1, 2))

    assert first is again
    assert not np.array_equal(first, other)
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 9


def test_resampled_weights_of_many_units_come_in_blocks() -> None:
    blocks = list(resampled_weights(900_000, n_resamples=5, seed=1))

    assert [block.shape for block in blocks] == [(2, 900_000), (2, 900_000), (1, 900_000)]


def test_percentile_estimate_takes_the_middle_95_percent() -> None:
    assert percentile_estimate(0.5, np.linspace(0, 1, 1001)) == Estimate(0.5, low=0.025, high=0.975)


def test_percentile_estimate_leaves_undefined_replicates_out() -> None:
    replicates = np.concatenate((np.linspace(0, 1, 1001), np.full(1001, np.nan)))

    assert percentile_estimate(0.5, replicates) == Estimate(0.5, low=0.025, high=0.975)


@pytest.mark.parametrize(
    ("value", "replicates", "estimate"),
    [
        (np.nan, [1.0, 2.0], Estimate(None, reason="It is not defined for these ratings.")),
        (
            1.0,
            [1.0, 2.0, np.nan, np.nan, np.nan],
            Estimate(1.0, reason="No interval: in most resamples the number is not defined."),
        ),
        (
            1.0,
            [1.0, 1.0, np.nan],
            Estimate(1.0, reason="No interval: the number is the same in every resample."),
        ),
    ],
    ids=["no value", "mostly undefined", "constant"],
)
def test_percentile_estimate_without_a_number_gives_words(
    value: float, replicates: list[float], estimate: Estimate
) -> None:
    assert percentile_estimate(value, np.array(replicates)) == estimate


def test_sums_by_post_add_up_rows() -> None:
    rows = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])

    assert sums_by_post(rows, np.array([1, 0, 1])).tolist() == [[2.0, 20.0], [5.0, 50.0]]


def test_sums_by_post_of_nothing_are_empty() -> None:
    assert sums_by_post(np.zeros((0, 2)), np.zeros(0, dtype=np.int64)).shape == (0, 2)
