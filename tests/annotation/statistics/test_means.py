import numpy as np
import pytest

from annotation.statistics.interval import resampled_weights
from annotation.statistics.means import bootstrap_means
from annotation.statistics.resampled import Resampled

# Four posts in rows; three conditions in columns, the last of them rated on two posts only.
SUMS = np.array([[10.0, 4, 0], [6, 9, 7], [8, 8, 3], [2, 1, 0]])
NS = np.array([[2, 1, 0], [2, 2, 1], [1, 2, 1], [2, 1, 0]])


def test_means_are_over_scores_and_not_over_posts() -> None:
    means = bootstrap_means(SUMS, NS, seed=1, n_resamples=50)

    assert [mean.value for mean in means] == pytest.approx([26 / 7, 22 / 6, 5], abs=1e-15)


def test_interval_of_a_mean_equals_resampling_posts_by_hand() -> None:
    (draws,) = resampled_weights(4, n_resamples=50, seed=1)
    replicates = []
    for times in draws:
        posts = [post for post in range(4) for _ in range(int(times[post]))]
        replicates.append(SUMS[posts, 0].sum() / NS[posts, 0].sum())

    mean = bootstrap_means(SUMS, NS, seed=1, n_resamples=50)[0]

    assert (mean.low, mean.high) == pytest.approx(tuple(np.percentile(replicates, [2.5, 97.5])), abs=1e-12)
    assert mean.n_undefined == 0


def test_resamples_without_a_score_are_left_out_and_counted() -> None:
    ns = np.array([[0], [1], [1], [1], [0], [0]])
    (draws,) = resampled_weights(6, n_resamples=400, seed=1)

    (mean,) = bootstrap_means(ns * np.array([[0.0], [1], [2], [6], [0], [0]]), ns, seed=1, n_resamples=400)

    assert mean.n_undefined == np.count_nonzero((draws @ ns) == 0) > 0
    assert (mean.low, mean.value, mean.high) == (1, 3, 6)


def test_two_posts_have_a_mean_and_no_interval() -> None:
    mean = bootstrap_means(SUMS, NS, seed=1)[2]

    assert mean == Resampled(5.0, reason="No interval: it needs at least 3 posts.")


@pytest.mark.parametrize("n_posts", [0, 2, 9])
def test_a_condition_without_a_rating_has_no_mean(n_posts: int) -> None:
    nothing = np.zeros((n_posts, 1))

    assert bootstrap_means(nothing, nothing, seed=1) == [Resampled(None, reason="There are no ratings yet.")]
