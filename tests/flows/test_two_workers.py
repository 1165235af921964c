"""Two workers share one run: each text is written by one of them, and both write."""

from pathlib import Path

import pytest

from generation.enums import StepStatus
from generation.models import Chain, Response, Step
from generation.queries.run import run_progress
from tests.generation.runs import make_run
from tests.processes import SiteProcesses, wait_until

pytestmark = pytest.mark.timeout(600)


def test_two_workers_share_a_run(
    site_processes: SiteProcesses, broker_url: str, model_in_data_dir: Path, tmp_path: Path
) -> None:
    run = make_run(posts=10, strategies=["INDV vanilla", "ITER +cons"])
    second = SiteProcesses(broker_url, tmp_path)
    for processes in (site_processes, second):
        processes.extra_environment = {"GENERATION_BATCH_SIZE": "2"}
    try:
        # Each gets its message from the sweeper, which rings until nothing is due.
        site_processes.start("gpu", "default", "beat")
        second.start("gpu")
        wait_until(lambda: run_progress(run).is_finished, timeout_s=300)
    finally:
        second.end()

    steps = Step.objects.filter(status=StepStatus.DONE)
    assert steps.values("worker").distinct().count() == 2
    assert set(steps.values_list("attempts", flat=True)) == {1}
    assert Response.objects.filter(is_final=True).count() == Chain.objects.count() == 20
