"""Read the human evaluation of a release: one list of rated texts, each with its annotations."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotation.domain.imported_release.rated_text import RatedText, ReadRating, ReleaseCondition
from annotation.importers.resort_release.annotation import (
    ANNOTATION,
    AnnotationPlace,
    Points,
    read_annotation,
)
from annotation.importers.resort_release.files import ORACLE, TOP_COMMENT
from annotation.importers.resort_release.report import ImportReport, Notice, ReleaseError
from annotation.importers.resort_release.rows import is_storable, note_columns
from generation.strategies import STRATEGIES

MAX_BYTES = 64 * 1024 * 1024
POST_KEY, POST, TEXT = "Reddit ID", "Reddit Post", "reappraisal_response"
NUMBER, MODEL, PIPELINE, METHOD = "appraisal_dimension_id", "model", "pipeline", "method"
DESCRIPTIONS = ("appraisal_dimension", "reappraisal_standards")
# The release's names for the two pipelines and, in the same column, for their unguided baselines.
PIPELINES = {
    "individual_guided_reappraisal": "INDV",
    "vanilla": "INDV",
    "iterative_guided_refinement": "ITER",
    "self-refine": "ITER",
}

_SLOT = re.compile(r"human_eval_annotation_(?P<number>[1-9][0-9]{0,3})")
_LONGEST_KEY = 100

Json = Any


def read_human_evaluation(
    path: Path, name: str, report: ImportReport, *, points: Points
) -> Iterator[RatedText]:
    """Yield the rated texts in order; points are the values of each criterion's scale.

    Raises ReleaseError for anything that is not as in the authors' release.
    """
    columns: set[str] = set()
    rows = _read_list(path, name)
    repeats = _Repeats()
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise ReleaseError(name, number, "expected a JSON object in braces.")
        columns |= {column for column in row if not _SLOT.fullmatch(column)}
        rated = _rated_text(row, name, number, report, points)
        repeats.check(rated)
        yield rated
    report.read[name] = len(rows)
    note_columns(
        columns,
        name,
        report,
        known=(POST_KEY, POST, TEXT, NUMBER, MODEL, PIPELINE, METHOD, *DESCRIPTIONS),
    )


class _Repeats:
    """Finds what may stand in the file once only."""

    def __init__(self) -> None:
        self._texts: dict[tuple[object, ...], int] = {}
        self._annotations: dict[int, int] = {}

    def check(self, rated: RatedText) -> None:
        """Raise ReleaseError for a text or an annotation that an earlier row has."""
        text = (rated.post, rated.condition, rated.dimension_number, rated.text)
        first = self._texts.setdefault(text, rated.row)
        if first != rated.row:
            raise ReleaseError(rated.file, rated.row, f"expected another text than that of row {first}.")
        for rating in rated.ratings:
            first = self._annotations.setdefault(rating.annotation_id, rated.row)
            if first != rated.row:
                expected = f"annotation {rating.slot}: expected another '{ANNOTATION}' than in row {first}."
                raise ReleaseError(rated.file, rated.row, expected)


def _read_list(path: Path, name: str) -> list[Json]:
    if path.stat().st_size > MAX_BYTES:
        raise ReleaseError(name, None, f"expected at most {MAX_BYTES // (1024 * 1024)} MB.")
    try:
        rows = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ReleaseError(name, None, "expected UTF-8.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, character {error.colno}"
        raise ReleaseError(name, None, f"expected JSON; it cannot be read from {where} on.") from error
    except (ValueError, RecursionError) as error:
        raise ReleaseError(name, None, "expected JSON, found a number or a nesting too large.") from error
    if not isinstance(rows, list):
        raise ReleaseError(name, None, "expected a JSON list of rated texts.")
    return rows


def _rated_text(
    row: dict[str, Json], name: str, number: int, report: ImportReport, points: Points
) -> RatedText:
    for field in (POST_KEY, POST, TEXT, MODEL, PIPELINE, METHOD):
        value = row.get(field)
        if not isinstance(value, str):
            raise ReleaseError(name, number, f"expected text in '{field}'.")
    for field, value in row.items():
        if not is_storable(value) or (isinstance(value, list | dict) and not _SLOT.fullmatch(field)):
            raise ReleaseError(name, number, f"expected text that can be stored, or a number, in '{field}'.")
    for field in (POST, TEXT):
        if not row[field].strip():
            raise ReleaseError(name, number, f"expected text in '{field}', found none.")
    if not 0 < len(row[POST_KEY]) <= _LONGEST_KEY:
        raise ReleaseError(name, number, f"expected 1 to {_LONGEST_KEY} characters in '{POST_KEY}'.")
    dimension = row.get(NUMBER)
    if isinstance(dimension, bool) or not isinstance(dimension, int):
        raise ReleaseError(name, number, f"expected a dimension's number in '{NUMBER}'.")
    return RatedText(
        file=name,
        row=number,
        post=row[POST_KEY],
        post_text=row[POST],
        dimension_number=dimension,
        condition=_condition(row, name, number),
        text=row[TEXT],
        fields=_fields_to_keep(row),
        ratings=tuple(_ratings(row, name, number, report, points)),
    )


def _condition(row: Mapping[str, str], name: str, number: int) -> ReleaseCondition:
    model, pipeline, method = row[MODEL], row[PIPELINE], row[METHOD]
    if model in (ORACLE, TOP_COMMENT):
        return ReleaseCondition(source_name=model)
    if pipeline not in PIPELINES:
        known = ", ".join(PIPELINES)
        raise ReleaseError(name, number, f"expected one of these in '{PIPELINE}': {known}.")
    strategy = f"{PIPELINES[pipeline]} {method}"
    if strategy not in STRATEGIES:
        raise ReleaseError(name, number, f"expected a method of the pipeline in '{METHOD}'.")
    if not 0 < len(model) <= _LONGEST_KEY:
        raise ReleaseError(name, number, f"expected 1 to {_LONGEST_KEY} characters in '{MODEL}'.")
    return ReleaseCondition(model=model, strategy=strategy)


def _fields_to_keep(row: Mapping[str, Json]) -> dict[str, Json]:
    """Return the row without its text, and with annotations only where there is none in their place."""
    return {
        field: value
        for field, value in row.items()
        if field != TEXT and (value is None or not _SLOT.fullmatch(field))
    }


def _ratings(
    row: Mapping[str, Json], name: str, number: int, report: ImportReport, points: Points
) -> Iterator[ReadRating]:
    annotators: set[str] = set()
    numbers: set[int] = set()
    slots = sorted((int(match["number"]), field) for field in row if (match := _SLOT.fullmatch(field)))
    for slot, field in slots:
        if row[field] is None:
            report.note(Notice.MISSING_RATING, name, number)
            continue
        place = AnnotationPlace(name, number, slot)
        rating = read_annotation(row[field], place, report=report, points=points)
        if rating.annotator in annotators:
            raise ReleaseError(name, number, f"expected another annotator in '{field}'.")
        if rating.annotation_id in numbers:
            raise ReleaseError(name, number, f"expected another '{ANNOTATION}' in '{field}'.")
        annotators.add(rating.annotator)
        numbers.add(rating.annotation_id)
        yield rating
    if not slots:
        report.note(Notice.MISSING_RATING, name, number)
