"""Studies that cannot give a number: they give words, never NaN, a warning or a traceback."""

import json
from dataclasses import replace
from typing import Any

import pytest

from annotation.statistics.report.plan import Plan
from annotation.statistics.report.study import study_report
from annotation.statistics.study_ratings import StudyRatings
from tests.annotation.statistics.report.studies import PLAN, Row, numbers_without_words, study_of

pytestmark = pytest.mark.filterwarnings("error")

POSTS, CONDITIONS, RATERS = range(6), range(2), range(2)


def varied(post: int, condition: int, rater: int) -> tuple[int, int]:
    return 1 + (3 * post + 2 * condition + rater) % 10, (post + condition * rater) % 2


def rated(*, posts: range = POSTS, conditions: range = CONDITIONS, raters: range = RATERS) -> list[Row]:
    return [
        Row(post, condition, rater, varied(post, condition, rater))
        for post in posts
        for condition in conditions
        for rater in raters
    ]


BAD_DESIGNS = {
    "no ratings at all": study_of([]),
    "one rating": study_of([Row(0, 0, 0, (5, 0))]),
    "one rater": study_of(rated(raters=range(1))),
    "one item": study_of(rated(posts=range(1), conditions=range(1))),
    "one post": study_of(rated(posts=range(1))),
    "all equal": study_of([replace(row, scores=(5, 0)) for row in rated()]),
    "a criterion never answered": study_of([replace(row, scores=(row.scores[0], None)) for row in rated()]),
    "nothing answered": study_of([replace(row, scores=(None, None)) for row in rated()]),
    "a condition without a rating": study_of(rated()),
    "only the reference": study_of(rated(conditions=range(1))),
    "only the others": study_of([replace(row, condition=1) for row in rated(conditions=range(1))]),
    "a rater with one item": study_of([*rated(), Row(0, 0, 2, (9, 1))]),
    "a constant rater": study_of(
        [replace(row, scores=(5, 0)) if row.rater else row for row in rated(raters=range(3))]
    ),
    "raters who never meet": study_of([replace(row, rater=row.post % 2) for row in rated(raters=range(1))]),
    "no shared post": study_of([row for row in rated() if row.post % 2 == row.condition]),
    "no criteria": study_of([replace(row, scores=()) for row in rated()], scales=()),
}


@pytest.mark.parametrize("name", BAD_DESIGNS)
def test_bad_design_gives_numbers_or_words(name: str) -> None:
    document = study_report(BAD_DESIGNS[name], PLAN).document()

    json.dumps(document, allow_nan=False)
    assert list(numbers_without_words(document)) == []


def reported(ratings: StudyRatings, plan: Plan = PLAN) -> dict[str, Any]:
    return study_report(ratings, plan).document()


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("no ratings at all", "Nobody has rated this yet."),
        ("nothing answered", "Nobody has rated this yet."),
        ("one rater", "Only one rater has rated this; agreement needs at least two."),
        ("one item", "Only 1 item has two ratings; agreement is shown from 10 items on."),
        (
            "raters who never meet",
            "Only 0 items have two ratings; agreement is shown from 10 items on.",
        ),
    ],
)
def test_agreement_is_refused_with_the_reason(name: str, refusal: str) -> None:
    agreement = reported(BAD_DESIGNS[name])["agreement"]["alignment"]["overall"]

    assert (agreement["refusal"], agreement["coefficients"]) == (refusal, ())


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("exact", 1.0, "No interval: the number is the same in every resample."),
        (
            "alpha",
            None,
            "All ratings that can be compared are equal: alpha is only defined where some differ.",
        ),
        ("ac", 1.0, "No interval: the number is the same in every resample."),
        (
            "icc",
            None,
            "There are fewer than two items, or all ratings are equal: items cannot be told apart.",
        ),
    ],
)
def test_equal_ratings_are_agreement_without_an_interval_and_no_alpha(
    key: str, value: float | None, reason: str
) -> None:
    agreement = reported(BAD_DESIGNS["all equal"])["agreement"]["alignment"]["overall"]
    [coefficient] = [each for each in agreement["coefficients"] if each["key"] == key]

    assert (coefficient["value"], coefficient["low"], coefficient["low_items"]) == (value, None, None)
    assert coefficient["reason"] == reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no ratings at all", "No post has ratings under both conditions."),
        ("only the reference", "No post has ratings under both conditions."),
        ("no shared post", "No post has ratings under both conditions."),
        ("one post", "Only 1 post has ratings under both conditions; a test needs at least 3."),
        (
            "all equal",
            "On no post do the two conditions differ on average: there is nothing to test.",
        ),
    ],
)
def test_contrast_that_cannot_be_tested_says_why(name: str, reason: str) -> None:
    contrast = reported(BAD_DESIGNS[name])["comparisons"]["alignment"]["contrasts"][0]

    assert (contrast["result"]["sign_flip"]["p"], contrast["p_holm"]) == (None, None)
    assert contrast["result"]["sign_flip"]["reason"] == reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no ratings at all", "Not estimable: Plain, the reference, has no ratings."),
        ("only the others", "Not estimable: Plain, the reference, has no ratings."),
        ("only the reference", "Not estimable: no other condition has ratings."),
        ("one post", "Not estimable: it needs ratings of at least 3 posts."),
        ("all equal", "Not estimable: all ratings are equal."),
    ],
)
def test_model_that_cannot_be_estimated_says_why(name: str, reason: str) -> None:
    model = reported(BAD_DESIGNS[name])["comparisons"]["alignment"]["model"]

    assert (model["effects"], model["reason"]) == ((), reason)


def test_criterion_never_answered_leaves_the_other_as_it_is() -> None:
    document = reported(BAD_DESIGNS["a criterion never answered"])

    answered = document["conditions"][0]["scores"]["alignment"]
    assert document["conditions"][0]["scores"]["harmfulness"]["mean"] == {
        "value": None,
        "low": None,
        "high": None,
        "reason": "There are no ratings yet.",
    }
    assert answered == reported(study_of(rated()))["conditions"][0]["scores"]["alignment"]
    assert document["agreement"]["harmfulness"]["overall"]["refusal"] == "Nobody has rated this yet."


def test_one_post_has_means_without_an_interval() -> None:
    mean = reported(BAD_DESIGNS["one post"])["conditions"][0]["scores"]["alignment"]["mean"]

    assert mean == {
        "value": 1.5,
        "low": None,
        "high": None,
        "reason": "No interval: it needs at least 3 posts.",
    }


def test_rater_with_one_item_has_no_sd_and_no_interval() -> None:
    raters = reported(BAD_DESIGNS["a rater with one item"])["raters"]
    third = [
        each[2] for each in (raters["criteria"]["alignment"][kind] for kind in ("use", "severity", "drift"))
    ]

    use, severity, drift = third
    assert (use["n"], use["sd"]) == (1, None)
    assert (severity["n_items"], severity["difference"]["low"]) == (1, None)
    assert severity["difference"]["reason"] == "No interval: it needs at least 10 items rated by others too."
    assert drift["slope"]["reason"] == "Too few items rated by others too: 1; it needs 10."


def test_constant_rater_has_no_kappa() -> None:
    pairs = reported(BAD_DESIGNS["a constant rater"])["raters"]["criteria"]["alignment"]["pairs"]
    kappas = {(pair["first"], pair["second"]): pair["agreement"]["weighted_kappa"] for pair in pairs}

    constant = (
        "One of the two gave every shared item the same point: kappa cannot tell agreement from chance."
    )
    assert {pair: (kappa["value"], kappa["reason"]) for pair, kappa in kappas.items()} == dict.fromkeys(
        [(0, 1), (0, 2), (1, 2)], (None, constant)
    )


def test_raters_who_never_meet_are_named() -> None:
    raters = reported(BAD_DESIGNS["raters who never meet"])["raters"]

    assert (raters["never_met"], raters["groups"]) == (((0, 1),), ((0,), (1,)))


def test_study_of_two_conditions_has_one_contrast_and_no_family() -> None:
    plan = replace(PLAN, contrasts=((1, 0),))

    [contrast] = reported(study_of(rated(), conditions=("Plain", "Guided")), plan)["comparisons"][
        "alignment"
    ]["contrasts"]

    assert contrast["p_holm"] == contrast["result"]["sign_flip"]["p"]
    assert contrast["p_holm"] is not None


def test_study_without_a_plan_has_no_comparisons() -> None:
    plan = replace(PLAN, contrasts=(), reference=None)

    comparisons = reported(study_of(rated()), plan)["comparisons"]

    assert comparisons == {
        "alignment": {"contrasts": (), "model": None},
        "harmfulness": {"contrasts": (), "model": None},
    }
