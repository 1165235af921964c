"""Stored constitution sets and prompt sets, as the engine's own values."""

from functools import lru_cache

from generation.constitution import Constitution, DimensionText
from generation.models import ConstitutionSet, PromptSet
from generation.prompt_set import PromptSet as PromptWording


def constitution_of(constitution_set: ConstitutionSet) -> Constitution:
    return _constitution(constitution_set.pk, constitution_set.content_hash)


def prompts_of(prompt_set: PromptSet) -> PromptWording:
    return PromptWording(name=prompt_set.name, **prompt_set.wording)


# Sets never change once stored; the hash is part of the key, so that another database cannot be mistaken.
@lru_cache(maxsize=32)
def _constitution(pk: int, content_hash: str) -> Constitution:
    stored = ConstitutionSet.objects.get(pk=pk, content_hash=content_hash)
    return Constitution(
        name=stored.name,
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
