"""The ratings in the shape of the RESORT authors' human evaluation: one JSON list, an object for each item.

Source of the shape: honglizhan/RESORT_cognitive_reappraisal, eval-human/. Of an imported study every field is
as it came; of our own, ids are our numbers, times those of the first and the current version, and lead_time
the seconds from opening an item to submitting it, pauses included. A simulated rating has an `origin` that
says so, which the authors' file has not. Left out are re-ratings, for which the shape has no place. The file
holds the posts, with their ids.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import IO, Any

from annotation.enums import ConditionSource, RatingOrigin
from annotation.exports.format import ExportFormat
from annotation.models import Assignment, Condition, Rating, Study
from annotation.queries.active_span import SeatTimes, seat_times
from annotation.queries.release_item import RatedItem, rated_items

# Our criteria that the release has by another name.
CRITERION_FIELDS = {"alignment": "alignment_with_standards"}
PIPELINES = {"INDV": "individual_guided_reappraisal", "ITER": "iterative_guided_refinement"}
UNGUIDED = ("vanilla", "self-refine")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

Json = Any
Times = Mapping[int, SeatTimes]


def write_resort_release(study: Study, stream: IO[bytes]) -> int:
    """Write the file and return its number of items. Memory grows with our own seats alone."""
    criteria = list(study.criteria.order_by("position").values_list("key", flat=True))
    own = Assignment.objects.filter(item__study=study, rating__imported=None)
    times = seat_times(own) if own.exists() else {}
    n_items = 0
    for rated in rated_items(study):
        item = json.dumps(_item(rated, criteria, times), indent=1, ensure_ascii=False, allow_nan=False)
        stream.write(f"{',' if n_items else '['}\n {item.replace(chr(10), chr(10) + ' ')}".encode())
        n_items += 1
    stream.write(b"\n]" if n_items else b"[]")
    return n_items


def _item(rated: RatedItem, criteria: list[str], times: Times) -> dict[str, Json]:
    item = rated.item
    imported = getattr(item, "imported", None)
    known = imported.fields if imported else {}
    described = {
        "Reddit ID": item.post.key,
        "Reddit Post": item.post.text,
        "appraisal_dimension_id": item.dimension.number,
        "appraisal_dimension": item.dimension.aim,
        **_condition(item.condition),
        "reappraisal_standards": "\n".join(f"• {standard}" for standard in item.dimension.standards),
        "reappraisal_response": item.response.text if item.response else "",
    }
    slots = {
        f"human_eval_annotation_{slot}": _annotation(rating, criteria, times)
        for slot, rating in sorted(_slots(rated), key=lambda pair: pair[0])
    }
    whole = {**described, **known, **slots}
    first = [name for name in whole if name in described]
    rest = sorted(whole.keys() - described.keys())
    return {name: whole[name] for name in [*first, *rest]}


def _slots(rated: RatedItem) -> Iterator[tuple[int, Rating]]:
    for place, rating in enumerate(rated.ratings, start=1):
        imported = getattr(rating, "imported", None)
        yield (imported.slot if imported else place), rating


def _condition(condition: Condition) -> dict[str, str]:
    if condition.source == ConditionSource.HUMAN or condition.model_spec is None:
        return {"model": condition.method, "pipeline": "", "method": ""}
    is_unguided = condition.method in UNGUIDED
    return {
        "model": condition.model_spec.name,
        "pipeline": condition.method if is_unguided else PIPELINES[condition.pipeline],
        "method": condition.method,
    }


def _annotation(rating: Rating, criteria: list[str], times: Times) -> dict[str, Json]:
    imported = getattr(rating, "imported", None)
    annotation: dict[str, Json] = {"id": imported.record_id if imported else rating.assignment_id}
    scores = {score.criterion.key: score for score in rating.current.scores.all()} if rating.current else {}
    for key in criteria:
        field, score = CRITERION_FIELDS.get(key, key), scores.get(key)
        annotation[field] = float(score.point.value) if score else None
        annotation[f"{field}_rationale"] = (score.rationale or None) if score else None
    if imported is None:
        return {**annotation, **_own_figures(rating, times)}
    return {
        **annotation,
        "annotator": int(imported.annotator) if imported.annotator.isdecimal() else imported.annotator,
        "annotation_id": imported.annotation_id,
        "created_at": imported.created_at_ms,
        "updated_at": imported.updated_at_ms,
        "lead_time": imported.lead_time_s,
        **imported.extra,
    }


def _own_figures(rating: Rating, times: Times) -> dict[str, Json]:
    first: datetime = rating.first_saved_at  # type: ignore[attr-defined]  # annotated by the query
    seconds = times[rating.assignment_id].elapsed_seconds
    origin = {"origin": rating.origin} if rating.origin == RatingOrigin.SIMULATED else {}
    return {
        "annotator": rating.assignment.rater.code,
        "annotation_id": rating.pk,
        "created_at": _milliseconds(first),
        "updated_at": _milliseconds(rating.current.saved_at if rating.current else first),
        "lead_time": None if seconds is None else round(seconds, 3),
        **origin,
    }


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


FORMAT = ExportFormat(
    key="resort-release", suffix="json", content_type="application/json", write=write_resort_release
)
