from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.domain.generation import pause_generation, start_generation
from annotation.models import Study, StudyEvent
from annotation.queries.generation import estimate_generation, generation_now
from generation.backends.base import Decoding
from generation.domain.queue import claim_batch
from generation.models import Step
from tests.factories import make_study, write_all

pytestmark = pytest.mark.django_db

DECODING = Decoding(max_new_tokens=50, temperature=0.1)


def started_study(*, posts: int = 2) -> Study:
    cast = make_study(posts=posts, strategies=("INDV vanilla", "ITER +cons"), is_generated=False)
    start_generation(cast.study, by=cast.manager)
    return Study.objects.select_related("run").get(pk=cast.study.pk)


def an_hour_ago() -> None:
    """Let all that happened so far be an hour old."""
    then = timezone.now() - timedelta(hours=1)
    StudyEvent.objects.update(at=then)
    Step.objects.filter(status="done").update(finished_at=then, started_at=then)


def test_generation_that_was_not_started_has_no_figures() -> None:
    cast = make_study(is_generated=False)

    assert generation_now(cast.study) is None


def test_generation_waits_at_first_and_is_stalled_when_nobody_comes() -> None:
    study = started_study()

    at_first = generation_now(study)
    an_hour_ago()
    later = generation_now(study)

    assert (at_first.is_waiting, at_first.is_stalled) == (True, False)
    assert (later.is_waiting, later.is_stalled) == (True, True)
    assert later.quiet_s == pytest.approx(3600, abs=10)


def test_generation_with_a_worker_is_not_stalled_however_long_the_batch_takes() -> None:
    study = started_study()
    claim_batch(worker="host:1", limit=1)
    an_hour_ago()

    now = generation_now(study)

    assert (now.is_moving, now.is_waiting, now.is_stalled) == (True, False, False)


def test_paused_generation_moves_until_its_workers_are_done() -> None:
    study = started_study()
    claim_batch(worker="host:1", limit=1)
    pause_generation(study, by=None)
    study.run.refresh_from_db()

    with_worker = generation_now(study)
    Step.objects.filter(status="leased").update(status="queued", lease_token=None)
    without = generation_now(study)

    assert (with_worker.is_running, with_worker.is_moving, without.is_moving) == (False, True, False)


def test_conditions_carry_their_speed() -> None:
    study = started_study(posts=1)
    write_all(study.run)

    now = generation_now(study)

    assert [(one.progress.strategy, one.tokens_per_s) for one in now.conditions] == [
        ("INDV vanilla", pytest.approx(40, abs=1)),
        ("ITER +cons", pytest.approx(80, abs=1)),
    ]
    assert (now.n_written, now.n_failed, now.is_moving) == (2, 0, False)


def test_conditions_carry_their_running_calls() -> None:
    study = started_study(posts=2)
    claim_batch(worker="host:1", limit=3)

    assert [(one.progress.strategy, one.calls_running) for one in generation_now(study).conditions] == [
        ("INDV vanilla", 2),
        ("ITER +cons", 1),
    ]


def test_time_left_is_shared_by_the_calls_of_unfinished_texts() -> None:
    study = started_study(posts=6)
    write_all(study.run, most=7)
    claim_batch(worker="host:1", limit=1)

    now = generation_now(study)

    ahead = [one.progress.calls_ahead for one in now.conditions]
    assert now.seconds_left is not None
    assert 0 < ahead[0] < ahead[1]
    assert [one.seconds_left for one in now.conditions] == [
        pytest.approx(now.seconds_left * calls / sum(ahead)) for calls in ahead
    ]


@pytest.mark.parametrize("posts", [1, 3])
def test_watching_takes_the_same_queries_for_one_post_and_three(
    django_assert_num_queries: DjangoAssertNumQueries, posts: int
) -> None:
    study = started_study(posts=posts)
    claim_batch(worker="host:1", limit=1)

    with django_assert_num_queries(14):
        generation_now(study)


def test_design_is_estimated_by_model() -> None:
    cast = make_study(posts=2, strategies=("INDV vanilla", "ITER +cons"), is_generated=False)

    estimate = estimate_generation(cast.study, decoding=DECODING)

    assert [(model.model, model.calls, model.tokens_out, model.seconds) for model in estimate.models] == [
        ("SmolLM2-135M-Instruct", 6, 300, None)
    ]


def test_study_without_a_design_has_no_estimate() -> None:
    cast = make_study(posts=1, is_generated=False)
    cast.study.dimensions.clear()

    assert estimate_generation(cast.study, decoding=DECODING) is None


@pytest.mark.parametrize("posts", [1, 3])
def test_estimate_takes_the_same_queries_for_one_post_and_three(
    django_assert_num_queries: DjangoAssertNumQueries, posts: int
) -> None:
    make_study(posts=3, prefix="earlier-")
    cast = make_study(posts=posts, is_generated=False)
    study = Study.objects.select_related("constitution_set", "prompt_set", "posts").get(pk=cast.study.pk)
    estimate_generation(study, decoding=DECODING)  # the constitution's rows are kept by the process

    with django_assert_num_queries(5):
        estimate_generation(study, decoding=DECODING)
