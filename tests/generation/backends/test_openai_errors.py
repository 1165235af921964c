"""What providers answer when they do not answer, and what the API backend makes of it."""

import httpx2
import pytest

from generation.backends.base import Failure, FailureKind, Message
from generation.backends.openai_errors import asked_wait_s
from tests.generation.backends.api_server import Reply, completion, error, in_turn, serve
from tests.generation.backends.asking import KEY, POST, answer_by_post, ask, backend_for
from tests.processes import free_port

AZURE_FILTER = error(
    400,
    message=f"The response was filtered due to the prompt triggering the policy. {POST}",
    type=None,
    param="prompt",
    code="content_filter",
    status=400,
    innererror={
        "code": "ResponsibleAIPolicyViolation",
        "content_filter_result": {"self_harm": {"filtered": True, "severity": "medium"}},
    },
)
FILTERED = Failure(FailureKind.REFUSED, "The provider's content filter refused the prompt.")
TOO_LONG = Failure(FailureKind.TOO_LONG, "The prompt and the answer are too long for the model.")


@pytest.mark.parametrize(
    "headers", [{"retry-after": "0"}, {"retry-after-ms": "5"}, {"retry-after": "soon"}, {}]
)
def test_busy_server_is_asked_again(headers: dict[str, str]) -> None:
    busy = error(429, headers=headers, code="rate_limit_exceeded", message=POST)

    with serve(in_turn(busy, busy, completion())) as server:
        [outcome] = ask(backend_for(server))

    assert (outcome.text, outcome.provider["tries"]) == ("You did well.", 3)
    assert len(server.requests) == 3


def test_server_that_asks_for_a_wait_is_given_it() -> None:
    with serve(in_turn(error(429, headers={"retry-after-ms": "80"}), completion())) as server:
        ask(backend_for(server))

    first, second = server.requests
    assert second.at - first.at >= 0.08


def test_server_that_asks_for_a_very_long_wait_is_left_to_the_queue() -> None:
    with serve(in_turn(error(429, headers={"retry-after": "3600"}), completion())) as server:
        [outcome] = ask(backend_for(server))

    assert outcome == Failure(FailureKind.UNAVAILABLE, "The server is busy (status 429).")
    assert len(server.requests) == 1


def test_faulty_server_is_given_up_after_so_many_tries_and_only_for_the_chat_it_fails_on() -> None:
    replies = {"1": completion("One."), "2": error(500, code="server_error"), "3": completion("Three.")}

    with serve(answer_by_post(replies)) as server:
        outcomes = ask(backend_for(server), chats=[[Message("user", post)] for post in replies])

    assert outcomes[1] == Failure(
        FailureKind.UNAVAILABLE, "The server has a fault (status 500, server_error). Tried 3 times."
    )
    assert [outcomes[0].text, outcomes[2].text] == ["One.", "Three."]
    assert len(server.requests) == 5


def test_server_that_hangs_is_named_after_the_time_out() -> None:
    with serve(in_turn(Reply(hangs=True))) as server:
        [outcome] = ask(backend_for(server, answer_timeout_s=0.2))

    assert outcome == Failure(FailureKind.UNAVAILABLE, "The server did not answer in time. Tried 3 times.")


def test_server_that_is_not_there_is_named() -> None:
    with serve(in_turn(completion())) as server:
        backend = backend_for(server, base_url=f"http://127.0.0.1:{free_port()}")

        [outcome] = ask(backend)

    assert outcome == Failure(
        FailureKind.UNAVAILABLE, "The server cannot be reached or broke off. Tried 3 times."
    )


def test_out_of_credit_is_not_asked_again() -> None:
    with serve(in_turn(error(429, code="insufficient_quota", type="insufficient_quota"))) as server:
        [outcome] = ask(backend_for(server))

    assert outcome == Failure(FailureKind.UNAVAILABLE, "The account with the provider has no credit left.")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        pytest.param(AZURE_FILTER, FILTERED, id="azure"),
        pytest.param(
            error(400, code=None, innererror={"code": "ResponsibleAIPolicyViolation"}),
            FILTERED,
            id="azure, inner error only",
        ),
        pytest.param(error(400, code="content_policy_violation"), FILTERED, id="openai"),
        pytest.param(error(400, code="invalid_prompt"), FILTERED, id="openai, reasoning model"),
        pytest.param(
            completion("I would", finish_reason="content_filter"),
            Failure(FailureKind.REFUSED, "The provider's content filter held the text back."),
            id="answer filtered",
        ),
        pytest.param(
            Reply({"choices": [{"index": 0, "finish_reason": "content_filter"}]}),
            Failure(FailureKind.REFUSED, "The provider's content filter held the text back."),
            id="answer filtered, no message",
        ),
        pytest.param(
            completion(None, refusal=f"I cannot help with: {POST}"),
            Failure(FailureKind.REFUSED, "The model refused to answer."),
            id="refusal",
        ),
        pytest.param(
            error(400, code="context_length_exceeded", param="messages", message=POST), TOO_LONG, id="openai"
        ),
        pytest.param(
            Reply(
                {
                    "object": "error",
                    "message": "This model's maximum context length is 4096 tokens. You asked for 5000.",
                    "type": "BadRequestError",
                    "param": None,
                    "code": 400,
                },
                status=400,
            ),
            TOO_LONG,
            id="vllm",
        ),
        pytest.param(error(400, code=400, type="exceed_context_size_error"), TOO_LONG, id="llama.cpp"),
        pytest.param(Reply(b"too large", status=413), TOO_LONG, id="proxy"),
        pytest.param(
            error(401, code="invalid_api_key", message=f"Incorrect API key provided: {KEY}"),
            Failure(
                FailureKind.UNAVAILABLE,
                "The server does not accept the key (status 401); check the variable that holds it.",
            ),
            id="key",
        ),
        pytest.param(
            error(403, code="unsupported_country_region_territory"),
            Failure(
                FailureKind.UNAVAILABLE,
                "The key may not use the model gpt-4 (status 403, unsupported_country_region_territory).",
            ),
            id="right",
        ),
        pytest.param(
            error(404, code="DeploymentNotFound"),
            Failure(
                FailureKind.UNAVAILABLE,
                "The server knows no model gpt-4 at this address (status 404, DeploymentNotFound).",
            ),
            id="model",
        ),
        pytest.param(
            Reply(b"", status=307, headers={"location": "http://127.0.0.1:9/"}),
            Failure(
                FailureKind.UNAVAILABLE,
                "The server sends requests elsewhere (status 307); correct its address.",
            ),
            id="redirect",
        ),
        pytest.param(
            error(400, code=f"Odd: {POST}", message=POST),
            Failure(
                FailureKind.UNAVAILABLE,
                "The server refuses the request (status 400); check the model's name.",
            ),
            id="unknown",
        ),
    ],
)
def test_refusal_is_named_and_not_asked_again(reply: Reply, failure: Failure) -> None:
    with serve(in_turn(reply)) as server:
        [outcome] = ask(backend_for(server))

    assert outcome == failure
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("headers", "asked_s"),
    [
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "20"}, 20.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_asked_wait_is_read_as_milliseconds_seconds_or_date(
    headers: dict[str, str], asked_s: float | None
) -> None:
    assert asked_wait_s(httpx2.Headers(headers)) == asked_s
