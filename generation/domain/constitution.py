"""Constitution sets and prompt sets come in; the same content is stored once, a change is a new version."""

from dataclasses import asdict

from django.db import transaction
from django.db.models import Max

from generation.constitution import Constitution
from generation.constitution import content_hash as constitution_hash
from generation.models import ConstitutionSet, Dimension, PromptSet
from generation.prompt_set import PromptSet as PromptWording
from generation.prompt_set import content_hash as prompt_hash


@transaction.atomic
def store_constitution(constitution: Constitution) -> ConstitutionSet:
    """Return the set of this name with this content, stored now if it was not yet."""
    digest = constitution_hash(constitution)
    versions = ConstitutionSet.objects.filter(name=constitution.name)
    known = versions.filter(content_hash=digest).first()
    if known:
        return known
    newest = versions.aggregate(newest=Max("version"))["newest"] or 0
    stored = ConstitutionSet.objects.create(name=constitution.name, version=newest + 1, content_hash=digest)
    Dimension.objects.bulk_create(
        Dimension(constitution_set=stored, **{**asdict(dimension), "standards": list(dimension.standards)})
        for dimension in constitution.dimensions
    )
    return stored


@transaction.atomic
def store_prompt_set(prompts: PromptWording) -> PromptSet:
    """Return the prompt set of this name with this content, stored now if it was not yet."""
    digest = prompt_hash(prompts)
    versions = PromptSet.objects.filter(name=prompts.name)
    known = versions.filter(content_hash=digest).first()
    if known:
        return known
    newest = versions.aggregate(newest=Max("version"))["newest"] or 0
    wording = {key: text for key, text in asdict(prompts).items() if key != "name"}
    return PromptSet.objects.create(
        name=prompts.name, version=newest + 1, content_hash=digest, wording=wording
    )
