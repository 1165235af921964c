"""What protects raters: topics they do not read, breaks, the day's end. Nothing here reads a condition."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import BigAutoField, Count, DateTimeField, Q
from django.utils import timezone

from annotation.enums import AssignmentStatus, PauseKind
from annotation.models import ActiveSpan, Assignment, DayExtension, Item, Membership, Study, TopicOptOut, User
from annotation.queries.active_span import Span, length_since, merged
from generation.models import Post
from resort_site.prepared_query import PreparedQuery

# Who was away from the items for so long has had a break.
REST = timedelta(minutes=10)
# Work before midnight counts towards the next break as far back as this.
LONGEST_STRETCH = timedelta(hours=4)


@dataclass(frozen=True)
class Pause:
    """What comes before a rater's next item. Counts are since her last break; on DAY, since midnight."""

    kind: PauseKind
    active: timedelta
    n_items: int = 0
    n_heavy: int = 0

    @property
    def minutes(self) -> int:
        return int(self.active.total_seconds() // 60)


def topics_in(note: str) -> list[str]:
    """Return the topics that a content note names: its parts at commas and semicolons, in lower case."""
    parts = (" ".join(part.lower().split()) for part in re.split("[,;]", note))
    return list(dict.fromkeys(part for part in parts if part))


def topics_of_study(study: Study) -> list[str]:
    """Return the topics of the study's posts, in alphabetical order. One query."""
    notes = Post.objects.filter(collection=study.posts_id).exclude(content_note="")
    return _topics(notes.order_by().values_list("content_note", flat=True).distinct())


def _topics(notes: Iterable[str]) -> list[str]:
    return sorted({topic for note in notes for topic in topics_in(note)})


def are_topics_due(membership: Membership) -> bool:
    """Say whether the rater is still to be asked what she does not read. No query once she has answered."""
    return membership.topics_chosen_at is None and bool(topics_of_study(membership.study))


def opted_out_topics(membership: Membership) -> set[str]:
    return set(TopicOptOut.objects.filter(membership=membership).values_list("topic", flat=True))


def opt_outs_by_topic(study: Study) -> dict[str, int]:
    """Count the current raters who do not read a topic, for each topic that somebody does not read."""
    rows = TopicOptOut.objects.filter(membership__study=study, membership__removed_at=None)
    return dict(rows.order_by("topic").values_list("topic").annotate(n=Count("pk")))


def barred_pairs(study: Study) -> set[tuple[int, int]]:
    """Return (membership, item) for every item with a topic that the rater does not read.

    Two queries; one where nobody has opted out of anything.
    """
    members_by_topic: dict[str, set[int]] = {}
    for member, topic in TopicOptOut.objects.filter(membership__study=study).values_list(
        "membership", "topic"
    ):
        members_by_topic.setdefault(topic, set()).add(member)
    if not members_by_topic:
        return set()
    noted = Item.objects.filter(study=study).exclude(post__content_note="")
    return {
        (member, item)
        for item, note in noted.order_by().values_list("pk", "post__content_note")
        for topic in topics_in(note)
        for member in members_by_topic.get(topic, ())
    }


def due_pause(membership: Membership) -> Pause | None:
    """Return what should come before the rater's next item; None when she may simply go on.

    Two queries while nothing can be due yet; then four, a fifth once the day's limit is reached.
    """
    now = timezone.now()
    return pause_at(membership, now) if _can_be_due(membership, now) else None


def pause_at(membership: Membership, now: datetime) -> Pause | None:
    """Return the pause by all that the rater did lately. Two queries, or three."""
    study = membership.study
    midnight = midnight_before(now, user=membership.user)
    window = _window(now, midnight)
    stretches = _stretches(membership, since=window)
    today = length_since(stretches, midnight)
    if today >= timedelta(minutes=study.daily_minutes) and not is_day_extended(membership, now):
        return Pause(PauseKind.DAY, today)
    # Midnight ends a day, not a stretch of work.
    since = max(_end_of_rest(stretches, now) or midnight, membership.last_break_at or window)
    active = length_since(stretches, since)
    n_items, n_heavy = _items_closed(membership, since=since)
    for kind, is_due in (
        (PauseKind.BREAK, active >= timedelta(minutes=study.break_after_minutes)),
        (PauseKind.HEAVY, n_heavy >= study.break_after_heavy_items),
        (PauseKind.BATCH, n_items >= study.batch_size),
    ):
        if is_due:
            return Pause(kind, active, n_items, n_heavy)
    return None


def _can_be_due(membership: Membership, now: datetime) -> bool:
    """Say whether any limit can have been reached, by what is quickly known.

    Nobody is active for longer than since she began, nor has she done more since her last rest than since the
    last break that she was given.
    """
    study = membership.study
    midnight = midnight_before(now, user=membership.user)
    window = _window(now, midnight)
    since = max(membership.last_break_at or window, window)
    began_at = next(iter(_first_began(rater=membership.pk, since=window)), None)
    n_items, n_heavy = _items_closed(membership, since=since)
    return (
        n_items >= study.batch_size
        or n_heavy >= study.break_after_heavy_items
        or (
            began_at is not None
            and (
                now - began_at >= timedelta(minutes=study.daily_minutes)
                or now - max(began_at, since) >= timedelta(minutes=study.break_after_minutes)
            )
        )
    )


_first_began = PreparedQuery(
    lambda rater, since: (
        ActiveSpan.objects.filter(assignment__rater=rater, ended_at__gt=since)
        .order_by("began_at")
        .values_list("began_at", flat=True)[:1]
    ),
    rater=BigAutoField,
    since=DateTimeField,
)


def time_zone_of(user: User) -> ZoneInfo:
    """Return the user's zone; UTC where the machine does not know it."""
    try:
        return ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def midnight_before(moment: datetime, *, user: User) -> datetime:
    """Return when the user's day began."""
    return moment.astimezone(time_zone_of(user)).replace(hour=0, minute=0, second=0, microsecond=0)


def day_of(moment: datetime, *, user: User) -> date:
    return moment.astimezone(time_zone_of(user)).date()


def is_day_extended(membership: Membership, now: datetime) -> bool:
    day = day_of(now, user=membership.user)
    return DayExtension.objects.filter(membership=membership, day=day).exists()


def _window(now: datetime, midnight: datetime) -> datetime:
    """Return how far back work counts."""
    return min(midnight, now - LONGEST_STRETCH)


def _stretches(membership: Membership, *, since: datetime) -> list[Span]:
    return list(merged(_spans_of(rater=membership.pk, since=since)))


_spans_of = PreparedQuery(
    lambda rater, since: (
        ActiveSpan.objects.filter(assignment__rater=rater, ended_at__gt=since)
        .order_by()
        .values_list("began_at", "ended_at")
    ),
    rater=BigAutoField,
    since=DateTimeField,
)


def _end_of_rest(stretches: list[Span], now: datetime) -> datetime | None:
    """Return when the rater last came back from a rest: now, if she is only just coming back."""
    later = now
    for began_at, ended_at in reversed(stretches):
        if later - ended_at >= REST:
            return later
        later = began_at
    return later if stretches else None


def _items_closed(membership: Membership, *, since: datetime) -> tuple[int, int]:
    """Count the items rated or skipped since then, and those of them with a content note."""
    counts = _closed_counts(rater=membership.pk, since=since)
    return counts[0] if counts else (0, 0)


_closed_counts = PreparedQuery(
    lambda rater, since: (
        Assignment.objects.filter(
            rater=rater,
            status__in=[AssignmentStatus.SUBMITTED, AssignmentStatus.SKIPPED],
            closed_at__gte=since,
        )
        .order_by()
        .values("rater")
        .annotate(n_items=Count("pk"), n_heavy=Count("pk", filter=~Q(item__post__content_note="")))
        .values_list("n_items", "n_heavy")
    ),
    rater=BigAutoField,
    since=DateTimeField,
)
