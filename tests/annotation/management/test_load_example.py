import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from annotation.models import Assignment, JudgeRun, Snapshot, Study, User
from annotation.queries.snapshot import is_computed
from generation.domain.queue import next_lane

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts_file(tmp_path: Path, settings: LazySettings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "demo_accounts.json"


def signs_in(account: dict[str, str]) -> bool:
    return User.objects.get(email=account["email"]).check_password(account["password"])


def test_example_is_loaded_once_with_people_who_can_sign_in(accounts_file: Path) -> None:
    call_command("load_example", verbosity=0)
    first = accounts_file.read_text()
    call_command("load_example", verbosity=0)

    accounts = json.loads(first)
    assert accounts_file.read_text() == first
    assert accounts_file.stat().st_mode & 0o777 == 0o600
    assert [account["role"] for account in accounts] == ["manager", "researcher", "rater", "rater"]
    assert all(signs_in(account) for account in accounts)
    assert {
        study.name: (
            study.status,
            study.posts.posts.count(),
            study.items.count(),
            Assignment.objects.filter(item__study=study).count(),
        )
        for study in Study.objects.all()
    } == {
        "Example study": ("open", 28, 112, 224),
        "Example with simulated ratings": ("closed", 28, 168, 336),
    }


def test_scores_of_the_simulated_study_are_finished_from_the_beginning(accounts_file: Path) -> None:
    call_command("load_example", verbosity=0)
    call_command("load_example", verbosity=0)

    [snapshot] = Snapshot.objects.select_related("study")
    assert snapshot.study.is_simulated
    assert is_computed(snapshot.study)
    assert (snapshot.report["n_ratings"], snapshot.plan["n_resamples"]) == (336, 2_000)


def test_small_model_judges_some_texts_once_and_after_all_that_is_to_be_written(accounts_file: Path) -> None:
    call_command("load_example", verbosity=0)
    call_command("load_example", verbosity=0)

    judge_run = JudgeRun.objects.select_related("study", "generation_run").get()
    assert (judge_run.study.name, judge_run.judge) == (
        "Example with simulated ratings",
        "SmolLM2-135M-Instruct",
    )
    assert judge_run.replies.count() == 4 * 6 * 4
    assert judge_run.generation_run.priority < judge_run.study.run.priority
    assert next_lane().run.name == "Example study"


def test_example_study_that_can_be_worked_in_is_listed_first(accounts_file: Path) -> None:
    call_command("load_example", verbosity=0)

    assert [study.name for study in Study.objects.all()] == [
        "Example study",
        "Example with simulated ratings",
    ]


def test_example_without_its_file_gets_passwords_that_work(accounts_file: Path) -> None:
    call_command("load_example", verbosity=0)
    accounts_file.unlink()

    call_command("load_example", verbosity=0)

    assert all(signs_in(account) for account in json.loads(accounts_file.read_text()))


def test_example_is_not_for_production(accounts_file: Path, settings: LazySettings) -> None:
    settings.IN_PRODUCTION = True

    with pytest.raises(CommandError, match="no place in production"):
        call_command("load_example")

    assert not accounts_file.exists()
