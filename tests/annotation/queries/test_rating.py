import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.domain.assignment import skip
from annotation.domain.study import pause_study
from annotation.enums import AssignmentStatus, SkipKind
from annotation.models import Item, Membership
from annotation.queries.rating import (
    DeskItem,
    Standing,
    desk_item,
    memberships_at_desk,
    next_assignment,
    own_ratings,
    position_before,
    preview_desk,
    saved_rating,
    seats_of,
    standing_of,
)
from generation.enums import ResponseStatus
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=1)


def membership_of(cast: Cast) -> Membership:
    return memberships_at_desk(cast.rater).get(study=cast.study)


def next_position(cast: Cast) -> int | None:
    seat = next_assignment(membership_of(cast))
    return seat.position if seat else None


def test_next_assignment_is_the_first_open_seat_whose_text_is_there(cast: Cast) -> None:
    first, second, third, _fourth = cast.assignments(cast.rater)
    rate(first)
    Item.objects.filter(pk=second.item_id).update(response=None)
    skip(third, kind=SkipKind.NO_REASON)

    assert next_position(cast) == 4


def test_next_assignment_leaves_out_texts_that_were_excluded(cast: Cast) -> None:
    response = cast.assignments(cast.rater)[0].item.response
    response.status = ResponseStatus.EXCLUDED
    response.save()

    assert next_position(cast) == 2


def test_next_assignment_is_none_unless_the_study_is_open(cast: Cast) -> None:
    pause_study(cast.study, by=cast.manager)

    assert next_position(cast) is None


def test_memberships_at_desk_are_of_current_raters_only(cast: Cast) -> None:
    assert [list(memberships_at_desk(user)) for user in (cast.manager, cast.researcher, cast.outsider)] == [
        [],
        [],
        [],
    ]
    Membership.objects.filter(user=cast.rater).update(removed_at=timezone.now())
    assert list(memberships_at_desk(cast.rater)) == []


def test_desk_item_shows_texts_and_dimension(cast: Cast) -> None:
    seat = cast.assignments(cast.rater)[0]
    item = Item.objects.select_related("post", "response", "dimension").get(pk=seat.item_id)

    shown = desk_item(seat)

    assert shown == DeskItem(
        position=1,
        post=item.post.text,
        content_note="",
        response=item.response.text,
        dimension=item.dimension.name,
        aim=item.dimension.aim,
        standards=tuple(item.dimension.standards),
    )


def test_desk_item_is_none_while_the_text_is_not_there(cast: Cast) -> None:
    seat = cast.assignments(cast.rater)[0]
    Item.objects.filter(pk=seat.item_id).update(response=None)

    assert desk_item(seat) is None


def test_standing_counts_seats_by_what_became_of_them(cast: Cast) -> None:
    first, second, third, _fourth = cast.assignments(cast.rater)
    rate(first)
    skip(second, kind=SkipKind.CANNOT_JUDGE)
    Item.objects.filter(pk=third.item_id).update(response=None)

    standing = standing_of(membership_of(cast))

    assert standing == Standing(ready=1, being_written=1, rated=1, skipped=1)
    assert (standing.done, standing.left, standing.total) == (2, 2, 4)


def test_position_before_passes_over_skipped_seats(cast: Cast) -> None:
    first, second, *_ = cast.assignments(cast.rater)
    rate(first)
    skip(second, kind=SkipKind.NO_REASON)

    membership = membership_of(cast)

    assert position_before(membership, 3) == first.position
    assert position_before(membership, 1) is None


def test_saved_rating_is_the_current_version(cast: Cast) -> None:
    seat = cast.assignments(cast.rater)[0]
    assert saved_rating(seat) is None
    rate(seat, alignment="2")
    rate(seat, alignment="9", rationale="Better on a second reading.")

    saved = saved_rating(seat)

    assert saved is not None
    assert (saved.number, [score.point_key for score in saved.scores], saved.scores[0].rationale) == (
        2,
        ["9", "3", "1", "1"],
        "Better on a second reading.",
    )


@pytest.mark.parametrize("count", [1, 3])
def test_own_ratings_take_one_query(
    cast: Cast, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for seat in cast.assignments(cast.rater)[:count]:
        rate(seat)
    rate(cast.assignments(cast.raters[1])[0])
    seats = list(seats_of(membership_of(cast)).filter(status=AssignmentStatus.SUBMITTED))

    with django_assert_num_queries(1):
        ratings = own_ratings(seats)

    assert [own.position for own in ratings] == list(range(count, 0, -1))
    assert [len(own.rating.scores) for own in ratings] == [4] * count


def test_preview_desk_counts_through_the_readable_items(cast: Cast) -> None:
    items = list(Item.objects.filter(study=cast.study).select_related("response").order_by("pk"))
    Item.objects.filter(pk=items[0].pk).update(response=None)

    shown = [preview_desk(cast.study, number) for number in (1, len(items) - 1, len(items))]

    assert [item and item.response for item in shown] == [
        items[1].response.text,
        items[-1].response.text,
        None,
    ]
