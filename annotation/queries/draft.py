"""A rater's own draft of a rating. Like all that a desk shows, it says nothing of where a text came from."""

from annotation.models import Assignment, Draft


def draft_of(seat: Assignment) -> Draft | None:
    """Return what the rater has typed and not handed in. One query, none for a seat never opened."""
    if seat.opened_at is None:
        return None
    return Draft.objects.filter(assignment=seat).first()
