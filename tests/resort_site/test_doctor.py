from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from resort_site import diagnosis
from resort_site.diagnosis import Finding
from tests.processes import SiteProcesses, wait_until


@pytest.mark.django_db
def test_doctor_names_what_does_not_work(settings: Settings) -> None:
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"
    output = StringIO()

    with pytest.raises(CommandError, match="Not working: Redis, default worker, GPU worker"):
        call_command("doctor", stdout=output)

    lines = output.getvalue().splitlines()
    assert lines[0].startswith("ok  database")
    assert lines[1] == "--  Redis           does not answer; the demo runs one, else set REDIS_URL"
    assert "secret" not in output.getvalue()


@pytest.mark.flow
def test_doctor_hears_the_workers(site_processes: SiteProcesses) -> None:
    site_processes.start("default", "gpu")

    wait_until(lambda: diagnosis.answering_queues() == {"default", "gpu"})

    assert diagnosis.find_gpu_worker({"gpu"}) == Finding("GPU worker", True, "answers, waiting for work")


@pytest.mark.django_db
def test_doctor_counts_missing_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis.MigrationExecutor, "migration_plan", lambda self, targets: [1, 2])

    assert diagnosis.find_database() == Finding(
        "database", False, "2 migrations are missing: run manage.py migrate"
    )
