"""One rater's seat, held for as long as a transaction changes what belongs to it."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import BigAutoField, F

from annotation.models import Assignment, Draft, Rating, RatingVersion
from resort_site.prepared_query import PreparedQuery

# Of the study: long texts, and where its texts are from, which nothing on a rater's way reads.
NOT_HERE = (
    *("instructions", "support_contact", "concern_protocol", "decoding"),
    *("run", "seed", "stimuli_sha256", "stimuli_hashed_at"),
)


@dataclass(frozen=True)
class HeldSeat:
    """A locked seat, with all that decides what may become of it."""

    assignment: Assignment
    rating: Rating | None
    draft: Draft | None
    text_status: str | None

    @property
    def current(self) -> RatingVersion | None:
        return self.rating.current if self.rating else None

    @property
    def version_number(self) -> int:
        """Return the number of the version that counts; 0 before the first."""
        return self.current.number if self.current else 0


def hold_seat(assignment: Assignment) -> HeldSeat:
    """Lock a seat, in a transaction, and read what belongs to it. One query; two where rows are locked.

    Two, because PostgreSQL reads what is joined to a locked row as it was before it waited for the lock.
    """
    if connection.features.has_select_for_update:
        _locked(seat=assignment.pk)
    [seat] = _seats_with_all(seat=assignment.pk)
    return HeldSeat(seat, getattr(seat, "rating", None), getattr(seat, "draft", None), seat.text_status)


_locked = PreparedQuery(
    lambda seat: Assignment.objects.filter(pk=seat).order_by().select_for_update().values_list("pk"),
    seat=BigAutoField,
)
_seats_with_all = PreparedQuery(
    lambda seat: (
        Assignment.objects.filter(pk=seat)
        .order_by()
        .select_related("rater__study", "rating__current", "draft")
        .defer(*(f"rater__study__{name}" for name in NOT_HERE))
        .annotate(text_status=F("item__response__status"))
    ),
    seat=BigAutoField,
)
