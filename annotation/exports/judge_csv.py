"""Judges' replies as CSV: one row per reply, scores and all that is none, each marked as a model's.

Written as the long CSV of ratings is. Of a post its number alone; but rationales and replies are whatever the
model wrote, and may quote a post. Who settled a reply by hand is not named.
"""

import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

from annotation.enums import ConditionSource
from annotation.exports.column import Column
from annotation.exports.csv_cells import Cell, write_csv
from annotation.exports.format import ExportFormat
from annotation.judging.kind import LANGUAGE_MODEL
from annotation.models import Study
from annotation.queries.judge_export import item_conditions, judge_reply_rows
from annotation.queries.judged_item import judged_items

COLUMNS = (
    Column("study", "The study's short name, as in its address."),
    Column("ratings_simulated", "yes where the study's ratings were simulated, else no. Replies never are."),
    Column("judge", "The judge's name."),
    Column("kind", f"Always: {LANGUAGE_MODEL}."),
    Column("origin", "run (asked on this site) or imported."),
    Column("judge_run", "Number of the judge, as in its page's address.", "run"),
    Column("prompt_set", "Name of the questions it was asked; empty, as the next two, for an imported one."),
    Column("prompt_set_version", "Their version."),
    Column("prompt_set_sha256", "SHA-256 of their content."),
    Column("reply", "Number of the reply, as in its page's address."),
    Column(
        "item",
        "Number of the item, as in the file of ratings. Empty where there is none or several: a reply that "
        "was asked for under no dimension goes with every item of its response_id.",
    ),
    Column("n_items", "Items that the reply goes with: 0 where the study has none of that text."),
    Column("post", "Number of the post in the study's file of posts, from 1."),
    Column("dimension", "Key of the dimension that it was asked under; empty for none.", "dimension_key"),
    Column("dimension_number", "Number of that dimension in the appraisal scheme."),
    Column(
        "source",
        "Where the response is from: model or human. Without an item this and the next three are as an "
        "imported reply says itself.",
    ),
    Column("model", "Name of the language model that wrote the response; empty for a human source."),
    Column("pipeline", "INDV or ITER; empty for a human source."),
    Column("method", "The strategy's method (an apostrophe stands before +), or the human source."),
    Column("response_id", "Number of the response, as judged; empty where the study has not got it."),
    Column("response_sha256", "SHA-256 of the response's text (UTF-8)."),
    Column("criterion", "Key of the criterion.", "criterion_key"),
    Column("repeat", "1; 2 and up where it was asked again."),
    Column(
        "outcome",
        "score, refused, not_applicable, unreadable, or waiting where its call is not answered.",
    ),
    Column("score", "The scale point's value, exact; empty for all other outcomes."),
    Column("score_label", "The scale point's label; empty where points have none."),
    Column("rationale", "The judge's reason; may be empty."),
    Column("raw_reply", "The reply as it came; empty where there is none."),
    Column("settled", "yes where a person decided by hand what the reply means, else no."),
    Column("settlement_reason", "The person's reason."),
    Column("settled_at", "When it was settled last (UTC, ISO 8601)."),
)

Values = Mapping[str, Any]


def write_judge_csv(study: Study, stream: IO[bytes]) -> int:
    """Write the file and return its number of rows. Three queries; memory grows with items."""
    return write_csv(_head_and_rows(study), stream)


def _head_and_rows(study: Study) -> Iterator[list[Cell]]:
    yield [column.name for column in COLUMNS]
    items, conditions = judged_items(study), item_conditions(study)
    fields = [column.field or column.name for column in COLUMNS]
    of_study = {"kind": LANGUAGE_MODEL, "ratings_simulated": _yes_or_no(study.is_simulated)}
    for row in judge_reply_rows(study).iterator(chunk_size=2000):
        found = items.of(row["about_item"], row["response_id"], row["about_dimension"])
        row |= of_study
        row |= conditions[found[0]] if found else _named_condition(row)
        row["item"] = found[0] if len(found) == 1 else None
        row["n_items"] = len(found)
        row["raw_reply"] = _as_text(row["raw"])
        row["settled"] = _yes_or_no(row["settled_at"] is not None)
        yield [row.get(field) for field in fields]


def _named_condition(row: Values) -> dict[str, str | None]:
    """Return the condition that an imported reply itself says it is about."""
    if row["as_source_name"]:
        return {"source": ConditionSource.HUMAN.value, "method": row["as_source_name"]}
    if not row["as_strategy"]:
        return {}
    pipeline, _, method = row["as_strategy"].partition(" ")
    return {
        "source": ConditionSource.MODEL.value,
        "model": row["as_model"],
        "pipeline": pipeline,
        "method": method,
    }


def _as_text(raw: Any) -> str | None:  # noqa: ANN401  # whatever an imported file held
    if raw is None or isinstance(raw, str):
        return raw
    return json.dumps(raw, ensure_ascii=False)


def _yes_or_no(is_so: bool) -> str:
    return "yes" if is_so else "no"


FORMAT = ExportFormat(
    key="judge-csv", suffix="csv", content_type="text/csv; charset=utf-8", write=write_judge_csv
)
