"""Seats are given out: every item gets k raters, no more, and every rater her own order."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet

from annotation.allocation import Seats, fill_seats
from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.enums import AssignmentStatus, EventKind, Role, StudyStatus
from annotation.models import Assignment, Item, Study, User
from annotation.ordering import Cell, narrowest_gap, order_items
from annotation.queries.rating import READABLE
from annotation.queries.stimuli import items_left_out
from annotation.queries.welfare import barred_pairs

HOLDING = frozenset({AssignmentStatus.OPEN, AssignmentStatus.SUBMITTED})
# Beyond every position.
ASIDE = 1_000_000


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
    left_out = items_left_out().filter(study=study)
    return sum(fill_items(study, study.items.exclude(pk__in=left_out.values("pk"))).values())


def current_raters(study: Study) -> list[int]:
    """Return the memberships of the study's raters, in the order in which they joined."""
    members = study.memberships.filter(role=Role.RATER, removed_at=None).order_by("id")
    return list(members.values_list("pk", flat=True))


def fill_items(study: Study, items: QuerySet[Item]) -> Counter[int]:
    """Fill the free seats of some items, for a study locked by the caller; return how many went to whom.

    Nobody gets an item on a topic that she does not read. New seats come after the ones that a rater has.
    Seven queries, and those that write the new seats, up to a thousand at a time.
    """
    raters = current_raters(study)
    cells = {cell.item: cell for cell in _cells(items)}
    holders, barred = _seated(items)
    for rater, item in barred_pairs(study):
        barred[item].add(rater)
    loads = _loads(raters)
    last_posts = _last_posts(raters, spacing=study.spacing)
    # Earlier seats are part of the seed, so that a later filling does not repeat the first one's draws.
    seed = f"{study.seed}:{sum(loads.values())}"
    chosen = fill_seats(
        [
            Seats(frozenset(holders[pk]), frozenset(barred[pk]), cell.post, cell.condition)
            for pk, cell in cells.items()
        ],
        raters=raters,
        raters_per_item=study.raters_per_item,
        loads=loads,
        last_posts=last_posts,
        seed=seed,
    )
    given: defaultdict[int, list[Cell]] = defaultdict(list)
    for cell, newcomers in zip(cells.values(), chosen, strict=True):
        for rater in newcomers:
            given[rater].append(cell)
    last = dict(
        Assignment.objects.filter(rater__in=given)
        .order_by()
        .values_list("rater")
        .annotate(last=Max("position"))
    )
    Assignment.objects.bulk_create(
        (
            Assignment(item_id=item, rater_id=rater, position=position)
            for rater, own in given.items()
            for position, item in enumerate(
                order_items(
                    own,
                    seed=seed,
                    rater=rater,
                    turn=raters.index(rater),
                    spacing=study.spacing,
                    before=last_posts.get(rater, ()),
                ),
                start=last.get(rater, 0) + 1,
            )
        ),
        batch_size=1000,
    )
    return Counter({rater: len(own) for rater, own in given.items()})


def order_anew(study: Study, raters: Iterable[int]) -> None:
    """Give those of the raters who have not begun a fresh order of their seats.

    Those who have begun keep the places of their items, unless what is ahead of them can be spaced better.
    For a study locked by the caller, when seats were taken from the middle of orders or added at their ends.
    """
    current = current_raters(study)
    seats = Assignment.objects.filter(rater__in=set(raters).intersection(current))
    # An item that was taken from her after she had opened it may still be open before her, at its place.
    untouched = Q(opened_at=None, status__in=[AssignmentStatus.OPEN, AssignmentStatus.WITHDRAWN])
    begun = seats.exclude(untouched).order_by().values("rater")
    by_rater: defaultdict[int, dict[int, Assignment]] = defaultdict(dict)
    for seat in seats.exclude(rater__in=begun).order_by("rater", "position"):
        by_rater[seat.rater_id][seat.item_id] = seat
    for rater, by_item in by_rater.items():
        held = [item for item, seat in by_item.items() if seat.status == AssignmentStatus.OPEN]
        order = order_items(
            _cells(Item.objects.filter(pk__in=held)),
            seed=str(study.seed),
            rater=rater,
            turn=current.index(rater),
            spacing=study.spacing,
        )
        # What was taken from her comes after all that is hers.
        for position, item in enumerate([*order, *sorted(by_item.keys() - set(order))], start=1):
            by_item[item].position = position
        _move(by_item.values())
    for rater in sorted(set(begun.values_list("rater", flat=True))):
        _space_what_is_ahead(study, rater, turn=current.index(rater))


def _space_what_is_ahead(study: Study, rater: int, *, turn: int) -> None:
    """Change the order of what a rater has not opened yet, where responses to a post then are further apart.

    What she has opened keeps its place, and so does the next item, which may be on its way to her.
    """
    of_rater = Assignment.objects.filter(rater=rater)
    met = of_rater.exclude(status=AssignmentStatus.WITHDRAWN, opened_at=None).order_by("position")
    locked = met.select_for_update(of=("self",)).select_related("item")
    seats = list(locked.only("item__post", "status", "opened_at", "position", "rater"))
    untouched = [seat for seat in seats if seat.status == AssignmentStatus.OPEN and seat.opened_at is None]
    readable = set(of_rater.filter(READABLE).values_list("pk", flat=True))
    coming = next((seat for seat in untouched if seat.pk in readable), None)
    ahead = {seat.item_id: seat for seat in untouched if seat is not coming}
    read = [seat.item.post_id for seat in seats if seat.item_id not in ahead]
    order = order_items(
        _cells(Item.objects.filter(pk__in=ahead)),
        seed=f"{study.seed}:{len(read)}",
        rater=rater,
        turn=turn,
        spacing=study.spacing,
        before=read,
    )
    now, anew = (
        min(narrowest_gap([ahead[item].item.post_id for item in items], before=read), study.spacing)
        for items in (ahead, order)
    )
    if anew <= now:
        return
    for position, item in zip(sorted(seat.position for seat in ahead.values()), order, strict=True):
        ahead[item].position = position
    _move(ahead.values())


def _move(seats: Iterable[Assignment]) -> None:
    """Put seats of one rater at their new places, aside first, so that no two are at one meanwhile."""
    moved = list(seats)
    Assignment.objects.filter(pk__in=[seat.pk for seat in moved]).update(position=F("position") + ASIDE)
    Assignment.objects.bulk_update(moved, ["position"], batch_size=100)


def _cells(items: QuerySet[Item]) -> list[Cell]:
    return [Cell(*row) for row in items.order_by("pk").values_list("pk", "post", "condition")]


def _seated(items: QuerySet[Item]) -> tuple[defaultdict[int, set[int]], defaultdict[int, set[int]]]:
    """Return, by item, who holds a seat and who has had one and gave it back. One query."""
    holders: defaultdict[int, set[int]] = defaultdict(set)
    former: defaultdict[int, set[int]] = defaultdict(set)
    seats = Assignment.objects.filter(item__in=items.order_by(), occasion=1).order_by()
    for item, rater, status in seats.values_list("item", "rater", "status"):
        (holders if status in HOLDING else former)[item].add(rater)
    return holders, former


def _loads(raters: Sequence[int]) -> Mapping[int, int]:
    seats = Assignment.objects.filter(rater__in=raters, occasion=1, status__in=HOLDING).order_by()
    return dict(seats.values_list("rater").annotate(n=Count("pk")))


def _last_posts(raters: Sequence[int], *, spacing: int) -> dict[int, list[int]]:
    """Return the posts at the end of each rater's order, the last one last. Two queries."""
    seats = Assignment.objects.filter(rater__in=raters).order_by()
    ends = dict(seats.values_list("rater").annotate(last=Max("position")))
    # Seats that were taken back have left holes, so this looks further than the spacing.
    near_the_end = Q()
    for rater, last in ends.items():
        near_the_end |= Q(rater=rater, position__gt=last - 3 * spacing)
    kept = seats.filter(near_the_end).exclude(status=AssignmentStatus.WITHDRAWN).order_by("rater", "position")
    posts: defaultdict[int, list[int]] = defaultdict(list)
    for rater, post in kept.values_list("rater", "item__post") if ends else ():
        posts[rater].append(post)
    return {rater: read[-max(spacing - 1, 0) :] if spacing > 1 else [] for rater, read in posts.items()}
