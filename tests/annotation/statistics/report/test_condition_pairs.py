"""Pairs of raters and re-ratings within a condition are those of a study that has this condition alone."""

import json
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from annotation.statistics.pair_agreement import PairAgreement
from annotation.statistics.report.condition_pairs import ConditionPairs, ConditionRepeats, Measure
from annotation.statistics.report.study import StudyReport, study_report
from annotation.statistics.resampled import Resampled
from annotation.statistics.study_ratings import Repeats, StudyRatings
from tests.annotation.statistics.report.studies import PLAN, Row, numbers_without_words, study_of

KEYS = ("alignment", "harmfulness")


def drawn_rows() -> list[Row]:
    """Of "Plain" two raters share 14 items, each 6 with a third; of "Guided" all three share 11."""
    draw = Random(3)
    raters = {(0, post): range(3 if post < 6 else 2) for post in range(14)}
    raters |= {(1, post): range(3) for post in range(11)}
    return [
        Row(post, condition, rater, (draw.randint(1, 10), draw.randint(0, 1)))
        for (condition, post), who in raters.items()
        for rater in who
    ]


def rated_twice(ratings: StudyRatings) -> StudyRatings:
    """Let the first rater rate all her items again and the third those of "Plain", with other scores."""
    again = (ratings.rater == 0) | ((ratings.rater == 2) & (ratings.condition[ratings.item] == 0))
    item, first = ratings.item[again], ratings.score[again]
    return replace(
        ratings,
        repeats=Repeats(
            rater=ratings.rater[again],
            post=ratings.post[item],
            condition=ratings.condition[item],
            first=first,
            second=(first + ratings.post[item][:, np.newaxis] % 2) % np.array([10, 2]),
        ),
    )


@pytest.fixture(scope="module")
def report() -> StudyReport:
    return study_report(rated_twice(study_of(drawn_rows())), PLAN)


def of_condition_alone(condition: int) -> StudyReport:
    rows = [row for row in drawn_rows() if row.condition == condition]
    return study_report(rated_twice(study_of(rows)), PLAN)


def pairs_of(report: StudyReport, key: str, condition: int) -> ConditionPairs:
    return report.agreement[key].conditions[condition].pairs


def repeats_of(report: StudyReport, key: str, condition: int) -> ConditionRepeats:
    return report.agreement[key].conditions[condition].repeats


def measured(posts: PairAgreement, items: PairAgreement, name: str) -> Measure:
    over_posts: Resampled = getattr(posts, name)
    over_items: Resampled = getattr(items, name)
    assert over_posts.low is not None
    assert over_posts.high is not None
    assert over_items.low is not None
    assert over_items.high is not None
    between = ((over_posts.low, over_posts.high), (over_items.low, over_items.high))
    return Measure(over_posts.value, *between, reason="")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("condition", [0, 1])
def test_pairs_equal_those_of_the_condition_alone(report: StudyReport, key: str, condition: int) -> None:
    alone = of_condition_alone(condition).raters.criteria[key].pairs

    shown = pairs_of(report, key, condition).shown

    assert len(shown) == {0: 1, 1: 3}[condition]
    assert [
        (pair.first, pair.second, pair.n_items, pair.exact, pair.weighted_kappa, pair.mean_difference)
        for pair in shown
    ] == [
        (
            pair.first,
            pair.second,
            pair.agreement.n_items,
            *(
                measured(pair.agreement, pair.over_items, name)
                for name in ("exact", "weighted_kappa", "mean_difference")
            ),
        )
        for pair in alone
        if pair.agreement.n_items >= 10
    ]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("condition", [0, 1])
def test_re_ratings_equal_those_of_the_condition_alone(report: StudyReport, key: str, condition: int) -> None:
    alone = of_condition_alone(condition).raters.criteria[key].intra

    [shown] = repeats_of(report, key, condition).shown

    hers = alone[0]
    names = ("exact", "weighted_kappa", "mean_difference")
    assert (shown.rater, shown.n_items) == (hers.rater, hers.agreement.n_items) == (0, 14 - 3 * condition)
    assert [getattr(shown, name) for name in names] == [
        measured(hers.agreement, hers.over_items, name) for name in names
    ]
    assert shown.adjacent.value == hers.agreement.adjacent.value


def test_those_with_too_few_items_are_counted_in_words(report: StudyReport) -> None:
    plain, guided, human = (pairs_of(report, "alignment", number) for number in range(3))
    again = [repeats_of(report, "alignment", number) for number in range(3)]

    assert [(each.n_too_few, each.reason) for each in (plain, guided, human)] == [
        (
            2,
            "2 further pairs of raters share items of this condition, but fewer than 10; "
            "they are shown from 10 items on.",
        ),
        (0, ""),
        (0, "No two raters have rated the same item of this condition."),
    ]
    assert [(each.n_too_few, each.reason) for each in again] == [
        (
            1,
            "1 further rater has rated items of this condition twice, but fewer than 10; "
            "they are shown from 10 items on.",
        ),
        (0, ""),
        (0, "No rater has rated an item of this condition twice."),
    ]


@pytest.mark.parametrize(("n_posts", "n_shown"), [(9, 0), (10, 1)])
def test_pairs_and_re_ratings_are_refused_below_ten_items(n_posts: int, n_shown: int) -> None:
    rows = [Row(post, 0, rater, (1 + (post + rater) % 4, 0)) for post in range(n_posts) for rater in range(2)]
    report = study_report(rated_twice(study_of(rows)), PLAN)

    pairs, again = pairs_of(report, "alignment", 0), repeats_of(report, "alignment", 0)

    assert (len(pairs.shown), pairs.n_too_few) == (n_shown, 1 - n_shown)
    assert (len(again.shown), again.n_too_few) == (n_shown, 1 - n_shown)
    assert (not pairs.reason, not again.reason) == (bool(n_shown), bool(n_shown))


def test_one_post_and_equal_scores_give_words_for_what_is_missing() -> None:
    """Ten texts of one post, all with the same score: no interval over posts, no kappa."""
    rows = [Row(0, 0, rater, (5, 0), variant=variant) for variant in range(1, 11) for rater in range(2)]
    document = study_report(study_of(rows), PLAN).document()

    [pair] = document["agreement"]["alignment"]["conditions"][0]["pairs"]["shown"]

    json.dumps(document, allow_nan=False)
    assert list(numbers_without_words(document)) == []
    assert pair["exact"] == {
        "value": 1.0,
        "posts": None,
        "items": None,
        "reason": "No interval: it needs at least 3 posts.",
    }
    assert (pair["weighted_kappa"]["value"], pair["weighted_kappa"]["reason"]) == (
        None,
        "One of the two gave every shared item the same point: kappa cannot tell agreement from chance.",
    )


def test_rows_in_another_order_give_the_same_pairs(report: StudyReport) -> None:
    rows = drawn_rows()
    places = list(range(len(rows)))
    Random(5).shuffle(places)

    shuffled = study_report(rated_twice(study_of([rows[place] for place in places], given=places)), PLAN)

    for key in KEYS:
        assert shuffled.agreement[key].conditions == report.agreement[key].conditions
