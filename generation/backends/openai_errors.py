"""Read what a server answers when it does not answer: what it means, and whether a later try may help.

Servers quote prompts in their error messages. So a message is only searched for marks; what is kept is our
own words, the status and the error's code.
"""

import email.utils
import math
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx2
from openai import APIConnectionError, APIError, APIStatusError, APITimeoutError

from generation.backends.base import Failure, FailureKind

_CONTENT_FILTERS = {
    "content_filter",
    "content_policy_violation",
    "ResponsibleAIPolicyViolation",  # Azure, in innererror
    "invalid_prompt",  # OpenAI's reasoning models, of a prompt against the usage policies
}
_TOO_LONG_CODES = {"context_length_exceeded", "string_above_max_length", "exceed_context_size_error"}
_TOO_LONG_WORDS = re.compile(r"maximum context length|`inputs` tokens \+ `max_new_tokens` must be")
_UNSUPPORTED_CODES = ("unsupported_parameter", "unsupported_value", "unknown_parameter", "extra_forbidden")
# At the beginning of a message only: further on it may quote the prompt.
_UNSUPPORTED_WORDS = re.compile(
    r"\W*(?:Unexpected fields in the request|Unrecognized request arguments? supplied|"
    r"Unsupported (?:parameter|value)|Unknown parameter)\W+([^.]{0,200})"
)
_NO_SYSTEM_TURN = re.compile(
    r"system role not supported|conversation roles must alternate|'messages\[0\]\.role' does not support",
    re.IGNORECASE,
)
_WORTH_ANOTHER_TRY = {408, 409, 429}


@dataclass(frozen=True)
class Trouble:
    """What a request came to that brought no answer."""

    failure: Failure  # what to record unless another try helps
    may_pass: bool = False
    asked_wait_s: float | None = None
    refused_settings: frozenset[str] = frozenset()
    refuses_system_turn: bool = False


def read_error(error: APIError, *, model: str) -> Trouble:
    if isinstance(error, APITimeoutError):
        return _passing("The server did not answer in time.")
    if isinstance(error, APIConnectionError):
        return _passing("The server cannot be reached or broke off.")
    if not isinstance(error, APIStatusError):
        return Trouble(Failure(FailureKind.INVALID_OUTPUT, "The server's answer cannot be read."))
    marks = _Marks(error)
    status = error.status_code
    if marks.codes & _CONTENT_FILTERS and status < 500:
        return Trouble(Failure(FailureKind.REFUSED, "The provider's content filter refused the prompt."))
    if status == 413 or marks.codes & _TOO_LONG_CODES or (status < 500 and marks.says(_TOO_LONG_WORDS)):
        return Trouble(Failure(FailureKind.TOO_LONG, "The prompt and the answer are too long for the model."))
    if "insufficient_quota" in marks.codes:
        return _lasting("The account with the provider has no credit left.")
    if status in _WORTH_ANOTHER_TRY or status >= 500:
        detail = "The server is busy" if status == 429 else "The server has a fault"
        return _passing(
            f"{detail} (status {status}{marks.code}).", asked_wait_s=asked_wait_s(error.response.headers)
        )
    return Trouble(
        Failure(FailureKind.UNAVAILABLE, _advice(status, marks.code, model)),
        refused_settings=marks.refused_settings() if status in (400, 422) else frozenset(),
        refuses_system_turn=status in (400, 422) and marks.says(_NO_SYSTEM_TURN),
    )


def asked_wait_s(headers: httpx2.Headers) -> float | None:
    """Return the seconds that the server asks to wait, given as milliseconds, seconds or a date."""
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    asked = headers.get("retry-after")
    if (seconds := _number(asked)) is not None:
        return seconds
    try:
        moment = email.utils.parsedate_to_datetime(asked or "")
    except ValueError:
        return None
    return max(moment.timestamp() - time.time(), 0.0)


def _advice(status: int, code: str, model: str) -> str:
    if 300 <= status < 400:
        return f"The server sends requests elsewhere (status {status}); correct its address."
    match status:
        case 401:
            return "The server does not accept the key (status 401); check the variable that holds it."
        case 403:
            return f"The key may not use the model {model[:100]} (status 403{code})."
        case 404:
            return f"The server knows no model {model[:100]} at this address (status 404{code})."
        case _:
            return f"The server refuses the request (status {status}{code}); check the model's name."


class _Marks:
    """The codes in an error's body, and its message to search, never to keep."""

    def __init__(self, error: APIStatusError) -> None:
        self._bodies = list(_nested(error.body))
        found = [body.get(name) for body in self._bodies for name in ("code", "type", "error_type")]
        codes = [code for code in found if isinstance(code, str)]
        self.codes = set(codes)
        # Shown only when it is a word of a program, so that no server can slip in a sentence or the key.
        shown = next((code for code in codes if re.fullmatch(r"[A-Za-z_]{1,50}", code)), "")
        self.code = f", {shown}" if shown else ""
        texts = [body.get(name) for body in self._bodies for name in ("message", "detail", "error", "msg")]
        self._messages = [text for text in (error.body, *texts) if isinstance(text, str)]

    def says(self, words: re.Pattern[str]) -> bool:
        return any(words.search(message) for message in self._messages)

    def refused_settings(self) -> frozenset[str]:
        """Return the names that the server says it does not take; some may be none of ours."""
        refused: set[str] = set()
        for body in self._bodies:
            if body.get("code") in _UNSUPPORTED_CODES or body.get("type") in _UNSUPPORTED_CODES:
                place = body.get("loc")
                refused |= {str(body.get("param")), *(map(str, place) if isinstance(place, list) else ())}
        for message in self._messages:
            if found := _UNSUPPORTED_WORDS.match(message):
                refused |= set(re.findall(r"\w+", found[1]))
        return frozenset(refused)


def _nested(body: object) -> Iterator[Mapping[str, object]]:
    """Yield the mappings in an error's body: itself, Azure's innererror, a list of FastAPI's details."""
    if isinstance(body, list):
        for part in body:
            yield from _nested(part)
    elif isinstance(body, dict):
        yield body
        for name in ("error", "innererror", "inner_error", "detail"):
            yield from _nested(body.get(name))


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _passing(detail: str, *, asked_wait_s: float | None = None) -> Trouble:
    return Trouble(Failure(FailureKind.UNAVAILABLE, detail), may_pass=True, asked_wait_s=asked_wait_s)


def _lasting(detail: str) -> Trouble:
    return Trouble(Failure(FailureKind.UNAVAILABLE, detail))
