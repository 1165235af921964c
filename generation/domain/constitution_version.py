"""People add versions of constitution sets and prompt sets; what is stored is never changed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet

from generation.constitution import Constitution, in_order
from generation.constitution import content_hash as constitution_hash
from generation.domain.constitution import store_constitution, store_prompt_set
from generation.models import ConstitutionSet, PromptSet
from generation.prompt_set import PromptSet as PromptWording
from generation.prompt_set import content_hash as prompt_hash
from generation.queries.constitution import constitution_of, prompts_of

_Stored = TypeVar("_Stored", ConstitutionSet, PromptSet)


@dataclass(frozen=True)
class SavedVersion(Generic[_Stored]):
    """is_new is false where the set had this content already; that version stays as it is."""

    version: _Stored
    is_new: bool


class NewerVersionError(Exception):
    """Somebody saved a version that the person who edits has not seen."""

    def __init__(self, newest: ConstitutionSet | PromptSet) -> None:
        super().__init__(f"{newest} was saved meanwhile.")
        self.newest = newest


class NameTakenError(Exception):
    """A new set cannot have this name; the message is one sentence."""


@transaction.atomic
def store_edited_constitution(
    base: ConstitutionSet, constitution: Constitution, *, newest_seen: int, note: str, by: AbstractBaseUser
) -> SavedVersion[ConstitutionSet]:
    """Store what became of `base` as the set's newest version, under its name.

    newest_seen is the version that the person knew of; raises NewerVersionError when there is a later one.
    """
    edited = in_order(replace(constitution, name=base.name))
    return _store_edited(
        base,
        _locked_versions(ConstitutionSet.objects.filter(name=base.name)),
        digest=constitution_hash(edited),
        newest_seen=newest_seen,
        store=lambda note: store_constitution(edited, note=note, created_by=by),
        note=note,
    )


@transaction.atomic
def store_edited_prompt_set(
    base: PromptSet, prompts: PromptWording, *, newest_seen: int, note: str, by: AbstractBaseUser
) -> SavedVersion[PromptSet]:
    """As store_edited_constitution, for the wording of the calls."""
    edited = replace(prompts, name=base.name)
    return _store_edited(
        base,
        _locked_versions(PromptSet.objects.filter(name=base.name)),
        digest=prompt_hash(edited),
        newest_seen=newest_seen,
        store=lambda note: store_prompt_set(edited, note=note, created_by=by),
        note=note,
    )


@transaction.atomic
def store_uploaded_constitution(
    constitution: Constitution, *, note: str, by: AbstractBaseUser
) -> SavedVersion[ConstitutionSet]:
    """Store a file's constitutions: a new set, or a new version where the name is known."""
    digest = constitution_hash(in_order(constitution))
    is_known = ConstitutionSet.objects.filter(name=constitution.name, content_hash=digest).exists()
    stored = store_constitution(constitution, note=note, created_by=by)
    return SavedVersion(stored, is_new=not is_known)


@transaction.atomic
def store_uploaded_prompt_set(
    prompts: PromptWording, *, note: str, by: AbstractBaseUser
) -> SavedVersion[PromptSet]:
    """Store a file's wording: a new set, or a new version where the name is known."""
    is_known = PromptSet.objects.filter(name=prompts.name, content_hash=prompt_hash(prompts)).exists()
    stored = store_prompt_set(prompts, note=note, created_by=by)
    return SavedVersion(stored, is_new=not is_known)


@transaction.atomic
def copy_constitution_set(
    original: ConstitutionSet, *, name: str, by: AbstractBaseUser
) -> SavedVersion[ConstitutionSet]:
    """Begin a set of its own with the original's content. Raises NameTakenError."""
    if ConstitutionSet.objects.filter(name__iexact=name).exists():
        raise NameTakenError(f"There is a constitution set with the name “{name}” already.")
    copied = replace(constitution_of(original), name=name)
    return store_uploaded_constitution(copied, note=_copy_note(original), by=by)


@transaction.atomic
def copy_prompt_set(original: PromptSet, *, name: str, by: AbstractBaseUser) -> SavedVersion[PromptSet]:
    """Begin a set of its own with the original's wording. Raises NameTakenError."""
    if PromptSet.objects.filter(name__iexact=name).exists():
        raise NameTakenError(f"There is a prompt set with the name “{name}” already.")
    copied = replace(prompts_of(original), name=name)
    return store_uploaded_prompt_set(copied, note=_copy_note(original), by=by)


def _locked_versions(versions: QuerySet[_Stored]) -> list[_Stored]:
    """Let one person at a time save a version of a set; who waited sees what the other one saved."""
    versions.select_for_update().get(version=1)
    # A query of its own: that of a lock sees the rows of before the wait.
    return list(versions)


def _store_edited(
    base: _Stored,
    versions: list[_Stored],
    *,
    digest: str,
    newest_seen: int,
    store: Callable[[str], _Stored],
    note: str,
) -> SavedVersion[_Stored]:
    """Store on top of the versions."""
    for version in versions:
        if version.content_hash == digest:
            return SavedVersion(version, is_new=False)
    newest = max(versions, key=lambda version: version.version)
    if newest.version > newest_seen:
        raise NewerVersionError(newest)
    if newest.version != base.version:
        note = f"{note} (from version {base.version})".strip()
    return SavedVersion(store(note), is_new=True)


def _copy_note(original: ConstitutionSet | PromptSet) -> str:
    return f"A copy of {original}."[:300]
