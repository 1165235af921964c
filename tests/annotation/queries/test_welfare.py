from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from annotation.domain.welfare import choose_topics, extend_day, take_break
from annotation.enums import AssignmentStatus, PauseKind
from annotation.models import ActiveSpan, Assignment, Membership, Study, User
from annotation.queries.rating import memberships_at_desk
from annotation.queries.welfare import (
    Pause,
    are_topics_due,
    barred_pairs,
    due_pause,
    midnight_before,
    opt_outs_by_topic,
    pause_at,
    topics_in,
    topics_of_study,
)
from generation.models import Post
from tests.annotation.active_time import work
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def cast() -> Cast:
    """A study with a break after 45 minutes or 2 heavy items, batches of 3, a day of 100 minutes."""
    cast = make_study(posts=3)
    Study.objects.update(batch_size=3, break_after_minutes=45, break_after_heavy_items=2, daily_minutes=100)
    return cast


def member(cast: Cast) -> Membership:
    return memberships_at_desk(cast.rater).get()


def before(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def close(seats: list[Assignment], *, ago: float = 1, status: str = AssignmentStatus.SUBMITTED) -> None:
    kind = "no_reason" if status == AssignmentStatus.SKIPPED else ""
    Assignment.objects.filter(pk__in=[seat.pk for seat in seats]).update(
        status=status, skip_kind=kind, closed_at=before(ago)
    )


@pytest.mark.parametrize(
    ("note", "topics"),
    [
        ("", []),
        ("Violence", ["violence"]),
        ("Loss of a  child; VIOLENCE,self-harm ,", ["loss of a child", "violence", "self-harm"]),
        ("grief, Grief", ["grief"]),
    ],
)
def test_topics_are_the_parts_of_a_content_note(note: str, topics: list[str]) -> None:
    assert topics_in(note) == topics


def test_topics_of_a_study_are_those_of_its_posts(cast: Cast) -> None:
    make_study(posts=1, prefix="other-").study.posts.posts.update(content_note="war")
    cast.study.posts.posts.filter(position=1).update(content_note="Violence, loss")
    cast.study.posts.posts.filter(position=2).update(content_note="loss; drugs")

    assert topics_of_study(cast.study) == ["drugs", "loss", "violence"]


def test_topics_are_asked_once_and_only_where_there_are_some(cast: Cast) -> None:
    due = [are_topics_due(member(cast))]
    cast.study.posts.posts.update(content_note="loss")
    due.append(are_topics_due(member(cast)))
    choose_topics(member(cast), not_read=[])
    due.append(are_topics_due(member(cast)))

    assert due == [False, True, False]


def test_barred_are_raters_from_items_on_topics_that_they_do_not_read(cast: Cast) -> None:
    loss, both, _ = cast.study.posts.posts.order_by("position")
    Post.objects.filter(pk=loss.pk).update(content_note="Loss")
    Post.objects.filter(pk=both.pk).update(content_note="violence; loss")
    first, second = (cast.membership(rater) for rater in cast.raters)
    choose_topics(first, not_read=["loss"])
    choose_topics(second, not_read=["violence"])

    expected = {(first.pk, item.pk) for item in cast.study.items.filter(post__in=[loss, both])}
    expected |= {(second.pk, item.pk) for item in cast.study.items.filter(post=both)}
    assert barred_pairs(cast.study) == expected


def test_opt_outs_are_counted_by_topic(cast: Cast) -> None:
    cast.study.posts.posts.update(content_note="violence; loss")
    choose_topics(cast.membership(cast.raters[0]), not_read=["loss"])
    choose_topics(cast.membership(cast.raters[1]), not_read=["loss", "violence"])

    assert opt_outs_by_topic(cast.study) == {"loss": 2, "violence": 1}


def test_nothing_is_due_at_the_beginning(cast: Cast, now: None) -> None:
    assert due_pause(member(cast)) is None


def test_break_is_due_after_the_studys_minutes_of_active_time(cast: Cast, now: None) -> None:
    seat = cast.assignments(cast.rater)[0]
    work(seat, begin=before(60), minutes=25)
    work(seat, begin=before(30), minutes=19)
    too_early = due_pause(member(cast))
    work(seat, begin=before(2), minutes=1)

    assert too_early is None
    assert due_pause(member(cast)) == Pause(PauseKind.BREAK, timedelta(minutes=45))


def test_time_in_two_windows_at_once_counts_once_towards_a_break(cast: Cast, now: None) -> None:
    first, second, *_ = cast.assignments(cast.rater)
    for seat in (first, second):
        work(seat, begin=before(30), minutes=30)

    assert due_pause(member(cast)) is None


def test_ten_minutes_away_are_a_break(cast: Cast, now: None) -> None:
    seat = cast.assignments(cast.rater)[0]
    work(seat, begin=before(80), minutes=40)
    work(seat, begin=before(30), minutes=30)

    assert due_pause(member(cast)) is None


def test_who_comes_back_after_a_rest_is_not_sent_away_again(cast: Cast, now: None) -> None:
    work(cast.assignments(cast.rater)[0], begin=before(70), minutes=50)

    assert due_pause(member(cast)) is None


def test_midnight_is_no_break(cast: Cast, now: None) -> None:
    User.objects.update(time_zone="Asia/Yangon")  # It is half past midnight there.
    work(cast.assignments(cast.rater)[0], begin=before(46), minutes=46)

    pause = due_pause(member(cast))

    assert pause is not None
    assert (pause.kind, pause.active) == (PauseKind.BREAK, timedelta(minutes=46))


def test_break_that_was_taken_or_passed_over_starts_anew(cast: Cast, now: None) -> None:
    work(cast.assignments(cast.rater)[0], begin=before(50), minutes=50)
    due = due_pause(member(cast))
    take_break(member(cast))

    assert due is not None
    assert due_pause(member(cast)) is None


@pytest.mark.parametrize("status", [AssignmentStatus.SUBMITTED, AssignmentStatus.SKIPPED])
def test_break_is_due_after_heavy_items_rated_or_skipped(cast: Cast, now: None, status: str) -> None:
    light, *heavy = cast.assignments(cast.rater)[:3]
    Post.objects.update(content_note="")
    Post.objects.filter(item__in=[seat.item_id for seat in heavy]).update(content_note="loss")
    Post.objects.filter(item=light.item_id).update(content_note="")
    n_heavy = sum(bool(seat.item.post.content_note) for seat in heavy)
    close(heavy, status=status)

    assert n_heavy == 2
    assert due_pause(member(cast)) == Pause(PauseKind.HEAVY, timedelta(0), n_items=2, n_heavy=2)


def test_batch_ends_after_the_studys_number_of_items(cast: Cast, now: None) -> None:
    seats = cast.assignments(cast.rater)
    close(seats[:2])
    too_early = due_pause(member(cast))
    close(seats[2:3])
    at_the_end = due_pause(member(cast))
    take_break(member(cast))

    assert too_early is None
    assert at_the_end == Pause(PauseKind.BATCH, timedelta(0), n_items=3)
    assert due_pause(member(cast)) is None


def test_seat_that_was_taken_back_is_no_item_of_a_batch(cast: Cast, now: None) -> None:
    close(cast.assignments(cast.rater)[:3], status=AssignmentStatus.WITHDRAWN)

    assert due_pause(member(cast)) is None


def test_day_ends_after_the_studys_minutes_and_may_be_extended(cast: Cast, now: None) -> None:
    seat = cast.assignments(cast.rater)[0]
    work(seat, begin=before(500), minutes=80)
    work(seat, begin=before(300), minutes=20)
    due = due_pause(member(cast))
    extend_day(member(cast), reason="On a train")

    assert due == Pause(PauseKind.DAY, timedelta(minutes=100))
    assert due_pause(member(cast)) is None
    assert list(member(cast).day_extensions.values_list("day", "reason")) == [(NOW.date(), "On a train")]


@pytest.mark.parametrize(
    ("zone", "is_due"), [("UTC", True), ("America/New_York", True), ("Pacific/Auckland", False), ("", True)]
)
def test_day_is_that_of_the_raters_own_zone(cast: Cast, now: None, zone: str, is_due: bool) -> None:
    """Work from 9:00 UTC on; in Auckland a new day began at 11:00 UTC."""
    User.objects.filter(pk=cast.rater.pk).update(time_zone=zone)
    work(cast.assignments(cast.rater)[0], begin=NOW.replace(hour=9), minutes=100)

    assert (due_pause(member(cast)) is not None) == is_due


def test_midnight_is_found_where_clocks_change(cast: Cast) -> None:
    user = User(time_zone="Europe/Berlin")
    after_the_change = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)

    assert midnight_before(after_the_change, user=user).astimezone(UTC) == datetime(
        2026, 3, 28, 23, 0, tzinfo=UTC
    )


@pytest.mark.parametrize("n_spans", [1, 30])
def test_due_pause_takes_two_queries_while_nothing_can_be_due(
    cast: Cast, n_spans: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(n_spans):
        work(
            cast.assignments(cast.rater)[0], begin=datetime.now(UTC) - timedelta(minutes=number), minutes=0.5
        )
    membership = member(cast)

    with django_assert_num_queries(2):
        assert due_pause(membership) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    work_minutes=st.lists(st.tuples(st.integers(0, 700), st.integers(1, 50)), max_size=6),
    break_minutes=st.none() | st.integers(0, 1500),
    closed_minutes=st.lists(st.integers(0, 700), max_size=4),
)
def test_what_is_quickly_known_never_hides_a_pause(
    cast: Cast,
    now: None,
    work_minutes: list[tuple[int, int]],
    break_minutes: int | None,
    closed_minutes: list[int],
) -> None:
    seats = cast.assignments(cast.rater)
    Post.objects.filter(position=1).update(content_note="loss")
    ActiveSpan.objects.all().delete()
    Assignment.objects.update(status=AssignmentStatus.OPEN, closed_at=None)
    Membership.objects.update(last_break_at=None if break_minutes is None else before(break_minutes))
    for begin, minutes in work_minutes:
        work(seats[0], begin=before(begin), minutes=min(minutes, begin))
    for seat, minutes in zip(seats, closed_minutes, strict=False):
        Assignment.objects.filter(pk=seat.pk).update(
            status=AssignmentStatus.SUBMITTED, closed_at=before(minutes)
        )

    assert due_pause(member(cast)) == pause_at(member(cast), NOW)
