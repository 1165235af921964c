"""Ratings are left out of a study's numbers by a rule that says so, and counted again when it is ended."""

from django.db import transaction
from django.utils import timezone

from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.enums import EventKind, ExclusionKind, Role
from annotation.models import Exclusion, Membership, Study, User
from annotation.queries.exclusion import exclusions_of

LONGEST_SECONDS = 3600


@transaction.atomic
def exclude_ratings(
    study: Study,
    *,
    kind: ExclusionKind,
    reason: str,
    by: User,
    rater: Membership | None = None,
    seconds: int | None = None,
) -> Exclusion:
    """Leave ratings out of the scores from now on. Nothing is deleted; exports still have them, marked.

    Raises StudyError without a reason, where the rule does not say what it leaves out, and where the same
    rule, or another limit of time, holds already.
    """
    if not reason.strip():
        raise StudyError("Please say why these ratings are left out: a reader of the study will ask.")
    if kind == ExclusionKind.RATER and (
        rater is None or rater.study_id != study.pk or rater.role != Role.RATER
    ):
        raise StudyError("Please choose a rater of this study.")
    if kind == ExclusionKind.TOO_FAST and not (seconds and 0 < seconds <= LONGEST_SECONDS):
        raise StudyError(f"Please give the seconds, from 1 to {LONGEST_SECONDS:,}.")
    Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    rater = rater if kind == ExclusionKind.RATER else None
    if exclusions_of(study).filter(kind=kind, rater=rater).exists():
        raise StudyError("There is such an exclusion already. End it first to change it.")
    exclusion = Exclusion.objects.create(
        study=study,
        kind=kind,
        rater=rater,
        seconds=seconds if kind == ExclusionKind.TOO_FAST else None,
        reason=reason.strip(),
        by=by,
    )
    record_event(study, EventKind.EXCLUDED, by=by, detail=str(exclusion))
    return exclusion


@transaction.atomic
def end_exclusion(exclusion: Exclusion, *, by: User) -> None:
    """Count the ratings again. Safe to do twice."""
    ended = Exclusion.objects.filter(pk=exclusion.pk, ended_at=None).update(
        ended_at=timezone.now(), ended_by=by
    )
    if ended:
        record_event(exclusion.study, EventKind.INCLUDED, by=by, detail=str(exclusion))
