from datetime import UTC, datetime
from uuid import uuid4

import pytest

from annotation.domain.errors import StudyError
from annotation.domain.study import close_study
from annotation.domain.welfare import (
    Pace,
    change_content_notes,
    change_pace,
    choose_time_zone,
    choose_topics,
    extend_day,
    note_time_zone,
)
from annotation.enums import AssignmentStatus, EventKind
from annotation.models import Assignment, DayExtension, Draft, Study, TopicOptOut
from annotation.queries.welfare import are_topics_due, barred_pairs, opted_out_topics
from generation.models import Post
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

PACE = Pace(batch_size=10, break_after_minutes=30, break_after_heavy_items=5, daily_minutes=90, spacing=3)


@pytest.fixture
def cast() -> Cast:
    """Three raters, two an item; the first of three posts is about loss."""
    cast = make_study(posts=3, raters=3)
    cast.study.posts.posts.filter(position=1).update(content_note="Loss")
    return cast


def seats_on_loss(cast: Cast) -> list[Assignment]:
    return list(Assignment.objects.filter(item__post__position=1, rater__user=cast.rater).order_by("pk"))


def test_open_items_on_a_topic_that_she_does_not_read_go_to_others(cast: Cast) -> None:
    rated, *opened = seats_on_loss(cast)
    rate(rated)
    Draft.objects.create(
        assignment=opened[0], window=uuid4(), sequence=1, base=0, content={}, saved_at=datetime.now(UTC)
    )
    others = Assignment.objects.filter(rater__user=cast.rater).exclude(item__post__position=1)
    n_others = others.filter(status=AssignmentStatus.OPEN).count()

    n_taken = choose_topics(cast.membership(cast.rater), not_read=["loss", "no topic of this study"])

    assert n_taken == len(opened) > 0
    assert [seat.status for seat in seats_on_loss(cast)] == ["submitted", *["withdrawn"] * len(opened)]
    assert others.filter(status=AssignmentStatus.OPEN).count() == n_others
    assert Draft.objects.count() == 0
    assert list(TopicOptOut.objects.values_list("topic", flat=True)) == ["loss"]
    held = Assignment.objects.filter(item__study=cast.study).exclude(status=AssignmentStatus.WITHDRAWN)
    n_by_item = {item.pk: held.filter(item=item).count() for item in cast.study.items.all()}
    assert set(n_by_item.values()) == {2}


def test_topics_can_be_chosen_anew(cast: Cast) -> None:
    membership = cast.membership(cast.rater)
    choose_topics(membership, not_read=["loss"])

    choose_topics(membership, not_read=[])

    membership.refresh_from_db()
    assert membership.topics_chosen_at is not None
    assert TopicOptOut.objects.count() == 0


def test_new_content_note_takes_the_seats_of_those_who_do_not_read_its_topic(cast: Cast) -> None:
    Study.objects.update(stimuli_sha256="")
    choose_topics(cast.membership(cast.rater), not_read=["loss"])
    second = cast.study.posts.posts.get(position=2)

    n_changed = change_content_notes(
        cast.study, notes={second.pk: " illness; LOSS ", Post.objects.first().pk: "Loss"}, by=cast.manager
    )

    second.refresh_from_db()
    assert (n_changed, second.content_note) == (1, "illness; LOSS")
    assert not Assignment.objects.filter(rater__user=cast.rater, item__post=second, status="open").exists()
    assert barred_pairs(cast.study) >= {
        (cast.membership(cast.rater).pk, item.pk) for item in cast.study.items.filter(post=second)
    }
    event = cast.study.events.get(kind=EventKind.TOPICS_CHANGED)
    assert (event.by, event.detail) == (cast.manager, "1 post")


def test_new_topic_is_asked_about_and_a_known_one_is_not(cast: Cast) -> None:
    membership = cast.membership(cast.rater)
    choose_topics(membership, not_read=["loss"])
    second = cast.study.posts.posts.get(position=2)

    due = []
    for note in ("Loss", "War"):
        Study.objects.update(stimuli_sha256="")
        change_content_notes(cast.study, notes={second.pk: note}, by=cast.manager)
        due.append(are_topics_due(cast.membership(cast.rater)))

    assert due == [False, True]
    assert opted_out_topics(membership) == {"loss"}


def test_content_notes_stay_once_the_texts_of_a_study_with_these_posts_are_fixed(cast: Cast) -> None:
    post = cast.study.posts.posts.get(position=2)

    with pytest.raises(StudyError, match="content notes stay as they are"):
        change_content_notes(cast.study, notes={post.pk: "War"}, by=cast.manager)

    post.refresh_from_db()
    assert post.content_note == ""


def test_pace_is_changed_and_logged_by_what_changed(cast: Cast) -> None:
    change_pace(cast.study, pace=PACE, by=cast.manager)
    change_pace(cast.study, pace=PACE, by=cast.manager)

    cast.study.refresh_from_db()
    assert [getattr(cast.study, name) for name in Pace.__dataclass_fields__] == [10, 30, 5, 90, 3]
    assert [event.detail for event in cast.study.events.filter(kind=EventKind.PACE_CHANGED)] == [
        "batch_size 10, break_after_minutes 30, break_after_heavy_items 5, daily_minutes 90, spacing 3"
    ]


def test_pace_of_a_closed_study_stays(cast: Cast) -> None:
    close_study(cast.study, by=cast.manager)

    with pytest.raises(StudyError, match="closed"):
        change_pace(cast.study, pace=PACE, by=cast.manager)


def test_going_on_is_kept_once_a_day_with_the_first_reason(cast: Cast) -> None:
    membership = cast.membership(cast.rater)

    extend_day(membership, reason=" On a train ")
    extend_day(membership, reason="Still")

    assert list(DayExtension.objects.values_list("reason", flat=True)) == ["On a train"]


def test_time_zone_is_a_known_one(cast: Cast) -> None:
    choose_time_zone(cast.rater, name="Europe/Berlin")
    with pytest.raises(StudyError, match="time zone"):
        choose_time_zone(cast.rater, name="../etc/passwd")

    cast.rater.refresh_from_db()
    assert cast.rater.time_zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("chosen", "named", "kept"),
    [
        ("UTC", "Asia/Tokyo", "Asia/Tokyo"),
        ("UTC", "nowhere", "UTC"),
        ("Europe/Berlin", "Asia/Tokyo", "Europe/Berlin"),
    ],
)
def test_browsers_time_zone_is_taken_where_none_was_chosen(
    cast: Cast, chosen: str, named: str, kept: str
) -> None:
    cast.rater.time_zone = chosen
    cast.rater.save()

    note_time_zone(cast.rater, name=named)

    cast.rater.refresh_from_db()
    assert cast.rater.time_zone == kept
