"""A worker is killed in the middle of its work; every text comes, once."""

from pathlib import Path

import pytest

from generation.enums import ChainStatus, StepStatus
from generation.models import Chain, Response, Step
from generation.queries.run import run_progress
from tests.generation.runs import make_run
from tests.processes import SiteProcesses, wait_until

# Workers run at low priority: on a busy machine they may have to wait for long.
pytestmark = pytest.mark.timeout(600)


def test_killed_worker_loses_no_text_and_doubles_none(
    site_processes: SiteProcesses, model_in_data_dir: Path
) -> None:
    run = make_run(posts=4, strategies=["INDV vanilla", "ITER +cons"])
    site_processes.extra_environment = {"GENERATION_LEASE_S": "3", "GENERATION_BATCH_SIZE": "3"}
    site_processes.start("gpu", "default", "beat")
    # Killed with some texts written, some at hand and some still waiting.
    site_processes.kill_amid(
        "gpu", lambda: Response.objects.exists() and Step.objects.filter(status=StepStatus.LEASED).exists()
    )
    done_when_killed = Step.objects.filter(status=StepStatus.DONE).count()
    assert done_when_killed < run_progress(run).calls_planned
    site_processes.start("gpu")
    wait_until(lambda: run_progress(run).is_finished, timeout_s=300)

    assert Step.objects.filter(attempts__gt=1).exists()
    assert set(Chain.objects.values_list("status", flat=True)) == {ChainStatus.DONE}
    assert Response.objects.filter(is_final=True).count() == Chain.objects.count() == 8
    assert Response.objects.count() == Step.objects.count() == 12


def test_worker_that_is_asked_to_end_gives_its_steps_back(
    site_processes: SiteProcesses, model_in_data_dir: Path
) -> None:
    make_run(posts=6, strategies=["INDV vanilla"])
    site_processes.start("gpu", "default", "beat")
    wait_until(lambda: Step.objects.filter(status=StepStatus.LEASED).exists(), timeout_s=120)

    site_processes.stop("gpu")

    assert not Step.objects.filter(status=StepStatus.LEASED).exists()
    assert not Step.objects.exclude(status=StepStatus.DONE).filter(attempts__gt=0).exists()
