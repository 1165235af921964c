from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from generation.domain.example import FOLDER, example_constitution
from generation.models import ConstitutionSet, Dimension
from generation.queries.constitution import constitution_of
from tests.generation.release.folder import write_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_release(tmp_path / "small")


def run(*args: object) -> str:
    out = StringIO()
    call_command("import_constitution", *map(str, args), stdout=out)
    return out.getvalue()


def test_folder_is_stored_with_one_line_that_says_what_was_left_out(release: Path) -> None:
    line = run(release)

    assert line == (
        "Imported 2 dimensions as 'small, version 1'. "
        "Left out, having a question but no guidance: 1 (2 Luck).\n"
    )
    stored = ConstitutionSet.objects.get()
    assert (stored.name, stored.version, stored.note) == ("small", 1, "From the folder small.")
    assert list(Dimension.objects.values_list("number", "key", "guidance", "standards")) == [
        (1, "self_responsibility", "gB", ["is kind"]),
        (3, "steps", "gS", ["is kind"]),
    ]


def test_same_content_again_changes_nothing(release: Path) -> None:
    run(release)
    line = run(release / "prompts")

    assert line == "'small, version 1' with these 2 dimensions is there already; nothing was changed.\n"
    assert ConstitutionSet.objects.count() == 1


def test_changed_content_is_a_new_version_and_another_name_another_set(release: Path) -> None:
    run(release)
    path = release / "prompts" / "reappraisal_aim.txt"
    path.write_text(path.read_text().replace("aim", "new aim"))

    lines = run(release), run(release, "--name", "Mine")

    assert [line.partition(". ")[0] for line in lines] == [
        "Imported 2 dimensions as 'small, version 2'",
        "Imported 2 dimensions as 'Mine, version 1'",
    ]


def test_yaml_file_is_stored_as_it_is() -> None:
    line = run(FOLDER / "constitution.yaml")

    assert line == "Imported 6 dimensions as 'RESORT example constitutions, version 1'.\n"
    stored = ConstitutionSet.objects.get()
    assert stored.note == "From the file constitution.yaml."
    assert constitution_of(stored) == example_constitution()


def test_dimensions_in_another_order_are_the_same_set(tmp_path: Path) -> None:
    head, *dimensions = (FOLDER / "constitution.yaml").read_text(encoding="utf-8").split("  - number:")
    turned = tmp_path / "turned.yaml"
    turned.write_text("\n  - number:".join([head, *reversed(dimensions)]), encoding="utf-8")

    run(FOLDER / "constitution.yaml")
    line = run(turned)

    assert line.endswith("is there already; nothing was changed.\n")


def test_malformed_files_are_told_by_line_and_store_nothing(release: Path) -> None:
    path = release / "prompts" / "reappraisal_guidance.txt"
    path.write_text("<Blame> = gB\nLuck\n<Steps> = gS")
    (release / "prompts" / "reappraisal_aim.txt").unlink()

    with pytest.raises(CommandError) as caught:
        run(release)

    assert str(caught.value).splitlines() == [
        f"Nothing was imported from {release}.",
        "reappraisal_aim.txt: expected this file, but it is not there.",
        "reappraisal_guidance.txt, line 2: expected '<Name> = text'.",
    ]
    assert caught.value.returncode == 1
    assert not ConstitutionSet.objects.exists()


def test_name_without_room_in_the_database_is_one_line(release: Path) -> None:
    with pytest.raises(CommandError, match="the set's name may have at most 200 characters"):
        run(release, "--name", "n" * 201)
