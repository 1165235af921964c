"""The constitution and the wording of a release, for the study that is made of it."""

from pathlib import Path

from annotation.importers.resort_release.report import ImportReport, Notice, ReleaseError
from annotation.models import Study
from generation.constitution import content_hash, in_order
from generation.domain.constitution import store_constitution, store_prompt_set
from generation.domain.example import store_example_prompts
from generation.importers.constitution import ConstitutionFileError, read_constitution
from generation.importers.prompt_set import PromptSetFileError, read_prompt_set
from generation.models import ConstitutionSet, PromptSet

CONSTITUTION_NAME = "RESORT, the authors' constitution"
_PROMPTS, _WORDING = "prompts", "prompt_set.yaml"


def read_sets(folder: Path, study: Study | None, report: ImportReport) -> tuple[ConstitutionSet, PromptSet]:
    """Return the sets that the study has, or will have when it is made now (study is None).

    Raises ReleaseError where the constitution is missing and needed, malformed, or not the study's.
    """
    return _constitution_set(folder, study, report), _prompt_set(folder, study, report)


def _constitution_set(folder: Path, study: Study | None, report: ImportReport) -> ConstitutionSet:
    if not (folder / _PROMPTS).is_dir():
        if study is None:
            expected = "expected the four files of the constitution: without them there are no dimensions."
            raise ReleaseError(_PROMPTS, None, expected)
        report.note(Notice.MISSING_FILE, _PROMPTS)
        return study.constitution_set
    try:
        found = read_constitution(folder / _PROMPTS, name=CONSTITUTION_NAME).constitution
    except ConstitutionFileError as error:
        raise ReleaseError(_PROMPTS, None, str(error)) from error
    if study is None:
        return store_constitution(found, note=f"From the folder {folder.resolve().name}."[:300])
    if study.constitution_set.content_hash != content_hash(in_order(found)):
        raise ReleaseError(_PROMPTS, None, "expected the constitution that the study was made with.")
    return study.constitution_set


def _prompt_set(folder: Path, study: Study | None, report: ImportReport) -> PromptSet:
    """A release need not hold its wording: its recorded prompts stand with each text."""
    if study is not None:
        return study.prompt_set
    if not (folder / _WORDING).is_file():
        words = "the study names the example's wording, which asked for none of these texts"
        report.note(Notice.MISSING_FILE, _WORDING, words=words)
        return store_example_prompts()
    try:
        prompts = read_prompt_set(folder / _WORDING)
    except PromptSetFileError as error:
        raise ReleaseError(_WORDING, None, str(error)) from error
    return store_prompt_set(prompts, note=f"From the folder {folder.resolve().name}."[:300])
