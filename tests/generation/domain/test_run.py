import pytest

from generation.backends.base import Decoding, Failure, FailureKind
from generation.domain.queue import Lease, claim_batch, held_steps
from generation.domain.response import record_outcomes, store_environment
from generation.domain.run import (
    RunCondition,
    RunError,
    cancel_run,
    create_run,
    regenerate,
    retry_failed,
    set_priority,
    start_run,
)
from generation.enums import ChainStatus, StepStatus
from generation.models import Chain, GenerationRun, Response, Step
from generation.queries.chat import ask_steps
from generation.queries.run import current_chains, run_progress, unusable_chains
from generation.strategies import STRATEGIES
from tests.factories import ENVIRONMENT, write_all
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db


def refuse(lease: Lease | None) -> None:
    assert lease is not None
    refusal = Failure(FailureKind.REFUSED, "The provider refused.")
    outcomes = [(asked, refusal) for asked in ask_steps(held_steps(lease.token), lease.run_model.run)]
    record_outcomes(lease, outcomes, environment=store_environment(ENVIRONMENT), seed=1)


@pytest.mark.parametrize(
    ("strategy", "chains", "calls"),
    [
        ("INDV vanilla", 1, 1),
        ("INDV +cons", 6, 6),
        ("INDV +appr", 6, 12),
        ("INDV +appr +cons", 6, 12),
        ("ITER self-refine", 1, 6),
        ("ITER +cons", 1, 6),
        ("ITER +appr", 1, 12),
        ("ITER +appr +cons", 1, 18),
    ],
)
def test_run_makes_as_many_calls_as_the_method_says(strategy: str, chains: int, calls: int) -> None:
    run = make_run(posts=1, strategies=[strategy], numbers=(1, 4, 6, 7, 8, 23))

    write_all(run)

    assert Chain.objects.filter(status=ChainStatus.DONE).count() == chains
    assert Step.objects.filter(status=StepStatus.DONE).count() == calls
    assert Response.objects.filter(is_final=True).count() == chains


def test_all_eight_strategies_take_73_calls_a_post() -> None:
    run = make_run(posts=1, strategies=list(STRATEGIES), numbers=(1, 4, 6, 7, 8, 23))

    assert run_progress(run).calls_planned == 73


def test_refinement_keeps_its_earlier_texts_and_offers_only_the_last() -> None:
    run = make_run(posts=1, strategies=["ITER +cons"])

    write_all(run)

    assert list(Response.objects.order_by("pk").values_list("step__index", "is_final")) == [
        (0, False),
        (1, True),
    ]


def test_appraisals_are_no_responses() -> None:
    run = make_run(posts=1, strategies=["INDV +appr"], numbers=(4,))

    write_all(run)

    assert Step.objects.count() == 2
    assert Response.objects.get().step == Step.objects.get(index=1)


def test_cancelled_run_cannot_start_again() -> None:
    run = make_run()
    cancel_run(run)

    with pytest.raises(RunError, match="was cancelled"):
        start_run(run)


def test_regenerate_keeps_the_first_text_and_counts_the_second() -> None:
    run = make_run(posts=1, strategies=["INDV vanilla"])
    write_all(run, text_for=lambda chain, step: "Too short.")
    assert [condition.needs_review for condition in run_progress(run).conditions] == [1]
    assert unusable_chains(run).count() == 1

    again = regenerate(Chain.objects.get())
    write_all(run)

    assert again.generation_no == 2
    assert list(current_chains(run)) == [again]
    assert [condition.valid for condition in run_progress(run).conditions] == [1]
    assert unusable_chains(run).count() == 0
    assert Response.objects.count() == 2


def test_regenerate_waits_for_the_text_at_hand() -> None:
    make_run(posts=1, strategies=["INDV +cons"])

    with pytest.raises(RunError, match="being written already"):
        regenerate(Chain.objects.earliest("pk"))


def test_run_that_was_cancelled_takes_no_new_texts() -> None:
    run = make_run(posts=1, strategies=["INDV vanilla"])
    write_all(run)
    cancel_run(run)

    with pytest.raises(RunError, match="was cancelled"):
        regenerate(Chain.objects.get())
    with pytest.raises(RunError, match="was cancelled"):
        retry_failed(run)


def test_retry_goes_on_after_the_earlier_answers_and_keeps_the_attempts_on_record() -> None:
    run = make_run(posts=1, strategies=["ITER +cons"])
    write_all(run, most=1)
    lease = claim_batch(worker="w", limit=1)
    refuse(lease)
    assert Chain.objects.get().status == ChainStatus.FAILED

    retried = retry_failed(run)

    assert retried == 1
    step = Step.objects.get(index=1)
    assert (step.status, step.attempts, step.earlier_attempts) == (StepStatus.QUEUED, 0, 1)
    assert step.failure_kind == "refused"
    write_all(run)
    assert Chain.objects.get().status == ChainStatus.DONE
    assert Step.objects.get(index=1).failure_kind == ""
    assert Response.objects.filter(is_final=True).count() == 1


def test_retry_leaves_alone_what_did_not_fail() -> None:
    run = make_run(posts=2, strategies=["INDV vanilla"])
    write_all(run)

    assert retry_failed(run) == 0


@pytest.mark.parametrize("priority", [-101, 101])
def test_priority_out_of_range_is_refused(priority: int) -> None:
    run = make_run(posts=1)

    with pytest.raises(RunError, match="between -100 and 100"):
        set_priority(run, priority)

    run.refresh_from_db()
    assert run.priority == 0


def test_run_with_the_same_condition_twice_makes_each_text_once() -> None:
    run = make_run(posts=1, strategies=["INDV vanilla"])
    spec = run.run_models.get().model_spec

    with pytest.raises(RunError, match="twice"):
        create_run(
            name="Doubled",
            posts=[Chain.objects.get().post],
            conditions=[RunCondition("INDV vanilla", spec), RunCondition("INDV vanilla", spec)],
            dimensions=list(run.dimensions.all()),
            constitution_set=run.constitution_set,
            prompt_set=run.prompt_set,
            decoding=Decoding(max_new_tokens=20, temperature=0.1),
            seed=36,
        )

    assert GenerationRun.objects.count() == 1
