"""Judges' prompt sets come in; the same wording is stored once, a change is a new version."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from django.db import transaction

from annotation.domain.errors import StudyError
from annotation.judging.prompt_set import JudgeWording, content_hash, parse_judge_wording
from annotation.models import JudgePromptSet, User
from generation.domain.version import next_version, until_stored
from generation.queries.version import newest_version_number

FOLDER = Path(__file__).resolve().parent.parent / "example"


@cache
def example_judge_wording() -> JudgeWording:
    """Return the wording that a new judge is asked with: for a score and a reason."""
    return parse_judge_wording((FOLDER / "judge_prompt_set.yaml").read_text(encoding="utf-8"))


@cache
def short_judge_wording() -> JudgeWording:
    """Return the wording for very small models: for a word or a number."""
    return parse_judge_wording((FOLDER / "judge_prompt_set_short.yaml").read_text(encoding="utf-8"))


def store_example_judge_prompts() -> JudgePromptSet:
    """Store both, once; return the first."""
    store_judge_prompt_set(short_judge_wording())
    return store_judge_prompt_set(example_judge_wording())


def store_judge_prompt_set(
    wording: JudgeWording, *, note: str = "", created_by: User | None = None
) -> JudgePromptSet:
    """Return the set of this name with this wording, stored now if it was not yet."""
    return until_stored(lambda: _store(wording, note=note, created_by=created_by))


@transaction.atomic
def store_edited_judge_prompts(
    base: JudgePromptSet, wording: JudgeWording, *, newest_seen: int, note: str, by: User
) -> JudgePromptSet:
    """Store what became of `base` as its set's newest version. Raises StudyError.

    newest_seen is the version that the person knew of: who has not seen a later one is told first.
    """
    JudgePromptSet.objects.filter(name=base.name).select_for_update().get(version=1)
    newest = newest_version_number(base)
    if newest > newest_seen:
        raise StudyError(
            f"Version {newest} was saved meanwhile. Look at it first; if you save again, both are kept."
        )
    return store_judge_prompt_set(replace(wording, name=base.name), note=note, created_by=by)


@transaction.atomic
def _store(wording: JudgeWording, *, note: str, created_by: User | None) -> JudgePromptSet:
    digest = content_hash(wording)
    versions = JudgePromptSet.objects.filter(name=wording.name)
    known = versions.filter(content_hash=digest).first()
    if known:
        return known
    return JudgePromptSet.objects.create(
        name=wording.name,
        version=next_version(versions),
        content_hash=digest,
        wording=wording.to_dict(),
        note=note,
        created_by=created_by,
    )
