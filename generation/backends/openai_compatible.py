"""A model behind an OpenAI-compatible API: OpenAI, Azure, vLLM, Ollama, `transformers serve` and others."""

import asyncio
import platform
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import openai
from openai import AsyncOpenAI

from generation.backends.base import (
    Decoding,
    Failure,
    FailureKind,
    Message,
    ModelRef,
    OnOutcome,
    Outcome,
    RemoteEnvironment,
    ignore_outcome,
)
from generation.backends.openai_access import Access, read_access
from generation.backends.openai_connection import connect, read_certificates, withheld_headers
from generation.backends.openai_request import Asker
from generation.backends.openai_settings import Dialect
from generation.backends.retrying import RetryPolicy

# Enough to keep all connections busy while answers are recorded, little enough to share a run with others.
CLAIMED_ROUNDS, LARGEST_CLAIM = 4, 512
# A whole text, and on a small server the texts before it, are written within the time of one answer.
ANSWER_TIMEOUT_S = 300.0
LOOKS_UP_EVERY_S = 0.2


def load(ref: ModelRef) -> "OpenAIBackend":
    """Asks the server nothing yet. Raises BackendUnavailableError."""
    access = read_access(ref)
    environment = RemoteEnvironment(
        backend=ref.backend,
        model=ref.model,
        revision=ref.revision,
        server=access.base_url,
        api_version=access.api_version,
        openai=openai.__version__,
        python=platform.python_version(),
    )
    return OpenAIBackend(access, environment=environment, concurrency=ref.concurrency)


class OpenAIBackend:
    def __init__(
        self,
        access: Access,
        *,
        environment: RemoteEnvironment,
        concurrency: int,
        retry: RetryPolicy | None = None,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        """concurrency bounds the requests in flight."""
        self.environment = environment
        self.concurrency = max(concurrency, 1)
        self.claim_size = max(self.concurrency, min(self.concurrency * CLAIMED_ROUNDS, LARGEST_CLAIM))
        self._access = access
        self._retry = retry or RetryPolicy()
        self._answer_timeout_s = answer_timeout_s
        self._dialect = Dialect(is_openai=access.is_openai)
        self._certificates = read_certificates(access)

    def generate(
        self,
        chats: Sequence[Sequence[Message]],
        *,
        decoding: Decoding,
        seed: int,
        should_stop: Callable[[], bool],
        on_outcome: OnOutcome = ignore_outcome,
    ) -> list[Outcome]:
        """Answer every chat, same order; requests in flight are left behind once should_stop() is true.

        The seconds of a completion are its share of the time, split at any moment among the requests then
        under way, so that shares add up to the time spent; failed tries and the waits after them are in it.
        Settings that the server was not sent are named in the completion's provider as not_applied.
        """
        outcomes: dict[int, Outcome] = {}

        def settle(position: int, outcome: Outcome) -> None:
            outcomes[position] = outcome
            on_outcome(position, outcome)

        with asyncio.Runner() as runner:
            client = self._connect()
            asker = self._asker(client)
            loop = runner.get_loop()
            under_way = {
                loop.create_task(asker.ask(chat, decoding, seed=seed, time_asked=time_asked)): position
                for position, (chat, time_asked) in enumerate(_count_times(chats))
            }
            try:
                # The loop rests while outcomes are handed over: what the caller does with them may block.
                while under_way and not should_stop():
                    for task in runner.run(_first_done(under_way)):
                        settle(under_way.pop(task), task.result())
            finally:
                runner.run(_leave(under_way, client))
        for position in sorted(under_way.values()):
            settle(position, _STOPPED)
        return [outcomes[position] for position in range(len(chats))]

    def _connect(self) -> AsyncOpenAI:
        """Open a client for one batch: connections belong to the batch's event loop."""
        return connect(
            self._access,
            certificates=self._certificates,
            answer_timeout_s=self._answer_timeout_s,
            connections=self.concurrency,
        )

    def _asker(self, client: AsyncOpenAI) -> Asker:
        return Asker(
            client,
            self._dialect,
            self._retry,
            model=self.environment.model,
            headers=withheld_headers(self._access),
            concurrency=self.concurrency,
        )


def _count_times(chats: Sequence[Sequence[Message]]) -> Iterator[tuple[Sequence[Message], int]]:
    """Yield each chat with the times it came before in the batch."""
    before: Counter[tuple[Message, ...]] = Counter()
    for chat in chats:
        yield chat, before[tuple(chat)]
        before[tuple(chat)] += 1


async def _first_done(tasks: Mapping[asyncio.Task[Outcome], int]) -> list[asyncio.Task[Outcome]]:
    """Wait for the first answers, or until it is time to look up."""
    done, _ = await asyncio.wait(tasks, timeout=LOOKS_UP_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
    return sorted(done, key=tasks.__getitem__)


async def _leave(tasks: Mapping[asyncio.Task[Outcome], int], client: AsyncOpenAI) -> None:
    """Drop the requests that nobody waits for any more, and close every connection."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await client.close()


_STOPPED = Failure(FailureKind.STOPPED, "The worker was asked to stop before the text was complete.")
