"""Ratings are handed in and changed. A change is a new version; none is ever overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import BigAutoField, UUIDField
from django.utils import timezone

from annotation.answers import answers_text
from annotation.domain.active_span import SpanReport, active_seconds_until, record_spans
from annotation.domain.draft import DraftChangedError, is_seen
from annotation.domain.errors import StudyError
from annotation.domain.seat import HeldSeat, hold_seat
from annotation.enums import AssignmentStatus, RationaleRule, StudyStatus
from annotation.models import (
    Assignment,
    Criterion,
    Membership,
    Rating,
    RatingVersion,
    ScalePoint,
    Score,
    User,
)
from annotation.queries.criterion import criteria_of
from annotation.queries.next_place import NextPlace, next_place
from generation.enums import ResponseStatus
from resort_site.prepared_query import PreparedQuery
from resort_site.prepared_write import PreparedInsert, PreparedUpdate

LONGEST_RATIONALE = 100_000


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
    """Raise StudyError when the criterion asks for a rationale or for more of one, or it is too long."""
    if len(rationale) > LONGEST_RATIONALE:
        raise StudyError(
            f"Please shorten what you wrote on {criterion}: it has {len(rationale):,} characters, "
            f"and {LONGEST_RATIONALE:,} can be kept."
        )
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
    _open_seat(seat=assignment.pk, opened_at=timezone.now())


_open_seat = PreparedUpdate(
    lambda seat: Assignment.objects.filter(pk=seat, opened_at=None), "opened_at", seat=BigAutoField
)


@transaction.atomic
def submit_rating(
    assignment: Assignment,
    *,
    scores: Sequence[ScoreEntry],
    submission: UUID,
    by: User,
    reason: str = "",
    base: int | None = None,
    known: str | None = None,
    criteria: Sequence[Criterion] | None = None,
    spans: Sequence[SpanReport] = (),
) -> RatingVersion:
    """Record a rating of the seat's item, or a new version of it, and return that version. Its draft goes.

    Safe to send again: the same submission, or the very same answers, return the version that is there.
    `base` is the number of the version that the form showed, 0 for none; where another one has been saved
    since, this raises RatingChangedError and changes nothing. `known` is the key of the draft that the form
    showed; where another window has drafted since, this raises DraftChangedError. `criteria` are those of the
    study, where the caller has them; `spans` are the form's active time. Raises StudyError when study, seat
    or answers do not allow a rating.
    """
    held = hold_seat(assignment)
    seat, rating, draft = held.assignment, held.rating, held.draft
    new_scores = _checked_scores(criteria or list(criteria_of(seat.rater.study)), scores)
    resent = next(iter(_versions_sent(submission=submission)), None)
    if resent and (rating is None or resent.rating_id != rating.pk):
        raise StudyError("This form belongs to another item. Please open the item again.")
    is_draft_seen = draft is None or known is None or is_seen(draft, window=submission, known=known)
    for kept in (resent if resent and resent.reason == reason else None, None if reason else held.current):
        if kept and _says_the_same(kept, new_scores):
            if draft and is_draft_seen:
                draft.delete()
            return kept
    if resent or base not in {None, held.version_number}:
        raise RatingChangedError
    if draft and not is_draft_seen:
        raise DraftChangedError(draft)
    _check_open(held)
    if rating is None:
        rating = Rating(assignment=seat, study=seat.rater.study)
        _add_rating(rating)
    version = RatingVersion(
        rating=rating,
        number=held.version_number + 1,
        submission=submission,
        by=by,
        reason=reason,
    )
    _add_version(version)
    for score in new_scores:
        score.version = version
    _add_scores(*new_scores)
    rating.current, rating.answers = version, answers_text(score.point_id for score in new_scores)
    _make_current(rating=rating.pk, current=version.pk, answers=rating.answers)
    if draft:
        draft.delete()
    record_spans(seat, window=submission, reports=spans)
    if seat.status == AssignmentStatus.OPEN:
        _close_seat(
            seat=seat.pk,
            status=AssignmentStatus.SUBMITTED,
            closed_at=version.saved_at,
            active_seconds=active_seconds_until(seat, version.saved_at),
        )
    return version


_versions_sent = PreparedQuery(
    lambda submission: RatingVersion.objects.filter(submission=submission).order_by(), submission=UUIDField
)
_add_rating, _add_version, _add_scores = (PreparedInsert(model) for model in (Rating, RatingVersion, Score))
_make_current = PreparedUpdate(
    lambda rating: Rating.objects.filter(pk=rating), "current", "answers", rating=BigAutoField
)
_close_seat = PreparedUpdate(
    lambda seat: Assignment.objects.filter(pk=seat),
    *("status", "closed_at", "active_seconds"),
    seat=BigAutoField,
)


def open_next(membership: Membership) -> NextPlace:
    """Find where the rater goes on; keep that she sees that item from now on, unless a pause comes first."""
    place = next_place(membership)
    if place.seat and not place.pause and place.seat.opened_at is None:
        note_opened(place.seat)
    return place


def _check_open(held: HeldSeat) -> None:
    seat, study = held.assignment, held.assignment.rater.study
    if study.is_simulated:
        raise StudyError("The ratings of this study are simulated; no person's can be among them.")
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
    if held.text_status != ResponseStatus.VALID:
        raise StudyError("The text of this item is not there to be rated.")
    if seat.opened_at is None:
        # Her order was made anew in the very moment in which she opened the item that stood here before.
        raise StudyError("Another item stands here by now. Please open it again.")


def _checked_scores(criteria: Sequence[Criterion], entries: Sequence[ScoreEntry]) -> list[Score]:
    """Return the answers as unsaved scores, one per criterion of the study."""
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
