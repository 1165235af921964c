import pytest

from generation.domain.run import RunError, cancel_run, regenerate, start_run
from generation.enums import ChainStatus, StepStatus
from generation.models import Chain, Response, Step
from generation.queries.run import current_chains, run_progress, unusable_chains
from generation.strategies import STRATEGIES
from tests.factories import write_all
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db


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
