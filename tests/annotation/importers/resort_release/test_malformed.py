"""Whatever is not as in a release is named with its file and row, and nothing of the release is imported."""

import json
from pathlib import Path

import pytest

from annotation.importers.resort_release.report import ReleaseError
from tests.annotation.importers.resort_release.folder import (
    HUMAN,
    RATED,
    annotation,
    imported,
    rated,
    rows_by_model,
    write_human,
    write_whole,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_whole(tmp_path / "release")


def complaint(release: Path) -> str:
    """Return what is said of a release of which nothing may be imported."""
    before = rows_by_model()
    with pytest.raises(ReleaseError) as caught:
        imported(release)
    assert rows_by_model() == before
    return str(caught.value)


def with_annotation(**changed: object) -> list[object]:
    return [RATED[1], rated(1, human_eval_annotation_2=annotation(14, 2, **changed))]


@pytest.mark.parametrize(
    ("name", "line", "sentence"),
    [
        (
            "source_data/r_anger.jsonl",
            "{broken",
            "expected a JSON object; it cannot be read from character 2 on.",
        ),
        ("source_data/r_anger.jsonl", "[]", "expected a JSON object in braces."),
        ("source_data/r_anger.jsonl", '{"Reddit ID": "x"}', "expected the post's text in 'Reddit Post'."),
        (
            "source_data/r_anger.jsonl",
            '{"Reddit ID": "x", "Reddit Post": " "}',
            "expected the post's text in 'Reddit Post', found none.",
        ),
        (
            "source_data/r_anger.jsonl",
            '{"Reddit ID": 7, "Reddit Post": "P"}',
            "expected 1 to 100 characters in 'Reddit ID'.",
        ),
        (
            "source_data/r_anger.jsonl",
            '{"Reddit ID": "x", "Reddit Post": "P \\u0000"}',
            "expected text that can be stored in 'Reddit Post'.",
        ),
        (
            "source_data/r_anger.jsonl",
            '{"Reddit ID": "x", "Reddit Post": "P \\ud800"}',
            "expected text that can be stored in 'Reddit Post'.",
        ),
        (
            "model_outputs/INDV/vanilla/m.jsonl",
            '{"Reddit ID": "one", "Reddit Post": "P", "reappraisal_output": 5}',
            "expected text or null in 'reappraisal_output'.",
        ),
        (
            "model_outputs/oracle_responses.jsonl",
            '{"Reddit ID": "one", "Reddit Post": "P", "Appraisal Dimension ID": "1"}',
            "expected a dimension's number in 'Appraisal Dimension ID'.",
        ),
        (
            "eval-gpt4/oracle/4_factuality.jsonl",
            '{"Reddit ID": null, "Reddit Post": "P"}',
            "expected the post's id in 'Reddit ID'.",
        ),
    ],
)
def test_line_that_is_no_row_is_named(release: Path, name: str, line: str, sentence: str) -> None:
    path = release / name
    place = len(path.read_text().splitlines()) + 1
    path.write_text(f"{path.read_text()}{line}\n")

    assert complaint(release) == f"{name}, row {place}: {sentence}"


def test_line_that_is_no_utf8_is_named(release: Path) -> None:
    path = release / "source_data" / "r_anger.jsonl"
    path.write_bytes(path.read_bytes() + b"\xff\n")

    assert complaint(release) == "source_data/r_anger.jsonl, row 3: expected UTF-8."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[{}", "expected JSON; it cannot be read from line 1, character 4 on."),
        (b"\xff", "expected UTF-8."),
        (b"{}", "expected a JSON list of rated texts."),
        (b"[" * 200_000, "expected JSON, found a number or a nesting too large."),
    ],
)
def test_human_evaluation_that_is_no_list_is_named(release: Path, content: bytes, sentence: str) -> None:
    (release / HUMAN).write_bytes(content)

    assert complaint(release) == f"{HUMAN}: {sentence}"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (7, "expected a JSON object in braces."),
        (rated(1, model=...), "expected text in 'model'."),
        (rated(1, reappraisal_response=" "), "expected text in 'reappraisal_response', found none."),
        (rated(1, **{"Reddit ID": "x" * 101}), "expected 1 to 100 characters in 'Reddit ID'."),
        (
            rated(1, appraisal_dimension_id=True),
            "expected a dimension's number in 'appraisal_dimension_id'.",
        ),
        (
            rated(1, appraisal_dimension_id=2),
            "expected a dimension that the constitution has in 'appraisal_dimension_id'.",
        ),
        (
            rated(1, pipeline="other"),
            "expected one of these in 'pipeline': individual_guided_reappraisal, vanilla, "
            "iterative_guided_refinement, self-refine.",
        ),
        (rated(1, method="+cons +cons"), "expected a method of the pipeline in 'method'."),
        (rated(1, model=""), "expected 1 to 100 characters in 'model'."),
        (rated(1, note=["x"]), "expected text that can be stored, or a number, in 'note'."),
        (rated(1, note="\0"), "expected text that can be stored, or a number, in 'note'."),
        (
            rated(1, human_eval_annotation_2=annotation(11, 2)),
            "expected another annotator in 'human_eval_annotation_2'.",
        ),
    ],
)
def test_rated_text_that_is_none_is_named_by_its_row(release: Path, row: object, sentence: str) -> None:
    write_human(release, [RATED[1], row])

    assert complaint(release) == f"{HUMAN}, row 2: {sentence}"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"empathy": 6.0}, "expected one of 1, 2, 3, 4, 5 in 'empathy'."),
        ({"factuality": 0.25}, "expected one of 0, 0.5, 1 in 'factuality'."),
        ({"harmfulness": True}, "expected one of 0, 1 in 'harmfulness'."),
        ({"empathy": "4"}, "expected one of 1, 2, 3, 4, 5 in 'empathy'."),
        ({"empathy": float("inf")}, "expected a finite number in 'empathy'."),
        ({"empathy_rationale": 4}, "expected text or null in 'empathy_rationale'."),
        ({"empathy_rationale": "\0"}, "expected text that can be stored in 'empathy_rationale'."),
        ({"empathy_rationale": ["x"]}, "expected text, a number or null in 'empathy_rationale'."),
        ({"annotator": ...}, "expected a number or a short name in 'annotator'."),
        ({"annotator": "."}, "expected a number or a short name in 'annotator'."),
        (
            {"annotation_id": "2"},
            "expected a whole number from 0 to 9,223,372,036,854,775,807 in 'annotation_id'.",
        ),
        (
            {"created_at": 10**17},
            "expected a whole number from 0 to 253,370,764,800,000 in 'created_at'.",
        ),
        ({"updated_at": 5}, "expected 'updated_at' not before 'created_at'."),
        ({"lead_time": -1.0}, "expected seconds or null in 'lead_time'."),
    ],
)
def test_annotation_that_is_none_is_named(release: Path, changed: dict[str, object], sentence: str) -> None:
    write_human(release, with_annotation(**changed))

    assert complaint(release) == f"{HUMAN}, row 2: annotation 2: {sentence}"


def test_annotation_that_is_no_object_is_named(release: Path) -> None:
    write_human(release, [rated(1, human_eval_annotation_1="none")])

    assert complaint(release) == f"{HUMAN}, row 1: annotation 1: expected a JSON object or null."


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (
            {**RATED[1], "human_eval_annotation_1": annotation(11, 1)},
            "annotation 1: expected another 'annotation_id' than in row 1.",
        ),
        (
            {**RATED[1], "human_eval_annotation_2": annotation(14, 3)},
            "expected another 'annotation_id' in 'human_eval_annotation_2'.",
        ),
        (rated(7), "expected another text than that of row 1."),
    ],
)
def test_what_may_stand_there_once_is_named(release: Path, second: dict[str, object], sentence: str) -> None:
    write_human(release, [RATED[0], second])

    assert complaint(release) == f"{HUMAN}, row 2: {sentence}"


def test_two_human_evaluations_are_named(release: Path) -> None:
    (release / "eval-human" / "human_eval_annotations_sample.json").write_text("[]")

    assert complaint(release) == (
        "eval-human: expected one file of human evaluations, found human_eval_annotations_cleaned.json and "
        "human_eval_annotations_sample.json."
    )


def test_folder_without_a_release_is_named(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()

    assert complaint(tmp_path / "photos") == (
        "photos: expected a RESORT release: source_data, prompts, model_outputs, eval-human or eval-gpt4."
    )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (
            "prompts/reappraisal_aim.txt",
            "no line",
            "prompts: reappraisal_aim.txt, line 1: expected '<Name> = text'.",
        ),
        (
            "prompt_set.yaml",
            "name: x\n",
            "prompt_set.yaml: prompt_set.yaml: Line 1: missing field 'appraise'",
        ),
    ],
)
def test_sets_that_are_none_are_named(release: Path, name: str, content: str, sentence: str) -> None:
    (release / name).write_text(content)

    assert complaint(release).startswith(sentence)


def test_changed_reply_is_named(release: Path) -> None:
    imported(release)
    path = release / "eval-gpt4" / "oracle" / "4_factuality.jsonl"
    row = json.loads(path.read_text())
    path.write_text(json.dumps({**row, "evaluation_raw_output_dim_1": "No"}))

    assert complaint(release) == (
        "eval-gpt4/oracle/4_factuality.jsonl, row 1: "
        "expected the reply in 'evaluation_raw_output_dim_1' that was imported before."
    )
