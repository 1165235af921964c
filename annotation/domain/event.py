"""The study's log."""

from annotation.enums import EventKind
from annotation.models import Study, StudyEvent, User


def record_event(study: Study, kind: EventKind, *, by: User | None, detail: str = "") -> StudyEvent:
    """Add one entry. The detail never holds a post, a response or a rationale."""
    return StudyEvent.objects.create(study=study, kind=kind, by=by, detail=detail[:300])
