"""A backend that answers from a function: for tests of what surrounds a model."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from generation.backends import registry
from generation.backends.base import (
    Backend,
    Completion,
    Decoding,
    Environment,
    Failure,
    FailureKind,
    FinishReason,
    Message,
    ModelRef,
    OnOutcome,
    Outcome,
    ignore_outcome,
)
from tests.factories import ENVIRONMENT, WORDS

Answer = Callable[[Sequence[Message]], str | Failure | Exception]


def kind_answer(chat: Sequence[Message]) -> str:
    """Answer each chat differently, fit to be rated."""
    words = random.Random(chat[-1].content).choices(WORDS, k=14)
    return f"You carry a great deal at present, and this may help: {' '.join(words)}."


@dataclass
class ScriptedBackend:
    """Answers chat by chat; an exception that the script returns breaks the whole batch."""

    answer: Answer = kind_answer
    environment: Environment = ENVIRONMENT
    claim_size: int = 16
    batches: list[list[Sequence[Message]]] = field(default_factory=list)

    def generate(
        self,
        chats: Sequence[Sequence[Message]],
        *,
        decoding: Decoding,
        seed: int,
        should_stop: Callable[[], bool],
        on_outcome: OnOutcome = ignore_outcome,
    ) -> list[Outcome]:
        self.batches.append(list(chats))
        outcomes = []
        for position, chat in enumerate(chats):
            outcomes.append(self._outcome(chat, should_stop))
            on_outcome(position, outcomes[-1])
        return outcomes

    def _outcome(self, chat: Sequence[Message], should_stop: Callable[[], bool]) -> Outcome:
        if should_stop():
            return Failure(FailureKind.STOPPED, "Asked to stop.")
        answered = self.answer(chat)
        if isinstance(answered, Exception):
            raise answered
        if isinstance(answered, Failure):
            return answered
        return Completion(answered, FinishReason.SENTENCE, tokens_in=100, tokens_out=40, seconds=0.1)


_current: list[Backend] = []


def load(ref: ModelRef) -> Backend:
    """The loader that `use` registers."""
    return _current[-1]


def use(backend: ScriptedBackend, monkeypatch: pytest.MonkeyPatch) -> ScriptedBackend:
    """Let every model of the process be answered by `backend` until the test ends."""
    registry.unload_all()
    _current[:] = [backend]
    monkeypatch.setitem(registry.LOADERS, "transformers", f"{__name__}.load")
    return backend
