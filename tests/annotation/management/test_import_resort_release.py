from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotation.importers.resort_release import importing
from annotation.models import Study
from annotation.queries.score import scores_for_study
from tests.annotation.importers.resort_release.folder import rows_by_model, write_whole
from tests.generation.release.samples import RELEASE, needs_release

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_whole(tmp_path / "release")


def run(*args: object) -> list[str]:
    out = StringIO()
    call_command("import_resort_release", *map(str, args), stdout=out)
    return out.getvalue().splitlines()


def refused(*args: object) -> str:
    with pytest.raises(CommandError) as caught:
        run(*args)
    assert caught.value.returncode == 1
    return str(caught.value)


def test_report_says_what_is_new(release: Path) -> None:
    lines = run(release, "--study", "paper")

    assert lines[0] == "Read: 15 files, 20 rows."
    assert lines[-10:] == [
        "Studies: 1 new",
        "Posts: 2 new",
        "Texts of models: 18 new",
        "Texts of people: 2 new",
        "Texts that got their prompts later: 0 new",
        "Items: 5 new",
        "Ratings: 10 new",
        "Judge's replies: 5 new",
        "Replies joined to texts that came later: 0 new",
        "Imported as the study 'paper'.",
    ]


def test_second_run_says_that_all_is_there(release: Path) -> None:
    run(release, "--study", "paper")

    lines = run(release, "--study", "paper")

    assert lines[-1] == "The study 'paper' has all of this already; nothing was changed."
    assert "Ratings: 0 new, 10 there already" in lines


def test_dry_run_prints_the_same_and_writes_nothing(release: Path) -> None:
    before = rows_by_model()

    tried = run(release, "--study", "paper", "--dry-run")

    assert rows_by_model() == before
    assert tried[-1] == "A dry run: nothing was written."
    assert tried[:-1] == run(release, "--study", "paper")[:-1]


def test_bad_input_is_one_clear_complaint(release: Path, tmp_path: Path) -> None:
    path = release / "source_data" / "r_anger.jsonl"
    path.write_text(path.read_text() + "{broken")

    assert refused(release, "--study", "paper") == (
        f"Nothing was imported from {release}.\n"
        "source_data/r_anger.jsonl, row 3: expected a JSON object; it cannot be read from character 2 on."
    )
    assert refused(tmp_path / "absent", "--study", "paper") == f"There is no folder {tmp_path / 'absent'}."
    assert not Study.objects.exists()


def test_file_that_cannot_be_read_is_one_clear_complaint(release: Path) -> None:
    path = release / "source_data" / "r_anger.jsonl"
    path.unlink()
    path.mkdir()

    assert refused(release, "--study", "paper") == f"Cannot read {path}: Is a directory."


def test_without_a_terminal_there_is_no_bar(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(release, "--study", "paper")

    assert capsys.readouterr().err == ""


def test_every_file_is_told_to_the_bar_once(release: Path) -> None:
    told: list[Path] = []

    importing.import_release(release, "paper", is_dry_run=True, on_file=told.append)

    assert sorted(told) == sorted(importing.files_of(release))


@needs_release
def test_sample_of_the_authors_release_twice_doubles_nothing() -> None:
    first = run(RELEASE, "--study", "resort")
    before = rows_by_model()

    again = run(RELEASE, "--study", "resort")

    scores = scores_for_study(Study.objects.get(slug="resort"))
    assert (scores.n_items, scores.n_ratings, len(scores.conditions)) == (60, 120, 26)
    assert [(rater.code, rater.n_ratings) for rater in scores.raters] == [
        ("R11", 29),
        ("R12", 21),
        ("R14", 51),
        ("R19", 19),
    ]
    assert "Ratings: 120 new" in first
    assert rows_by_model() == before
    assert again[-1] == "The study 'resort' has all of this already; nothing was changed."
