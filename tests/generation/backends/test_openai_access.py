"""Where requests go, and with what key."""

import logging
from dataclasses import replace

import pytest

from generation.backends.base import (
    BackendUnavailableError,
    Completion,
    Decoding,
    ModelRef,
)
from generation.backends.openai_compatible import load
from tests.generation.backends.api_server import completion, error, in_turn, serve
from tests.generation.backends.asking import KEY, POST, ask, backend_for


def test_key_goes_to_the_server_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RESORT_TEST_KEY", KEY)
    echo = error(400, message=f"{KEY}: {POST}", code=KEY)

    with (
        caplog.at_level(logging.DEBUG),
        serve(in_turn(error(503, message=KEY), completion(), echo)) as server,
    ):
        backend = backend_for(server, api_key_variable="RESORT_TEST_KEY")
        outcomes = ask(backend) + ask(backend)

    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {KEY}"}
    written = f"{caplog.text}{backend.environment.to_dict()}{outcomes}{vars(backend)}"
    assert "Try 2" in written
    assert (KEY in written, POST in written, "HTTP Request" in written) == (False, False, False)


def test_server_that_needs_no_key_gets_none_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    with serve(in_turn(completion())) as server:
        [outcome] = ask(backend_for(server))

    assert isinstance(outcome, Completion)
    headers = server.requests[0].headers
    assert {"authorization", "openai-organization", "openai-project"}.isdisjoint(headers)
    assert KEY not in str(headers)


def test_azure_gets_its_own_address_and_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_TEST_KEY", KEY)
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "another")
    decoding = Decoding(24, 0.1, repetition_penalty=1.2)

    with serve(in_turn(completion())) as server:
        backend = backend_for(
            server,
            model="our-gpt4",
            base_url=server.url.removesuffix("/v1"),
            api_version="2024-10-21",
            api_key_variable="AZURE_TEST_KEY",
        )
        [outcome] = ask(backend, decoding=decoding)

    [request] = server.requests
    assert request.path == "/openai/deployments/our-gpt4/chat/completions?api-version=2024-10-21"
    assert (request.headers["api-key"], "authorization" in request.headers) == (KEY, False)
    assert outcome.provider["not_applied"] == "repetition_penalty"
    assert "repetition_penalty" not in request.body


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"api_key_variable": "RESORT_ABSENT_KEY"},
            "The model's key is missing: "
            "set the environment variable RESORT_ABSENT_KEY where the workers run.",
        ),
        ({"base_url": ""}, "The model m needs a key; name the environment variable that holds it."),
        (
            {"api_version": "2024-10-21"},
            "The model m needs a key; name the environment variable that holds it.",
        ),
        (
            {"base_url": "", "api_version": "2024-10-21"},
            "The model m has an Azure version but no Azure address.",
        ),
        (
            {"base_url": "ftp://127.0.0.1"},
            "The server's address must begin with http:// or https:// and a name.",
        ),
        ({"base_url": "http://"}, "The server's address must begin with http:// or https:// and a name."),
        ({"base_url": "http://h:x/"}, "The server's address must begin with http:// or https:// and a name."),
        (
            {"base_url": f"http://me:{KEY}@127.0.0.1/v1"},
            "The server's address must hold no user name, password or '?'; a key belongs into a variable.",
        ),
        (
            {"base_url": f"http://127.0.0.1/v1?key={KEY}"},
            "The server's address must hold no user name, password or '?'; a key belongs into a variable.",
        ),
        (
            {"chat_format": "plain"},
            "The model m is reached over an API, which takes chats only; "
            "choose the model's own chat template.",
        ),
    ],
)
def test_load_refuses_what_cannot_work(fields: dict[str, str], sentence: str) -> None:
    ref = replace(ModelRef("openai", "m", base_url="http://127.0.0.1:9"), **fields)

    with pytest.raises(BackendUnavailableError) as refusal:
        load(ref)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    "variable", ["SECRET_KEY", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY", KEY, "HOME", "A KEY"]
)
def test_load_sends_no_other_variable_than_a_key(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "value")

    with pytest.raises(BackendUnavailableError) as refusal:
        load(ModelRef("openai", "m", base_url="http://127.0.0.1:9", api_key_variable=variable))

    assert str(refusal.value) == (
        "The name of the variable that holds the model's key must be letters, digits and _, "
        "end with KEY or TOKEN, and have no SECRET in it."
    )


def test_load_refuses_a_key_that_would_break_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESORT_TEST_KEY", "two\nlines")

    with pytest.raises(BackendUnavailableError) as refusal:
        load(ModelRef("openai", "m", base_url="http://127.0.0.1:9", api_key_variable="RESORT_TEST_KEY"))

    assert str(refusal.value) == "The environment variable RESORT_TEST_KEY holds no valid key."
