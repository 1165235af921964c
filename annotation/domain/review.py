"""A manager decides about a study's text that needs review; the study's log keeps that she did."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from annotation.domain.assignment import free_seats_left_out
from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.domain.item import attach_responses
from annotation.domain.stimuli import hash_stimuli, require_open_texts
from annotation.enums import EventKind, StudyStatus
from annotation.models import Item, Study, User
from generation.domain.review import ReviewError, accept, edit, exclude
from generation.models import Response


def accept_text(study: Study, response: Response, *, by: User, known_reviews: int, note: str = "") -> None:
    """Let the text be rated as it is. Raises StudyError."""
    with _decision(study, response, EventKind.RESPONSE_ACCEPTED, by=by):
        accept(response, by=by, known_reviews=known_reviews, note=note)


def edit_text(
    study: Study, response: Response, *, text: str, by: User, known_reviews: int, note: str = ""
) -> None:
    """Put another text in place and let it be rated; the first one is kept. Raises StudyError."""
    with _decision(study, response, EventKind.RESPONSE_EDITED, by=by):
        edit(response, text=text, by=by, known_reviews=known_reviews, note=note)


def exclude_text(study: Study, response: Response, *, by: User, known_reviews: int, note: str = "") -> None:
    """Leave the text out of the study; its items stay without one, and no rater waits for it.

    Raises StudyError.
    """
    with _decision(study, response, EventKind.RESPONSE_EXCLUDED, by=by):
        exclude(response, by=by, known_reviews=known_reviews, note=note)


@contextmanager
def _decision(study: Study, response: Response, kind: EventKind, *, by: User) -> Iterator[None]:
    """Carry a decision, its entry in the log and what follows for the items, all or none."""
    with transaction.atomic():
        _require_undecided(_locked(study), response)
        try:
            yield
        except ReviewError as error:
            raise StudyError(str(error)) from error
        record_event(study, kind, by=by, detail=f"response {response.pk}")
        attach_responses(study)
        free_seats_left_out(study)
        hash_stimuli(_locked(study), by=by)


def _require_undecided(study: Study, response: Response) -> None:
    if study.status == StudyStatus.CLOSED:
        raise StudyError("The study is closed; its texts stay as they are.")
    require_open_texts(study)
    if response.chain is None or response.chain.run_model.run_id != study.run_id:
        raise StudyError("This text is not one of the study's.")
    if Item.objects.filter(response=response).exists():
        raise StudyError("This text is in use: raters may have read it, so it stays as it is.")


def _locked(study: Study) -> Study:
    return Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
