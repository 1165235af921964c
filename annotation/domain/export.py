"""Ratings leave the site; the study's log keeps who took what."""

from annotation.domain.event import record_event
from annotation.enums import EventKind
from annotation.models import Study, StudyEvent, User


def record_export(study: Study, *, format_key: str, n_rows: int, sha256: str, by: User | None) -> StudyEvent:
    """Log one export: its format, size and content hash; `by` is None for a command."""
    rows = "1 row" if n_rows == 1 else f"{n_rows} rows"
    return record_event(study, EventKind.EXPORTED, by=by, detail=f"{format_key}, {rows}, sha256 {sha256}")
