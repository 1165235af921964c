"""Drafts are kept as a rater types. A window never overwrites what it has not seen of another's."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from annotation.domain.active_span import SpanReport, record_spans
from annotation.domain.errors import StudyError
from annotation.domain.seat import HeldSeat, hold_seat
from annotation.enums import AssignmentStatus, StudyStatus
from annotation.models import Assignment, Draft


class DraftClosedError(StudyError):
    """There is nothing to draft any more: the rating is handed in, or the item has left the rater."""


class DraftChangedError(StudyError):
    """Another window has written since; the person decides whose words hold."""

    def __init__(self, other: Draft) -> None:
        super().__init__("You have typed on this item in another window since.")
        self.other = other


def is_seen(draft: Draft, *, window: UUID, known: str) -> bool:
    """Say whether a window wrote the draft, or has seen it: `known` is the key of the one that it shows."""
    return draft.window == window or draft.key == known


@transaction.atomic
def save_draft(
    assignment: Assignment,
    *,
    window: UUID,
    sequence: int,
    base: int,
    known: str,
    content: Mapping[str, str],
    spans: Sequence[SpanReport] = (),
) -> Draft:
    """Keep what a window has typed, with its active time, and return the draft that holds then.

    Safe to send again and in any order: of one window the highest sequence holds. Raises DraftChangedError
    when another window has written what this one has not seen, DraftClosedError when it is too late.
    """
    held = hold_seat(assignment)
    _check_open(held, base=base)
    draft = held.draft
    if draft and not is_seen(draft, window=window, known=known):
        raise DraftChangedError(draft)
    record_spans(held.assignment, window=window, reports=spans)
    if draft and draft.window == window and draft.sequence >= sequence:
        return draft
    draft = draft or Draft(assignment=held.assignment)
    draft.window, draft.sequence, draft.base = window, sequence, base
    draft.content, draft.saved_at = dict(content), timezone.now()
    draft.save()
    return draft


def _check_open(held: HeldSeat, *, base: int) -> None:
    seat = held.assignment
    if base != held.version_number:
        raise DraftClosedError("This rating has been handed in already.")
    if seat.status == AssignmentStatus.SKIPPED:
        raise DraftClosedError("You skipped this item, so it went to another rater.")
    if seat.status == AssignmentStatus.WITHDRAWN or seat.rater.removed_at is not None:
        raise DraftClosedError("This item is no longer yours to rate.")
    if seat.rater.study.status not in {StudyStatus.OPEN, StudyStatus.PAUSED}:
        raise DraftClosedError("The study is not open, so ratings can no longer be saved.")
    if seat.opened_at is None:
        raise DraftClosedError("Please open the item first.")
