import threading
import uuid
from collections import Counter

import pytest
from django.db import connection, connections

from annotation.domain.assignment import flag, remove_rater, resolve_flag, skip
from annotation.domain.draft import save_draft
from annotation.domain.errors import StudyError
from annotation.domain.rating import note_opened
from annotation.domain.study import pause_study
from annotation.enums import AssignmentStatus, EventKind, SkipKind
from annotation.models import Assignment, Draft, Flag, StudyEvent
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


def open_seats_by_item(cast: Cast) -> Counter[int]:
    seats = Assignment.objects.filter(
        item__study=cast.study, status__in=[AssignmentStatus.OPEN, AssignmentStatus.SUBMITTED]
    )
    return Counter(seats.values_list("item_id", flat=True))


def test_skipped_seat_goes_to_a_rater_who_has_not_had_the_item() -> None:
    cast = make_study(raters=3)
    seat = cast.assignments(cast.rater)[0]
    others = set(seat.item.assignments.values_list("rater_id", flat=True))

    skip(seat, kind=SkipKind.NO_REASON)

    seat.refresh_from_db()
    newcomer = seat.item.assignments.exclude(rater_id__in=others).get()
    assert (seat.status, seat.skip_kind) == (AssignmentStatus.SKIPPED, SkipKind.NO_REASON)
    assert newcomer.status == AssignmentStatus.OPEN
    assert newcomer.position == Assignment.objects.filter(rater=newcomer.rater).count()
    assert set(open_seats_by_item(cast).values()) == {2}


def test_skip_takes_the_draft_with_it() -> None:
    cast = make_study()
    seat = cast.assignments(cast.rater)[0]
    note_opened(seat)
    save_draft(seat, window=uuid.uuid4(), sequence=1, base=0, known="", content={"score_empathy": "3"})

    skip(seat, kind=SkipKind.NO_REASON)

    assert not Draft.objects.exists()


def test_skipped_seat_stays_empty_when_everybody_has_had_the_item() -> None:
    cast = make_study(raters=2)
    seat = cast.assignments(cast.rater)[0]

    skip(seat, kind=SkipKind.CANNOT_JUDGE)
    skip(seat, kind=SkipKind.NO_REASON)

    seat.refresh_from_db()
    assert seat.skip_kind == SkipKind.CANNOT_JUDGE
    assert open_seats_by_item(cast)[seat.item_id] == 1


def test_rated_item_cannot_be_skipped() -> None:
    cast = make_study()
    seat = cast.assignments(cast.rater)[0]
    rate(seat)

    with pytest.raises(StudyError, match="no longer yours to skip"):
        skip(seat, kind=SkipKind.NO_REASON)


def test_nothing_is_skipped_while_the_study_is_paused() -> None:
    cast = make_study()
    pause_study(cast.study, by=cast.manager)

    with pytest.raises(StudyError, match="not open"):
        skip(cast.assignments(cast.rater)[0], kind=SkipKind.NO_REASON)


def test_removed_raters_open_seats_go_to_others_and_her_ratings_stay() -> None:
    cast = make_study(posts=4, raters=3)
    rated = cast.assignments(cast.rater)[0]
    rating = rate(rated)
    open_before = len(cast.assignments(cast.rater)) - 1

    moved = remove_rater(cast.membership(cast.rater), by=cast.manager)

    assert moved == open_before
    assert set(open_seats_by_item(cast).values()) == {2}
    assert Counter(seat.status for seat in cast.assignments(cast.rater)) == {
        AssignmentStatus.SUBMITTED: 1,
        AssignmentStatus.WITHDRAWN: open_before,
    }
    rating.refresh_from_db()
    assert rating.current is not None
    assert StudyEvent.objects.filter(kind=EventKind.RATER_REMOVED).get().detail == "R01"


def test_flag_needs_a_note_and_is_settled_once() -> None:
    cast = make_study()
    seat = cast.assignments(cast.rater)[0]
    with pytest.raises(StudyError, match="few words"):
        flag(seat, note="  ")

    noted = flag(seat, note=" The text ends oddly. ")
    resolve_flag(noted, by=cast.manager)
    resolve_flag(noted, by=cast.manager)

    stored = Flag.objects.get()
    assert (stored.note, stored.resolved_by) == ("The text ends oddly.", cast.manager)
    assert StudyEvent.objects.filter(kind=EventKind.FLAG_RESOLVED).count() == 1


def test_flag_that_is_sent_again_counts_once_until_it_is_settled() -> None:
    cast = make_study()
    seat = cast.assignments(cast.rater)[0]
    first = flag(seat, note="The text ends oddly.")

    again = flag(seat, note="The text ends oddly. ")
    resolve_flag(first, by=cast.manager)
    later = flag(seat, note="The text ends oddly.")

    assert again == first
    assert later != first


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_skips_at_once_never_give_an_item_more_raters_than_k() -> None:
    cast = make_study(posts=3, raters=4)
    seats = [seat for rater in cast.raters for seat in cast.assignments(rater)]
    ready = threading.Barrier(4)

    def skip_all(mine: list[Assignment]) -> None:
        ready.wait()
        for seat in mine:
            skip(seat, kind=SkipKind.NO_REASON)
        connections.close_all()

    threads = [threading.Thread(target=skip_all, args=(seats[part::4],)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(open_seats_by_item(cast).values()) <= 2
