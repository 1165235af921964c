"""Judge with expert beside expert with expert, against pairs written out."""

from collections import Counter
from itertools import combinations
from typing import TypeAlias

import numpy as np
import pytest
from scipy.stats import spearmanr

from annotation.statistics.judge.footing import Footing, FootingMeasure, footing
from annotation.statistics.judge.judged import judged_of
from annotation.statistics.judge.pair_correlation import pair_correlations
from annotation.statistics.study_ratings import StudyRatings
from tests.annotation.statistics.judge.judges import judge_of
from tests.annotation.statistics.report.studies import ALIGNMENT, PLAN, Row, study_of

pytestmark = pytest.mark.filterwarnings("error")

Ratings: TypeAlias = dict[int, dict[int, int]]
"""By item and rater."""


def drawn(seed: int, *, n_items: int = 60, raters: int = 3, k: int = 2) -> tuple[Ratings, dict[int, int]]:
    """Return ratings by raters of different severity, and the judge's scores."""
    draw = np.random.default_rng(seed)
    quality = draw.integers(2, 9, size=n_items)
    ratings = {
        item: {
            int(rater): int(np.clip(of + rater + draw.integers(-1, 2), 1, 10))
            for rater in draw.permutation(raters)[:k]
        }
        for item, of in enumerate(quality)
    }
    return ratings, {item: int(np.clip(of + draw.integers(-2, 3), 1, 10)) for item, of in enumerate(quality)}


def study(ratings: Ratings) -> StudyRatings:
    return study_of(
        [
            Row(post=item % 15, condition=0, rater=rater, scores=(score,), variant=item)
            for item, given in ratings.items()
            for rater, score in given.items()
        ],
        scales=(ALIGNMENT,),
    )


def compared(ratings: Ratings, judge: dict[int, int], *, repeats: int = 1) -> Footing:
    of_study = study(ratings)
    rows = [(item, repeat, (score,)) for item, score in judge.items() for repeat in range(repeats)]
    judged = judged_of(of_study, judge_of(rows, (ALIGNMENT,)), 0)
    return footing(judged, of_study.observations(0), ALIGNMENT, PLAN)


def measure(found: Footing, key: str) -> FootingMeasure:
    return next(each for each in found.measures if each.key == key)


def test_agreement_is_the_mean_over_items_of_the_mean_over_their_pairs() -> None:
    ratings, judge = drawn(1, raters=4, k=3)

    found = compared(ratings, judge)

    by_judge = [
        np.mean([judge[item] == score for score in given.values()]) for item, given in ratings.items()
    ]
    by_experts = [np.mean([a == b for a, b in combinations(given.values(), 2)]) for given in ratings.values()]
    exact = measure(found, "exact")
    assert exact.judge.value == pytest.approx(np.mean(by_judge), abs=1e-12)
    assert exact.experts.value == pytest.approx(np.mean(by_experts), abs=1e-12)
    assert exact.difference.value == pytest.approx(np.mean(by_judge) - np.mean(by_experts), abs=1e-12)
    distances = [
        np.mean([abs(judge[item] - score) for score in given.values()]) for item, given in ratings.items()
    ]
    assert measure(found, "mean_absolute_difference").judge.value == pytest.approx(
        np.mean(distances), abs=1e-12
    )
    assert (found.n_items, found.n_posts, found.n_ratings, found.n_raters) == (60, 15, 180, 4)


def chance_corrected(pairs: list[list[tuple[int, int]]]) -> tuple[float, float]:
    """Return kappa with one margin and AC2, quadratic, over items whose pairs (both ways) count 1 in all."""
    weights: Counter[tuple[int, int]] = Counter()
    for of_item in pairs:
        for a, b in of_item:
            weights[a, b] += 0.5 / len(of_item) / len(pairs)
            weights[b, a] += 0.5 / len(of_item) / len(pairs)
    points = range(1, 11)
    share = {point: sum(w for (a, _), w in weights.items() if a == point) for point in points}

    def agreed(a: int, b: int) -> float:
        return 1 - ((a - b) / 9) ** 2

    observed = sum(w * agreed(*pair) for pair, w in weights.items())
    fleiss = sum(share[a] * share[b] * agreed(a, b) for a in points for b in points)
    total = sum(agreed(a, b) for a in points for b in points)
    gwet = total / (10 * 9) * sum(pi * (1 - pi) for pi in share.values())
    return (observed - fleiss) / (1 - fleiss), (observed - gwet) / (1 - gwet)


def test_chance_is_told_from_one_margin_on_both_sides() -> None:
    ratings, judge = drawn(8, raters=4, k=3)

    found = compared(ratings, judge)

    by_judge = chance_corrected(
        [[(judge[item], score) for score in given.values()] for item, given in ratings.items()]
    )
    by_experts = chance_corrected([list(combinations(given.values(), 2)) for given in ratings.values()])
    measures = [measure(found, key) for key in ("kappa", "ac")]
    assert [each.judge.value for each in measures] == pytest.approx(by_judge, abs=1e-12)
    assert [each.experts.value for each in measures] == pytest.approx(by_experts, abs=1e-12)


def test_correlation_is_within_pairs_of_experts_on_their_shared_items() -> None:
    ratings, judge = drawn(2, n_items=80)

    found = compared(ratings, judge)

    experts, with_judge, ns = [], [], []
    for one, other in combinations(range(3), 2):
        shared = [item for item, given in ratings.items() if {one, other} <= set(given)]
        columns = [[ratings[item][rater] for item in shared] for rater in (one, other)]
        ns.append(len(shared))
        experts.append(spearmanr(*columns).statistic)
        scores = [judge[item] for item in shared]
        with_judge.append(np.mean([spearmanr(scores, column).statistic for column in columns]))
    spearman = measure(found, "spearman")
    assert found.n_rater_pairs == 3
    assert min(ns) >= 10
    assert spearman.experts.value == pytest.approx(np.average(experts, weights=ns), abs=1e-12)
    assert spearman.judge.value == pytest.approx(np.average(with_judge, weights=ns), abs=1e-12)


def test_judge_who_copies_one_of_two_experts_stands_where_she_stands() -> None:
    """With the judge being expert 0, half of its pairs are with herself; without them both sides are one."""
    ratings, _ = drawn(3, raters=2)
    judge = {item: given[0] for item, given in ratings.items()}

    found = compared(ratings, judge)

    exact = measure(found, "exact")
    assert exact.judge.value == pytest.approx((1 + (exact.experts.value or 0)) / 2, abs=1e-12)
    spearman = measure(found, "spearman")
    assert spearman.judge.value == pytest.approx((1 + (spearman.experts.value or 0)) / 2, abs=1e-12)


def test_judge_who_is_like_another_expert_agrees_as_experts_do() -> None:
    """A third expert of the same kind: most of 30 intervals of the difference hold 0, for every measure."""
    holds: Counter[str] = Counter()
    for seed in range(30):
        draw = np.random.default_rng(seed)
        quality = draw.integers(1, 11, size=150)
        given = np.clip(quality + draw.integers(-2, 3, size=(3, 150)), 1, 10).tolist()
        ratings = {item: {0: given[0][item], 1: given[1][item]} for item in range(150)}

        found = compared(ratings, dict(enumerate(given[2])))

        holds.update(
            each.key
            for each in found.measures
            if (each.difference.low or 0) <= 0 <= (each.difference.high or 0)
        )

    assert set(holds) == {"exact", "mean_absolute_difference", "ac", "kappa", "spearman"}
    assert min(holds.values()) >= 23


def test_repeats_that_are_all_alike_change_nothing() -> None:
    ratings, judge = drawn(5)

    once, thrice = compared(ratings, judge), compared(ratings, judge, repeats=3)

    for one, other in zip(once.measures, thrice.measures, strict=True):
        assert other.judge.value == pytest.approx(one.judge.value, abs=1e-12)
        assert other.difference.low == pytest.approx(one.difference.low, abs=1e-9)


def test_only_items_with_two_ratings_and_a_score_count() -> None:
    ratings, judge = drawn(6)
    ratings = {item: dict(list(given.items())[: 1 + item % 2]) for item, given in ratings.items()}

    found = compared(ratings, {item: score for item, score in judge.items() if item % 4 != 1})

    assert (found.n_items, found.n_ratings) == (15, 30)


@pytest.mark.parametrize(
    ("ratings", "judge", "refusal"),
    [
        (
            {item: {0: 3} for item in range(20)},
            dict.fromkeys(range(20), 3),
            "Only one rater has rated this; agreement needs at least two.",
        ),
        ({}, {}, "Nobody has rated this yet."),
        ({item: {0: 3, 1: 4} for item in range(20)}, {}, "The judge was not asked about these items."),
        (
            {item: {0: 3, 1: 4} for item in range(20)},
            {0: 3},
            "Only 1 item has a score by the judge and two ratings; this is shown from 10 items on.",
        ),
    ],
)
def test_too_little_to_compare_is_said_in_words(
    ratings: Ratings, judge: dict[int, int], refusal: str
) -> None:
    found = compared(ratings, judge)

    assert (found.refusal, found.measures) == (refusal, ())


def test_experts_who_share_too_few_items_have_agreement_and_no_correlation() -> None:
    pairs = list(combinations(range(4), 2))
    ratings = {item: dict(zip(pairs[item % 6], (3, 1 + item % 9), strict=True)) for item in range(30)}

    found = compared(ratings, {item: 1 + item % 10 for item in range(30)})

    assert measure(found, "ac").experts.value is not None
    assert measure(found, "spearman").judge.reason == (
        "No two experts have 10 items in common that the judge scored."
    )


def test_pair_with_a_constant_expert_is_left_out_of_all_three() -> None:
    ratings, judge = drawn(7, n_items=90)
    ratings = {
        item: {rater: 5 if rater == 2 else score for rater, score in given.items()}
        for item, given in ratings.items()
    }
    of_study = study(ratings)
    rows = [(item, 0, (score,)) for item, score in judge.items()]
    judged = judged_of(of_study, judge_of(rows, (ALIGNMENT,)), 0)

    found = pair_correlations(judged, of_study.observations(0))

    shared = [item for item, given in ratings.items() if 2 not in given]
    assert found.n_pairs == 1
    assert found.sums is not None
    assert found.sums.estimates(seed=1, n_resamples=20, undefined="")[1].value == pytest.approx(
        spearmanr(*[[ratings[item][rater] for item in shared] for rater in (0, 1)]).statistic, abs=1e-12
    )
