"""A study's team may stay blind to scores by condition until it is closed; who looks earlier is logged."""

from django.db import transaction

from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.enums import EventKind, StudyStatus
from annotation.models import Study, StudyEvent, User


@transaction.atomic
def hide_conditions(study: Study, *, by: User) -> None:
    """Keep scores by condition from the team until the study is closed. Hiding twice is hiding once.

    Raises StudyError for a closed study.
    """
    study = _locked(study)
    if study.status == StudyStatus.CLOSED:
        raise StudyError("The study is closed: its scores are there for its team to see.")
    _set(study, True, EventKind.CONDITIONS_HIDDEN, by=by)


@transaction.atomic
def show_conditions(study: Study, *, by: User) -> None:
    """Show the team all scores again, for good or until they are hidden anew."""
    _set(_locked(study), False, EventKind.CONDITIONS_SHOWN, by=by)


@transaction.atomic
def look_at_conditions(study: Study, *, by: User | None, how: str = "") -> StudyEvent:
    """Log that somebody sees what the study hides. by: None for a command, which `how` names.

    Raises StudyError where nothing is hidden.
    """
    study = _locked(study)
    if not study.are_conditions_hidden:
        raise StudyError("Scores by condition are not hidden.")
    return record_event(study, EventKind.CONDITIONS_LOOKED_AT, by=by, detail=how)


def _set(study: Study, hides: bool, kind: EventKind, *, by: User) -> None:
    if study.hides_conditions != hides:
        study.hides_conditions = hides
        study.save(update_fields=["hides_conditions"])
        record_event(study, kind, by=by)


def _locked(study: Study) -> Study:
    """Return the study as it is now, held against others until the transaction ends."""
    return Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
