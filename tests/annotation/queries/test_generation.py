from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.domain.study import start_generation
from annotation.queries.generation import seconds_left
from generation.domain.queue import claim_batch
from generation.models import GenerationRun, Step
from generation.queries.run import run_progress
from tests.factories import make_study

pytestmark = pytest.mark.django_db


def make_run(*, done: int, running: int, minutes_ago: float = 2) -> GenerationRun:
    """A run of 20 calls, of which some were done and some are running."""
    cast = make_study(posts=20, strategies=("INDV vanilla",), is_generated=False)
    run = start_generation(cast.study, by=cast.manager)
    began = timezone.now() - timedelta(minutes=minutes_ago)
    finished = list(Step.objects.order_by("id").values_list("pk", flat=True)[:done])
    Step.objects.filter(pk__in=finished).update(status="done", started_at=began, finished_at=timezone.now())
    if running:
        claim_batch(worker="pen", limit=running)
    return run


def test_pace_so_far_tells_what_is_left() -> None:
    run = make_run(done=10, running=2)

    left = seconds_left(run, run_progress(run))

    assert left == pytest.approx(120, abs=5)


def test_calls_of_long_ago_do_not_slow_the_estimate() -> None:
    run = make_run(done=10, running=2)
    oldest = Step.objects.filter(status="done").earliest("id")
    Step.objects.filter(pk=oldest.pk).update(
        started_at=timezone.now() - timedelta(hours=3), finished_at=timezone.now() - timedelta(hours=2)
    )

    left = seconds_left(run, run_progress(run))

    assert left == pytest.approx(10 * 120 / 9, abs=5)


@pytest.mark.parametrize(("done", "running"), [(4, 2), (0, 0), (10, 0)])
def test_nothing_is_promised_too_early_or_while_nothing_runs(done: int, running: int) -> None:
    run = make_run(done=done, running=running)

    assert seconds_left(run, run_progress(run)) is None
