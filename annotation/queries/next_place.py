"""Where a rater goes on."""

from dataclasses import dataclass

from annotation.models import Assignment, Membership
from annotation.queries.rating import next_assignment
from annotation.queries.welfare import Pause, due_pause


@dataclass(frozen=True)
class NextPlace:
    """A seat, after a pause where one is due; no seat when nothing can be rated at present."""

    seat: Assignment | None = None
    pause: Pause | None = None


def next_place(membership: Membership) -> NextPlace:
    """Return where the rater goes on. One query, and those of `due_pause` when there is a seat."""
    seat = next_assignment(membership)
    return NextPlace(seat, due_pause(membership)) if seat else NextPlace()
