"""Answer from a recording: for conformance, never to write new texts."""

import platform
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from generation.backends.base import (
    Completion,
    Decoding,
    Failure,
    FailureKind,
    FinishReason,
    Message,
    OnOutcome,
    Outcome,
    ignore_outcome,
)

Chat = tuple[Message, ...]

# The release keeps what the API said to a filtered post as if it were the answer (pipeline_components/
# chat_agents.py: any other error is asked again).
_REFUSAL = re.compile(r"\s*Error code: \d{3}\b.*\bcontent_filter\b", re.DOTALL)


def is_recorded_refusal(text: str) -> bool:
    """Say whether a recorded answer is an API's content-filter error and not a text."""
    return _REFUSAL.match(text) is not None


@dataclass(frozen=True)
class ReplayEnvironment:
    """Where the recording is from; what the model ran on is not in it."""

    backend: str
    model: str
    revision: str
    python: str

    def to_dict(self) -> dict[str, str | int]:
        return asdict(self)


class ReplayBackend:
    """Answers each chat with what was recorded for that very chat, byte for byte.

    A chat recorded several times gets its answers in recorded order, then the last one again. A chat that was
    not recorded, or whose answer is empty, fails as INVALID_OUTPUT: an answer is never made up. Tokens and
    seconds are 0, since the recording does not hold them.
    """

    claim_size = 256

    def __init__(self, recorded: Mapping[Chat, Sequence[str]], *, model: str) -> None:
        self.environment = ReplayEnvironment("replay", model, "", platform.python_version())
        self._recorded = recorded
        self._asked: defaultdict[Chat, int] = defaultdict(int)

    def generate(
        self,
        chats: Sequence[Sequence[Message]],
        *,
        decoding: Decoding,
        seed: int,
        should_stop: Callable[[], bool],
        on_outcome: OnOutcome = ignore_outcome,
    ) -> list[Outcome]:
        outcomes = []
        for position, chat in enumerate(chats):
            stopped = should_stop()
            outcomes.append(
                Failure(FailureKind.STOPPED, "Asked to stop.") if stopped else self._answer(tuple(chat))
            )
            on_outcome(position, outcomes[-1])
        return outcomes

    def _answer(self, chat: Chat) -> Outcome:
        answers = self._recorded.get(chat)
        if not answers:
            return Failure(FailureKind.INVALID_OUTPUT, "This chat was not recorded.")
        answer = answers[min(self._asked[chat], len(answers) - 1)]
        self._asked[chat] += 1
        if not answer.strip():
            return Failure(FailureKind.INVALID_OUTPUT, "The recorded answer is empty.")
        if is_recorded_refusal(answer):
            return Failure(FailureKind.REFUSED, "The recorded answer is a content filter's.")
        return Completion(answer, FinishReason.STOP, tokens_in=0, tokens_out=0, seconds=0.0)
