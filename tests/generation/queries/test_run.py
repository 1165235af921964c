import pytest
from pytest_django import DjangoAssertNumQueries

from generation.domain.queue import claim_batch
from generation.domain.run import cancel_run
from generation.queries.run import ConditionProgress, run_progress
from tests.factories import write_all
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db


def test_progress_of_a_run_at_its_start() -> None:
    run = make_run(posts=2)
    claim_batch(worker="w", limit=3)

    progress = run_progress(run)

    assert (progress.calls_planned, progress.calls_done) == (10, 0)
    assert (progress.calls_running, progress.calls_waiting, progress.calls_failed) == (3, 7, 0)
    assert progress.conditions == (
        ConditionProgress("INDV vanilla", "SmolLM2-135M-Instruct", 2, 0, 0, 0),
        ConditionProgress("INDV +cons", "SmolLM2-135M-Instruct", 4, 0, 0, 0),
        ConditionProgress("ITER +cons", "SmolLM2-135M-Instruct", 2, 0, 0, 0),
    )
    assert not progress.is_finished


def test_progress_of_a_finished_run() -> None:
    run = make_run(posts=2)
    write_all(run)

    progress = run_progress(run)

    assert (progress.calls_done, progress.calls_waiting) == (10, 0)
    assert (progress.texts_planned, progress.texts_finished, progress.texts_valid) == (8, 8, 8)
    assert progress.is_finished


def test_calls_of_a_cancelled_run_wait_no_more() -> None:
    run = make_run(posts=1)
    cancel_run(run)

    progress = run_progress(run)

    assert (progress.calls_waiting, progress.calls_failed, progress.is_finished) == (0, 5, True)


@pytest.mark.parametrize("posts", [1, 3])
def test_progress_takes_three_queries_whatever_the_size(
    posts: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = make_run(posts=posts)

    with django_assert_num_queries(3):
        run_progress(run)
