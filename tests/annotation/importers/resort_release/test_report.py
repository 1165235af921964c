"""What an import says of a release beside what it takes in."""

import json
from pathlib import Path

import pytest

from annotation.importers.resort_release.report import ImportReport, Notice
from annotation.models import ImportedJudgeReply, ImportedRating, Rating
from generation.models import Response
from tests.annotation.importers.resort_release.folder import (
    HUMAN,
    annotation,
    imported,
    rated,
    write_human,
    write_lines,
    write_whole,
)
from tests.generation.release.folder import REFUSAL, row, write_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_whole(tmp_path / "release")


def noted(report: ImportReport, notice: Notice) -> list[str]:
    """Return the lines under a notice."""
    lines = list(report.lines())
    heads = {f"{notice.counted(count)}:" for count in (1, report.count(notice))}
    head = next((place for place, line in enumerate(lines) if line in heads), None)
    if head is None:
        return []
    rest = lines[head + 1 :]
    return [line.strip() for line in rest[: next(n for n, line in enumerate(rest) if line[0] != " ")]]


def test_markup_in_answers_is_told_by_file_and_row(release: Path) -> None:
    marked = row("INDV/vanilla", reappraisal_output="<score>4</score> You can do it.", **{"Reddit ID": "two"})
    write_rows(release, "INDV/vanilla", row("INDV/vanilla"), {**marked, "Reddit Post": "Q"})

    report = imported(release)

    assert noted(report, Notice.MARKUP) == ["model_outputs/INDV/vanilla/m.jsonl: row 2"]
    assert noted(report, Notice.RATED_MARKUP) == [f"{HUMAN}: row 5"]
    assert Response.objects.get(text__startswith="<score>").status == "needs_review"


def test_content_filter_error_is_no_text(release: Path) -> None:
    write_rows(release, "ITER/self-refine", row("ITER/self-refine", reappraisal_output_step_0=REFUSAL))

    report = imported(release)

    assert noted(report, Notice.REFUSAL) == ["model_outputs/ITER/self-refine/m.jsonl: row 1"]
    texts = Response.objects.filter(imported__strategy="ITER self-refine")
    assert list(texts.values_list("text", "imported__step")) == [("T1", 1)]
    # The prompts of the call that was refused stay with the text that came of it.
    assert texts[0].imported.calls[0]["prompt"] == "REAPPRAISE"


def test_content_filter_error_that_was_rated_stays_an_item(release: Path) -> None:
    write_human(release, [rated(1, reappraisal_response=REFUSAL)])

    report = imported(release)

    assert noted(report, Notice.RATED_REFUSAL) == [f"{HUMAN}: row 1"]
    assert list(Rating.objects.values_list("assignment__item__response__problems", flat=True)) == [
        ["no_answer"],
        ["no_answer"],
    ]


def test_columns_of_an_index_and_unknown_ones_are_told(release: Path) -> None:
    write_lines(
        release,
        "source_data/r_anger.jsonl",
        {"Unnamed: 0.1": 1, "index": 1, "level_0": 1, "mood\n": 1, "Reddit ID": "one", "Reddit Post": "P"},
    )

    report = imported(release)

    assert noted(report, Notice.INDEX_COLUMN) == [
        "source_data/r_anger.jsonl (Unnamed: 0.1, index, level_0)",
        "eval-gpt4/reddit_top_comment/3_harmful.jsonl (Unnamed: 0)",
    ]
    assert noted(report, Notice.OTHER_COLUMN) == ["source_data/r_anger.jsonl (mood?)"]


def test_missing_and_strange_files_are_told(release: Path) -> None:
    (release / "model_outputs" / "ITER" / "+appr" / "m.jsonl").unlink()
    write_lines(release, "model_outputs/notes.jsonl", {})
    write_lines(release, "eval-gpt4/INDV/9_style/vanilla/m.jsonl", {})

    report = imported(release)

    missing = noted(report, Notice.MISSING_FILE)
    assert missing[0] == "model_outputs/ITER/+appr (m.jsonl)"
    assert "eval-gpt4/oracle (1_standard_alignment.jsonl, 2_empathy.jsonl, 3_harmful.jsonl)" in missing
    assert noted(report, Notice.OTHER_FILE) == [
        "model_outputs/notes.jsonl",
        "eval-gpt4/INDV/9_style/vanilla/m.jsonl",
    ]


def test_missing_wording_is_told(release: Path) -> None:
    (release / "prompt_set.yaml").unlink()

    assert noted(imported(release), Notice.MISSING_FILE)[0] == (
        "prompt_set.yaml (the study names the example's wording, which asked for none of these texts)"
    )


def test_missing_score_is_none_and_its_rationale_is_kept(release: Path) -> None:
    lacking = annotation(
        11, 1, empathy=None, empathy_rationale="Too short to say.", harmfulness=float("nan"), factuality=...
    )
    write_human(release, [rated(1, human_eval_annotation_1=lacking)])

    report = imported(release)

    kept = ImportedRating.objects.get(annotation_id=1)
    assert report.count(Notice.MISSING_SCORE) == 3
    assert [score.criterion.key for score in kept.rating.current.scores.all()] == ["alignment"]
    assert kept.extra["empathy_rationale"] == "Too short to say."
    # The other rationale that stands alone is factuality's.
    assert report.count(Notice.LONE_RATIONALE) == 2


def test_missing_annotation_is_told(release: Path) -> None:
    other = rated(3, human_eval_annotation_2=..., reappraisal_response="T too")
    write_human(release, [rated(1, human_eval_annotation_1=None), other])

    report = imported(release)

    assert noted(report, Notice.MISSING_RATING) == [f"{HUMAN}: row 1"]
    assert Rating.objects.count() == 2


def test_missing_texts_are_told(release: Path) -> None:
    write_rows(release, "INDV/vanilla", row("INDV/vanilla", reappraisal_output=None))
    write_lines(
        release,
        "eval-gpt4/reddit_top_comment/3_harmful.jsonl",
        {"Reddit ID": "one", "Reddit Post": "P", "Top Comment": None, "evaluation_raw_output": "Not Harmful"},
    )

    assert noted(imported(release), Notice.MISSING_TEXT) == [
        "model_outputs/INDV/vanilla/m.jsonl: row 1",
        "eval-gpt4/reddit_top_comment/3_harmful.jsonl: row 1",
    ]


def test_earlier_texts_that_were_rated_are_told(release: Path) -> None:
    report = imported(release)

    assert noted(report, Notice.RATED_EARLIER) == [f"{HUMAN}: row 2"]
    assert noted(report, Notice.RATED_ELSEWHERE) == [f"{HUMAN}: row 5"]


def test_replies_without_post_or_text_are_kept_and_told(release: Path) -> None:
    reply = {"Reddit Post": "R", "reappraisal_output": "Never seen.", "evaluation_raw_output": float("nan")}
    write_lines(
        release,
        "eval-gpt4/INDV/2_empathy/vanilla/m.jsonl",
        {**reply, "Reddit ID": "three"},
        {**reply, "Reddit ID": "two", "evaluation_raw_output": 3},
    )

    report = imported(release)

    name = "eval-gpt4/INDV/2_empathy/vanilla/m.jsonl"
    assert noted(report, Notice.UNKNOWN_POST) == [f"{name}: row 1"]
    assert noted(report, Notice.UNJOINED) == [f"{name}: row 2"]
    assert noted(report, Notice.NO_NUMBER) == [f"{name}: row 1"]
    replies = ImportedJudgeReply.objects.filter(file=name).order_by("row")
    assert list(replies.values_list("post_key", "post__key", "reply__raw", "reply__response")) == [
        ("three", None, None, None),
        ("two", "two", 3, None),
    ]


def test_text_for_a_dimension_without_constitution_is_left_out(release: Path) -> None:
    path = release / "model_outputs" / "oracle_responses.jsonl"
    path.write_text(
        path.read_text() + json.dumps({**json.loads(path.read_text()), "Appraisal Dimension ID": 2})
    )

    assert noted(imported(release), Notice.UNKNOWN_DIMENSION) == [
        "model_outputs/oracle_responses.jsonl: row 2"
    ]


def test_models_other_name_is_told(release: Path) -> None:
    write_rows(release, "INDV/vanilla", row("INDV/vanilla", Model="m-v0"))

    assert noted(imported(release), Notice.OTHER_MODEL_NAME) == ["model_outputs/INDV/vanilla/m.jsonl: row 1"]


def test_many_rows_are_counted_and_the_first_shown() -> None:
    report = ImportReport()
    for number in range(1, 24):
        report.note(Notice.MARKUP, "a.jsonl", number)
        report.note(Notice.MARKUP, "a.jsonl", number)
    report.new["Items"] += 1

    shown = ", ".join(map(str, range(1, 21)))
    assert list(report.lines()) == [
        "Read: 0 files, 0 rows.",
        f"46 {Notice.MARKUP.many}:",
        f"  a.jsonl: rows {shown} and 3 more",
        "Items: 1 new",
    ]


def test_one_of_a_kind_is_said_of_one() -> None:
    report = ImportReport(read={"a.jsonl": 1})
    report.note(Notice.OTHER_WORDING, "a.jsonl", 3)

    assert list(report.lines()) == [
        "Read: 1 file, 1 row.",
        "  a.jsonl: 1 row",
        "1 text that differs in typography from the rated one, which is kept:",
        "  a.jsonl: row 3",
    ]


def test_no_line_repeats_words_of_posts_texts_or_rationales(release: Path) -> None:
    write_human(
        release,
        [
            rated(
                1,
                **{"Reddit Post": "CANARY post"},
                reappraisal_response="<score>CANARY text",
                human_eval_annotation_1=annotation(11, 1, empathy_rationale="CANARY", empathy=None),
            )
        ],
    )

    assert "CANARY" not in "\n".join(imported(release).lines())
