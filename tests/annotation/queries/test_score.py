import dataclasses

import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.domain.assignment import remove_rater, skip
from annotation.enums import Direction, RatingOrigin, SkipKind
from annotation.models import Assignment
from annotation.queries.score import CriterionColumn, StudyScores, scores_for_study
from tests.annotation.ratings import WITHOUT_SCORES, rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


def seats_of_method(cast: Cast, *, pipeline: str, method: str) -> list[Assignment]:
    return list(
        Assignment.objects.filter(
            item__study=cast.study, item__condition__pipeline=pipeline, item__condition__method=method
        ).order_by("item", "rater__code")
    )


def figures(scores: StudyScores, label: str) -> dict[str, tuple[int, float | None, float | None]]:
    """Return (n, mean, sd) per criterion of the one condition whose label ends so."""
    [row] = [row for row in scores.conditions if row.label.endswith(label)]
    return {key: (d.n, d.mean, d.sd) for key, d in row.scores.items()}


NOTHING = dict.fromkeys(("alignment", "empathy", "harmfulness", "factuality"), (0, None, None))


def test_scores_for_study_without_ratings_has_every_condition_and_no_number() -> None:
    cast = make_study(posts=1)

    scores = scores_for_study(cast.study)

    assert (scores.slug, scores.n_items, scores.n_ratings, scores.raters) == (cast.study.slug, 0, 0, ())
    assert [
        (row.source, row.pipeline, row.method, row.n_items, row.n_ratings) for row in scores.conditions
    ] == [
        ("model", "INDV", "vanilla", 0, 0),
        ("model", "INDV", "+cons", 0, 0),
        ("model", "ITER", "+cons", 0, 0),
    ]
    assert [figures(scores, row.label) for row in scores.conditions] == [NOTHING] * 3
    assert scores.criteria == (
        CriterionColumn("alignment", "Alignment with the standards", Direction.HIGHER, 1, 10, is_rate=False),
        CriterionColumn("empathy", "Empathy", Direction.HIGHER, 1, 5, is_rate=False),
        CriterionColumn("harmfulness", "Harmfulness", Direction.LOWER, 0, 1, is_rate=True),
        CriterionColumn("factuality", "Factuality (true to the post)", Direction.HIGHER, 0, 1, is_rate=False),
    )


def test_scores_for_study_pools_ratings_within_a_condition() -> None:
    cast = make_study(posts=2)
    first, second, third, _ = seats_of_method(cast, pipeline="INDV", method="vanilla")
    rate(first, alignment="4", empathy="1", harmfulness="2", factuality="2")
    rate(second, alignment="6", empathy="2", harmfulness="1", factuality="1")
    rate(third, alignment="8", empathy="3", harmfulness="1", factuality="3")

    scores = scores_for_study(cast.study)

    assert figures(scores, "INDV vanilla") == {
        "alignment": (3, 6.0, 2.0),
        "empathy": (3, 2.0, 1.0),
        "harmfulness": (3, 1 / 3, pytest.approx((1 / 3) ** 0.5)),
        "factuality": (3, 0.5, 0.5),
    }
    assert figures(scores, "INDV +cons") == NOTHING
    assert [(row.n_items, row.n_ratings) for row in scores.conditions] == [(2, 3), (0, 0), (0, 0)]
    assert (scores.n_items, scores.n_ratings) == (2, 3)


def test_scores_for_study_gives_each_raters_means() -> None:
    cast = make_study(posts=1)
    for seat, alignment in zip(cast.assignments(cast.raters[0]), ("2", "3", "7"), strict=False):
        rate(seat, alignment=alignment)
    rate(cast.assignments(cast.raters[1])[0], alignment="10")

    raters = scores_for_study(cast.study).raters

    assert [(rater.code, rater.n_ratings, rater.scores["alignment"].mean) for rater in raters] == [
        ("R01", 3, 4.0),
        ("R02", 1, 10.0),
    ]


def test_scores_for_study_counts_the_current_version_only() -> None:
    cast = make_study(posts=1)
    seat, _ = seats_of_method(cast, pipeline="INDV", method="vanilla")
    rate(seat, alignment="1")
    rate(seat, alignment="9")

    scores = scores_for_study(cast.study)

    assert figures(scores, "INDV vanilla")["alignment"] == (1, 9.0, None)


def test_scores_for_study_leaves_out_other_occasions_origins_and_unsubmitted_seats() -> None:
    cast = make_study(posts=1)
    expert, simulated = seats_of_method(cast, pipeline="INDV", method="vanilla")
    rate(expert, alignment="5")
    rate(simulated, alignment="1", origin=RatingOrigin.SIMULATED)
    again = Assignment.objects.create(item=expert.item, rater=expert.rater, occasion=2, position=99)
    rate(again, alignment="1")
    reopened, skipped = seats_of_method(cast, pipeline="ITER", method="+cons")
    rate(reopened, alignment="1")
    Assignment.objects.filter(pk=reopened.pk).update(status="open")
    skip(skipped, kind=SkipKind.NO_REASON)

    scores = scores_for_study(cast.study)

    assert figures(scores, "INDV vanilla")["alignment"] == (1, 5.0, None)
    assert figures(scores, "ITER +cons") == NOTHING
    assert (scores.n_items, scores.n_ratings, len(scores.raters)) == (1, 1, 1)


def test_scores_for_study_of_a_simulated_study_count_its_simulated_ratings_and_no_others() -> None:
    cast = make_study(posts=1)
    expert, simulated = seats_of_method(cast, pipeline="INDV", method="vanilla")
    imported, _ = seats_of_method(cast, pipeline="ITER", method="+cons")
    rate(expert, alignment="5")
    rate(imported, alignment="6", origin=RatingOrigin.IMPORTED)
    rate(simulated, alignment="1", origin=RatingOrigin.SIMULATED)
    cast.study.is_simulated = True

    scores = scores_for_study(cast.study)

    assert figures(scores, "INDV vanilla")["alignment"] == (1, 1.0, None)
    assert (scores.n_items, scores.n_ratings, len(scores.raters)) == (1, 1, 1)


def test_scores_for_study_keeps_a_removed_raters_ratings() -> None:
    cast = make_study(posts=1, raters=3)
    seat = cast.assignments(cast.rater)[0]
    rate(seat, alignment="8")
    before = scores_for_study(cast.study)

    remove_rater(cast.membership(cast.rater), by=cast.manager)

    assert scores_for_study(cast.study) == before
    assert before.n_ratings == 1


def test_scores_for_study_knows_nothing_of_other_studies() -> None:
    cast, other = make_study(posts=1), make_study(posts=1, prefix="other-")
    rate(other.assignments(other.rater)[0], alignment="2")

    scores = scores_for_study(cast.study)

    assert (scores.n_items, scores.n_ratings, scores.raters) == (0, 0, ())


def test_scores_for_study_counts_a_criterion_left_out_by_its_own_n() -> None:
    cast = make_study(posts=1)
    first, second = seats_of_method(cast, pipeline="INDV", method="vanilla")
    rate(first, empathy="5")
    rate(second, empathy=None)

    scores = scores_for_study(cast.study)

    assert figures(scores, "INDV vanilla")["empathy"] == (1, 5.0, None)
    assert figures(scores, "INDV vanilla")["alignment"] == (2, 7.0, 0.0)


def test_scores_for_study_counts_a_version_without_scores_as_a_rating_without_numbers() -> None:
    cast = make_study(posts=1)
    seat, _ = seats_of_method(cast, pipeline="INDV", method="vanilla")
    rate(seat)
    rate(seat, **WITHOUT_SCORES)

    scores = scores_for_study(cast.study)

    assert (scores.n_ratings, figures(scores, "INDV vanilla")) == (1, NOTHING)


def test_scores_are_frozen() -> None:
    cast = make_study(posts=1)

    with pytest.raises(dataclasses.FrozenInstanceError):
        scores_for_study(cast.study).n_items = 5  # type: ignore[misc]


@pytest.mark.parametrize(("posts", "raters"), [(1, 2), (3, 4)])
def test_scores_for_study_takes_seven_queries(
    posts: int, raters: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cast = make_study(posts=posts, raters=raters)
    for user in cast.raters:
        for seat in cast.assignments(user):
            rate(seat)

    with django_assert_num_queries(7):
        scores_for_study(cast.study)
