"""Constitution sets and prompt sets come in; the same content is stored once, a change is a new version."""

from dataclasses import asdict

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from generation.constitution import Constitution, in_order
from generation.constitution import content_hash as constitution_hash
from generation.domain.version import next_version, until_stored
from generation.models import ConstitutionSet, Dimension, PromptSet
from generation.prompt_set import PromptSet as PromptWording
from generation.prompt_set import content_hash as prompt_hash


def store_constitution(
    constitution: Constitution, *, note: str = "", created_by: AbstractBaseUser | None = None
) -> ConstitutionSet:
    """Return the set of this name with this content, stored now if it was not yet.

    note says where it is from or what was changed; a set that was there already keeps its own.
    """
    return until_stored(lambda: _store_constitution(constitution, note=note, created_by=created_by))


def store_prompt_set(
    prompts: PromptWording, *, note: str = "", created_by: AbstractBaseUser | None = None
) -> PromptSet:
    """Return the prompt set of this name with this content, stored now if it was not yet; note as above."""
    return until_stored(lambda: _store_prompt_set(prompts, note=note, created_by=created_by))


@transaction.atomic
def _store_constitution(
    constitution: Constitution, *, note: str, created_by: AbstractBaseUser | None
) -> ConstitutionSet:
    constitution = in_order(constitution)  # else the stored set's own hash would not be that of its file
    digest = constitution_hash(constitution)
    versions = ConstitutionSet.objects.filter(name=constitution.name)
    known = versions.filter(content_hash=digest).first()
    if known:
        return known
    stored = ConstitutionSet.objects.create(
        name=constitution.name,
        version=next_version(versions),
        content_hash=digest,
        note=note,
        created_by_id=created_by.pk if created_by else None,
    )
    Dimension.objects.bulk_create(
        Dimension(constitution_set=stored, **{**asdict(dimension), "standards": list(dimension.standards)})
        for dimension in constitution.dimensions
    )
    return stored


@transaction.atomic
def _store_prompt_set(prompts: PromptWording, *, note: str, created_by: AbstractBaseUser | None) -> PromptSet:
    digest = prompt_hash(prompts)
    versions = PromptSet.objects.filter(name=prompts.name)
    known = versions.filter(content_hash=digest).first()
    if known:
        return known
    return PromptSet.objects.create(
        name=prompts.name,
        version=next_version(versions),
        content_hash=digest,
        wording={key: text for key, text in asdict(prompts).items() if key != "name"},
        note=note,
        created_by_id=created_by.pk if created_by else None,
    )
