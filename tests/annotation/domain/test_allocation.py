from collections import Counter
from itertools import combinations, pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.domain.allocation import allocate, fill_items
from annotation.domain.assignment import remove_rater, skip
from annotation.domain.errors import StudyError
from annotation.domain.rating import note_opened
from annotation.domain.study import close_study, open_study
from annotation.domain.welfare import choose_topics
from annotation.enums import AssignmentStatus, Role, SkipKind
from annotation.models import Assignment, Item, Membership, Study
from generation.models import Post
from tests.annotation.ratings import rate
from tests.factories import STRATEGIES, Cast, make_study, make_user

pytestmark = pytest.mark.django_db

LIVE = (AssignmentStatus.OPEN, AssignmentStatus.SUBMITTED)


def holders(cast: Cast) -> Counter[int]:
    seats = Assignment.objects.filter(item__study=cast.study, status__in=LIVE)
    return Counter(seats.values_list("item_id", flat=True))


def posts_in_order(cast: Cast, rater: Membership) -> list[int]:
    """Return the posts of the rater's seats as she meets them, without the seats that were taken from her."""
    seats = Assignment.objects.filter(rater=rater).exclude(status=AssignmentStatus.WITHDRAWN)
    return list(seats.order_by("position").values_list("item__post_id", flat=True))


def narrowest_gap(posts: list[int]) -> int:
    places = {post: [place for place, other in enumerate(posts) if other == post] for post in posts}
    return min(
        (later - earlier for own in places.values() for earlier, later in pairwise(own)),
        default=len(posts),
    )


def note_topics(study: Study, *notes: str) -> None:
    """Give the study's first posts these content notes."""
    for post, note in zip(Post.objects.filter(collection=study.posts_id).order_by("pk"), notes, strict=False):
        Post.objects.filter(pk=post.pk).update(content_note=note)


def join(cast: Cast, name: str) -> Membership:
    return Membership.objects.create(study=cast.study, user=make_user(name), role=Role.RATER, code=name[:3])


def test_opening_gives_every_item_its_raters_in_orders_of_their_own() -> None:
    cast = make_study(posts=5, raters=3)

    loads = [len(cast.assignments(rater)) for rater in cast.raters]
    orders = [[seat.item_id for seat in cast.assignments(rater)] for rater in cast.raters]

    assert set(holders(cast).values()) == {2}
    assert max(loads) - min(loads) <= 1
    assert [seat.position for seat in cast.assignments(cast.rater)] == list(range(1, loads[0] + 1))
    assert all(order != sorted(order) for order in orders)


def test_two_responses_to_a_post_are_the_studys_spacing_apart() -> None:
    cast = make_study(posts=8, raters=2, raters_per_item=1, is_open=False)
    Study.objects.filter(pk=cast.study.pk).update(spacing=4)

    open_study(cast.study, by=cast.manager)

    gaps = [narrowest_gap(posts_in_order(cast, cast.membership(rater))) for rater in cast.raters]
    assert min(gaps) >= 4


def test_allocate_again_changes_nothing() -> None:
    cast = make_study()
    before = list(Assignment.objects.order_by("pk").values())

    assert allocate(cast.study, by=cast.manager) == 0
    assert list(Assignment.objects.order_by("pk").values()) == before


def test_allocate_says_how_many_raters_are_missing() -> None:
    cast = make_study(raters=1, is_open=False)

    with pytest.raises(StudyError, match="Each item needs 2 raters, and the study has 1"):
        allocate(cast.study, by=cast.manager)


def test_closed_study_gives_no_seats() -> None:
    cast = make_study()
    close_study(cast.study, by=cast.manager)

    with pytest.raises(StudyError, match="closed"):
        allocate(cast.study, by=cast.manager)


def test_rater_who_joins_later_takes_the_seats_that_were_left_empty_in_an_order_of_her_own() -> None:
    cast = make_study(posts=6, raters=2)
    remove_rater(cast.membership(cast.raters[1]), by=cast.manager)
    newcomer = join(cast, "newcomer")

    filled = allocate(cast.study, by=cast.manager)

    posts = posts_in_order(cast, newcomer)
    assert filled == len(posts) == cast.study.items.count()
    assert set(holders(cast).values()) == {2}
    assert narrowest_gap(posts) >= 4


def test_seats_added_to_an_order_keep_apart_from_its_end() -> None:
    cast = make_study(posts=6, raters=3)
    for rater in cast.raters[:2]:
        for seat in cast.assignments(rater)[:2]:
            rate(seat)

    remove_rater(cast.membership(cast.raters[2]), by=cast.manager)

    assert set(holders(cast).values()) == {2}
    for rater in cast.raters[:2]:
        own = cast.membership(rater)
        kept = [seat.item_id for seat in cast.assignments(rater)]
        assert len(kept) == cast.study.items.count()
        assert narrowest_gap(posts_in_order(cast, own)) >= 2


def test_nobody_gets_items_on_a_topic_that_she_does_not_read() -> None:
    cast = make_study(posts=3, raters=3, is_open=False)
    note_topics(cast.study, "Self-harm, grief")
    reader, *others = [cast.membership(rater) for rater in cast.raters]
    choose_topics(reader, not_read=["grief"])

    open_study(cast.study, by=cast.manager)

    noted = Item.objects.filter(study=cast.study, post__content_note="Self-harm, grief")
    assert noted.count() > 0
    assert not Assignment.objects.filter(rater=reader, item__in=noted).exists()
    assert all(
        Assignment.objects.filter(rater=other, item__in=noted).count() == noted.count() for other in others
    )
    assert set(holders(cast).values()) == {2}


def test_topic_chosen_before_the_first_item_leaves_an_order_as_good_as_a_first_one() -> None:
    cast = make_study(posts=10, raters=3)
    note_topics(cast.study, "grief", "", "", "grief")
    first = cast.membership(cast.rater)

    choose_topics(first, not_read=["grief"])

    held = Assignment.objects.filter(rater=first, status=AssignmentStatus.OPEN)
    n_held = held.count()
    assert Assignment.objects.filter(rater=first, status=AssignmentStatus.WITHDRAWN).exists()
    assert sorted(held.values_list("position", flat=True)) == list(range(1, n_held + 1))
    for rater in cast.raters:
        assert narrowest_gap(posts_in_order(cast, cast.membership(rater))) >= min(5, n_held // 3)


def test_rater_who_has_begun_keeps_the_places_of_what_she_has_seen_and_of_what_comes_next() -> None:
    cast = make_study(posts=10, raters=3)
    first, second = (cast.membership(rater) for rater in cast.raters[:2])
    for begun in (first, second):
        note_opened(Assignment.objects.filter(rater=begun).order_by("position")[0])
    met = Assignment.objects.filter(rater__in=[first, second], position__lte=2)
    before = dict(met.values_list("pk", "position"))
    ahead = cast.study.posts.posts.exclude(pk__in=met.values("item__post"))
    Post.objects.filter(pk__in=list(ahead.values_list("pk", flat=True)[:2])).update(content_note="grief")

    n_taken = choose_topics(first, not_read=["grief"])

    after = dict(Assignment.objects.filter(rater__in=[first, second]).values_list("pk", "position"))
    assert n_taken > 0
    assert before.items() <= after.items()


def test_what_is_ahead_of_a_rater_who_has_begun_is_spaced_anew_where_seats_were_taken_out() -> None:
    cast = make_study(posts=8, raters=3)
    rater = cast.membership(cast.rater)
    held = Assignment.objects.filter(rater=rater).order_by("position")
    opened, coming = held[:4], held[4]
    for seat in opened:
        note_opened(seat)
    read = {seat.item.post_id for seat in (*opened, coming)}
    order = posts_in_order(cast, rater)
    noted = next(
        pair
        for pair in combinations(dict.fromkeys(post for post in order[5:] if post not in read), 2)
        if narrowest_gap([post for post in order if post not in pair]) < 5
    )
    Post.objects.filter(pk__in=noted).update(content_note="grief")
    places = dict(held[:5].values_list("pk", "position"))
    numbers = set(held.values_list("position", flat=True))
    left = [seat.item.post_id for seat in held if seat.item.post_id not in noted]

    choose_topics(rater, not_read=["grief"])

    assert sorted(posts_in_order(cast, rater)) == sorted(left)
    assert narrowest_gap(posts_in_order(cast, rater)) == 5 > narrowest_gap(left)
    assert places.items() <= dict(held.values_list("pk", "position")).items()
    assert set(held.values_list("position", flat=True)) == numbers


def test_rater_whose_only_opened_item_was_taken_keeps_its_place_and_that_of_the_next() -> None:
    cast = make_study(posts=10, raters=3)
    rater = cast.membership(cast.raters[0])
    opened = Assignment.objects.filter(rater=rater).order_by("position")[0]
    note_opened(opened)
    Post.objects.filter(pk=opened.item.post_id).update(content_note="grief")
    before = dict(Assignment.objects.filter(rater=rater, position__lte=2).values_list("pk", "position"))

    choose_topics(rater, not_read=["grief"])

    opened.refresh_from_db()
    assert opened.status == AssignmentStatus.WITHDRAWN
    after = dict(Assignment.objects.filter(rater=rater).values_list("pk", "position"))
    assert before.items() <= after.items()


def test_filling_takes_as_many_queries_for_many_items_as_for_few() -> None:
    counts = []
    for posts, prefix in ((2, "few-"), (12, "many-")):
        cast = make_study(posts=posts, raters=3, is_open=False, prefix=prefix)
        with CaptureQueriesContext(connection) as queries:
            fill_items(cast.study, cast.study.items.all())
        counts.append(len(queries))

    assert counts == [8, 8]


def test_skipped_seat_is_filled_without_reading_the_other_items() -> None:
    cast = make_study(posts=4, raters=3, strategies=STRATEGIES)
    seat = cast.assignments(cast.rater)[0]

    with CaptureQueriesContext(connection) as queries:
        skip(seat, kind=SkipKind.NO_REASON)

    assert set(holders(cast).values()) == {2}
    whole_study = [query["sql"] for query in queries if '"annotation_item"."study_id" =' in query["sql"]]
    assert whole_study == []
