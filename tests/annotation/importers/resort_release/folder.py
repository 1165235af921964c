"""A small release of every kind of file, in words of our own, and what its import leaves in the database."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.apps import apps

from annotation.importers.resort_release.importing import import_release
from annotation.importers.resort_release.report import ImportReport
from tests.generation.release.folder import write_release

HUMAN = "eval-human/human_eval_annotations_cleaned.json"
MARKED = "<likert>6</likert><rationale>It matters to the narrator.</rationale>"

Json = dict[str, Any]


def annotation(annotator: object, number: int, /, **changed: object) -> Json:
    """Return one annotation; a field changed to `...` is left out."""
    fields: Json = {
        "id": number + 500,
        "alignment_with_standards": 7.0,
        "alignment_with_standards_rationale": "It fits.",
        "empathy": 4.0,
        "empathy_rationale": None,
        "harmfulness": 0.0,
        "harmfulness_rationale": None,
        "factuality": 0.5,
        "factuality_rationale": " As it was, with spaces. ",
        "annotator": annotator,
        "annotation_id": number,
        "created_at": 1_700_000_000_123 + number,
        "updated_at": 1_700_000_100_456 + number,
        "lead_time": 120.25,
    }
    return {name: value for name, value in {**fields, **changed}.items() if value is not ...}


def rated(number: int, **changed: object) -> Json:
    """Return one rated text with annotations number and number + 1, of annotators 11 and 14."""
    fields: Json = {
        "Reddit ID": "one",
        "Reddit Post": "P",
        "appraisal_dimension_id": 1,
        "appraisal_dimension": "To ease it.",
        "model": "m",
        "pipeline": "vanilla",
        "method": "vanilla",
        "reappraisal_standards": "• A good response eases it.",
        "reappraisal_response": "T",
        "human_eval_annotation_1": annotation(11, number),
        "human_eval_annotation_2": annotation(14, number + 1, alignment_with_standards=3.0),
    }
    return {name: value for name, value in {**fields, **changed}.items() if value is not ...}


RATED = [
    rated(1),
    rated(
        3,
        pipeline="iterative_guided_refinement",
        method="+cons",
        reappraisal_response="T1",
    ),
    rated(5, model="oracle_response", pipeline="", method="", reappraisal_response="It’s no fault of yours."),
    rated(
        7,
        model="top_reddit_comment",
        pipeline="",
        method="",
        appraisal_dimension_id=3,
        reappraisal_response="Been there.",
    ),
    rated(
        9,
        pipeline="iterative_guided_refinement",
        method="+appr",
        appraisal_dimension_id=3,
        reappraisal_response=MARKED,
    ),
]
ORACLE = {
    "Reddit ID": "one",
    "Reddit Post": "P",
    "Appraisal Dimension ID": 1,
    "Appraisal Dimension Description": "blame",
    "Constitution": "gB",
    "Reappraisal Response": "It's no fault of yours.",
}


def write_lines(release: Path, name: str, *rows: Json) -> None:
    path = release / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def write_human(release: Path, rows: object) -> None:
    path = release / HUMAN
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows), encoding="utf-8")


def write_whole(release: Path) -> Path:
    """Write a release of two posts, two dimensions (1 and 3), eight strategies and the model m."""
    write_release(release)
    write_lines(
        release,
        "source_data/r_anger.jsonl",
        {"Reddit ID": "one", "Reddit Post": "P"},
        {"Reddit ID": "two", "Reddit Post": "Q"},
    )
    write_lines(release, "model_outputs/oracle_responses.jsonl", ORACLE)
    write_human(release, RATED)
    post = {"Reddit ID": "one", "Reddit Post": "P"}
    write_lines(
        release,
        "eval-gpt4/INDV/1_standard_alignment/+cons/m.jsonl",
        {
            **post,
            "reappraisal_output_dim_1": "T1",
            "evaluation_raw_output_dim_1": "<score>[8]</score>",
            "reappraisal_output_dim_3": "T3",
            "evaluation_raw_output_dim_3": 4.5,
        },
    )
    write_lines(
        release,
        "eval-gpt4/ITER/2_empathy/self-refine/m.jsonl",
        {**post, "intermediate_output_dim_1": "T0", "evaluation_raw_output_dim_1": None},
    )
    write_lines(
        release,
        "eval-gpt4/oracle/4_factuality.jsonl",
        {
            **post,
            "Dimension": 1,
            "Reappraisal": ORACLE["Reappraisal Response"],
            "evaluation_raw_output_dim_1": "Yes",
        },
    )
    write_lines(
        release,
        "eval-gpt4/reddit_top_comment/3_harmful.jsonl",
        {**post, "Unnamed: 0": 0, "Top Comment": "Been there.", "evaluation_raw_output_dim": "Not Harmful"},
    )
    return release


def imported(release: Path, *, slug: str = "paper", is_dry_run: bool = False) -> ImportReport:
    return import_release(release, slug, is_dry_run=is_dry_run, on_file=lambda path: None)


def rows_by_model() -> Counter[str]:
    """Count what is in the database."""
    return Counter(
        {
            model.__name__: model.objects.count()
            for label in ("annotation", "generation")
            for model in apps.get_app_config(label).get_models()
        }
    )
