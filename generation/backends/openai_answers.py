"""Read a server's answer: a completion or a named failure, whatever the server sent."""

import json
from collections.abc import Mapping

from generation.backends.base import Completion, Failure, FailureKind, FinishReason, Outcome

# "eos_token" is text-generation-inference's word, "eos" Together's, "model_length" Mistral's.
_FINISH_REASONS = {
    "stop": FinishReason.STOP,
    "eos_token": FinishReason.STOP,
    "eos": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,
}
_LARGEST_COUNT = 2**31 - 1

Provider = dict[str, str | int | None]


def read_answer(body: bytes, *, request_id: str | None, seconds: float) -> Outcome:
    """Read the body of a request that succeeded. A failure's detail quotes nothing of it."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return _invalid("The server's answer is not JSON.")
    choice = _first_choice(answer)
    message = _mapping(choice.get("message"))
    if choice.get("finish_reason") == "content_filter":  # some then send no message at all
        return Failure(FailureKind.REFUSED, "The provider's content filter held the text back.")
    if not message:
        return _invalid("The server's answer has no text in it.")
    if message.get("refusal"):
        return Failure(FailureKind.REFUSED, "The model refused to answer.")
    finish_reason = _FINISH_REASONS.get(str(choice.get("finish_reason")))
    content = message.get("content")
    text = content.strip() if isinstance(content, str) else ""
    if failure := _find_fault(text, finish_reason):
        return failure
    usage = _mapping(answer.get("usage"))
    tokens_in, tokens_out = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    return Completion(
        text,
        finish_reason or FinishReason.STOP,
        tokens_in=tokens_in or 0,
        tokens_out=tokens_out or 0,
        seconds=seconds,
        provider={
            "request_id": _name(request_id),
            "completion_id": _name(answer.get("id")),
            "model": _name(answer.get("model")),
            "system_fingerprint": _name(answer.get("system_fingerprint")),
            "usage": "reported" if None not in (tokens_in, tokens_out) else "not reported",
            "reasoning_tokens": _count(
                _mapping(usage.get("completion_tokens_details")).get("reasoning_tokens")
            ),
        },
    )


def _find_fault(text: str, finish_reason: FinishReason | None) -> Failure | None:
    if not text and finish_reason is FinishReason.LENGTH:
        return _invalid("The model used up its tokens before the first word.")
    if not text:
        return _invalid("The model's answer is empty.")
    if finish_reason is None:
        return _invalid("The text ended for a reason that is not known.")
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        return _invalid("The text holds signs that no database stores.")
    return None


def _first_choice(answer: object) -> Mapping[str, object]:
    choices = _mapping(answer).get("choices")
    return _mapping(choices[0]) if isinstance(choices, list) and choices else {}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_COUNT
    return int(value) if is_count and isinstance(value, int) else None


def _name(value: object) -> str | None:
    """Return a name that a server gave; None for what cannot be one."""
    return value[:200] if isinstance(value, str) and value.isprintable() and value.strip() else None


def _invalid(detail: str) -> Failure:
    return Failure(FailureKind.INVALID_OUTPUT, detail)
