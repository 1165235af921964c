from datetime import UTC, datetime
from pathlib import Path

import pytest

from annotation.domain.errors import StudyError
from annotation.domain.stimuli import verify_stimuli
from annotation.enums import (
    AssignmentStatus,
    EventKind,
    JudgeOrigin,
    JudgeOutcome,
    RatingOrigin,
    StudyStatus,
)
from annotation.importers.resort_release import replies
from annotation.importers.resort_release.report import ReleaseError
from annotation.models import (
    Assignment,
    ImportedRating,
    Item,
    JudgeReply,
    JudgeRun,
    Membership,
    Rating,
    RatingVersion,
    Study,
)
from annotation.queries.score import scores_for_study
from generation.enums import BackendKind, ResponseStatus
from generation.models import ModelSpec, Post, Response
from tests.annotation.importers.resort_release.folder import (
    HUMAN,
    MARKED,
    ORACLE,
    RATED,
    annotation,
    imported,
    rated,
    rows_by_model,
    write_human,
    write_lines,
    write_whole,
)
from tests.annotation.ratings import studies_of_ratings
from tests.factories import make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_whole(tmp_path / "release")


def test_study_is_closed_and_has_posts_conditions_and_raters_of_the_release(release: Path) -> None:
    imported(release)

    study = Study.objects.get(slug="paper")
    assert (study.status, study.raters_per_item, study.run) == (StudyStatus.CLOSED, 2, None)
    assert list(study.posts.posts.values_list("key", "text", "area")) == [
        ("one", "P", "anger"),
        ("two", "Q", "anger"),
    ]
    assert list(study.dimensions.values_list("number", flat=True)) == [1, 3]
    assert [str(condition) for condition in study.conditions.all()] == [
        *("m INDV vanilla", "m INDV +cons", "m INDV +appr", "m INDV +appr +cons"),
        *("m ITER self-refine", "m ITER +cons", "m ITER +appr", "m ITER +appr +cons"),
        *("oracle_response", "top_reddit_comment"),
    ]
    assert list(study.memberships.values_list("code", flat=True)) == ["R11", "R14"]
    assert list(study.events.values_list("kind", flat=True)) == [
        EventKind.STIMULI_HASHED,
        EventKind.RELEASE_IMPORTED,
    ]
    assert verify_stimuli(study)


def test_all_texts_of_the_strategies_are_there_with_their_prompts(release: Path) -> None:
    imported(release)

    texts = Response.objects.filter(imported__strategy="ITER +appr +cons").order_by("imported__step")
    assert list(texts.values_list("text", "is_final", "dimension", "imported__step", "imported__field")) == [
        ("H1", False, None, 1, "intermediate_output_.5_dim_1"),
        ("T1", False, None, 2, "intermediate_output_dim_1"),
        ("H3", False, None, 4, "intermediate_output_.5_dim_3"),
        ("T3", True, None, 5, "intermediate_output_dim_3"),
    ]
    first = texts[0].imported
    assert (first.file, first.row) == ("model_outputs/ITER/+appr_+cons/m.jsonl", 1)
    assert [(call["prompt"], call["answer"]) for call in first.calls] == [
        ("APPRAISE qB", "Q1"),
        ("THEN REAPPRAISE gB", None),
    ]
    of_dimensions = Response.objects.filter(imported__strategy="INDV +cons").order_by("dimension__number")
    assert list(of_dimensions.values_list("text", "dimension__number")) == [("T1", 1), ("T3", 3)]


def test_items_have_the_very_text_that_was_rated(release: Path) -> None:
    imported(release)

    items = Item.objects.order_by("imported__row").select_related("response__imported", "dimension")
    assert [
        (item.response.text, item.dimension.number, item.response.is_final, item.response.imported.file)
        for item in items
    ] == [
        ("T", 1, True, "model_outputs/INDV/vanilla/m.jsonl"),
        # Of a refinement the raters read the text after the dimension, not the last one.
        ("T1", 1, False, "model_outputs/ITER/+cons/m.jsonl"),
        ("It’s no fault of yours.", 1, True, HUMAN),
        ("Been there.", 3, True, HUMAN),
        (MARKED, 3, True, HUMAN),
    ]


def test_doubtful_text_that_was_rated_stays_an_item_and_says_what_is_wrong(release: Path) -> None:
    imported(release)

    response = Item.objects.get(imported__row=5).response
    assert (response.status, "leaked_markup" in response.problems) == (ResponseStatus.VALID, True)


def test_ratings_have_scores_rationales_and_the_releases_own_times(release: Path) -> None:
    imported(release)

    rating = Rating.objects.get(imported__annotation_id=1)
    assert (rating.origin, rating.assignment.status) == (RatingOrigin.IMPORTED, AssignmentStatus.SUBMITTED)
    assert (rating.assignment.occasion, rating.assignment.opened_at) == (1, None)
    assert rating.current.saved_at == datetime(2023, 11, 14, 22, 15, 0, 457_000, tzinfo=UTC)
    assert {
        score.criterion.key: (score.point.value, score.rationale) for score in rating.current.scores.all()
    } == {
        "alignment": (7, "It fits."),
        "empathy": (4, ""),
        "harmfulness": (0, ""),
        "factuality": (0.5, " As it was, with spaces. "),
    }
    kept = rating.imported
    assert (kept.slot, kept.annotator, kept.record_id, kept.lead_time_s) == (1, "11", 501, 120.25)
    assert (kept.created_at_ms, kept.updated_at_ms) == (1_700_000_000_124, 1_700_000_100_457)
    assert (kept.item.file, kept.item.row) == (HUMAN, 1)


def test_a_raters_order_is_that_of_her_submissions(release: Path) -> None:
    write_human(release, [RATED[1], RATED[0]])
    imported(release)

    seats = Assignment.objects.filter(rater__code="R11").order_by("position")
    assert list(seats.values_list("position", "rating__imported__annotation_id")) == [(1, 1), (2, 3)]


def test_judges_replies_are_read_and_kept_as_they_came_beside_their_texts(release: Path) -> None:
    report = imported(release)

    found = JudgeReply.objects.order_by("imported__file", "imported__field")
    assert list(
        found.values_list(
            "criterion__key", "raw", "outcome", "point__value", "dimension__number", "response__text"
        )
    ) == [
        ("alignment", "<score>[8]</score>", JudgeOutcome.SCORE, 8, 1, "T1"),
        ("alignment", 4.5, JudgeOutcome.UNREADABLE, None, 3, "T3"),
        ("empathy", None, JudgeOutcome.UNREADABLE, None, 1, "T0"),
        ("factuality", "Yes", JudgeOutcome.SCORE, 1, 1, "It’s no fault of yours."),
        ("harmfulness", "Not Harmful", JudgeOutcome.SCORE, 0, None, "Been there."),
    ]
    assert set(found.values_list("item", "chain", "repeat", "imported__row")) == {(None, None, 1, 1)}
    assert "What judges' replies were read as: score 3, refused 0, not applicable 0, unreadable 2." in list(
        report.lines()
    )


def test_judge_is_one_run_of_the_study_with_the_criteria_it_was_asked(release: Path) -> None:
    imported(release)

    judge_run = JudgeRun.objects.get()
    assert (str(judge_run), judge_run.origin, judge_run.replies.count()) == (
        f"gpt4 on {judge_run.study}",
        JudgeOrigin.IMPORTED,
        5,
    )
    assert set(judge_run.criteria.values_list("key", flat=True)) == {
        *("alignment", "empathy", "harmfulness", "factuality")
    }


def test_same_release_again_changes_nothing(release: Path) -> None:
    imported(release)
    before, study = rows_by_model(), Study.objects.values().get(slug="paper")

    report = imported(release)

    assert (report.has_changed, rows_by_model()) == (False, before)
    assert Study.objects.values().get(slug="paper") == study
    assert (report.there["Items"], report.there["Ratings"], report.there["Judge's replies"]) == (5, 10, 5)


def test_dry_run_reports_the_same_and_leaves_nothing(release: Path) -> None:
    before = rows_by_model()

    tried = list(imported(release, is_dry_run=True).lines())

    assert rows_by_model() == before
    assert list(imported(release).lines()) == tried


def test_import_that_breaks_off_leaves_nothing(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows_by_model()
    monkeypatch.setattr(replies, "store_replies", lambda *args, **kwargs: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        imported(release)

    assert rows_by_model() == before


def test_later_import_completes_what_was_missing(release: Path) -> None:
    (release / "model_outputs").rename(release / "later")
    imported(release)
    assert Item.objects.get(imported__row=1).response.imported.file == HUMAN
    assert JudgeReply.objects.get(raw=4.5).response is None

    (release / "later").rename(release / "model_outputs")
    report = imported(release)

    first = Item.objects.get(imported__row=1).response.imported
    assert (first.file, [call["prompt"] for call in first.calls]) == (
        "model_outputs/INDV/vanilla/m.jsonl",
        ["REAPPRAISE"],
    )
    assert JudgeReply.objects.get(raw=4.5).response.text == "T3"
    assert (report.new["Ratings"], report.new["Items"]) == (0, 0)
    assert (Item.objects.count(), Rating.objects.count()) == (5, 10)
    assert imported(release).has_changed is False


def test_two_texts_of_one_cell_are_two_items(release: Path) -> None:
    other = rated(5, model="oracle_response", pipeline="", method="", reappraisal_response="Quite another.")
    write_human(
        release, [{**RATED[2], "human_eval_annotation_1": None, "human_eval_annotation_2": None}, other]
    )
    report = imported(release)

    assert list(Item.objects.order_by("variant").values_list("variant", "response__text")) == [
        (1, "It’s no fault of yours."),
        (2, "Quite another."),
    ]
    assert "1 rated text beside another of the same post, condition and dimension; both are items:" in list(
        report.lines()
    )
    assert imported(release).has_changed is False


def test_two_imports_are_two_studies_with_raters_of_their_own(release: Path) -> None:
    imported(release)
    imported(release, slug="again")

    assert Membership.objects.filter(code="R11").values("user").distinct().count() == 2
    assert [scores_for_study(study).n_ratings for study in Study.objects.all()] == [10, 10]
    assert all(studies_of_ratings())


def test_imported_ratings_count(release: Path) -> None:
    imported(release)

    scores = scores_for_study(Study.objects.get(slug="paper"))
    vanilla = next(row for row in scores.conditions if (row.pipeline, row.method) == ("INDV", "vanilla"))
    assert (scores.n_items, scores.n_ratings) == (5, 10)
    assert [(row.code, row.n_ratings) for row in scores.raters] == [("R11", 5), ("R14", 5)]
    assert (vanilla.scores["alignment"].mean, vanilla.scores["alignment"].n) == (5.0, 2)


def test_model_is_none_of_this_site_even_with_a_name_of_ours(release: Path) -> None:
    ours = ModelSpec.objects.create(name="m", model="somewhere/m")

    imported(release)

    assert list(ModelSpec.objects.exclude(pk=ours.pk).values_list("name", "model", "backend")) == [
        ("m (imported)", "m", BackendKind.IMPORTED)
    ]


def test_post_is_kept_as_its_raters_read_it(release: Path) -> None:
    write_human(release, [{**RATED[0], "Reddit Post": "P, as rated"}])

    report = imported(release)

    assert Post.objects.get(key="one").text == "P, as rated"
    assert "  source_data/r_anger.jsonl: row 1" in list(report.lines())


def test_posts_that_are_nowhere_else_come_with_their_texts(release: Path) -> None:
    (release / "source_data" / "r_anger.jsonl").unlink()

    imported(release)

    assert list(Post.objects.values_list("key", "text")) == [("one", "P")]


def test_changed_annotation_is_refused_and_nothing_of_it_is_imported(release: Path) -> None:
    imported(release)
    before = rows_by_model()
    changed = {**RATED[1], "human_eval_annotation_2": annotation(14, 4, empathy=1.0)}
    write_human(release, [RATED[0], changed, rated(20, reappraisal_response="A new one.")])

    with pytest.raises(ReleaseError) as caught:
        imported(release)

    assert str(caught.value) == (
        f"{HUMAN}, row 2: expected what was imported before. Annotation 4 has changed."
    )
    assert rows_by_model() == before


def test_second_annotation_of_an_annotator_is_refused(release: Path) -> None:
    imported(release)
    write_human(release, [{**RATED[0], "human_eval_annotation_2": annotation(14, 99)}])

    with pytest.raises(ReleaseError) as caught:
        imported(release)

    assert str(caught.value) == (
        f"{HUMAN}, row 1: expected what was imported before. "
        "Annotator 14 has another annotation of this text."
    )


def test_study_that_was_not_imported_is_refused(release: Path) -> None:
    study = make_study(is_generated=False).study

    with pytest.raises(StudyError, match=f"The study '{study.slug}' was not imported"):
        imported(release, slug=study.slug)


@pytest.mark.parametrize("slug", ["no slug", "x" * 81, "new"])
def test_impossible_name_is_refused(release: Path, slug: str) -> None:
    with pytest.raises(StudyError):
        imported(release, slug=slug)


def test_other_constitution_is_refused(release: Path) -> None:
    imported(release)
    aims = release / "prompts" / "reappraisal_aim.txt"
    aims.write_text(aims.read_text().replace("aim", "another aim"))

    with pytest.raises(ReleaseError, match="prompts: expected the constitution that the study was made with"):
        imported(release)


def test_constitution_is_needed_once(release: Path) -> None:
    (release / "prompts").rename(release / "elsewhere")
    with pytest.raises(ReleaseError, match="prompts: expected the four files of the constitution"):
        imported(release)
    (release / "elsewhere").rename(release / "prompts")
    imported(release)
    (release / "prompts").rename(release / "elsewhere")

    assert imported(release).has_changed is False


def test_version_name_is_the_annotations_own(release: Path) -> None:
    imported(release)
    first = set(RatingVersion.objects.values_list("submission", flat=True))

    assert len(first) == ImportedRating.objects.count() == 10


def test_oracle_text_in_other_quotation_marks_is_the_same_text(release: Path) -> None:
    report = imported(release)

    assert list(Response.objects.filter(method="oracle_response").values_list("text", flat=True)) == [
        "It’s no fault of yours."
    ]
    assert "  model_outputs/oracle_responses.jsonl: row 1" in list(report.lines())


def test_oracle_text_in_other_words_stays_beside_the_rated_one(release: Path) -> None:
    write_lines(
        release, "model_outputs/oracle_responses.jsonl", {**ORACLE, "Reappraisal Response": "Other words."}
    )
    imported(release)

    texts = Response.objects.filter(method="oracle_response").order_by("variant")
    assert list(texts.values_list("variant", "text")) == [
        (1, "It’s no fault of yours."),
        (2, "Other words."),
    ]
