"""Studies in numbers: how far their texts and ratings are."""

from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from annotation.enums import AssignmentStatus, Role
from annotation.models import Assignment, Flag, Item, Membership, Study, User
from annotation.queries.stimuli import items_left_out
from generation.models import Post

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    StudyInNumbers = WithAnnotations[Study, "StudyNumbers"]


class StudyNumbers(TypedDict):
    """What `annotate_numbers` adds."""

    n_posts: int
    n_items: int
    n_left_out: int
    n_to_rate: int
    n_ready: int
    n_wanted: int
    n_seats: int
    n_rated: int
    n_flags: int


def annotate_numbers(studies: QuerySet[Study]) -> "QuerySet[StudyInNumbers]":
    """Add n_posts, n_items, n_left_out, n_to_rate, n_ready, n_wanted (ratings), n_seats, n_rated, n_flags.

    Of the items, n_left_out get no text, n_to_rate are the others, and n_ready have theirs. n_seats counts
    the first occasion's seats that are open or rated; n_flags the flags not yet settled.
    """
    seats = Assignment.objects.filter(item__study=OuterRef("pk"), occasion=1)
    held = seats.filter(status__in=[AssignmentStatus.OPEN, AssignmentStatus.SUBMITTED])
    items = Item.objects.filter(study=OuterRef("pk"))
    flags = Flag.objects.filter(assignment__item__study=OuterRef("pk"), resolved_at=None)
    return studies.annotate(
        n_posts=_count(Post.objects.filter(collection=OuterRef("posts")), by="collection"),
        n_items=_count(items, by="study"),
        n_left_out=_count(items_left_out().filter(study=OuterRef("pk")), by="study"),
        n_ready=_count(items.exclude(response=None), by="study"),
        n_to_rate=F("n_items") - F("n_left_out"),
        n_wanted=F("n_to_rate") * F("raters_per_item"),
        n_seats=_count(held, by="item__study"),
        n_rated=_count(seats.filter(status=AssignmentStatus.SUBMITTED), by="item__study"),
        n_flags=_count(flags, by="assignment__item__study"),
    )


def annotate_is_managed(studies: QuerySet[Study], *, by: User) -> QuerySet[Study]:
    """Add is_managed: whether the user may manage the study, and not only see its scores."""
    if by.is_superuser:
        return studies.annotate(is_managed=Value(True))
    managers = Membership.objects.filter(study=OuterRef("pk"), user=by, role=Role.MANAGER, removed_at=None)
    return studies.annotate(is_managed=Exists(managers))


def _count(rows: QuerySet, *, by: str) -> Coalesce:
    """Count rows of a study in a subquery of its own, so that joins do not multiply each other."""
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
