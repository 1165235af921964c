"""Texts that people wrote come into a study, to be rated beside the models'."""

from collections.abc import Sequence

from django.db import transaction

from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.enums import EventKind, StudyStatus
from annotation.models import Study, User
from generation.domain.human_response import (
    HumanResponseDraft,
    HumanResponseError,
    StoredCounts,
    store_human_responses,
)

MOST_SHOWN = 20


def can_take_human_texts(study: Study) -> bool:
    """Say whether texts may still come in: once the items are planned, another text would change them."""
    return study.run_id is None and study.status == StudyStatus.DRAFT


@transaction.atomic
def import_human_texts(study: Study, *, drafts: Sequence[HumanResponseDraft], by: User) -> StoredCounts:
    """Store the texts of a file for the study's posts, all or none.

    A dimension is looked up in the study's constitution set. Raises StudyError, with a line for each reason.
    """
    study = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    if not can_take_human_texts(study):
        raise StudyError("The generation has been started, so what is rated is fixed: no text can be added.")
    keys = set(study.constitution_set.dimensions.values_list("key", flat=True))
    if any(draft.dimension not in keys for draft in drafts if draft.dimension):
        raise StudyError("The study's constitution set was changed meanwhile. Please try again.")
    try:
        counts = store_human_responses(
            collection=study.posts, drafts=drafts, constitution_set=study.constitution_set
        )
    except HumanResponseError as error:
        raise StudyError("\n".join(_first(error.lines))) from error
    sources = ", ".join(sorted({draft.method for draft in drafts}))
    record_event(study, EventKind.HUMAN_TEXTS_IMPORTED, by=by, detail=f"{counts.created} texts, of {sources}")
    return counts


def _first(lines: Sequence[str]) -> list[str]:
    more = len(lines) - MOST_SHOWN
    return [*lines[:MOST_SHOWN], *([f"And {more:,} more like these."] if more > 0 else [])]
