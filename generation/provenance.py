"""Where a response came from, whole: what a paper, a reviewer or a later run needs to know of it.

A record names people by number only, and a post by its place and hash; the messages hold the post's words.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

Json = Any


@dataclass(frozen=True)
class PostReference:
    """The post that was answered; position is its place in the imported file, from 1."""

    position: int
    sha256: str


@dataclass(frozen=True)
class SetReference:
    """One version of a constitution set or prompt set."""

    name: str
    version: int
    sha256: str


@dataclass(frozen=True)
class ModelReference:
    """The model as it was asked for; what was loaded in fact stands with each call's environment."""

    name: str
    backend: str
    model: str
    revision: str
    gguf_file: str
    dtype: str
    chat_format: str
    base_url: str
    api_version: str


@dataclass(frozen=True)
class RunReference:
    """The run that the response is of, and what held for all its calls."""

    number: int
    name: str
    created_at: datetime
    seed: int
    decoding: Mapping[str, Json]
    strategy: str
    generation_no: int
    is_current: bool
    model: ModelReference
    constitution_set: SetReference
    prompt_set: SetReference


@dataclass(frozen=True)
class ImportReference:
    """Where a text that was not written here came in from.

    Of a text by a person model and strategy are "", step is None and calls are none. Of a model's text calls
    holds prompts and answers as the file has them, from after the text before in its chain; the last answer,
    None there, is the text.
    """

    file: str
    row: int
    field: str
    at: datetime
    model: str
    strategy: str
    step: int | None
    calls: list[dict[str, str | None]]


@dataclass(frozen=True)
class CallRecord:
    """One model call. seconds is its share of its batch's time; attempts counts all, also before a retry."""

    index: int
    wording: str
    messages: list[dict[str, str]]
    output: str
    finish_reason: str
    tokens_in: int | None
    tokens_out: int | None
    seconds: float | None
    attempts: int
    seed: int | None
    batch_size: int | None
    worker: str
    started_at: datetime | None
    finished_at: datetime | None
    provider: Mapping[str, Json]
    environment_sha256: str
    environment: Mapping[str, Json]


@dataclass(frozen=True)
class Totals:
    """What the calls took together."""

    calls: int
    attempts: int
    tokens_in: int
    tokens_out: int
    seconds: float


@dataclass(frozen=True)
class ReviewRecord:
    """One decision of a person; problems are what the validation had found by then."""

    kind: str
    problems: list[str]
    text_before: str
    text_after: str
    note: str
    by_user: int | None
    at: datetime


@dataclass(frozen=True)
class ResponseRecord:
    """All that is known of one response.

    run is None, and calls are none, for a text that no run of this site wrote: one by a person or imported.
    """

    response_id: int
    source: str
    method: str
    dimension: str
    is_final: bool
    status: str
    problems: list[str]
    text: str
    response_sha256: str
    was_edited: bool
    created_at: datetime
    post: PostReference
    imported: ImportReference | None
    run: RunReference | None
    totals: Totals | None
    calls: tuple[CallRecord, ...]
    reviews: tuple[ReviewRecord, ...]

    @property
    def environments(self) -> dict[str, Mapping[str, Json]]:
        """The machines and software of the calls, each once, by hash, in the order of the calls."""
        return {call.environment_sha256: call.environment for call in self.calls if call.environment}

    def to_dict(self) -> dict[str, Json]:
        """Return the record as JSON takes it: moments in UTC, ISO 8601."""
        return asdict(self, dict_factory=_as_json)


def _as_json(fields: list[tuple[str, Json]]) -> dict[str, Json]:
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in fields
    }


def sum_calls(calls: tuple[CallRecord, ...]) -> Totals:
    """Add up what the calls took; what was not recorded counts as none."""
    return Totals(
        calls=len(calls),
        attempts=sum(call.attempts for call in calls),
        tokens_in=sum(call.tokens_in or 0 for call in calls),
        tokens_out=sum(call.tokens_out or 0 for call in calls),
        seconds=sum(call.seconds or 0.0 for call in calls),
    )
