import pytest
from pytest_django import DjangoAssertNumQueries

from generation.domain.queue import claim_batch
from generation.domain.run import cancel_run, regenerate
from generation.enums import ResponseStatus
from generation.models import Chain, Response
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
        ConditionProgress("INDV vanilla", "SmolLM2-135M-Instruct", 2, 0, 0, 0, 0, 2),
        ConditionProgress("INDV +cons", "SmolLM2-135M-Instruct", 4, 0, 0, 0, 0, 4),
        ConditionProgress("ITER +cons", "SmolLM2-135M-Instruct", 2, 0, 0, 0, 0, 4),
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
def test_progress_takes_four_queries_whatever_the_size(
    posts: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = make_run(posts=posts)

    with django_assert_num_queries(4):
        run_progress(run)


def test_text_written_again_counts_once_with_its_newest_generation() -> None:
    run = make_run(posts=1)
    write_all(run)
    refined = Chain.objects.get(run_model__run=run, strategy="ITER +cons")
    regenerate(refined)

    progress = run_progress(run)

    assert (progress.calls_planned, progress.calls_done, progress.calls_waiting) == (5, 3, 2)
    assert progress.conditions[-1] == ConditionProgress(
        "ITER +cons", "SmolLM2-135M-Instruct", 1, 0, 0, 0, 0, 2
    )


def test_texts_set_aside_are_counted_by_why() -> None:
    run = make_run(posts=3, strategies=["INDV vanilla"])
    write_all(run)
    first, second, _ = Response.objects.order_by("pk")
    Response.objects.filter(pk=first.pk).update(status=ResponseStatus.NEEDS_REVIEW)
    Response.objects.filter(pk=second.pk).update(status=ResponseStatus.EXCLUDED)

    progress = run_progress(run)

    assert progress.conditions == (
        ConditionProgress("INDV vanilla", "SmolLM2-135M-Instruct", 3, 1, 1, 1, 0, 0),
    )
    assert progress.is_finished
