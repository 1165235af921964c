"""Seats are skipped, taken back and flagged. What becomes free goes to another rater, where there is one."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotation.domain.active_span import active_seconds_until, keep_active_time
from annotation.domain.allocation import fill_items, order_anew
from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.enums import AssignmentStatus, EventKind, Role, SkipKind, StudyStatus
from annotation.models import Assignment, Draft, Flag, Item, Membership, Study, User
from annotation.queries.stimuli import items_left_out


def free_seats_left_out(study: Study) -> None:
    """Take seats away that get nothing to rate. Nobody can have seen them: they never had a text."""
    left_out = items_left_out().filter(study=study)
    Assignment.objects.filter(
        item__in=left_out.values("pk"), status=AssignmentStatus.OPEN, opened_at=None
    ).delete()


@transaction.atomic
def skip(assignment: Assignment, *, kind: SkipKind) -> None:
    """Close a rater's seat and open one for a rater who has not had the item, where there is one."""
    study, assignment = _lock_seat(assignment)
    if study.status != StudyStatus.OPEN:
        raise StudyError("The study is not open at the moment.")
    if assignment.status == AssignmentStatus.SKIPPED:
        return
    if assignment.status != AssignmentStatus.OPEN:
        raise StudyError("This item is no longer yours to skip.")
    assignment.status = AssignmentStatus.SKIPPED
    assignment.skip_kind = kind
    assignment.closed_at = timezone.now()
    assignment.active_seconds = active_seconds_until(assignment, assignment.closed_at)
    assignment.save(update_fields=["status", "skip_kind", "closed_at", "active_seconds"])
    Draft.objects.filter(assignment=assignment).delete()
    fill_items(study, Item.objects.filter(pk=assignment.item_id))


@transaction.atomic
def remove_rater(membership: Membership, *, by: User) -> int:
    """End a rater's part in the study; return how many of her open seats went to others.

    Her ratings stay and count. A seat that nobody else can take stays empty until a rater joins.
    """
    study = Study.objects.select_for_update(of=("self",)).get(pk=membership.study_id)
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if membership.role != Role.RATER or membership.removed_at is not None:
        raise StudyError("This person is not a rater of the study.")
    membership.removed_at = timezone.now()
    membership.save(update_fields=["removed_at"])
    moved = withdraw_seats(study, Assignment.objects.filter(rater=membership))
    record_event(study, EventKind.RATER_REMOVED, by=by, detail=membership.code)
    return moved


def withdraw_seats(study: Study, seats: QuerySet[Assignment]) -> int:
    """Take the open ones of these seats from their raters, drafts and all; return how many went to others.

    For a study locked by the caller. Raters who have not begun get a fresh order of what is theirs then.
    """
    taken = list(seats.filter(item__study=study, status=AssignmentStatus.OPEN).only("item", "rater"))
    keys = [seat.pk for seat in taken]
    Draft.objects.filter(assignment__in=keys).delete()
    closed = Assignment.objects.filter(pk__in=keys)
    closed.update(status=AssignmentStatus.WITHDRAWN, closed_at=timezone.now())
    keep_active_time(closed)
    given = fill_items(study, Item.objects.filter(pk__in={seat.item_id for seat in taken}))
    order_anew(study, {seat.rater_id for seat in taken} | given.keys())
    return given.total()


@transaction.atomic
def flag(assignment: Assignment, *, note: str) -> Flag:
    """Leave a note for the manager about an item; the seat stays as it is. Sent again, it counts once."""
    if not note.strip():
        raise StudyError("Say in a few words what the manager should look at.")
    seat = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    words = {"assignment": seat, "note": note.strip()}
    return Flag.objects.filter(**words, resolved_at=None).first() or Flag.objects.create(**words)


@transaction.atomic
def resolve_flag(flag: Flag, *, by: User) -> None:
    settled = Flag.objects.filter(pk=flag.pk, resolved_at=None).update(
        resolved_at=timezone.now(), resolved_by=by
    )
    if settled:
        record_event(flag.assignment.item.study, EventKind.FLAG_RESOLVED, by=by)


def _lock_seat(assignment: Assignment) -> tuple[Study, Assignment]:
    """Return the seat and its study as they are now; the study first, as everywhere, against deadlocks."""
    study = Study.objects.select_for_update(of=("self",)).get(
        pk=Item.objects.values_list("study_id", flat=True).get(pk=assignment.item_id)
    )
    return study, Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
