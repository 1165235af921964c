"""Texts that cannot be rated are written again, all of a study at once."""

from django.db import transaction

from annotation.domain.errors import StudyError
from annotation.domain.study import regenerate_text
from annotation.models import Study, User
from generation.queries.run import unusable_chains


@transaction.atomic
def regenerate_unusable(study: Study, *, by: User) -> int:
    """Queue every text that cannot be rated once more; return how many. Raises StudyError when none is."""
    if study.run is None:
        raise StudyError("Generation has not been started yet.")
    chains = list(unusable_chains(study.run).select_related("run_model", "post", "dimension"))
    if not chains:
        raise StudyError("Every text that has been written can be rated.")
    for chain in chains:
        regenerate_text(study, chain, by=by)
    return len(chains)
