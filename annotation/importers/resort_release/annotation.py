"""Read one annotation of the human evaluation: four scores, their rationales, Label Studio's own figures."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from annotation.domain.imported_release.rated_text import ReadRating
from annotation.importers.resort_release.report import ImportReport, Notice, ReleaseError
from annotation.importers.resort_release.rows import is_storable
from generation.canonical import canonical_sha256

# The fields of the scores, by criterion; a rationale stands in the field of the same name + _rationale.
SCORES = {
    "alignment": "alignment_with_standards",
    "empathy": "empathy",
    "harmfulness": "harmfulness",
    "factuality": "factuality",
}
RECORD, ANNOTATOR, ANNOTATION = "id", "annotator", "annotation_id"
CREATED, UPDATED, LEAD_TIME = "created_at", "updated_at", "lead_time"
# The end of the year 9998 in milliseconds; a later time cannot be stored.
_LATEST_MS = 253_370_764_800_000
_LARGEST = 2**63 - 1
_LONGEST_NAME = 20

Json = Any
Points = Mapping[str, Sequence[Decimal]]


def rationale_field(criterion: str) -> str:
    return f"{SCORES[criterion]}_rationale"


_NAMED = {
    *(RECORD, ANNOTATOR, ANNOTATION, CREATED, UPDATED, LEAD_TIME),
    *SCORES.values(),
    *map(rationale_field, SCORES),
}


@dataclass(frozen=True)
class AnnotationPlace:
    """Where an annotation stands in the file."""

    file: str
    row: int
    slot: int

    def error(self, expected: str) -> ReleaseError:
        return ReleaseError(self.file, self.row, f"annotation {self.slot}: {expected}")


def read_annotation(
    value: Json, place: AnnotationPlace, *, report: ImportReport, points: Points
) -> ReadRating:
    """Raises ReleaseError for what is no annotation, or a score that is no point of its criterion's scale."""
    if not isinstance(value, dict):
        raise place.error("expected a JSON object or null.")
    fields = {field: _plain(content, field, place) for field, content in value.items()}
    scores = {
        criterion: _score(fields[field], criterion, points, place)
        for criterion, field in SCORES.items()
        if fields.get(field) is not None
    }
    rationales = {criterion: _rationale(fields, criterion, place) for criterion in SCORES}
    alone = {
        rationale_field(criterion): text
        for criterion, text in rationales.items()
        if text and criterion not in scores
    }
    for _ in range(len(SCORES) - len(scores)):
        report.note(Notice.MISSING_SCORE, place.file, place.row)
    for _ in alone:
        report.note(Notice.LONE_RATIONALE, place.file, place.row)
    created, updated = (_whole(fields, field, place, most=_LATEST_MS) for field in (CREATED, UPDATED))
    if updated < created:
        raise place.error(f"expected '{UPDATED}' not before '{CREATED}'.")
    return ReadRating(
        slot=place.slot,
        annotator=_annotator(fields.get(ANNOTATOR), place),
        annotation_id=_whole(fields, ANNOTATION, place),
        record_id=None if fields.get(RECORD) is None else _whole(fields, RECORD, place),
        created_at_ms=created,
        updated_at_ms=updated,
        lead_time_s=_seconds(fields.get(LEAD_TIME), place),
        scores=scores,
        rationales={criterion: text for criterion, text in rationales.items() if criterion in scores},
        extra={**alone, **{field: fields[field] for field in fields.keys() - _NAMED}},
        sha256=canonical_sha256(fields),
    )


def _plain(content: Json, field: str, place: AnnotationPlace) -> str | int | float | None:
    """Return a value that is no list or object, with the NaN of a data frame as None."""
    if isinstance(content, list | dict):
        raise place.error(f"expected text, a number or null in '{field}'.")
    if not is_storable(content):
        raise place.error(f"expected text that can be stored in '{field}'.")
    if isinstance(content, float) and not math.isfinite(content):
        if math.isnan(content):
            return None
        raise place.error(f"expected a finite number in '{field}'.")
    plain: str | int | float | None = content
    return plain


def _score(value: Json, criterion: str, points: Points, place: AnnotationPlace) -> Decimal:
    if isinstance(value, int | float) and not isinstance(value, bool):
        score = Decimal(repr(value)).normalize()
        if score in points[criterion]:
            return score
    allowed = ", ".join(f"{point:f}" for point in points[criterion])
    raise place.error(f"expected one of {allowed} in '{SCORES[criterion]}'.")


def _rationale(fields: Mapping[str, Json], criterion: str, place: AnnotationPlace) -> str:
    value = fields.get(rationale_field(criterion))
    if value is None or isinstance(value, str):
        return value or ""
    raise place.error(f"expected text or null in '{rationale_field(criterion)}'.")


def _whole(fields: Mapping[str, Json], field: str, place: AnnotationPlace, *, most: int = _LARGEST) -> int:
    value = fields.get(field)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
        return value
    raise place.error(f"expected a whole number from 0 to {most:,} in '{field}'.")


def _seconds(value: Json, place: AnnotationPlace) -> float | None:
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return float(value)
    raise place.error(f"expected seconds or null in '{LEAD_TIME}'.")


def _annotator(value: Json, place: AnnotationPlace) -> str:
    """Take a number or a name; it goes into a rater's code."""
    name = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if 0 < len(name) <= _LONGEST_NAME and any(sign.isascii() and sign.isalnum() for sign in name):
        return name
    raise place.error(f"expected a number or a short name in '{ANNOTATOR}'.")
