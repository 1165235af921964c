"""Ask one server for one text after another: tries, waits, and what the server's refusals teach."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from openai import APIError, AsyncOpenAI, Omit

from generation.backends.base import Completion, Decoding, Failure, Message, Outcome
from generation.backends.openai_answers import read_answer
from generation.backends.openai_errors import Trouble, read_error
from generation.backends.openai_settings import Dialect, Settings, not_applied
from generation.backends.retrying import RetryPolicy, SharedTime

logger = logging.getLogger(__name__)


class Asker:
    """Makes the requests of one batch, at most `concurrency` at a time."""

    def __init__(
        self,
        client: AsyncOpenAI,
        dialect: Dialect,
        retry: RetryPolicy,
        *,
        model: str,
        headers: Mapping[str, str | Omit],
        concurrency: int,
    ) -> None:
        self._client = client
        self._dialect = dialect
        self._retry = retry
        self._model = model
        self._headers = headers
        self._slots = asyncio.Semaphore(concurrency)
        self._time = SharedTime()

    async def ask(
        self, chat: Sequence[Message], decoding: Decoding, *, seed: int, time_asked: int = 0
    ) -> Outcome:
        """Ask until there is an answer, or no use in asking again.

        A chat that the batch holds several times is sent with a seed of its own each time, which is named in
        the completion's provider: with the same seed a server may repeat itself word for word.
        A request that waits before its next try keeps its slot: a busy server is not asked by others instead.
        """
        async with self._slots:
            mark = self._time.enter()
            try:
                outcome = await self._ask(chat, decoding, seed=seed + time_asked, mark=mark)
                return _with_provider(outcome, {"seed": seed + time_asked}) if time_asked else outcome
            finally:
                self._time.leave()

    async def _ask(self, chat: Sequence[Message], decoding: Decoding, *, seed: int, mark: float) -> Outcome:
        began, tries = time.monotonic(), 0
        while True:
            tries += 1
            settings = self._dialect.settings(decoding, seed=seed)
            system_turn = self._dialect.system_turn
            try:
                body, request_id = await self._request(self._dialect.turns(chat), settings)
            except APIError as error:
                trouble = read_error(error, model=self._model)
            else:
                outcome = read_answer(body, request_id=request_id, seconds=self._time.share_since(mark))
                unapplied = not_applied(decoding, settings)
                return _with_provider(
                    outcome, {"tries": tries, "system_turn": system_turn, "not_applied": unapplied}
                )
            if self._has_learnt(trouble, settings=settings, system_turn=system_turn):
                continue
            wait_s = self._wait_s(trouble, tries=tries, spent_s=time.monotonic() - began)
            if wait_s is None:
                return _given_up(trouble, tries)
            logger.info("%s Try %d in %.1f s.", trouble.failure.detail, tries + 1, wait_s)
            await asyncio.sleep(wait_s)

    async def _request(self, turns: list[dict[str, str]], settings: Settings) -> tuple[bytes, str | None]:
        """Return the answer's body, unread, and the server's id of the request. Raises APIError."""
        raw = await self._client.chat.completions.with_raw_response.create(
            model=self._model,
            messages=cast(Any, turns),
            extra_body=settings,
            extra_headers=self._headers,
        )
        return raw.http_response.content, raw.headers.get("x-request-id")

    def _has_learnt(self, trouble: Trouble, *, settings: Settings, system_turn: str) -> bool:
        """Whether the request was refused for its form alone, and another form is known now."""
        if trouble.refuses_system_turn and system_turn == "own":
            self._dialect.fold_system_turn()
            return True
        return self._dialect.learn_settings(trouble.refused_settings, sent=settings)

    def _wait_s(self, trouble: Trouble, *, tries: int, spent_s: float) -> float | None:
        if not trouble.may_pass:
            return None
        return self._retry.wait_s(tries=tries, asked_s=trouble.asked_wait_s, spent_s=spent_s)


def _with_provider(outcome: Outcome, more: Mapping[str, str | int]) -> Outcome:
    if isinstance(outcome, Completion):
        return replace(outcome, provider={**outcome.provider, **more})
    return outcome


def _given_up(trouble: Trouble, tries: int) -> Failure:
    times = f" Tried {tries} times." if tries > 1 else ""
    return replace(trouble.failure, detail=f"{trouble.failure.detail}{times}")
