"""Stored prompt sets of judges, as their own values and for the pages on which people read them."""

from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery

from annotation.judging.prompt_set import JudgeWording
from annotation.models import JudgePromptSet


def wording_of(stored: JudgePromptSet) -> JudgeWording:
    return JudgeWording(name=stored.name, **stored.wording)


def newest_judge_prompt_sets() -> QuerySet[JudgePromptSet]:
    """Return the newest version of each set, by name, with n_versions and n_runs of all its versions."""
    same_name = JudgePromptSet.objects.filter(name=OuterRef("name")).order_by().values("name")
    return (
        JudgePromptSet.objects.annotate(
            newest=Subquery(same_name.annotate(newest=Max("version")).values("newest")),
            n_versions=Subquery(same_name.annotate(n=Count("pk")).values("n")),
            n_runs=Subquery(same_name.annotate(n=Count("judge_runs")).values("n")),
        )
        .filter(version=F("newest"))
        .order_by("name")
    )


def versions_of_judge_prompts(stored: JudgePromptSet) -> QuerySet[JudgePromptSet]:
    """Return all versions of the set, the newest first, with n_runs and who saved them."""
    versions = JudgePromptSet.objects.filter(name=stored.name)
    return versions.annotate(n_runs=Count("judge_runs")).select_related("created_by").order_by("-version")


def find_judge_prompt_set(name: str) -> JudgePromptSet | None:
    """Return the newest version under this name; None where there is none."""
    return JudgePromptSet.objects.filter(name=name).order_by("-version").first()
