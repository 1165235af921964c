"""The API backend against a server that answers as providers do: order, pace, provenance, stopping."""

import asyncio
import threading
import time
from dataclasses import replace

import openai
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
from generation.backends.retrying import RetryPolicy
from tests.generation.backends.api_server import Reply, Request, completion, error, in_turn, serve
from tests.generation.backends.asking import CHAT, GREEDY, POST, answer_by_post, ask, backend_for

STOPPED = Failure(FailureKind.STOPPED, "The worker was asked to stop before the text was complete.")


def test_load_backend_finds_the_loader_and_describes_the_api() -> None:
    backend = registry.load_backend(ModelRef("openai", "m", base_url="http://127.0.0.1:9/v1/", revision="r"))
    registry.unload_all()

    figures = backend.environment.to_dict()

    assert figures.pop("python").startswith("3.")
    assert figures == {
        "backend": "openai",
        "model": "m",
        "revision": "r",
        "server": "http://127.0.0.1:9/v1",
        "api_version": "",
        "openai": openai.__version__,
    }


@pytest.mark.parametrize(("concurrency", "claim_size"), [(1, 4), (8, 32), (200, 512), (0, 4)])
def test_claim_size_keeps_the_connections_busy(concurrency: int, claim_size: int) -> None:
    backend = load(ModelRef("openai", "m", base_url="http://127.0.0.1:9", concurrency=concurrency))

    assert backend.claim_size == claim_size


def test_generate_sends_chat_and_settings_and_records_what_the_server_said() -> None:
    decoding = Decoding(max_new_tokens=24, temperature=0.1, top_p=0.9)

    with serve(in_turn(completion("  You did well.\n"))) as server:
        [outcome] = ask(backend_for(server), decoding=decoding)

    [request] = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.body == {
        "model": "gpt-4",
        "messages": [
            {"role": "system", "content": "Answer briefly."},
            {"role": "user", "content": POST},
        ],
        "max_tokens": 24,
        "temperature": 0.1,
        "top_p": 0.9,
        "seed": 36,
    }
    assert isinstance(outcome, Completion)
    assert replace(outcome, seconds=0) == Completion(
        "You did well.",
        FinishReason.STOP,
        tokens_in=12,
        tokens_out=4,
        seconds=0,
        provider={
            "request_id": "req_1",
            "completion_id": "chatcmpl-1",
            "model": "gpt-4-0613",
            "system_fingerprint": "fp_1",
            "usage": "reported",
            "reasoning_tokens": None,
            "tries": 1,
            "system_turn": "own",
            "not_applied": "",
        },
    )


def test_generate_nothing() -> None:
    with serve(in_turn(completion())) as server:
        assert ask(backend_for(server), chats=[]) == []

    assert server.requests == []


def test_generate_keeps_the_order_whatever_comes_first_and_hands_over_in_the_callers_thread() -> None:
    posts = [str(number) for number in range(6)]
    heard: list[tuple[int, str]] = []
    first_may_go = threading.Event()

    def answer(request: Request) -> Reply:
        post = request.body["messages"][-1]["content"]
        if post == "0":
            assert first_may_go.wait(30)
        return completion(f"Answer {post}.")

    def hear(position: int, outcome: Outcome) -> None:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()  # or the database would refuse to be asked from here
        heard.append((position, threading.current_thread().name))
        if len(heard) == len(posts) - 1:
            first_may_go.set()

    with serve(answer) as server:
        outcomes = backend_for(server).generate(
            [[Message("user", post)] for post in posts],
            decoding=GREEDY,
            seed=1,
            should_stop=lambda: False,
            on_outcome=hear,
        )

    assert [outcome.text for outcome in outcomes] == [f"Answer {post}." for post in posts]
    assert sorted(heard) == [(position, threading.current_thread().name) for position in range(6)]
    assert heard[-1][0] == 0


def test_generate_asks_as_many_at_a_time_as_allowed_and_never_more() -> None:
    all_here = threading.Barrier(4)

    def answer(request: Request) -> Reply:
        all_here.wait(30)
        return completion()

    with serve(answer) as server:
        outcomes = ask(backend_for(server, concurrency=4), chats=[CHAT] * 12)

    assert [type(outcome) for outcome in outcomes] == [Completion] * 12
    assert server.most_at_a_time == 4


def test_seconds_of_requests_side_by_side_are_shares_of_the_time_spent() -> None:
    all_here = threading.Barrier(4)

    def answer(request: Request) -> Reply:
        all_here.wait(30)
        return completion()

    with serve(answer) as server:
        backend = backend_for(server, concurrency=4)
        began = time.monotonic()
        outcomes = ask(backend, chats=[CHAT] * 4)
        spent_s = time.monotonic() - began

    assert 0 < sum(outcome.seconds for outcome in outcomes) <= spent_s


def test_stop_during_a_hanging_request_leaves_it_behind() -> None:
    replies = {"1": completion("One."), "2": Reply(hangs=True), "3": Reply(hangs=True)}
    heard: list[int] = []

    with serve(answer_by_post(replies)) as server:
        outcomes = backend_for(server, concurrency=2).generate(
            [[Message("user", post)] for post in replies],
            decoding=GREEDY,
            seed=1,
            should_stop=lambda: len(server.requests) == 3 and heard == [0],
            on_outcome=lambda position, outcome: heard.append(position),
        )
        assert server.was_left.wait(30)

    assert [outcomes[0].text, *outcomes[1:]] == ["One.", STOPPED, STOPPED]
    assert heard == [0, 1, 2]


def test_stop_during_a_wait_ends_the_wait() -> None:
    patient = RetryPolicy(first_wait_s=10_000, longest_wait_s=10_000)

    with serve(in_turn(error(503))) as server:
        outcomes = backend_for(server, retry=patient).generate(
            [CHAT], decoding=GREEDY, seed=1, should_stop=lambda: bool(server.requests)
        )

    assert outcomes == [STOPPED]


def test_stop_before_the_start_asks_nothing() -> None:
    with serve(in_turn(completion())) as server:
        outcomes = backend_for(server).generate([CHAT] * 2, decoding=GREEDY, seed=1, should_stop=lambda: True)

    assert (outcomes, server.requests) == ([STOPPED] * 2, [])


def test_caller_that_breaks_leaves_no_request_behind() -> None:
    def breaks(position: int, outcome: Outcome) -> None:
        raise RuntimeError("the database went away")

    second_is_here = threading.Event()

    def answer(request: Request) -> Reply:
        if request.body["messages"][-1]["content"] == "2":
            second_is_here.set()
            return Reply(hangs=True)
        assert second_is_here.wait(30)
        return completion()

    with serve(answer) as server:
        with pytest.raises(RuntimeError, match="the database went away"):
            backend_for(server).generate(
                [[Message("user", "1")], [Message("user", "2")]],
                decoding=GREEDY,
                seed=1,
                should_stop=lambda: False,
                on_outcome=breaks,
            )

        assert server.was_left.wait(30)


def test_chat_that_a_batch_holds_twice_is_sent_with_a_seed_of_its_own() -> None:
    with serve(in_turn(completion("4"))) as server:
        outcomes = ask(backend_for(server, concurrency=1), [CHAT, CHAT])

    assert [request.body["seed"] for request in server.requests] == [36, 37]
    assert [outcome.provider.get("seed") for outcome in outcomes] == [None, 37]
