"""Stored prompt sets, for the pages on which people read them."""

from django.db.models import QuerySet

from generation.models import PromptSet
from generation.queries.version import newest_versions


def newest_prompt_sets() -> QuerySet[PromptSet]:
    """Return the newest version of each set, with n_versions and n_runs of all its versions."""
    return newest_versions(PromptSet.objects.all())
