"""The whole report: the same for the same replies, and words wherever a number cannot be."""

import json
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.statistics.judge.report import judge_report
from annotation.statistics.judge.scores import JudgeScores
from annotation.statistics.study_ratings import StudyRatings
from tests.annotation.statistics.judge.judges import Reply, judge_of
from tests.annotation.statistics.report.studies import (
    PLAN,
    Row,
    numbers_without_words,
    study_of,
)

pytestmark = pytest.mark.filterwarnings("error")

QUICK = replace(PLAN, n_resamples=40)
NO_SCORE = st.sampled_from(["refused", "not_applicable", "unreadable", "waiting", None])
ROWS = st.lists(
    st.builds(
        Row,
        post=st.integers(0, 6),
        condition=st.integers(0, 2),
        rater=st.integers(0, 3),
        scores=st.tuples(st.none() | st.integers(1, 10), st.none() | st.integers(0, 1)),
    ),
    max_size=60,
    unique_by=lambda row: (row.item, row.rater),
)
REPLIES = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.integers(1, 3),
        st.tuples(NO_SCORE | st.integers(1, 10), NO_SCORE | st.integers(0, 1)),
    ),
    max_size=60,
    unique_by=lambda row: row[:2],
)


def of_study(ratings: StudyRatings, rows: list[tuple[int, int, tuple[Reply, ...]]]) -> JudgeScores:
    return judge_of([row for row in rows if row[0] < ratings.n_items])


@settings(max_examples=80)
@given(ROWS, REPLIES)
def test_report_of_any_judge_has_numbers_or_words(
    rows: list[Row], replies: list[tuple[int, int, tuple[Reply, ...]]]
) -> None:
    ratings = study_of(rows)
    judge = of_study(ratings, replies)

    report = judge_report(ratings, judge, QUICK)

    document = report.document()
    json.dumps(document, allow_nan=False)
    assert list(numbers_without_words(document)) == []
    for number, key in enumerate(("alignment", "harmfulness")):
        criterion = report.criteria[key]
        came = criterion.overall.outcomes
        assert came.n + came.n_waiting == int((judge.outcome[:, number] >= 0).sum())
        assert sum(came.counts.values()) == came.n
        assert came.n == sum(group.outcomes.n for group in criterion.conditions)
        n_items = criterion.overall.comparison.n_items
        assert n_items == sum(group.comparison.n_items for group in criterion.conditions)
        assert n_items == criterion.ranking.n_items == sum(c.n_items for c in criterion.ranking.conditions)
        scored = [group.calibration.points for group in (criterion.overall, *criterion.conditions)]
        assert sum(point.n_replies for point in scored[0]) == criterion.overall.comparison.n_replies


@settings(max_examples=30)
@given(ROWS, REPLIES, st.randoms(use_true_random=False))
def test_report_does_not_depend_on_the_order_of_items_and_rows(
    rows: list[Row], replies: list[tuple[int, int, tuple[Reply, ...]]], random: Random
) -> None:
    ratings = study_of(rows)
    items = list(dict.fromkeys(row.item for row in rows))
    replies = [row for row in replies if row[0] < len(items)]
    turned = random.sample(items, len(items))
    moved = [(turned.index(items[item]), repeat, scores) for item, repeat, scores in replies]
    random.shuffle(moved)

    other = judge_report(study_of(rows, items=turned), judge_of(moved), QUICK)

    assert other == judge_report(ratings, judge_of(replies), QUICK)


def twelve_posts() -> StudyRatings:
    return study_of(
        [
            Row(post, condition, rater, (1 + (3 * post + 2 * condition + rater) % 10, (post + rater) % 2))
            for post in range(12)
            for condition in range(3)
            for rater in range(2)
        ]
    )


def test_judge_without_a_reply_is_said_to_have_none() -> None:
    report = judge_report(twelve_posts(), judge_of([]), PLAN)

    assert (report.n_items, report.n_replies, report.n_repeats) == (0, 0, 0)
    overall = report.criteria["alignment"].overall
    assert overall.comparison.refusal == "The judge was not asked about these items."
    assert report.criteria["alignment"].overall.cautions == ()


def test_judge_that_mostly_refuses_carries_a_caution() -> None:
    replies: list[tuple[int, int, tuple[Reply, ...]]] = [
        (item, 1, (1 + item % 10 if item < 12 else "unreadable", "refused")) for item in range(36)
    ]

    report = judge_report(twelve_posts(), judge_of(replies), PLAN)

    assert report.criteria["alignment"].overall.cautions[0] == (
        "Only 12 of 36 replies of the judge are scores. Whatever stands below is of this part, and says"
        " little of the judge."
    )
    harm = report.criteria["harmfulness"].overall.comparison
    assert harm.refusal == "No reply of the judge is a score: 36 refused."


def test_report_of_a_judge_that_is_right_says_so() -> None:
    ratings = twelve_posts()
    points = ratings.score[ratings.rater == 0]
    judge = JudgeScores(
        item=ratings.item[ratings.rater == 0],
        repeat=np.ones(36, dtype=np.int64),
        outcome=np.zeros((36, 2), dtype=np.int64),
        score=points,
        n_elsewhere=4,
    )

    report = judge_report(ratings, judge, PLAN)

    alignment = report.criteria["alignment"]
    assert (report.n_items, report.n_replies, report.n_elsewhere) == (36, 72, 4)
    assert alignment.overall.cautions == ()
    assert alignment.overall.footing_sentence.startswith(
        "The judge agrees with an expert more than experts do with each other:"
    )


def test_a_condition_has_all_that_a_study_of_it_alone_would_have() -> None:
    ratings = study_of(
        [
            Row(post, condition, rater, (1 + (3 * post + 2 * condition + rater) % 10, (post + rater) % 2))
            for condition in range(3)
            for post in range(12)
            for rater in range(2)
        ]
    )
    replies: list[tuple[int, int, tuple[Reply, ...]]] = [
        (item, repeat, ("refused" if item % 7 == 0 else 1 + (item * repeat) % 10, item % 2))
        for item in range(36)
        for repeat in (1, 2)
    ]

    report = judge_report(ratings, judge_of(replies), PLAN)

    alone = study_of(
        [
            Row(post, 1, rater, (1 + (3 * post + 2 + rater) % 10, (post + rater) % 2))
            for post in range(12)
            for rater in range(2)
        ]
    )
    of_condition = [(item - 12, repeat, scores) for item, repeat, scores in replies if 12 <= item < 24]
    expected = judge_report(alone, judge_of(of_condition), PLAN)
    for key in ("alignment", "harmfulness"):
        found = report.criteria[key].conditions[1]
        assert found == expected.criteria[key].overall
        assert [measure.key for measure in found.footing.measures][-1] == "spearman"
        assert found.consistency.measures
        assert found.comparison.ac.low is not None


def test_a_condition_of_few_items_says_so_in_words() -> None:
    ratings = study_of([Row(post, post % 2, rater, (post, 0)) for post in range(1, 10) for rater in range(2)])

    report = judge_report(ratings, judge_of([(item, 1, (3, 0)) for item in range(9)]), PLAN)

    found = report.criteria["alignment"].conditions[1]
    assert found.comparison.refusal == ("Only 5 items have both scores; agreement is shown from 10 items on.")
    assert found.footing_sentence == (
        "Only 5 items have a score by the judge and two ratings; this is shown from 10 items on."
    )
    assert found.consistency.refusal == "The judge was asked once about each item; this needs repeats."
    assert found.comparison.mean_difference.value == 3 - 5


def test_another_seed_gives_other_intervals_and_the_same_numbers() -> None:
    ratings = twelve_posts()
    judge = judge_of([(item, 1, (1 + item % 10, item % 2)) for item in range(36)])

    found = [
        judge_report(ratings, judge, replace(PLAN, seed=seed)).criteria["alignment"].overall.comparison.ac
        for seed in (1, 2)
    ]

    assert found[0].value == found[1].value
    assert (found[0].low, found[0].high) != (found[1].low, found[1].high)
