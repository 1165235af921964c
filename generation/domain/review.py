"""A person decides about a text that needs review: it is accepted, edited or excluded.

Only a final text that still counts and is not valid is decided about. A valid one never changes again, so
what has reached an item stays what it was.
"""

import hashlib

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from generation.backends.base import FinishReason, Message
from generation.enums import ResponseStatus, ReviewKind
from generation.models import Response, ResponseReview
from generation.queries.review import rivals_of, text_before
from generation.similarity import is_near_duplicate
from generation.validation import Problem, find_problems

# What no text for raters may hold, whoever wrote it. Of the other problems a person may judge otherwise.
REFUSED_IN_EDITS = frozenset({Problem.EMPTY, Problem.LEAKED_MARKUP, Problem.FORBIDDEN_CHARACTERS})


class ReviewError(Exception):
    """A decision that cannot be taken; the message is for the person who took it."""


@transaction.atomic
def accept(response: Response, *, by: AbstractBaseUser, known_reviews: int, note: str = "") -> ResponseReview:
    """Let the text be rated as it is. known_reviews is how many decisions the person had seen."""
    response = _locked(response, known_reviews)
    review = _review(response, ReviewKind.ACCEPTED, text_after=response.text, by=by, note=note)
    response.status = ResponseStatus.VALID
    response.save(update_fields=["status"])
    return review


@transaction.atomic
def edit(
    response: Response, *, text: str, by: AbstractBaseUser, known_reviews: int, note: str = ""
) -> ResponseReview:
    """Put another text in place and let it be rated; the text as it was stays in the review.

    Raises ReviewError for a text that is empty or holds what no rater may be shown.
    """
    response = _locked(response, known_reviews)
    if text == response.text:
        raise ReviewError("The text is as it was. Accept it as it is, or change it first.")
    problems = _problems_of_edited(response, text)
    if refused := [problem.sentence for problem in problems if problem in REFUSED_IN_EDITS]:
        raise ReviewError(" ".join(refused))
    review = _review(response, ReviewKind.EDITED, text_after=text, by=by, note=note)
    response.text = text
    response.sha256 = hashlib.sha256(text.encode()).hexdigest()
    response.problems = [problem.value for problem in problems]
    response.status = ResponseStatus.VALID
    response.save(update_fields=["text", "sha256", "problems", "status"])
    return review


@transaction.atomic
def exclude(
    response: Response, *, by: AbstractBaseUser, known_reviews: int, note: str = ""
) -> ResponseReview:
    """Leave the text out: it is kept and counted, and never rated unless it is decided about again."""
    response = _locked(response, known_reviews)
    if response.status == ResponseStatus.EXCLUDED:
        raise ReviewError("This text is excluded already.")
    review = _review(response, ReviewKind.EXCLUDED, text_after=response.text, by=by, note=note)
    response.status = ResponseStatus.EXCLUDED
    response.save(update_fields=["status"])
    return review


def _locked(response: Response, known_reviews: int) -> Response:
    """Return the response as it is now, held against others. Raises ReviewError if it is settled."""
    rows = Response.objects.select_for_update(of=("self",)).select_related("post", "chain__dimension", "step")
    response = rows.get(pk=response.pk)
    if not response.is_final or (response.chain is not None and not response.chain.is_current):
        raise ReviewError("This text no longer counts: it was written again, or was a step on the way.")
    if response.reviews.count() != known_reviews:
        raise ReviewError("A colleague has decided about this text in the meantime. Please look once more.")
    if response.status == ResponseStatus.VALID:
        raise ReviewError("This text can be rated already, so it stays as it is.")
    return response


def _review(
    response: Response, kind: ReviewKind, *, text_after: str, by: AbstractBaseUser, note: str
) -> ResponseReview:
    return ResponseReview.objects.create(
        response=response,
        kind=kind,
        problems=response.problems,
        text_before=response.text,
        text_after=text_after,
        note=note,
        by_id=by.pk,
    )


def _problems_of_edited(response: Response, text: str) -> tuple[Problem, ...]:
    step = response.step
    problems = find_problems(
        text,
        finish_reason=FinishReason.STOP,
        prompt=[Message(**message) for message in step.messages] if step else (),
        post=response.post.text,
        revised=text_before(response),
    )
    is_twin = is_near_duplicate(text, rivals_of(response).values_list("text", flat=True))
    return (*problems, Problem.NEAR_DUPLICATE) if is_twin else problems
