"""Seats are given, skipped, taken back and flagged. Every item shall have k raters, no more."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from annotation.allocation import fill_seats, order_items
from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.enums import AssignmentStatus, EventKind, Role, SkipKind, StudyStatus
from annotation.models import Assignment, Flag, Item, Membership, Study, User

HOLDING = frozenset({AssignmentStatus.OPEN, AssignmentStatus.SUBMITTED})


@transaction.atomic
def allocate(study: Study, *, by: User) -> int:
    """Fill every free seat of the study; return how many. Safe to run again, as when a rater has joined."""
    study = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    if study.status == StudyStatus.CLOSED:
        raise StudyError("The study is closed.")
    if not study.items.exists():
        raise StudyError("Start the generation first: it fixes what is to be rated.")
    filled = fill_open_seats(study)
    if filled:
        record_event(study, EventKind.ALLOCATED, by=by, detail=f"{filled} seats")
    return filled


def fill_open_seats(study: Study) -> int:
    """Fill what is free, for a study locked by the caller. Raises StudyError when raters are too few."""
    raters = current_raters(study)
    if len(raters) < study.raters_per_item:
        raise StudyError(
            f"Each item needs {study.raters_per_item} raters, and the study has {len(raters)}. "
            "Invite more first."
        )
    return _fill(study, study.items.values_list("pk", flat=True), raters)


def current_raters(study: Study) -> list[int]:
    """Return the memberships of the study's raters, in the order in which they joined."""
    members = study.memberships.filter(role=Role.RATER, removed_at=None).order_by("id")
    return list(members.values_list("pk", flat=True))


def _fill(study: Study, item_ids: Iterable[int], raters: list[int]) -> int:
    item_ids = sorted(item_ids)
    holders: defaultdict[int, set[int]] = defaultdict(set)
    barred: defaultdict[int, set[int]] = defaultdict(set)
    loads: Counter[int] = Counter()
    seats = Assignment.objects.filter(item__study=study, occasion=1)
    for item_id, rater_id, status in seats.values_list("item_id", "rater_id", "status"):
        if status in HOLDING:
            holders[item_id].add(rater_id)
            loads[rater_id] += 1
        else:
            barred[item_id].add(rater_id)
    # Earlier seats are part of the seed, so that a later filling does not repeat the first one's draws.
    seed = f"{study.seed}:{sum(loads.values())}"
    chosen = fill_seats(
        [(frozenset(holders[pk]), frozenset(barred[pk])) for pk in item_ids],
        raters=raters,
        raters_per_item=study.raters_per_item,
        loads=loads,
        seed=seed,
    )
    new_items: defaultdict[int, list[int]] = defaultdict(list)
    for item_id, newcomers in zip(item_ids, chosen, strict=True):
        for rater_id in newcomers:
            new_items[rater_id].append(item_id)
    last = dict(
        Assignment.objects.filter(rater__in=new_items)
        .values_list("rater")
        .annotate(last=Max("position"))
        .order_by()
    )
    Assignment.objects.bulk_create(
        (
            Assignment(item_id=item_id, rater_id=rater_id, position=position)
            for rater_id, items in new_items.items()
            for position, item_id in enumerate(
                order_items(items, seed=seed, rater=rater_id), start=last.get(rater_id, 0) + 1
            )
        ),
        batch_size=1000,
    )
    return sum(len(items) for items in new_items.values())


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
    assignment.save(update_fields=["status", "skip_kind", "closed_at"])
    _fill(study, [assignment.item_id], current_raters(study))


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
    seats = Assignment.objects.filter(rater=membership, status=AssignmentStatus.OPEN)
    item_ids = list(seats.values_list("item_id", flat=True))
    seats.update(status=AssignmentStatus.WITHDRAWN, closed_at=timezone.now())
    moved = _fill(study, item_ids, current_raters(study))
    record_event(study, EventKind.RATER_REMOVED, by=by, detail=membership.code)
    return moved


@transaction.atomic
def flag(assignment: Assignment, *, note: str) -> Flag:
    """Leave a note for the manager about an item; the seat stays as it is."""
    if not note.strip():
        raise StudyError("Say in a few words what the manager should look at.")
    return Flag.objects.create(assignment=assignment, note=note.strip())


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
