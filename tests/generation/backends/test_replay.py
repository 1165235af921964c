import platform

import pytest

from generation.backends.base import (
    Completion,
    Decoding,
    Failure,
    FailureKind,
    FinishReason,
    Message,
    Outcome,
)
from generation.backends.replay import Chat, ReplayBackend, is_recorded_refusal

REFUSAL = (
    "Error code: 400 - {'error': {'message': \"The response was filtered\", 'type': None, 'param': 'prompt', "
    "'code': 'content_filter', 'status': 400}}"
)


def chat(*contents: str) -> Chat:
    return tuple(Message("user", content) for content in contents)


def answers(backend: ReplayBackend, *chats: Chat, stop_after: int = 99) -> list[Outcome]:
    """Ask for the chats, and check that each outcome was told when it was known."""
    told: list[tuple[int, Outcome]] = []
    outcomes = backend.generate(
        chats,
        decoding=Decoding(max_new_tokens=8, temperature=0),
        seed=36,
        should_stop=lambda: len(told) >= stop_after,
        on_outcome=lambda position, outcome: told.append((position, outcome)),
    )
    assert told == list(enumerate(outcomes))
    return outcomes


def text(content: str) -> Completion:
    return Completion(content, FinishReason.STOP, tokens_in=0, tokens_out=0, seconds=0.0)


def test_each_chat_gets_the_answer_recorded_for_it_byte_for_byte() -> None:
    backend = ReplayBackend({chat("a"): [" One\r\n"], chat("a", "b"): ["Two"]}, model="m")

    assert answers(backend, chat("a", "b"), chat("a")) == [text("Two"), text(" One\r\n")]


def test_chat_recorded_several_times_gets_its_answers_in_recorded_order() -> None:
    backend = ReplayBackend({chat("a"): ["One", "Two"]}, model="m")

    assert answers(backend, chat("a"), chat("a"), chat("a")) == [text("One"), text("Two"), text("Two")]


@pytest.mark.parametrize("sent", [chat("a "), chat("A"), chat(), (Message("system", "a"),), chat("b")])
def test_chat_that_was_not_recorded_is_never_answered(sent: Chat) -> None:
    backend = ReplayBackend({chat("a"): ["One"], chat("b"): []}, model="m")

    assert answers(backend, sent) == [Failure(FailureKind.INVALID_OUTPUT, "This chat was not recorded.")]


def test_recorded_refusal_and_empty_answer_are_failures() -> None:
    backend = ReplayBackend({chat("a"): [REFUSAL], chat("b"): [" \n"]}, model="m")

    assert answers(backend, chat("a"), chat("b")) == [
        Failure(FailureKind.REFUSED, "The recorded answer is a content filter's."),
        Failure(FailureKind.INVALID_OUTPUT, "The recorded answer is empty."),
    ]


def test_what_is_unfinished_when_asked_to_stop_is_stopped_and_not_used_up() -> None:
    backend = ReplayBackend({chat("a"): ["One", "Two"]}, model="m")

    stopped = answers(backend, chat("a"), chat("a"), stop_after=1)

    assert stopped == [text("One"), Failure(FailureKind.STOPPED, "Asked to stop.")]
    assert answers(backend, chat("a")) == [text("Two")]


def test_environment_names_the_recorded_model() -> None:
    assert ReplayBackend({}, model="gpt-4-turbo").environment.to_dict() == {
        "backend": "replay",
        "model": "gpt-4-turbo",
        "revision": "",
        "python": platform.python_version(),
    }


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (REFUSAL, True),
        ("Error code: 429 - rate limit", False),
        ("I read about the content_filter. Error code: 400.", False),
        ("", False),
    ],
)
def test_is_recorded_refusal_knows_a_content_filters_error(answer: str, expected: bool) -> None:
    assert is_recorded_refusal(answer) is expected
