"""Stored prompt sets of judges, as their own values and for the pages on which people read them."""

from django.db.models import QuerySet

from annotation.judging.prompt_set import JudgeWording
from annotation.models import JudgePromptSet
from generation.queries.version import newest_versions, versions_of

RUNS = "judge_runs"


def wording_of(stored: JudgePromptSet) -> JudgeWording:
    return JudgeWording(name=stored.name, **stored.wording)


def newest_judge_prompt_sets() -> QuerySet[JudgePromptSet]:
    """Return the newest version of each set, with n_versions and n_runs of all its versions."""
    return newest_versions(JudgePromptSet.objects.all(), runs=RUNS)


def versions_of_judge_prompts(stored: JudgePromptSet) -> QuerySet[JudgePromptSet]:
    """Return all versions of the set, the newest first, with n_runs and who saved them."""
    return versions_of(stored, runs=RUNS)


def find_judge_prompt_set(name: str) -> JudgePromptSet | None:
    """Return the newest version under this name; None where there is none."""
    return JudgePromptSet.objects.filter(name=name).order_by("-version").first()
