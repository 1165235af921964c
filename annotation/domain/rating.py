"""Ratings are handed in and changed. A change is a new version; none is ever overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotation.domain.errors import StudyError
from annotation.enums import AssignmentStatus, RationaleRule, StudyStatus
from annotation.models import Assignment, Criterion, Rating, RatingVersion, ScalePoint, Score, Study, User
from annotation.queries.criterion import criteria_of
from annotation.queries.rating import READABLE


@dataclass(frozen=True)
class ScoreEntry:
    """One criterion's answer, as keys: what a form or a program hands in."""

    criterion_key: str
    point_key: str
    rationale: str = ""


class RatingChangedError(StudyError):
    """The rating was saved elsewhere after this form was opened; the person decides which one holds."""

    def __init__(self) -> None:
        super().__init__("You saved this rating in another window in the meantime.")


def is_rationale_required(criterion: Criterion, point: ScalePoint) -> bool:
    if criterion.rationale_rule == RationaleRule.WHEN_POINTS:
        return point.needs_rationale
    return criterion.rationale_rule == RationaleRule.ALWAYS


def check_rationale(criterion: Criterion, point: ScalePoint, rationale: str) -> None:
    """Raise StudyError when the criterion asks for a rationale, or for more of one."""
    if not is_rationale_required(criterion, point):
        return
    if not rationale.strip():
        raise StudyError(f"Please say why you chose {point.label or point.key} for {criterion}.")
    if len(rationale.strip()) < criterion.rationale_min_length:
        raise StudyError(
            f"Please say a little more on {criterion}: at least {criterion.rationale_min_length} characters."
        )


def note_opened(assignment: Assignment) -> None:
    """Keep when the rater first saw the item."""
    Assignment.objects.filter(pk=assignment.pk, opened_at=None).update(opened_at=timezone.now())


@transaction.atomic
def submit_rating(
    assignment: Assignment,
    *,
    scores: Sequence[ScoreEntry],
    submission: UUID,
    by: User,
    reason: str = "",
    base: int | None = None,
) -> RatingVersion:
    """Record a rating of the seat's item, or a new version of it, and return that version.

    Safe to send again: the same submission, or the very same answers, return the version that is there.
    `base` is the number of the version that the form showed, 0 for none; where another one has been saved
    since, this raises RatingChangedError and changes nothing. Raises StudyError when study, seat or answers
    do not allow a rating.
    """
    seat = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("rater__study")
        .get(pk=assignment.pk)
    )
    rating = Rating.objects.select_related("current").filter(assignment=seat).first()
    current = rating.current if rating else None
    new_scores = _checked_scores(seat.rater.study, scores)
    resent = RatingVersion.objects.filter(submission=submission).first()
    if resent and (rating is None or resent.rating_id != rating.pk):
        raise StudyError("This form belongs to another item. Please open the item again.")
    if resent and resent.reason == reason and _says_the_same(resent, new_scores):
        return resent
    if current and not reason and _says_the_same(current, new_scores):
        return current
    if resent or (base is not None and base != (current.number if current else 0)):
        raise RatingChangedError
    _check_open(seat)
    if rating is None:
        rating = Rating.objects.create(assignment=seat)
    version = RatingVersion.objects.create(
        rating=rating,
        number=current.number + 1 if current else 1,
        submission=submission,
        by=by,
        reason=reason,
    )
    for score in new_scores:
        score.version = version
    Score.objects.bulk_create(new_scores)
    rating.current = version
    rating.save(update_fields=["current"])
    if seat.status == AssignmentStatus.OPEN:
        seat.status = AssignmentStatus.SUBMITTED
        seat.closed_at = version.saved_at
        seat.save(update_fields=["status", "closed_at"])
    return version


def _check_open(seat: Assignment) -> None:
    study = seat.rater.study
    if study.status == StudyStatus.PAUSED:
        raise StudyError(
            "The study is paused, so nothing can be saved just now. Please send this again later."
        )
    if study.status != StudyStatus.OPEN:
        raise StudyError("The study is not open, so ratings can no longer be saved.")
    if seat.status == AssignmentStatus.SKIPPED:
        raise StudyError("You skipped this item, so it went to another rater.")
    if seat.rater.removed_at is not None or seat.status == AssignmentStatus.WITHDRAWN:
        raise StudyError("This item is no longer yours to rate.")
    if not Assignment.objects.filter(READABLE, pk=seat.pk).exists():
        raise StudyError("The text of this item is not there to be rated.")


def _checked_scores(study: Study, entries: Sequence[ScoreEntry]) -> list[Score]:
    """Return the answers as unsaved scores, one per criterion of the study."""
    criteria = list(criteria_of(study))
    answers = {entry.criterion_key: entry for entry in entries}
    if len(answers) != len(entries) or answers.keys() - {criterion.key for criterion in criteria}:
        raise StudyError("These scores do not fit the study's criteria.")
    scores = []
    for criterion in criteria:
        entry = answers.get(criterion.key)
        points = {point.key: point for point in criterion.points.all()}
        if entry is None or entry.point_key not in points:
            raise StudyError(f"Please choose a score for {criterion}.")
        point = points[entry.point_key]
        check_rationale(criterion, point, entry.rationale)
        scores.append(Score(criterion=criterion, point=point, rationale=entry.rationale))
    return scores


def _says_the_same(version: RatingVersion, scores: Sequence[Score]) -> bool:
    saved = version.scores.values_list("criterion_id", "point_id", "rationale")
    return set(saved) == {(score.criterion_id, score.point_id, score.rationale) for score in scores}
