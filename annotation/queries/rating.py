"""What a rater may see. Blinding starts here: no query in this module reads where a text came from.

Texts leave as frozen values, not as models, so that a page cannot follow a relation to the condition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigAutoField, Count, F, PositiveIntegerField, Q, QuerySet, SlugField
from django.db.models.expressions import Combinable

from annotation.enums import AssignmentStatus, Role, StudyStatus
from annotation.models import Assignment, Item, Membership, Score, Study, User
from annotation.queries.study import memberships_rating
from generation.enums import ResponseStatus
from resort_site.prepared_query import PreparedQuery

READABLE = Q(item__response__status=ResponseStatus.VALID)
OF_SEATS = ("item", "rater", "position", "status", "opened_at")
OF_MEMBERSHIPS = (
    *("user__time_zone", "code", "topics_chosen_at", "last_break_at"),
    *("study__name", "study__slug", "study__status", "study__posts", "study__opened_at"),
    *("study__instructions", "study__support_contact", "study__concern_protocol"),
    *("study__batch_size", "study__break_after_minutes", "study__break_after_heavy_items"),
    "study__daily_minutes",
)


@dataclass(frozen=True)
class DeskItem:
    """All that the desk shows of an item: the texts, and what to judge them by."""

    position: int
    post: str
    content_note: str
    response: str
    dimension: str
    aim: str
    standards: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """How far a rater has come, in seats."""

    ready: int
    being_written: int
    rated: int
    skipped: int

    @property
    def left(self) -> int:
        return self.ready + self.being_written

    @property
    def done(self) -> int:
        return self.rated + self.skipped

    @property
    def total(self) -> int:
        return self.left + self.done


@dataclass(frozen=True)
class Progress:
    """How many of a rater's seats are done, rated or skipped."""

    done: int
    total: int


@dataclass(frozen=True)
class SavedScore:
    criterion: str
    criterion_key: str
    point_key: str
    point_label: str
    rationale: str


@dataclass(frozen=True)
class SavedRating:
    """The current version of a rating."""

    number: int
    saved_at: datetime
    scores: tuple[SavedScore, ...]


@dataclass(frozen=True)
class OwnRating:
    """One line in a rater's list of her ratings."""

    position: int
    rating: SavedRating


def memberships_at_desk(user: User) -> QuerySet[Membership]:
    """Return the user's places as a current rater, with only what her pages need of the studies."""
    return memberships_rating(user).select_related("study", "user").only(*OF_MEMBERSHIPS)


def seats_of(membership: Membership) -> QuerySet[Assignment]:
    """Return the rater's seats in her order, without those that were taken from her."""
    seats = Assignment.objects.filter(rater=membership).exclude(status=AssignmentStatus.WITHDRAWN)
    return seats.only(*OF_SEATS).order_by("position")


def _seats_at_desk(user: Combinable, slug: Combinable, position: Combinable) -> QuerySet[Assignment]:
    seats = Assignment.objects.filter(
        rater__user=user, rater__study__slug=slug, rater__role=Role.RATER, rater__removed_at=None
    )
    return (
        seats.filter(position=position)
        .exclude(status=AssignmentStatus.WITHDRAWN)
        .select_related("rater__study", "rater__user")
        .only(*OF_SEATS, *(f"rater__{name}" for name in OF_MEMBERSHIPS))
        .order_by()
    )


_asked_seats = PreparedQuery(_seats_at_desk, user=BigAutoField, slug=SlugField, position=PositiveIntegerField)


def seat_at_desk(user: User, *, slug: str, position: int) -> Assignment | None:
    """Return the user's seat at a position of a study that she rates, with her membership as `rater`.

    None when there is none, or no longer. One query.
    """
    return next(iter(_asked_seats(user=user.pk, slug=slug, position=position)), None)


def seats_to_rate(membership: Membership) -> QuerySet[Assignment]:
    """Return the open seats whose text is there; none unless the study is open."""
    if membership.study.status != StudyStatus.OPEN:
        return Assignment.objects.none()
    return seats_of(membership).filter(READABLE, status=AssignmentStatus.OPEN)


def next_assignment(membership: Membership) -> Assignment | None:
    """Return the first seat that can be rated now; None when there is none at present. One query at most."""
    if membership.study.status != StudyStatus.OPEN:
        return None
    return next(iter(_next_seats(rater=membership.pk)), None)


_next_seats = PreparedQuery(
    lambda rater: (
        Assignment.objects.filter(READABLE, rater=rater, status=AssignmentStatus.OPEN)
        .only(*OF_SEATS)
        .order_by("position")[:1]
    ),
    rater=BigAutoField,
)


def position_before(membership: Membership, position: int) -> int | None:
    """Return where "Back" leads from a position; None at the beginning. One query."""
    return next(iter(_positions_before(rater=membership.pk, position=position)), None)


_positions_before = PreparedQuery(
    lambda rater, position: (
        Assignment.objects.filter(READABLE, rater=rater, position__lt=position)
        .exclude(status__in=[AssignmentStatus.WITHDRAWN, AssignmentStatus.SKIPPED])
        .order_by("-position")
        .values_list("position", flat=True)[:1]
    ),
    rater=BigAutoField,
    position=PositiveIntegerField,
)


def standing_of(membership: Membership) -> Standing:
    """Count the rater's seats by what has become of them. One query."""
    is_open = Q(status=AssignmentStatus.OPEN)
    return Standing(
        **Assignment.objects.filter(rater=membership).aggregate(
            ready=Count("pk", filter=is_open & READABLE),
            being_written=Count("pk", filter=is_open & Q(item__response=None)),
            rated=Count("pk", filter=Q(status=AssignmentStatus.SUBMITTED)),
            skipped=Count("pk", filter=Q(status=AssignmentStatus.SKIPPED)),
        )
    )


def progress_of(membership: Membership) -> Progress:
    """Count the rater's seats for the desk. One query, of an index alone."""
    counts = _progress_counts(rater=membership.pk)
    return Progress(*counts[0]) if counts else Progress(0, 0)


_progress_counts = PreparedQuery(
    lambda rater: (
        Assignment.objects.filter(rater=rater)
        .exclude(status=AssignmentStatus.WITHDRAWN)
        .order_by()
        .values("rater")
        .annotate(done=Count("pk", filter=~Q(status=AssignmentStatus.OPEN)), total=Count("pk"))
        .values_list("done", "total")
    ),
    rater=BigAutoField,
)


def desk_item(seat: Assignment) -> DeskItem | None:
    """Return what the desk shows for a seat; None while its text is not there, or no longer. One query."""
    return next((_desk_item(seat.position, texts) for texts in _texts_of_seat(seat=seat.pk)), None)


def readable_items(study: Study) -> QuerySet[Item]:
    """Return the study's items whose texts are there, in a fixed order, for the manager's preview."""
    return Item.objects.filter(study=study, response__status=ResponseStatus.VALID).order_by("pk")


def preview_desk(study: Study, number: int) -> DeskItem | None:
    """Return the study's `number`-th readable item, from 1, as a rater would see it; None beyond the last."""
    rows = readable_items(study).values(**_texts_below(""))[number - 1 : number]
    return next((_desk_item(number, texts) for texts in rows), None)


def _texts_below(prefix: str) -> dict[str, F]:
    return {
        "post_text": F(f"{prefix}post__text"),
        "note": F(f"{prefix}post__content_note"),
        "response_text": F(f"{prefix}response__text"),
        "dimension_name": F(f"{prefix}dimension__name"),
        "aim": F(f"{prefix}dimension__aim"),
        "standards": F(f"{prefix}dimension__standards"),
    }


_texts_of_seat = PreparedQuery(
    lambda seat: Assignment.objects.filter(READABLE, pk=seat).order_by().values(**_texts_below("item__")),
    seat=BigAutoField,
)


def _desk_item(position: int, texts: Mapping[str, Any]) -> DeskItem:
    return DeskItem(
        position=position,
        post=texts["post_text"],
        content_note=texts["note"],
        response=texts["response_text"],
        dimension=texts["dimension_name"],
        aim=texts["aim"],
        standards=tuple(texts["standards"]),
    )


def saved_rating(seat: Assignment) -> SavedRating | None:
    """Return the current version of the seat's rating; None when it has not been rated. One query."""
    return _saved_ratings(Score.objects.filter(version__rating__assignment=seat)).get(seat.position)


def own_ratings(seats: Sequence[Assignment]) -> list[OwnRating]:
    """Return the current ratings of some of a rater's seats, the last one saved first. One query."""
    saved = _saved_ratings(Score.objects.filter(version__rating__assignment__in=seats))
    newest_first = sorted(saved.items(), key=lambda entry: entry[1].saved_at, reverse=True)
    return [OwnRating(position, rating) for position, rating in newest_first]


def _saved_ratings(scores: QuerySet[Score]) -> dict[int, SavedRating]:
    """Return the current ratings that the scores are part of, by position."""
    rows = (
        scores.filter(version__rating__current=F("version"))
        .order_by("version", "criterion__position")
        .values_list(
            "version__rating__assignment__position",
            "version__number",
            "version__saved_at",
            "criterion__label",
            "criterion__key",
            "point__key",
            "point__label",
            "rationale",
        )
    )
    ratings: dict[int, SavedRating] = {}
    for position, number, saved_at, *score in rows:
        earlier = ratings[position].scores if position in ratings else ()
        ratings[position] = SavedRating(number, saved_at, (*earlier, SavedScore(*score)))
    return ratings
