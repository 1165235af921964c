import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.domain.assignment import remove_rater, skip
from annotation.enums import Role, SkipKind
from annotation.models import Assignment, Membership, TopicOptOut
from annotation.queries.progress import RaterProgress, RatingProgress, rating_progress, unfillable_items
from generation.models import Post
from tests.annotation.ratings import rate
from tests.factories import make_study, make_user

pytestmark = pytest.mark.django_db


def test_rating_progress_counts_items_and_seats() -> None:
    cast = make_study(posts=1, raters=2, raters_per_item=2)
    first, second = cast.raters
    complete, rated_once, skipped, _ = cast.assignments(first)
    rate(complete)
    rate(rated_once)
    skip(skipped, kind=SkipKind.CANNOT_JUDGE)
    rate(next(seat for seat in cast.assignments(second) if seat.item_id == complete.item_id))

    progress = rating_progress(cast.study)

    assert progress == RatingProgress(
        n_planned=4,
        n_ready=4,
        n_rated=2,
        n_complete=1,
        raters_per_item=2,
        raters=(
            RaterProgress(code="R01", is_removed=False, n_rated=2, n_skipped=1, n_open=1),
            RaterProgress(code="R02", is_removed=False, n_rated=1, n_skipped=0, n_open=3),
        ),
    )


def test_rating_progress_of_a_removed_rater_keeps_what_she_rated() -> None:
    cast = make_study(posts=1, raters=3)
    rate(cast.assignments(cast.rater)[0])

    remove_rater(cast.membership(cast.rater), by=cast.manager)

    assert rating_progress(cast.study).raters[0] == RaterProgress(
        code="R01", is_removed=True, n_rated=1, n_skipped=0, n_open=0
    )


def test_rating_progress_before_anything_is_planned() -> None:
    cast = make_study(posts=1, is_generated=False)

    progress = rating_progress(cast.study)

    assert (progress.n_planned, progress.n_ready, progress.n_rated, progress.n_complete) == (0, 0, 0, 0)
    assert [rater.n_to_rate for rater in progress.raters] == [0, 0]


@pytest.mark.parametrize("raters", [2, 5])
def test_rating_progress_takes_two_queries(
    raters: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cast = make_study(posts=2, raters=raters)

    with django_assert_num_queries(2):
        rating_progress(cast.study)


def test_item_that_every_rater_had_or_does_not_read_is_unfillable() -> None:
    cast = make_study(posts=2, raters=3)
    third = cast.membership(cast.raters[2])
    seats = {seat.item.post_id: seat for seat in Assignment.objects.exclude(item__assignments__rater=third)}
    noted, free = seats.values()
    Post.objects.filter(pk=noted.item.post_id).update(content_note="grief")
    TopicOptOut.objects.create(membership=third, topic="grief")

    for seat in (noted, free):
        skip(seat, kind=SkipKind.NO_REASON)

    assert unfillable_items(cast.study) == {noted.item_id}
    assert free.item.assignments.filter(rater=third).exists()


def test_nothing_is_unfillable_while_somebody_can_take_it() -> None:
    cast = make_study(posts=1, raters=2)
    skip(cast.assignments(cast.rater)[0], kind=SkipKind.NO_REASON)
    assert len(unfillable_items(cast.study)) == 1

    Membership.objects.create(study=cast.study, user=make_user("newcomer"), role=Role.RATER, code="R03")

    assert unfillable_items(cast.study) == set()
