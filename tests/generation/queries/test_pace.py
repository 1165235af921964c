from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from generation.domain.queue import claim_batch, held_steps, record_broken_attempt
from generation.domain.run import pause_run, set_priority
from generation.enums import ChainStatus, StepStatus
from generation.models import Chain, GenerationRun, Step
from generation.queries.pace import (
    ConditionPace,
    FailureReason,
    are_workers_elsewhere,
    calls_running,
    failure_reasons,
    last_answer_at,
    run_pace,
    runs_before,
    seconds_left,
    tokens_written_since,
    workers_at_work,
)
from generation.queries.run import run_progress
from tests.factories import write_all
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db

MODEL = "SmolLM2-135M-Instruct"


def make_run_under_way(*, done: int, running: int, minutes_ago: float = 2) -> GenerationRun:
    """A run of 20 calls, of which some were done and some are running."""
    run = make_run(posts=20, strategies=["INDV vanilla"])
    began = timezone.now() - timedelta(minutes=minutes_ago)
    finished = list(Step.objects.order_by("id").values_list("pk", flat=True)[:done])
    Step.objects.filter(pk__in=finished).update(
        status=StepStatus.DONE, started_at=began, finished_at=timezone.now(), tokens_out=30
    )
    if running:
        claim_batch(worker="pen", limit=running)
    return run


def time_left(run: GenerationRun) -> float | None:
    return seconds_left(run, run_progress(run), run_pace(run))


def test_pace_so_far_tells_what_is_left() -> None:
    run = make_run_under_way(done=10, running=2)

    assert time_left(run) == pytest.approx(120, abs=5)


def test_calls_of_long_ago_do_not_slow_the_estimate() -> None:
    run = make_run_under_way(done=10, running=2)
    oldest = Step.objects.filter(status=StepStatus.DONE).earliest("id")
    Step.objects.filter(pk=oldest.pk).update(
        started_at=timezone.now() - timedelta(hours=3), finished_at=timezone.now() - timedelta(hours=2)
    )

    assert time_left(run) == pytest.approx(10 * 120 / 9, abs=5)


@pytest.mark.parametrize(("done", "running"), [(4, 2), (0, 0), (10, 0)])
def test_nothing_is_promised_too_early_or_while_nothing_runs(done: int, running: int) -> None:
    run = make_run_under_way(done=done, running=running)

    assert time_left(run) is None


def test_many_calls_in_the_last_minute_need_no_longer_look_back(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generation.queries.pace.ENOUGH_CALLS", 10)
    run = make_run_under_way(done=10, running=2, minutes_ago=0.5)
    progress, pace = run_progress(run), run_pace(run)

    with django_assert_num_queries(0):
        left = seconds_left(run, progress, pace)

    assert left == pytest.approx(30, abs=2)


def test_tokens_a_second_are_those_of_the_last_minute_by_condition() -> None:
    run = make_run_under_way(done=10, running=0, minutes_ago=0.5)
    Step.objects.filter(status=StepStatus.DONE, pk=Step.objects.earliest("id").pk).update(
        finished_at=timezone.now() - timedelta(minutes=2)
    )

    pace = run_pace(run)

    assert pace.n_calls == 9
    assert [(one.strategy, one.model) for one in pace.conditions] == [("INDV vanilla", MODEL)]
    assert pace.tokens_per_s == pytest.approx(9 * 30 / 30, abs=0.5)


def test_batch_that_began_long_ago_counts_against_the_minute_alone() -> None:
    run = make_run_under_way(done=10, running=0, minutes_ago=30)

    assert run_pace(run).conditions == (ConditionPace("INDV vanilla", MODEL, pytest.approx(5, abs=0.1)),)


def test_run_without_answers_has_no_pace() -> None:
    run = make_run(posts=1)

    assert (run_pace(run).tokens_per_s, run_pace(run).conditions, last_answer_at(run)) == (0, (), None)


def test_last_answer_is_found_among_all_models_of_the_run_alone() -> None:
    run = make_run_under_way(done=3, running=1)
    other = make_run_under_way(done=0, running=0)
    newest = Step.objects.filter(status=StepStatus.DONE).latest("finished_at").finished_at

    assert (last_answer_at(run), last_answer_at(other)) == (newest, None)


def test_workers_are_those_that_hold_calls() -> None:
    run = make_run(posts=5, strategies=["INDV vanilla"])
    claim_batch(worker="host:2", limit=1)
    claim_batch(worker="host:1", limit=3)

    assert [(worker.name, worker.n_calls) for worker in workers_at_work(run)] == [
        ("host:1", 3),
        ("host:2", 1),
    ]


def test_running_calls_are_counted_by_condition() -> None:
    run = make_run(posts=3, strategies=["INDV vanilla", "ITER +cons"])
    make_run(posts=1, strategies=["INDV vanilla"])
    claim_batch(worker="pen", limit=100)
    Step.objects.filter(chain__strategy="INDV vanilla", chain__post__position=1).update(status="done")

    assert calls_running(run) == {("INDV vanilla", MODEL): 2, ("ITER +cons", MODEL): 3}


def test_workers_are_elsewhere_while_they_hold_calls_of_another_run() -> None:
    run, other = make_run(posts=1), make_run(posts=1)
    nobody_works = are_workers_elsewhere(other)
    claim_batch(worker="pen", limit=1)

    assert (nobody_works, are_workers_elsewhere(run), are_workers_elsewhere(other)) == (False, False, True)


def test_failures_are_counted_by_reason_and_replaced_texts_left_out() -> None:
    run = make_run(posts=6, strategies=["INDV vanilla"])
    ids = list(Step.objects.order_by("id").values_list("pk", flat=True))
    refused = {"status": StepStatus.FAILED, "failure_kind": "refused", "failure_detail": "Filter."}
    Step.objects.filter(pk__in=ids[:3]).update(**refused)
    Chain.objects.filter(steps__in=ids[:3]).update(status=ChainStatus.FAILED)
    Chain.objects.filter(steps=ids[0]).update(is_current=False)
    lease = claim_batch(worker="pen", limit=1)
    record_broken_attempt(held_steps(lease.token), kind="unavailable", detail="No weights.")

    assert failure_reasons(run) == [
        FailureReason("refused", "Filter.", n_calls=2, is_final=True),
        FailureReason("unavailable", "No weights.", n_calls=1, is_final=False),
    ]


def test_runs_before_are_running_more_urgent_and_have_work() -> None:
    first, paused, finished, run, later, urgent = (make_run(posts=1) for _ in range(6))
    pause_run(paused)
    Step.objects.filter(run_model__run=finished).update(status=StepStatus.DONE)
    set_priority(urgent, 5)

    assert set(runs_before(run)) == {first, urgent}
    assert later not in runs_before(run)


def test_tokens_written_count_from_the_given_moment() -> None:
    run = make_run(posts=2, strategies=["INDV vanilla"])
    write_all(run)
    since = timezone.now() - timedelta(minutes=1)
    Step.objects.filter(pk=Step.objects.earliest("id").pk).update(finished_at=since - timedelta(seconds=1))

    assert tokens_written_since(run, since) == 40
