"""A rater's protection: topics she does not read, breaks, the day's end; and what the manager sets of it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from zoneinfo import available_timezones

from django.db import transaction
from django.utils import timezone

from annotation.domain.assignment import withdraw_seats
from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.domain.stimuli import hash_stimuli, is_fixed
from annotation.enums import AssignmentStatus, EventKind, StudyStatus
from annotation.models import Assignment, DayExtension, Membership, Study, TopicOptOut, User
from annotation.queries.welfare import barred_pairs, day_of, topics_of_study
from generation.models import Post


@dataclass(frozen=True)
class Pace:
    """How a study's raters are paced; all of it is a suggestion to them but the spacing."""

    batch_size: int
    break_after_minutes: int
    break_after_heavy_items: int
    daily_minutes: int
    spacing: int


@transaction.atomic
def choose_topics(membership: Membership, *, not_read: Iterable[str]) -> int:
    """Keep which of the study's topics the rater does not read; return how many seats that took from her.

    Her open items with such a topic go to others. What she has rated stays.
    """
    study = Study.objects.select_for_update(of=("self",)).get(pk=membership.study_id)
    topics = set(topics_of_study(study)) & set(not_read)
    TopicOptOut.objects.filter(membership=membership).exclude(topic__in=topics).delete()
    TopicOptOut.objects.bulk_create(
        (TopicOptOut(membership=membership, topic=topic) for topic in sorted(topics)), ignore_conflicts=True
    )
    Membership.objects.filter(pk=membership.pk).update(topics_chosen_at=timezone.now())
    return _withdraw_barred(study)


def _withdraw_barred(study: Study) -> int:
    """Take back the open seats on topics that their raters do not read; return how many there were."""
    if study.status == StudyStatus.CLOSED:
        return 0
    barred = barred_pairs(study)
    raters = {rater for rater, _ in barred}
    seats = Assignment.objects.filter(rater__in=raters, status=AssignmentStatus.OPEN)
    held = seats.values_list("pk", "rater", "item")
    taken = [pk for pk, rater, item in held if (rater, item) in barred]
    if taken:
        withdraw_seats(study, Assignment.objects.filter(pk__in=taken))
    return len(taken)


def take_break(membership: Membership) -> None:
    """Keep that the rater took, or passed over, a suggested break just now."""
    Membership.objects.filter(pk=membership.pk).update(last_break_at=timezone.now())


def extend_day(membership: Membership, *, reason: str = "") -> None:
    """Let the rater go on today. Saying so twice keeps the first reason."""
    DayExtension.objects.get_or_create(
        membership=membership,
        day=day_of(timezone.now(), user=membership.user),
        defaults={"reason": reason.strip()[:500]},
    )
    take_break(membership)


def choose_time_zone(user: User, *, name: str) -> None:
    """Keep the zone in which the user's days begin. Raises StudyError for a name that is none."""
    if name not in available_timezones():
        raise StudyError("This is not the name of a time zone.")
    User.objects.filter(pk=user.pk).update(time_zone=name)


def note_time_zone(user: User, *, name: str) -> None:
    """Take the zone that a browser named, for a user who has not chosen one; leave out what is none."""
    if user.time_zone == User._meta.get_field("time_zone").default and name in available_timezones():
        choose_time_zone(user, name=name)


@transaction.atomic
def change_pace(study: Study, *, pace: Pace, by: User) -> None:
    """Set batches, breaks, the day's limit and the spacing; possible until the study is closed."""
    study = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    if study.status == StudyStatus.CLOSED:
        raise StudyError("The study is closed.")
    changed = {name: value for name, value in asdict(pace).items() if getattr(study, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(study, name, value)
    study.save(update_fields=list(changed))
    detail = ", ".join(f"{name} {value}" for name, value in changed.items())
    record_event(study, EventKind.PACE_CHANGED, by=by, detail=detail)


def are_content_notes_fixed(study: Study) -> bool:
    """Say whether raters of this study, or of another one with the same posts, have read them as they stand.

    One query.
    """
    sharing = Study.objects.filter(posts=study.posts_id)
    return any(is_fixed(other) for other in sharing.only("stimuli_sha256", "opened_at"))


@transaction.atomic
def change_content_notes(study: Study, *, notes: Mapping[int, str], by: User) -> int:
    """Set the content notes of posts, by post id; return how many changed.

    Seats on topics that their raters do not read are taken back; where a topic is new, raters are asked.
    Raises StudyError once the texts of this study, or of another one with the same posts, are fixed.
    """
    sharing = list(Study.objects.select_for_update(of=("self",)).filter(posts=study.posts_id).order_by("pk"))
    if are_content_notes_fixed(study):
        raise StudyError("The texts that raters are shown are complete, so content notes stay as they are.")
    posts = Post.objects.filter(collection=study.posts_id, pk__in=notes)
    changed = [post for post in posts if post.content_note != notes[post.pk].strip()]
    topics = set(topics_of_study(study))
    for post in changed:
        post.content_note = notes[post.pk].strip()
    Post.objects.bulk_update(changed, ["content_note"], batch_size=500)
    if set(topics_of_study(study)) - topics:
        # There is something new to leave out: everybody is asked again, and finds what she chose before.
        Membership.objects.filter(study__in=sharing).update(topics_chosen_at=None)
    for other in sharing if changed else ():
        hash_stimuli(other, by=by)
        _withdraw_barred(other)
        record_event(
            other,
            EventKind.TOPICS_CHANGED,
            by=by,
            detail=f"{len(changed)} post{'' if len(changed) == 1 else 's'}",
        )
    return len(changed)
