"""A manager has a real model score two texts through pages, queue and workers, one of which is killed."""

from pathlib import Path

import pytest
from django.test import Client

from annotation.domain.judge_prompt_set import (
    short_judge_wording,
    store_example_judge_prompts,
    store_judge_prompt_set,
)
from annotation.domain.judge_run import run_of
from annotation.enums import JudgeOutcome
from annotation.models import JudgeReply, JudgeRun, Rating
from generation.enums import StepStatus
from generation.models import Response, Step
from generation.queries.run import run_progress
from tests.factories import make_study
from tests.processes import SiteProcesses, wait_until

# Workers run at low priority: on a busy machine they may have to wait for long.
pytestmark = pytest.mark.timeout(600)


def test_small_model_scores_two_texts_and_a_killed_worker_loses_no_reply(
    site_processes: SiteProcesses, model_in_data_dir: Path
) -> None:
    cast = make_study(posts=1, strategies=("INDV +cons",))
    store_example_judge_prompts()
    manager, url = Client(), f"/studies/{cast.study.slug}/judges/"
    manager.force_login(cast.manager)
    n_texts = Response.objects.count()
    site_processes.extra_environment = {"GENERATION_LEASE_S": "3", "GENERATION_BATCH_SIZE": "2"}
    site_processes.start("gpu", "default", "beat")

    started = manager.post(
        url,
        {
            "model": cast.study.conditions.get().model_spec_id,
            "prompt_set": store_judge_prompt_set(short_judge_wording()).pk,
            "criteria": list(cast.study.criteria.values_list("pk", flat=True)),
            "repeats": 2,
            "temperature": 0.7,
            "max_new_tokens": 24,
        },
        follow=True,
    )
    judge_run = JudgeRun.objects.get()
    of_judge = Step.objects.filter(run_model__run=run_of(judge_run))
    site_processes.kill_amid(
        "gpu",
        lambda: (
            of_judge.filter(status=StepStatus.DONE).exists()
            and of_judge.filter(status=StepStatus.LEASED).exists()
        ),
    )
    site_processes.start("gpu")
    wait_until(lambda: run_progress(run_of(judge_run)).is_finished, timeout_s=300)
    waiting = JudgeReply.objects.filter(outcome=JudgeOutcome.WAITING)
    wait_until(lambda: not waiting.exists(), timeout_s=60)

    assert started.status_code == 200
    assert cast.study.items.count() == 2
    assert judge_run.replies.count() == of_judge.count() == 2 * 4 * 2
    assert set(of_judge.values_list("status", flat=True)) == {StepStatus.DONE}
    assert of_judge.filter(attempts__gt=1).exists()
    assert all(reply.raw == reply.chain.steps.get().output for reply in judge_run.replies.all())
    assert {step.environment.record["backend"] for step in of_judge} == {"transformers"}
    assert (Response.objects.count(), Rating.objects.count()) == (n_texts, 0)
    page = manager.get(f"{url}{judge_run.pk}/").content.decode()
    assert "16 <small>of 16 replies</small>" in page
    assert "They say next to nothing about the texts" in page
