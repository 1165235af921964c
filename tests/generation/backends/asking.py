"""One chat and the means to ask an API backend for its answer."""

from collections.abc import Sequence
from dataclasses import replace

from generation.backends.base import Decoding, Message, ModelRef, Outcome
from generation.backends.openai_access import read_access
from generation.backends.openai_compatible import OpenAIBackend, load
from generation.backends.retrying import RetryPolicy
from tests.generation.backends.api_server import Answer, ApiServer, Reply

GREEDY = Decoding(max_new_tokens=24, temperature=0)
POST = "Since the accident I cannot sleep."
CHAT = (Message("system", "Answer briefly."), Message("user", POST))
KEY = "sk-test-4711"
QUICK = RetryPolicy(tries=3, first_wait_s=0.001, longest_wait_s=0.002)


def backend_for(
    server: ApiServer, *, retry: RetryPolicy = QUICK, answer_timeout_s: float = 60, **fields: object
) -> OpenAIBackend:
    ref = replace(ModelRef("openai", "gpt-4", base_url=server.url), **fields)
    return OpenAIBackend(
        read_access(ref),
        environment=load(ref).environment,
        concurrency=ref.concurrency,
        retry=retry,
        answer_timeout_s=answer_timeout_s,
    )


def ask(
    backend: OpenAIBackend, chats: Sequence[Sequence[Message]] = (CHAT,), decoding: Decoding = GREEDY
) -> list[Outcome]:
    return backend.generate(chats, decoding=decoding, seed=36, should_stop=lambda: False)


def answer_by_post(replies: dict[str, Reply]) -> Answer:
    """Reply to each post with its own reply."""
    return lambda request: replies[request.body["messages"][-1]["content"]]
