from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from generation.models import PromptSet
from generation.queries.constitution import prompts_of
from generation.yaml_text import prompt_set_yaml
from tests.generation.prompts import PROMPTS
from tests.generation.release.samples import PROMPT_SET, needs_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "wording.yaml"
    path.write_text(prompt_set_yaml(PROMPTS), encoding="utf-8")
    return path


def run(*args: object) -> str:
    out = StringIO()
    call_command("import_prompt_set", *map(str, args), stdout=out)
    return out.getvalue()


def test_wording_is_stored_to_the_last_character(path: Path) -> None:
    line = run(path)

    stored = PromptSet.objects.get()
    assert line == "Imported the wording as 'Test prompts, version 1'.\n"
    assert stored.note == "From the file wording.yaml."
    assert prompts_of(stored) == PROMPTS


def test_same_wording_again_changes_nothing_and_another_is_a_new_version(path: Path) -> None:
    run(path)
    again = run(path)
    path.write_text(path.read_text().replace("SYSTEM", "OTHER"))
    changed = run(path)
    renamed = run(path, "--name", "Mine")

    assert again == "'Test prompts, version 1' with this wording is there already; nothing was changed.\n"
    assert changed == "Imported the wording as 'Test prompts, version 2'.\n"
    assert renamed == "Imported the wording as 'Mine, version 1'.\n"


def test_malformed_file_is_told_by_line_and_stores_nothing(path: Path) -> None:
    path.write_text(path.read_text().replace("REAPPRAISE {guidance}", "REAPPRAISE {advice}"))

    with pytest.raises(CommandError) as caught:
        run(path)

    head, complaint = str(caught.value).splitlines()
    assert head == f"Nothing was imported from {path}."
    assert complaint.startswith("wording.yaml: Line 5: 'reappraise_guided' ")
    assert caught.value.returncode == 1
    assert not PromptSet.objects.exists()


def test_name_without_room_in_the_database_is_one_line(path: Path) -> None:
    with pytest.raises(CommandError, match="the set's name may have at most 200 characters"):
        run(path, "--name", "n" * 201)


@needs_release
def test_papers_wording_is_taken() -> None:
    assert run(PROMPT_SET) == "Imported the wording as 'RESORT paper (COLM 2024), version 1'.\n"
