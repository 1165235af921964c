"""Stored constitution sets and prompt sets, as the engine's own values."""

from functools import lru_cache

from django.db.models import Count, OuterRef, QuerySet, Subquery

from generation.constitution import Constitution, DimensionText
from generation.models import ConstitutionSet, Dimension, GenerationRun, PromptSet
from generation.prompt_set import PromptSet as PromptWording
from generation.queries.version import newest_versions


def constitution_of(constitution_set: ConstitutionSet) -> Constitution:
    return _constitution(constitution_set.pk, constitution_set.content_hash, constitution_set.name)


def prompts_of(prompt_set: PromptSet) -> PromptWording:
    return PromptWording(name=prompt_set.name, **prompt_set.wording)


def writing_prompt_set(run: GenerationRun) -> PromptSet:
    """Return the set that the run's texts are written with. Raises ValueError for one of ready-made calls."""
    if run.prompt_set is None:
        raise ValueError(f"{run} writes no texts: its calls are ready-made.")
    return run.prompt_set


def find_constitution_set(name_or_id: str) -> ConstitutionSet | None:
    """Return the newest version under this name, else the set with this id; None when there is neither."""
    named = ConstitutionSet.objects.filter(name=name_or_id).order_by("-version").first()
    if named is None and name_or_id.isdecimal() and len(name_or_id) < 19:
        return ConstitutionSet.objects.filter(pk=int(name_or_id)).first()
    return named


def find_prompt_set(name_or_id: str) -> PromptSet | None:
    """Return the newest version under this name, else the set with this id; None when there is neither."""
    named = PromptSet.objects.filter(name=name_or_id).order_by("-version").first()
    if named is None and name_or_id.isdecimal() and len(name_or_id) < 19:
        return PromptSet.objects.filter(pk=int(name_or_id)).first()
    return named


def newest_constitution_sets() -> QuerySet[ConstitutionSet]:
    """Return the newest version of each set with its n_dimensions, and n_versions and n_runs of the set."""
    own = Dimension.objects.filter(constitution_set=OuterRef("pk")).order_by().values("constitution_set")
    return newest_versions(ConstitutionSet.objects.all()).annotate(
        n_dimensions=Subquery(own.annotate(n=Count("pk")).values("n"))
    )


# Sets never change once stored; hash and name are in the key, so that another database cannot be mistaken.
@lru_cache(maxsize=32)
def _constitution(pk: int, content_hash: str, name: str) -> Constitution:
    stored = ConstitutionSet.objects.get(pk=pk, content_hash=content_hash)
    return Constitution(
        name=name,
        dimensions=tuple(
            DimensionText(
                number=dimension.number,
                key=dimension.key,
                name=dimension.name,
                aim=dimension.aim,
                appraisal_question=dimension.appraisal_question,
                guidance=dimension.guidance,
                standards=tuple(dimension.standards),
            )
            for dimension in stored.dimensions.order_by("number")
        ),
    )
