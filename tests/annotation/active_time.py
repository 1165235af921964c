"""Active time for tests: spans as they would lie in the database."""

from datetime import datetime, timedelta
from uuid import uuid4

from annotation.domain.active_span import keep_active_time
from annotation.models import ActiveSpan, Assignment


def work(seat: Assignment, *, begin: datetime, minutes: float) -> ActiveSpan:
    """Let the rater be active on the item in a window of its own."""
    span = ActiveSpan.objects.create(
        assignment=seat,
        window=uuid4(),
        number=1,
        began_at=begin,
        ended_at=begin + timedelta(minutes=minutes),
    )
    keep_active_time(Assignment.objects.filter(pk=seat.pk))
    return span
