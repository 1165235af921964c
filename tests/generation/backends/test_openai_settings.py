"""What the API backend sends of a run's decoding, and what it records as not applied."""

import threading

import pytest

from generation.backends.base import Completion, Decoding, FailureKind
from tests.generation.backends.api_server import Reply, Request, completion, error, in_turn, serve
from tests.generation.backends.asking import CHAT, POST, ask, backend_for


def test_settings_without_effect_are_left_out() -> None:
    decoding = Decoding(max_new_tokens=24, temperature=0, top_p=0.9, repetition_penalty=1.0)

    with serve(in_turn(completion())) as server:
        [outcome] = ask(backend_for(server), decoding=decoding)

    assert {"temperature": 0, "seed": 36, "max_tokens": 24}.items() <= server.requests[0].body.items()
    assert {"top_p", "repetition_penalty"}.isdisjoint(server.requests[0].body)
    assert outcome.provider["not_applied"] == ""


def test_settings_that_the_api_has_not_are_recorded_and_the_text_is_not_cut() -> None:
    text = "One sentence. Another one. And a third."
    decoding = Decoding(24, 0.1, repetition_penalty=1.2, end_at_sentence_after=3)

    with serve(in_turn(completion(text))) as server:
        [outcome] = ask(backend_for(server), decoding=decoding)

    assert server.requests[0].body["repetition_penalty"] == 1.2
    assert (outcome.text, outcome.provider["not_applied"]) == (text, "end_at_sentence_after")


def test_newer_models_get_the_token_limit_under_its_other_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: Request) -> Reply:
        if "max_tokens" in request.body:
            return error(
                400,
                message="Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead.",
                type="invalid_request_error",
                param="max_tokens",
                code="unsupported_parameter",
            )
        if "temperature" in request.body:
            return error(400, param="temperature", code="unsupported_value", type="invalid_request_error")
        return completion()

    with serve(answer) as server:
        backend = backend_for(server)
        first = ask(backend)
        second = ask(backend)

    assert (first[0].provider["tries"], second[0].provider["tries"]) == (3, 1)
    assert second[0].provider["not_applied"] == "temperature"
    body = server.requests[-1].body
    assert (body["max_completion_tokens"], "max_tokens" in body, body["seed"]) == (24, False, 36)


def test_requests_refused_side_by_side_all_learn() -> None:
    all_here = threading.Barrier(4)

    def answer(request: Request) -> Reply:
        if "max_tokens" in request.body:
            all_here.wait(30)
            return error(400, param="max_tokens", code="unsupported_parameter")
        return completion()

    with serve(answer) as server:
        outcomes = ask(backend_for(server, concurrency=4), chats=[CHAT] * 4)

    assert [type(outcome) for outcome in outcomes] == [Completion] * 4


def test_server_that_takes_no_token_limit_is_given_up() -> None:
    def answer(request: Request) -> Reply:
        name = "max_tokens" if "max_tokens" in request.body else "max_completion_tokens"
        return error(400, param=name, code="unsupported_parameter")

    with serve(answer) as server:
        [outcome] = ask(backend_for(server))

    assert outcome.kind is FailureKind.UNAVAILABLE
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "refusal",
    [
        Reply({"detail": "Unexpected fields in the request: {'repetition_penalty'}"}, status=422),
        error(
            400, message="Unrecognized request argument supplied: repetition_penalty", code=None, param=None
        ),
        Reply(
            {"detail": [{"type": "extra_forbidden", "loc": ["body", "repetition_penalty"], "input": POST}]},
            status=422,
        ),
    ],
)
def test_setting_that_a_server_does_not_know_is_left_out_and_recorded(refusal: Reply) -> None:
    decoding = Decoding(24, 0.1, repetition_penalty=1.2)

    with serve(lambda request: refusal if "repetition_penalty" in request.body else completion()) as server:
        [outcome] = ask(backend_for(server), decoding=decoding)

    assert (outcome.provider["not_applied"], outcome.provider["tries"]) == ("repetition_penalty", 2)
    assert server.requests[-1].body["temperature"] == 0.1


def test_a_prompt_quoted_in_an_error_changes_no_setting() -> None:
    refusal = error(400, message="Cannot read: Unknown parameter: 'temperature', she said.", code=None)

    with serve(in_turn(refusal)) as server:
        [outcome] = ask(backend_for(server))

    assert outcome.kind is FailureKind.UNAVAILABLE
    assert len(server.requests) == 1


def test_model_without_system_turn_gets_the_system_prompt_in_the_first_user_turn() -> None:
    def answer(request: Request) -> Reply:
        if request.body["messages"][0]["role"] == "system":
            return error(400, message="System role not supported", type="BadRequestError", code=400)
        return completion()

    with serve(answer) as server:
        [outcome] = ask(backend_for(server))

    assert server.requests[-1].body["messages"] == [{"role": "user", "content": f"Answer briefly.\n\n{POST}"}]
    assert outcome.provider["system_turn"] == "in first user turn"
