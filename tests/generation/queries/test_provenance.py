import json
from dataclasses import replace

import pytest
from pytest_django import DjangoAssertNumQueries

from generation.domain.review import edit
from generation.enums import ResponseSource, ResponseStatus
from generation.models import Post, Response, Step
from generation.provenance import ReviewRecord
from generation.queries.provenance import response_record, response_records
from tests.factories import make_user, write_all
from tests.generation.runs import make_run

pytestmark = pytest.mark.django_db

FLAWED = "Rating: 7. You carry a great deal, and you may put it down for an evening and call a friend."
BETTER = "You carry a great deal, and you may put it down for an evening and call a friend of yours."


def test_record_of_a_models_text_has_all_that_led_to_it() -> None:
    run = make_run(posts=1, strategies=["INDV +appr"], numbers=[4])
    write_all(run)
    Step.objects.update(earlier_attempts=2, provider={"id": "abc"})
    response = Response.objects.get()
    first, last = Step.objects.order_by("index")

    record = response_record(response)

    assert (record.response_id, record.source, record.dimension) == (
        response.pk,
        "model",
        "problem_focused_coping",
    )
    assert (record.text, record.response_sha256) == (response.text, response.sha256)
    assert (record.post.position, record.post.sha256) == (1, response.post.sha256)
    assert [(call.messages, call.output) for call in record.calls] == [
        (first.messages, first.output),
        (last.messages, last.output),
    ]
    assert [turn["role"] for turn in record.calls[1].messages] == ["system", "user", "assistant", "user"]
    assert [(call.attempts, call.seed, call.batch_size, call.provider) for call in record.calls] == [
        (3, 1, 1, {"id": "abc"})
    ] * 2
    assert record.calls[0].environment == first.environment.record
    assert list(record.environments) == [first.environment.sha256]
    assert record.totals is not None
    assert replace(record.totals, seconds=0) == type(record.totals)(2, 6, 200, 80, 0)
    assert record.totals.seconds == pytest.approx(0.2)


def test_record_names_run_model_and_sets() -> None:
    run = make_run(posts=1, strategies=["INDV vanilla"])
    write_all(run)
    spec = run.run_models.get().model_spec

    record = response_record(Response.objects.get())

    assert record.run is not None
    assert (record.run.number, record.run.seed, record.run.decoding) == (run.pk, 36, run.decoding)
    assert (record.run.strategy, record.run.generation_no, record.run.is_current) == ("INDV vanilla", 1, True)
    assert (record.run.model.name, record.run.model.model, record.run.model.dtype) == (
        spec.name,
        spec.model,
        spec.dtype,
    )
    for reference, version in (
        (record.run.constitution_set, run.constitution_set),
        (record.run.prompt_set, run.prompt_set),
    ):
        assert (reference.name, reference.version, reference.sha256) == (
            version.name,
            version.version,
            version.content_hash,
        )


def test_record_of_a_refinements_earlier_text_ends_with_its_own_call() -> None:
    write_all(make_run(posts=1, strategies=["ITER self-refine"], numbers=(1, 4, 6)))
    responses = Response.objects.order_by("step__index")

    records = list(response_records(responses))

    assert [(record.is_final, len(record.calls)) for record in records] == [(False, 1), (False, 2), (True, 3)]


def test_record_of_an_edited_text_has_both_texts() -> None:
    write_all(make_run(posts=1, strategies=["INDV vanilla"]), text_for=lambda chain, step: FLAWED)
    user = make_user("manager")
    review = edit(Response.objects.get(), text=BETTER, by=user, known_reviews=0, note="Shorter")

    record = response_record(Response.objects.get())

    assert (record.was_edited, record.text, record.calls[0].output) == (True, BETTER, FLAWED)
    assert record.reviews == (
        ReviewRecord("edited", ["wrong_kind"], FLAWED, BETTER, "Shorter", user.pk, review.at),
    )


def test_record_of_a_persons_text_has_no_run() -> None:
    make_run(posts=1)
    response = Response.objects.create(
        source=ResponseSource.HUMAN,
        post=Post.objects.get(),
        method="oracle_response",
        text="Call a friend.",
        sha256="",
        status=ResponseStatus.VALID,
    )

    record = response_record(response)

    assert (record.run, record.totals, record.calls, record.method) == (None, None, (), "oracle_response")


def test_record_is_json_with_moments_in_utc() -> None:
    write_all(make_run(posts=1, strategies=["INDV vanilla"]))
    response = Response.objects.get()

    fields = json.loads(json.dumps(response_record(response).to_dict(), allow_nan=False))

    assert fields["created_at"] == response.created_at.isoformat()
    assert fields["calls"][0]["messages"] == Step.objects.get().messages


@pytest.mark.parametrize("posts", [1, 3])
def test_records_take_three_queries(posts: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    write_all(make_run(posts=posts))

    with django_assert_num_queries(3):
        records = list(response_records(Response.objects.order_by("pk")))

    assert len(records) == Response.objects.count()
