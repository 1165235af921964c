"""The hash of what a study's raters are shown: taken once, so that a paper can say what was rated.

It covers, per item, the post with its content note, the response, the dimension's name, aim and standards,
and the condition; and the criteria with their questions and scales. Instructions, consent and support contact
are not in it: they may be mended while the study runs, and are logged when they are.

The hash is taken when no item waits for its text any more (those whose text was excluded do not wait), at the
latest at closing. Until the study is opened nobody has seen a text, so a decision about one takes it anew.
"""

from django.utils import timezone

from annotation.domain.errors import StudyError
from annotation.domain.event import record_event
from annotation.enums import EventKind
from annotation.models import Study, User
from annotation.queries.stimuli import has_waiting_items, stimuli_of
from generation.canonical import canonical_sha256


def hash_stimuli(study: Study, *, by: User | None = None, is_closing: bool = False) -> None:
    """Take the hash if it is time; for a study that the caller has locked. One that counts already stays."""
    if is_fixed(study) or not (is_closing or study.items.exists()):
        return
    is_complete = is_closing or not has_waiting_items(study)
    sha256 = canonical_sha256(stimuli_of(study)) if is_complete else ""
    if sha256 == study.stimuli_sha256:
        return
    study.stimuli_sha256 = sha256
    study.stimuli_hashed_at = timezone.now() if sha256 else None
    study.save(update_fields=["stimuli_sha256", "stimuli_hashed_at"])
    if sha256:
        record_event(study, EventKind.STIMULI_HASHED, by=by, detail=f"sha256 {sha256}")


def is_fixed(study: Study) -> bool:
    """Say whether the texts can no longer change: their hash was taken and raters may have read them."""
    return bool(study.stimuli_sha256) and study.opened_at is not None


def require_open_texts(study: Study) -> None:
    """Raise StudyError where a text of the study may no longer be decided about."""
    if is_fixed(study):
        raise StudyError("The study's texts are complete and their hash is taken, so they stay as they are.")


def verify_stimuli(study: Study) -> bool:
    """Say whether raters are shown what the hash was taken of. Raises StudyError where there is none."""
    if not study.stimuli_sha256:
        raise StudyError("The texts are not complete yet, so their hash has not been taken.")
    return canonical_sha256(stimuli_of(study)) == study.stimuli_sha256
