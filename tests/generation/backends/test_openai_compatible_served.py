"""The API backend with a real server and the real small model: `transformers serve` over loopback."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from generation.backends import registry
from generation.backends.base import (
    Completion,
    Decoding,
    Failure,
    FailureKind,
    FinishReason,
    Message,
    ModelRef,
    Outcome,
)
from generation.backends.openai_compatible import load
from generation.domain.worker import drain
from generation.enums import StepStatus
from generation.models import ModelSpec, Response, Step
from tests.generation.runs import make_run
from tests.transformers_server import TransformersServer

pytest.importorskip("uvicorn", reason="transformers' extra 'serving' is not installed")
pytest.importorskip("fastapi", reason="transformers' extra 'serving' is not installed")

# One test needs it. Tests with and without a database run apart, and the server would have to start twice.
pytestmark = pytest.mark.django_db(transaction=True)

GREEDY = Decoding(max_new_tokens=8, temperature=0)


@pytest.fixture(scope="module")
def server(small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TransformersServer]:
    server = TransformersServer(small_model, tmp_path_factory.mktemp("transformers") / "serve.log")
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def ref(server: TransformersServer) -> ModelRef:
    return ModelRef("openai", server.model, base_url=server.base_url, concurrency=3)


def chat(question: str) -> tuple[Message, ...]:
    return Message("system", "Answer briefly."), Message("user", question)


def ask(ref: ModelRef, chats: Sequence[Sequence[Message]], *, decoding: Decoding = GREEDY) -> list[Outcome]:
    return load(ref).generate(chats, decoding=decoding, seed=36, should_stop=lambda: False)


def test_generate_keeps_the_order_and_records_usage(ref: ModelRef) -> None:
    words = ["red", "blue", "green", "white"]
    padding = [0, 60, 5, 25]
    chats = [
        chat("word " * count + f"Repeat only this word: {word}")
        for word, count in zip(words, padding, strict=True)
    ]

    together = ask(ref, chats)
    alone = ask(replace(ref, concurrency=1), chats)

    assert [outcome.text for outcome in together] == [outcome.text for outcome in alone]
    assert [outcome.tokens_in for outcome in together] == [outcome.tokens_in for outcome in alone]
    assert together[1].tokens_in - together[0].tokens_in >= 60
    assert all(1 <= outcome.tokens_out <= 8 and outcome.seconds > 0 for outcome in together)
    provider = dict(together[0].provider)
    assert provider.pop("request_id")
    assert provider.pop("completion_id")
    assert provider == {
        "model": f"{ref.model}@main",
        "system_fingerprint": None,
        "usage": "reported",
        "reasoning_tokens": None,
        "tries": 1,
        "system_turn": "own",
        "not_applied": "",
    }


def test_generate_the_same_text_for_the_same_seed(ref: ModelRef) -> None:
    decoding = Decoding(max_new_tokens=8, temperature=0.7, top_p=0.9)

    [first] = ask(ref, [chat("Tell me a story.")], decoding=decoding)
    [second] = ask(ref, [chat("Tell me a story.")], decoding=decoding)

    assert first.text == second.text


def test_generate_at_the_limit_has_finish_reason_length(ref: ModelRef) -> None:
    [outcome] = ask(ref, [chat("Tell me a long story.")])

    assert (outcome.finish_reason, outcome.tokens_out) == (FinishReason.LENGTH, 8)


def test_generate_without_a_setting_that_this_server_does_not_take(ref: ModelRef) -> None:
    decoding = Decoding(max_new_tokens=8, temperature=0, repetition_penalty=1.1, end_at_sentence_after=4)

    [outcome] = ask(ref, [chat("Say hello.")], decoding=decoding)

    assert isinstance(outcome, Completion)
    assert outcome.provider["not_applied"] == "repetition_penalty, end_at_sentence_after"
    assert outcome.provider["tries"] == 2


def test_generate_with_a_model_that_the_server_has_not_is_a_named_failure(ref: ModelRef) -> None:
    [outcome] = ask(replace(ref, model="gpt-9"), [chat("Say hello.")])

    assert outcome == Failure(
        FailureKind.UNAVAILABLE, "The server refuses the request (status 400); check the model's name."
    )


def test_a_run_over_the_api_records_where_each_text_came_from(ref: ModelRef) -> None:
    registry.unload_all()
    make_run(posts=2, strategies=["INDV vanilla"])
    ModelSpec.objects.update(backend="openai", model=ref.model, base_url=ref.base_url, concurrency=2)

    answered = drain(worker="w", should_stop=lambda: False, budget_s=120)
    registry.unload_all()

    assert answered == 2
    assert Response.objects.count() == 2
    for step in Step.objects.all():
        assert (step.status, step.provider["model"]) == (StepStatus.DONE, f"{ref.model}@main")
        assert (step.environment.record["backend"], step.environment.record["server"]) == (
            "openai",
            ref.base_url,
        )
        assert 1 <= step.tokens_out <= 20 < step.tokens_in


def test_generate_asked_to_stop_leaves_a_long_text_behind(ref: ModelRef) -> None:
    decoding = Decoding(max_new_tokens=200, temperature=0)
    polls = iter([False, False] + [True] * 1000)

    outcomes = load(ref).generate(
        [chat("Tell me a very long story.")] * 2,
        decoding=decoding,
        seed=1,
        should_stop=lambda: next(polls),
    )

    assert [outcome.kind for outcome in outcomes] == [FailureKind.STOPPED] * 2
