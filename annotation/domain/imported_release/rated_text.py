"""What a release's human evaluation holds, as read and checked: texts under dimensions, and their ratings."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Json = Any


@dataclass(frozen=True)
class ReleaseCondition:
    """A condition as a release names it: a model and a strategy's key, or a human source."""

    model: str = ""
    strategy: str = ""
    source_name: str = ""


@dataclass(frozen=True)
class ReadRating:
    """One annotation. scores: by criterion key, without those that are missing; rationales likewise.

    extra holds the fields that have no column of their own here, sha256 tells the annotation from another.
    """

    slot: int
    annotator: str
    annotation_id: int
    record_id: int | None
    created_at_ms: int
    updated_at_ms: int
    lead_time_s: float | None
    scores: Mapping[str, Decimal]
    rationales: Mapping[str, str]
    extra: Mapping[str, Json]
    sha256: str


@dataclass(frozen=True)
class RatedText:
    """One row of the human evaluation; fields are the row's own, less the annotations and the text."""

    file: str
    row: int
    post: str
    post_text: str
    dimension_number: int
    condition: ReleaseCondition
    text: str
    fields: Mapping[str, Json]
    ratings: tuple[ReadRating, ...]
