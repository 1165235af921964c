"""The bootstrap against resampling by hand and known distributions, and where there is little to resample."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from annotation.statistics.agreement import EXACT_AGREEMENT, specific_agreement
from annotation.statistics.alpha import ALPHA_INTERVAL, ALPHA_NOMINAL, ALPHA_ORDINAL
from annotation.statistics.bootstrap import Bootstrap, bootstrap_items, bootstrap_posts
from annotation.statistics.coefficient import Coefficient, estimate
from annotation.statistics.gwet import AC1, AC2_QUADRATIC
from annotation.statistics.icc import ICC_SINGLE, icc_mean
from annotation.statistics.interval import resampled_weights
from annotation.statistics.observations import Observations
from annotation.statistics.resampled import Resampled
from tests.annotation.statistics.designs import NA, items_of_table, observations_of
from tests.annotation.statistics.published import FIVE_OBSERVERS

COEFFICIENTS = [
    ALPHA_NOMINAL,
    ALPHA_ORDINAL,
    ALPHA_INTERVAL,
    AC1,
    AC2_QUADRATIC,
    ICC_SINGLE,
    icc_mean(2),
    EXACT_AGREEMENT,
    specific_agreement(2),
]
BOTH = pytest.mark.parametrize("bootstrap", [bootstrap_items, bootstrap_posts])


def study(*, n_items: int = 40, n_posts: int = 12, seed: int = 3) -> Observations:
    """Three raters, two ratings per item or fewer, five points, posts that differ."""
    draw = np.random.default_rng(seed)
    post = np.sort(np.concatenate([np.arange(n_posts), draw.integers(n_posts, size=n_items - n_posts)]))
    level = draw.integers(1, 6, size=n_posts)[post][:, np.newaxis]
    scores = np.clip(level + draw.integers(-1, 2, size=(n_items, 3)), 1, 5).astype(float)
    scores[np.arange(n_items), draw.integers(3, size=n_items)] = np.nan
    scores[draw.random(n_items) < 0.1, 0] = np.nan
    return observations_of(scores, values=range(1, 6), cluster=post.tolist())


def repeated(observations: Observations, times_post: np.ndarray) -> Observations:
    """Write out a study in which each post, with its items, occurs so many times."""
    copies = np.repeat(np.arange(observations.n_units), times_post[observations.cluster].astype(int))
    by_copy = [np.flatnonzero(observations.unit == unit) for unit in copies]
    rows = np.concatenate(by_copy)
    return Observations(
        unit=np.repeat(np.arange(len(copies)), [len(rows) for rows in by_copy]),
        rater=observations.rater[rows],
        category=observations.category[rows],
        values=observations.values,
        cluster=np.arange(len(copies)),
    )


def test_intervals_over_posts_equal_those_of_studies_written_out() -> None:
    observations = study()
    (draws,) = resampled_weights(12, n_resamples=60, seed=7)
    studies = [repeated(observations, times) for times in draws]
    replicates = [[estimate(one, coefficient) for coefficient in COEFFICIENTS] for one in studies]
    low, high = np.percentile(np.array(replicates, dtype=float), [2.5, 97.5], axis=0)

    found = bootstrap_posts(observations, COEFFICIENTS, seed=7, n_resamples=60)

    assert [one.low for one in found] == pytest.approx(low.tolist(), abs=1e-12)
    assert [one.high for one in found] == pytest.approx(high.tolist(), abs=1e-12)


def test_intervals_over_posts_of_one_item_each_agree_with_those_over_items() -> None:
    """Both resample the same things, by different draws; the ends differ by chance only."""
    observations = replace(study(n_items=80), cluster=np.arange(80))

    items = bootstrap_items(observations, COEFFICIENTS, seed=1, n_resamples=20_000)
    posts = bootstrap_posts(observations, COEFFICIENTS, seed=1, n_resamples=20_000)

    assert [one.low for one in items] == pytest.approx([one.low for one in posts], abs=0.02)
    assert [one.high for one in items] == pytest.approx([one.high for one in posts], abs=0.02)


def test_interval_over_items_of_a_share_is_that_of_a_binomial() -> None:
    observations = observations_of(items_of_table([[50, 20], [0, 30]]))

    (agreement,) = bootstrap_items(observations, [EXACT_AGREEMENT], seed=1, n_resamples=20_000)

    low, high = stats.binom(100, 0.8).ppf([0.025, 0.975]) / 100
    assert (agreement.low, agreement.high) == pytest.approx((low, high), abs=0.0101)
    assert agreement.value == pytest.approx(0.8, abs=1e-15)


def test_interval_of_hayes_and_krippendorffs_example_is_wider_than_their_macros() -> None:
    """Resampling items gives about .62 to .85; the macro resamples pairs and gives .71 to .81."""
    (alpha,) = bootstrap_items(observations_of(np.array(FIVE_OBSERVERS).T), [ALPHA_ORDINAL], seed=1)

    assert (alpha.low, alpha.high) == pytest.approx((0.62, 0.85), abs=0.015)


def test_posts_whose_items_are_alike_make_the_interval_over_posts_wider() -> None:
    agreed, split = [[1.0, 1.0]] * 10, [[1.0, 2.0]] * 10
    observations = observations_of(agreed * 6 + split * 2, cluster=np.repeat(np.arange(8), 10).tolist())

    (items,) = bootstrap_items(observations, [EXACT_AGREEMENT], seed=1)
    (posts,) = bootstrap_posts(observations, [EXACT_AGREEMENT], seed=1)

    assert items.value == posts.value == 0.75
    assert (items.low, items.high) == pytest.approx((0.65, 0.84), abs=0.02)
    assert (posts.low, posts.high) == (0.375, 1.0)


@BOTH
def test_value_is_the_coefficient_of_all_ratings(bootstrap: Bootstrap) -> None:
    observations = study()

    values = [one.value for one in bootstrap(observations, COEFFICIENTS, seed=1, n_resamples=10)]

    assert values == pytest.approx([estimate(observations, one) for one in COEFFICIENTS], abs=1e-14)


@BOTH
def test_the_same_seed_gives_the_same_intervals_and_another_one_others(bootstrap: Bootstrap) -> None:
    first, again, other = (bootstrap(study(), COEFFICIENTS, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert all(one.low != another.low for one, another in zip(first[:7], other[:7], strict=True))


@BOTH
def test_a_coefficient_has_the_same_interval_whatever_is_computed_beside_it(bootstrap: Bootstrap) -> None:
    alone = [bootstrap(study(), [coefficient], seed=1, n_resamples=100)[0] for coefficient in COEFFICIENTS]

    assert bootstrap(study(), COEFFICIENTS, seed=1, n_resamples=100) == alone


@BOTH
def test_resamples_without_the_coefficient_are_left_out_and_counted(bootstrap: Bootstrap) -> None:
    """One draw of 20 in three lacks the only item with a 1, so that all ratings are equal.

    With that item three times alpha is 1 - (6 / 40) / (2 x 3 x 37 / (40 x 39)), the 2.5 % point.
    """
    observations = observations_of([[0, 0]] * 19 + [[0, 1]])

    (alpha,) = bootstrap(observations, [ALPHA_NOMINAL], seed=1)

    assert alpha.n_undefined == pytest.approx(2000 * (19 / 20) ** 20, abs=60)
    assert (alpha.value, alpha.high) == pytest.approx((0, 0), abs=1e-12)
    assert alpha.low == pytest.approx(1 - 6 * 39 / (2 * 3 * 37), abs=1e-12)


@BOTH
def test_no_interval_when_most_resamples_lack_the_coefficient(bootstrap: Bootstrap) -> None:
    """Alpha needs both of the items that have two ratings, which 4 in 10 draws of 20 hold."""
    observations = observations_of([[0, 0], [1, 1], *[[0, NA]] * 18])

    (alpha,) = bootstrap(observations, [ALPHA_NOMINAL], seed=1)

    assert (alpha.value, alpha.low, alpha.high) == (1, None, None)
    assert alpha.reason == "No interval: in most resamples the number is not defined."
    assert alpha.n_undefined == pytest.approx(2000 * (2 * 0.95**20 - 0.9**20), abs=60)


@pytest.mark.parametrize(
    ("bootstrap", "reason"),
    [
        (bootstrap_items, "No interval: it needs at least 3 items."),
        (bootstrap_posts, "No interval: it needs at least 3 posts."),
    ],
)
def test_two_items_have_values_and_no_interval(bootstrap: Bootstrap, reason: str) -> None:
    observations = observations_of([[1, 2], [3, 3], [NA, NA]])

    assert bootstrap(observations, [EXACT_AGREEMENT], seed=1) == [Resampled(0.5, reason=reason)]


@BOTH
@pytest.mark.parametrize(
    ("scores", "coefficient", "reason"),
    [
        ([[NA, NA]], ALPHA_NOMINAL, "There are no ratings yet."),
        ([[1]] * 9, AC1, "No item has two ratings, so there is nothing to compare."),
        (
            [[1, 1]] * 9,
            ALPHA_ORDINAL,
            "All ratings that can be compared are equal: alpha is only defined where some differ.",
        ),
        (
            [[1, 5]],
            ICC_SINGLE,
            "There are fewer than two items, or all ratings are equal: items cannot be told apart.",
        ),
    ],
)
def test_what_is_not_defined_is_none_and_says_why(
    bootstrap: Bootstrap, scores: list[list[float]], coefficient: Coefficient, reason: str
) -> None:
    observations = observations_of(scores, values=range(1, 6))

    assert bootstrap(observations, [coefficient], seed=1) == [Resampled(None, reason=reason)]


@BOTH
def test_full_agreement_has_no_interval_of_width_zero(bootstrap: Bootstrap) -> None:
    observations = observations_of([[1, 1], [2, 2], [3, 3], [1, 1]])

    (agreement,) = bootstrap(observations, [EXACT_AGREEMENT], seed=1)

    assert agreement == Resampled(1.0, reason="No interval: the number is the same in every resample.")
