import pytest

from generation.domain.run import regenerate
from generation.enums import ResponseSource, ResponseStatus
from generation.models import Chain, GenerationRun, Response, Step
from generation.queries.review import near_duplicates_of, responses_to_review, rivals_of, text_before
from tests.factories import write_all
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db

SHARED = "It is a wonder that you still stand. Rest a while, and ask a friend to sit with you tonight."


def same_text(chain: Chain, step: Step) -> str:
    return SHARED


@pytest.fixture
def run() -> GenerationRun:
    """Two conditions, one of them with a text per dimension, all with the same text."""
    run = make_run(posts=2, strategies=["INDV vanilla", "INDV +cons"])
    write_all(run, text_for=same_text)
    return run


def person_writes(run: GenerationRun, text: str = SHARED) -> Response:
    return Response.objects.create(
        source=ResponseSource.HUMAN,
        post=Chain.objects.filter(run_model__run=run).first().post,
        method="oracle_response",
        text=text,
        sha256="",
        status=ResponseStatus.VALID,
    )


def test_rivals_are_the_other_conditions_of_the_post_and_people(run: GenerationRun) -> None:
    human = person_writes(run)
    vanilla = Response.objects.filter(post=human.post, chain__strategy="INDV vanilla").get()
    guided = list(Response.objects.filter(post=human.post, chain__strategy="INDV +cons").order_by("pk"))

    assert list(rivals_of(vanilla)) == [*guided, human]
    assert list(rivals_of(guided[0])) == [vanilla, human]
    assert list(rivals_of(human)) == []


def test_replaced_and_excluded_texts_are_no_rivals(run: GenerationRun) -> None:
    human = person_writes(run, text="Another text altogether.")
    vanilla = Response.objects.get(post=human.post, chain__strategy="INDV vanilla")
    first, second = Response.objects.filter(post=human.post, chain__strategy="INDV +cons").order_by("pk")
    regenerate(first.chain)
    Response.objects.filter(pk=second.pk).update(status=ResponseStatus.EXCLUDED)

    assert list(rivals_of(vanilla)) == [human]
    assert near_duplicates_of(vanilla) == []


def test_near_duplicates_are_the_rivals_with_nearly_the_same_text(run: GenerationRun) -> None:
    vanilla = Response.objects.filter(chain__strategy="INDV vanilla").first()

    assert near_duplicates_of(vanilla) == list(rivals_of(vanilla))


def test_texts_to_review_are_those_that_count(run: GenerationRun) -> None:
    flawed = list(responses_to_review(run))
    assert flawed == list(Response.objects.filter(status="needs_review").order_by("pk"))
    assert len(flawed) > 1

    regenerate(flawed[0].chain)

    assert list(responses_to_review(run)) == flawed[1:]


def test_text_before_is_what_the_last_call_revised() -> None:
    write_all(make_run(posts=1, strategies=["ITER self-refine"], numbers=(1, 4, 6)))
    texts = list(Response.objects.order_by("step__index"))

    assert [text_before(text) for text in texts] == ["", texts[0].text, texts[1].text]
