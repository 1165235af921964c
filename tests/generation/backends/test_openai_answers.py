"""Answers of providers that are no text, and those that are."""

import pytest

from generation.backends.base import Failure, FailureKind, FinishReason
from tests.generation.backends.api_server import Reply, completion, in_turn, serve
from tests.generation.backends.asking import POST, ask, backend_for

NO_TEXT = "The server's answer has no text in it."


@pytest.mark.parametrize(
    ("reply", "detail"),
    [
        (Reply(b'{"choices": ['), "The server's answer is not JSON."),
        (Reply(b"<html>", headers={"content-type": "text/html"}), "The server's answer is not JSON."),
        (Reply({"choices": []}), NO_TEXT),
        (Reply({"choices": None}), NO_TEXT),
        (Reply({"error": {"message": POST}}), NO_TEXT),
        (Reply([1]), NO_TEXT),
        (Reply({"choices": [{"message": "text"}]}), NO_TEXT),
        (completion("  \n"), "The model's answer is empty."),
        (completion(None), "The model's answer is empty."),
        (completion("", finish_reason="length"), "The model used up its tokens before the first word."),
        (completion("Well.", finish_reason="abort"), "The text ended for a reason that is not known."),
        (completion("Well.", finish_reason=None), "The text ended for a reason that is not known."),
        (completion("Well\x00."), "The text holds signs that no database stores."),
        (completion("Well\ud83d."), "The text holds signs that no database stores."),
    ],
)
def test_answer_without_a_text_is_invalid(reply: Reply, detail: str) -> None:
    with serve(in_turn(reply)) as server:
        [outcome] = ask(backend_for(server))

    assert outcome == Failure(FailureKind.INVALID_OUTPUT, detail)


@pytest.mark.parametrize(
    ("word", "finish_reason"),
    [
        ("stop", FinishReason.STOP),
        ("eos_token", FinishReason.STOP),
        ("eos", FinishReason.STOP),
        ("model_length", FinishReason.LENGTH),
    ],
)
def test_words_of_other_servers_for_the_end_are_understood(word: str, finish_reason: FinishReason) -> None:
    with serve(in_turn(completion("Well.", finish_reason=word))) as server:
        [outcome] = ask(backend_for(server))

    assert outcome.finish_reason is finish_reason


def test_answer_at_the_limit_has_finish_reason_length() -> None:
    with serve(in_turn(completion("You could", finish_reason="length"))) as server:
        [outcome] = ask(backend_for(server))

    assert (outcome.text, outcome.finish_reason) == ("You could", FinishReason.LENGTH)


def test_missing_usage_is_recorded_as_not_reported() -> None:
    body = dict(completion().body)
    del body["usage"]

    with serve(in_turn(Reply(body))) as server:
        [outcome] = ask(backend_for(server))

    assert (outcome.tokens_in, outcome.tokens_out, outcome.provider["usage"]) == (0, 0, "not reported")
