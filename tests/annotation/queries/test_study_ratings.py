from decimal import Decimal

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.domain.assignment import remove_rater, skip
from annotation.domain.exclusion import exclude_ratings
from annotation.enums import AssignmentStatus, ExclusionKind, RatingOrigin, SkipKind
from annotation.models import Assignment, Criterion, Item
from annotation.queries.study_ratings import KeyedRatings, keyed_ratings
from tests.annotation.ratings import WITHOUT_SCORES, rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


def seat_of(cast: Cast, *, rater: int, post: int = 1, condition: int = 0) -> Assignment:
    """Return the seat of a rater for a post's text under the condition in this place of the design."""
    return Assignment.objects.get(
        rater=cast.membership(cast.raters[rater]),
        item__post__position=post,
        item__condition=list(cast.study.conditions.order_by("position"))[condition],
        occasion=1,
    )


def rows(keyed: KeyedRatings) -> list[tuple[int, str, str, list[Decimal | None]]]:
    """Return item key, condition, rater and scores of each rating, in their order."""
    ratings = keyed.ratings
    return [
        (
            int(keyed.items[item]),
            ratings.conditions[ratings.condition[item]],
            ratings.raters[rater],
            [
                None if point < 0 else scale.values[point]
                for scale, point in zip(ratings.scales, points, strict=True)
            ],
        )
        for item, rater, points in zip(
            ratings.item.tolist(), ratings.rater.tolist(), ratings.score.tolist(), strict=True
        )
    ]


def test_keyed_ratings_of_a_study_without_ratings_has_its_design() -> None:
    cast = make_study(posts=1)

    keyed = keyed_ratings(cast.study)

    assert (keyed.ratings.n_items, keyed.ratings.n_ratings, keyed.ratings.n_posts) == (0, 0, 0)
    assert keyed.ratings.score.shape == (0, 4)
    assert keyed.conditions == tuple(cast.study.conditions.order_by("position").values_list("pk", flat=True))
    assert [
        (scale.key, len(scale.values), scale.is_ordinal, scale.is_rate) for scale in keyed.ratings.scales
    ] == [
        ("alignment", 10, True, False),
        ("empathy", 5, True, False),
        ("harmfulness", 2, False, True),
        ("factuality", 3, True, False),
    ]


def test_keyed_ratings_are_what_was_rated() -> None:
    cast = make_study(posts=2)
    first = seat_of(cast, rater=0, post=2, condition=2)
    second = seat_of(cast, rater=1, post=2, condition=2)
    one = rate(first, alignment="9", empathy="1", harmfulness="2", factuality="2")
    other = rate(second, alignment="1", empathy="5", harmfulness="1", factuality="3")

    keyed = keyed_ratings(cast.study)

    condition = keyed.ratings.conditions[2]
    assert rows(keyed) == [
        (first.item_id, condition, "R01", [9, 1, 1, Decimal("0.5")]),
        (first.item_id, condition, "R02", [1, 5, 0, 0]),
    ]
    assert condition == str(first.item.condition)
    assert keyed.rating.tolist() == [one.pk, other.pk]
    assert keyed.version.tolist() == [one.current_id, other.current_id]


def test_keyed_ratings_number_rated_posts_without_a_gap() -> None:
    cast = make_study(posts=3)
    for post in (1, 3):
        rate(seat_of(cast, rater=0, post=post))

    ratings = keyed_ratings(cast.study).ratings

    assert (ratings.post.tolist(), ratings.n_posts, ratings.n_items) == ([0, 1], 2, 2)


def test_keyed_ratings_part_items_by_dimension_topic_and_post() -> None:
    cast = make_study(posts=3)
    for post in (1, 3):
        rate(seat_of(cast, rater=0, post=post))

    groupings = keyed_ratings(cast.study).ratings.groupings

    items = Item.objects.filter(assignments__rating__isnull=False).order_by("pk")
    assert {
        kind: [grouping.names[number] for number in grouping.group] for kind, grouping in groupings.items()
    } == {
        "dimension": [item.dimension.name for item in items],
        "topic": ["anxiety", "anxiety"],
        "post": ["Post 1", "Post 3"],
    }


def test_keyed_ratings_have_the_current_version_only() -> None:
    cast = make_study(posts=1)
    seat = seat_of(cast, rater=0)
    rate(seat, alignment="1")
    changed = rate(seat, alignment="8")

    keyed = keyed_ratings(cast.study)

    assert [scores[0] for *_, scores in rows(keyed)] == [8]
    assert keyed.version.tolist() == [changed.current_id]


def test_keyed_ratings_leave_out_other_occasions_origins_and_unsubmitted_seats() -> None:
    cast = make_study(posts=1)
    counted = seat_of(cast, rater=0)
    rate(counted, alignment="5")
    rate(seat_of(cast, rater=1), origin=RatingOrigin.SIMULATED)
    again = Assignment.objects.create(item=counted.item, rater=counted.rater, occasion=2, position=99)
    rate(again, alignment="1")
    reopened = seat_of(cast, rater=0, condition=2)
    rate(reopened)
    Assignment.objects.filter(pk=reopened.pk).update(status=AssignmentStatus.OPEN)
    skip(seat_of(cast, rater=1, condition=2), kind=SkipKind.NO_REASON)

    assert [(item, rater, scores[0]) for item, _, rater, scores in rows(keyed_ratings(cast.study))] == [
        (counted.item_id, "R01", 5)
    ]


def test_keyed_ratings_leave_out_other_studies() -> None:
    cast, other = make_study(posts=1), make_study(posts=1, prefix="other-")
    rate(seat_of(other, rater=0))

    assert keyed_ratings(cast.study).ratings.n_ratings == 0


def test_keyed_ratings_keep_a_removed_raters_ratings() -> None:
    cast = make_study(posts=1)
    rate(seat_of(cast, rater=0), alignment="3")

    remove_rater(cast.membership(cast.raters[0]), by=cast.manager)

    assert [(rater, scores[0]) for *_, rater, scores in rows(keyed_ratings(cast.study))] == [("R01", 3)]


def test_keyed_ratings_leave_out_what_the_study_excludes() -> None:
    cast = make_study(posts=1)
    rate(seat_of(cast, rater=0), alignment="3")
    rate(seat_of(cast, rater=1), alignment="6")

    exclude_ratings(
        cast.study,
        kind=ExclusionKind.RATER,
        rater=cast.membership(cast.raters[1]),
        reason="Was not trained",
        by=cast.manager,
    )

    assert [(rater, scores[0]) for *_, rater, scores in rows(keyed_ratings(cast.study))] == [("R01", 3)]


def test_keyed_ratings_without_a_score_have_gaps() -> None:
    cast = make_study(posts=1)
    partly, empty = seat_of(cast, rater=0), seat_of(cast, rater=1)
    rate(partly, alignment="4", empathy=None, harmfulness="2", factuality=None)
    rate(empty, **WITHOUT_SCORES)

    keyed = keyed_ratings(cast.study)

    assert [(rater, scores) for *_, rater, scores in rows(keyed)] == [
        ("R01", [4, None, 1, None]),
        ("R02", [None, None, None, None]),
    ]
    assert [keyed.ratings.observations(criterion).n_ratings for criterion in range(4)] == [1, 0, 1, 0]


def test_keyed_ratings_order_points_by_value() -> None:
    """Factuality is asked as yes, minor error, no: 1, .5, 0."""
    cast = make_study(posts=1)
    rate(seat_of(cast, rater=0), factuality="1")

    ratings = keyed_ratings(cast.study).ratings

    in_form = Criterion.objects.get(study=cast.study, key="factuality").points.order_by("position")
    assert [point.value for point in in_form] == [1, Decimal("0.5"), 0]
    assert (ratings.scales[3].values, ratings.score[:, 3].tolist()) == ((0, Decimal("0.5"), 1), [2])


def test_keyed_ratings_know_the_order_of_work() -> None:
    """The order in which seats were closed, not that of items or keys."""
    cast = make_study(posts=3)
    posts = (3, 1, 2)
    for post in posts:
        rate(seat_of(cast, rater=0, post=post))

    ratings = keyed_ratings(cast.study).ratings

    in_order = ratings.item[np.argsort(ratings.given)]
    assert (ratings.post[in_order] + 1).tolist() == list(posts)


@pytest.mark.parametrize("n_rated", [1, 3])
def test_keyed_ratings_query_count(n_rated: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    cast = make_study(posts=3)
    for seat in cast.assignments(cast.rater)[:n_rated]:
        rate(seat)

    with django_assert_num_queries(13):
        keyed = keyed_ratings(cast.study)

    assert keyed.ratings.n_ratings == n_rated


def test_items_that_a_rater_rated_again_are_beside_her_first_rating() -> None:
    cast = make_study(posts=2)
    first, unrated = seat_of(cast, rater=0), seat_of(cast, rater=1)
    rate(first, alignment="3")
    rate(seat_of(cast, rater=1, post=2), alignment="5")
    for seat, alignment in ((first, "4"), (unrated, "9")):
        again = Assignment.objects.create(item=seat.item, rater=seat.rater, occasion=2, position=99)
        rate(again, alignment=alignment)

    keyed = keyed_ratings(cast.study)

    ratings = keyed.ratings
    assert ratings.n_ratings == 2
    assert ratings.repeats is not None
    alignment = [scale.key for scale in ratings.scales].index("alignment")
    assert [ratings.raters[rater] for rater in ratings.repeats.rater] == [first.rater.code]
    assert [keyed.conditions[number] for number in ratings.repeats.condition] == [first.item.condition_id]
    assert ratings.repeats.first[:, alignment].tolist() == [2]
    assert ratings.repeats.second[:, alignment].tolist() == [3]


def test_study_without_re_ratings_has_no_repeats() -> None:
    cast = make_study(posts=1)
    rate(seat_of(cast, rater=0))

    assert keyed_ratings(cast.study).ratings.repeats is None
