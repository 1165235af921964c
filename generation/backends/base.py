"""The seam to language models: a batch of chats in, one outcome for each out, in the same order.

A backend does not know strategies, posts or the database. It never answers with None, an empty text or an
exception's message: an outcome is a completion or a named failure.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Protocol, Self


@dataclass(frozen=True)
class Message:
    """One turn of a chat; role is system, user or assistant."""

    role: str
    content: str


class FinishReason(StrEnum):
    """Why a text ended."""

    STOP = "stop"  # the model's own end token
    SENTENCE = "sentence"  # the stopping rule: the first sentence end after N tokens
    LENGTH = "length"  # the token limit, wherever that fell


class FailureKind(StrEnum):
    REFUSED = "refused"
    TOO_LONG = "too_long"
    OUT_OF_MEMORY = "out_of_memory"
    UNAVAILABLE = "unavailable"
    INVALID_OUTPUT = "invalid_output"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Completion:
    """What the model wrote, without special tokens and without white space at either end, otherwise verbatim.

    seconds is this text's share of the time its batch took, so that shares add up to the time spent.
    provider is what an API said beside the text: its id of the request, the model it named, its fingerprint.
    """

    text: str
    finish_reason: FinishReason
    tokens_in: int
    tokens_out: int
    seconds: float
    provider: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """Why there is no text. detail never holds words of a post or of a response."""

    kind: FailureKind
    detail: str


Outcome = Completion | Failure


class BackendUnavailableError(Exception):
    """A model cannot be loaded or reached; the message is one sentence for the person who set it up."""


class DecodingError(ValueError):
    """Decoding figures that make no sense; the message is one sentence."""


@dataclass(frozen=True)
class Decoding:
    """How texts are sampled. temperature 0 is greedy; None switches a setting off.

    end_at_sentence_after ends a text at the first sentence end after so many new tokens: small models ramble.
    """

    max_new_tokens: int
    temperature: float
    top_p: float | None = None
    repetition_penalty: float | None = None
    end_at_sentence_after: int | None = None

    def __post_init__(self) -> None:
        _require_whole("max_new_tokens", self.max_new_tokens, low=1, high=32_768)
        _require_number("temperature", self.temperature, low=0, high=2)
        if self.top_p is not None:
            _require_number("top_p", self.top_p, low=0.01, high=1)
        if self.repetition_penalty is not None:
            _require_number("repetition_penalty", self.repetition_penalty, low=0.1, high=10)
        if self.end_at_sentence_after is not None:
            _require_whole(
                "end_at_sentence_after", self.end_at_sentence_after, low=1, high=self.max_new_tokens
            )

    def to_dict(self) -> dict[str, int | float | None]:
        return asdict(self)

    @classmethod
    def from_dict(cls, figures: Mapping[str, object]) -> Self:
        """Raises DecodingError for an unknown, missing or senseless figure."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(figures) - known):
            raise DecodingError(f"Unknown decoding setting: {', '.join(unknown)}.")
        if missing := sorted({"max_new_tokens", "temperature"} - set(figures)):
            raise DecodingError(f"Missing decoding setting: {', '.join(missing)}.")
        return cls(**figures)  # type: ignore[arg-type]  # __post_init__ checks every value


def _require_whole(name: str, value: object, *, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise DecodingError(f"{name} must be a whole number from {low} to {high}.")


def _require_number(name: str, value: object, *, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DecodingError(f"{name} must be a number from {low} to {high}.")
    if not math.isfinite(value) or not low <= value <= high:
        raise DecodingError(f"{name} must be a number from {low} to {high}.")


@dataclass(frozen=True)
class ModelRef:
    """Which model answers, and how it is reached.

    model is a folder, a hub's id or an API's name of the model; revision "" is the newest; gguf_file names a
    file in the folder or repository. chat_format is "template" or "plain". Of an API's key
    only the name of the environment variable that holds it is here.
    """

    backend: str
    model: str
    revision: str = ""
    dtype: str = "auto"
    gguf_file: str = ""
    chat_format: str = "template"
    base_url: str = ""
    api_version: str = ""
    api_key_variable: str = ""
    concurrency: int = 8


class Environment(Protocol):
    """What of a text's provenance is the same for all texts of one process and model."""

    def to_dict(self) -> dict[str, str | int]:
        """Return a flat record; backend, model, revision and python are always in it."""
        ...


@dataclass(frozen=True)
class LocalEnvironment:
    """Of a model that runs in this process."""

    backend: str
    model: str
    revision: str
    weights_sha256: str
    tokenizer: str
    chat_template_sha256: str  # "" when the chat is laid out plainly
    chat_format: str  # "template" or "plain"
    system_turn: str  # "own" or, for a template that refuses a system turn, "in first user turn"
    gguf_file: str
    quantisation: str  # "" for weights that were released at full precision
    attention: str  # the implementation that transformers chose
    device: str
    processor: str
    dtype: str
    threads: int
    torch: str
    transformers: str
    tokenizers: str
    python: str

    def to_dict(self) -> dict[str, str | int]:
        return asdict(self)


@dataclass(frozen=True)
class RemoteEnvironment:
    """Of a model behind an API, whose weights and machines are the provider's affair.

    What the provider said of a single text, such as the model it named, is in Completion.provider.
    """

    backend: str
    model: str  # as it was asked for; of Azure the deployment
    revision: str
    server: str  # its address without a sign-in or query
    api_version: str
    openai: str
    python: str

    def to_dict(self) -> dict[str, str | int]:
        return asdict(self)


OnOutcome = Callable[[int, Outcome], None]


def ignore_outcome(position: int, outcome: Outcome) -> None:
    """The `on_outcome` of callers that wait for the whole list."""


class Backend(Protocol):
    """One loaded model."""

    @property
    def environment(self) -> Environment: ...

    @property
    def claim_size(self) -> int:
        """How many chats it likes to be given at a time; memory is its own concern, not the caller's."""
        ...

    def generate(
        self,
        chats: Sequence[Sequence[Message]],
        *,
        decoding: Decoding,
        seed: int,
        should_stop: Callable[[], bool],
        on_outcome: OnOutcome = ignore_outcome,
    ) -> list[Outcome]:
        """Answer every chat, same order. Once should_stop() is true, what is unfinished is STOPPED.

        on_outcome is called in the caller's thread with each chat's position and outcome as soon as that is
        known, exactly once a chat, before the list is returned.
        """
        ...
