"""What is recorded of an answer, beside what the queue's own tests hold."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.domain.queue import claim_batch
from generation.domain.run import regenerate
from generation.enums import ResponseSource, ResponseStatus, StepStatus
from generation.models import Chain, Response, Step
from tests.factories import helpful_text, write_all
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db

TEXT = (
    "You have carried this for a long time, and nobody could have asked more of you. "
    "Perhaps the next talk with your sister is a good place to begin."
)
NEARLY = TEXT.replace("Perhaps", "Maybe").upper()


def problems_by_strategy() -> dict[str, list[str]]:
    final = Response.objects.filter(is_final=True, chain__is_current=True)
    return {response.chain.strategy: response.problems for response in final.select_related("chain")}


def test_text_nearly_the_same_as_another_conditions_needs_review() -> None:
    run = make_run(posts=1, strategies=["INDV vanilla", "INDV +cons"], numbers=(4,))

    write_all(run, text_for=lambda chain, step: TEXT if chain.strategy == "INDV vanilla" else NEARLY)

    assert problems_by_strategy() == {"INDV vanilla": [], "INDV +cons": ["near_duplicate"]}


def test_text_nearly_the_same_as_a_persons_needs_review() -> None:
    run = make_run(posts=1, strategies=["INDV vanilla"])
    post = Chain.objects.get().post
    Response.objects.create(
        source=ResponseSource.HUMAN,
        post=post,
        method="oracle_response",
        text=TEXT,
        sha256="0" * 64,
        status=ResponseStatus.VALID,
    )

    write_all(run, text_for=lambda chain, step: NEARLY)

    assert problems_by_strategy() == {"INDV vanilla": ["near_duplicate"]}


def test_texts_of_one_condition_for_different_dimensions_are_not_compared() -> None:
    run = make_run(posts=1, strategies=["INDV +cons"])

    write_all(run, text_for=lambda chain, step: TEXT)

    assert set(Response.objects.values_list("status", flat=True)) == {ResponseStatus.VALID}


def test_earlier_texts_of_a_refinement_are_not_compared() -> None:
    run = make_run(posts=1, strategies=["INDV vanilla", "ITER self-refine"])

    def text(chain: Chain, step: object) -> str:
        return TEXT if step.index == 0 else helpful_text(chain, step)

    write_all(run, text_for=text)

    assert problems_by_strategy() == {"INDV vanilla": [], "ITER self-refine": []}


def test_text_that_is_written_again_is_not_compared_with_the_one_it_replaces() -> None:
    run = make_run(posts=1, strategies=["INDV vanilla", "INDV +cons"], numbers=(4,))
    write_all(run, text_for=lambda chain, step: TEXT)
    flawed = Chain.objects.get(strategy="INDV +cons")

    regenerate(flawed)
    regenerate(Chain.objects.get(strategy="INDV vanilla"))
    write_all(
        run,
        text_for=lambda chain, step: TEXT if chain.strategy == "INDV +cons" else helpful_text(chain, step),
    )

    assert problems_by_strategy() == {"INDV vanilla": [], "INDV +cons": []}


def test_recording_takes_one_query_a_text_and_a_fixed_number_beside() -> None:
    def queries(texts: int) -> int:
        run = make_run(posts=texts, strategies=["INDV vanilla"])
        with CaptureQueriesContext(connection) as captured:
            write_all(run, most=texts)
        assert claim_batch(worker="w", limit=1) is None
        return len(captured)

    queries(1)  # what is stored once, such as the environment

    assert queries(7) - queries(3) == 4


@pytest.mark.parametrize("character", ["\0", "\ud83d"])
def test_text_that_no_database_takes_is_named_as_broken(character: str) -> None:
    run = make_run(posts=1, strategies=["INDV vanilla"])

    write_all(run, text_for=lambda chain, step: f"{TEXT}{character}")

    step = Step.objects.get()
    assert (step.status, step.failure_kind, step.output) == (StepStatus.FAILED, "invalid_output", "")
    assert Response.objects.count() == 0
