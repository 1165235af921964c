from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.enums import EventKind, Role
from annotation.importers.resort_release import importing
from annotation.models import Membership, Study, StudyEvent, User
from annotation.queries.score import scores_for_study
from tests.annotation.importers.resort_release.folder import rows_by_model, write_whole
from tests.factories import make_user
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


def managers() -> list[str]:
    found = Membership.objects.filter(role=Role.MANAGER, removed_at=None).order_by("user__email")
    return [member.user.email for member in found.select_related("user")]


def test_manager_sees_the_study_that_nobody_else_does(release: Path, client: Client) -> None:
    ines, other = make_user("ines"), make_user("other")

    lines = run(release, "--study", "paper", "--manager", "Ines@example.org")

    answers = {}
    for user in (ines, other):
        client.force_login(user)
        answers[user.name] = client.get(reverse("study_scores", args=["paper"])).status_code
    assert lines[-2:] == ["Imported as the study 'paper'.", "ines@example.org manages it."]
    assert answers == {"Ines": 200, "Other": 404}


def test_manager_of_a_study_that_is_there_is_added_once(release: Path) -> None:
    make_user("ines")
    run(release, "--study", "paper")

    lines = [run(release, "--study", "paper", "--manager", "ines@example.org")[-2:] for _ in range(2)]

    assert (
        lines
        == [
            [
                "The study 'paper' has all of this already; nothing was changed.",
                "ines@example.org manages it.",
            ]
        ]
        * 2
    )
    assert managers() == ["ines@example.org"]
    joined = StudyEvent.objects.filter(kind=EventKind.JOINED)
    assert [event.detail for event in joined] == ["Made manager by a command"]


def test_researcher_and_removed_manager_become_managers(release: Path) -> None:
    run(release, "--study", "paper")
    study = Study.objects.get()
    gone = {"role": Role.MANAGER, "removed_at": timezone.now()}
    for name, fields in (("ines", {"role": Role.RESEARCHER}), ("jo", gone)):
        Membership.objects.create(study=study, user=make_user(name), **fields)

    for name in ("ines", "jo"):
        run(release, "--study", "paper", "--manager", f"{name}@example.org")

    assert managers() == ["ines@example.org", "jo@example.org"]


def test_manager_who_cannot_be_one_is_one_clear_complaint_and_nothing_is_imported(release: Path) -> None:
    make_user("gone", is_active=False)

    nobody = refused(release, "--study", "paper", "--manager", "nobody@example.org")
    gone = refused(release, "--study", "paper", "--manager", "gone@example.org")

    assert nobody == (
        "Nothing was imported: nobody here has the e-mail address 'nobody@example.org'. Who manages the study"
        " needs an account first."
    )
    assert gone.endswith("Nobody can sign in as gone@example.org, so nobody could manage the study.")
    assert not Study.objects.exists()


def test_rater_of_the_study_cannot_be_its_manager(release: Path) -> None:
    run(release, "--study", "paper")
    rater = Membership.objects.filter(role=Role.RATER)[0]
    User.objects.filter(pk=rater.user_id).update(is_active=True)

    complaint = refused(release, "--study", "paper", "--manager", rater.user.email)

    assert "is, or was, a rater of this study, so she cannot manage it." in complaint
    assert managers() == []


def test_dry_run_makes_nobody_manager(release: Path) -> None:
    make_user("ines")

    lines = run(release, "--study", "paper", "--manager", "ines@example.org", "--dry-run")

    assert lines[-1] == "A dry run: nothing was written."
    assert managers() == []
