import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.exports import find_format
from annotation.models import Study
from annotation.queries.score import scores_for_study
from tests.annotation.importers.resort_release.folder import (
    RATED,
    annotation,
    imported,
    rated,
    write_human,
    write_whole,
)
from tests.annotation.ratings import rate
from tests.factories import make_study
from tests.generation.release.samples import RELEASE, needs_release

pytestmark = pytest.mark.django_db

SAMPLE = RELEASE / "eval-human" / "human_eval_annotations_sample.json"
FIELDS = {
    "alignment": "alignment_with_standards",
    "empathy": "empathy",
    "harmfulness": "harmfulness",
    "factuality": "factuality",
}
SLOTS = ("human_eval_annotation_1", "human_eval_annotation_2")


def exported(study: Study) -> str:
    stream = io.BytesIO()
    find_format("resort-release").write(study, stream)
    return stream.getvalue().decode()


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return write_whole(tmp_path / "release")


def round_trip(release: Path, rows: list[dict[str, Any]]) -> str:
    write_human(release, rows)
    imported(release)
    return exported(Study.objects.get())


def test_imported_evaluation_comes_back_as_it_was(release: Path) -> None:
    assert round_trip(release, RATED) == json.dumps(RATED, indent=1, ensure_ascii=False)


def test_what_is_missing_or_unknown_comes_back_too(release: Path) -> None:
    lacking = annotation(
        11, 1, empathy=None, empathy_rationale="Too short.", lead_time=None, id=None, agreed=True
    )
    rows = [
        rated(1, human_eval_annotation_1=lacking),
        rated(3, human_eval_annotation_1=None, reappraisal_response="Other.", **{"Reddit Post": "P. "}),
    ]
    rows[1]["Reddit Post"] = "P, in other words"

    back = json.loads(round_trip(release, rows))

    assert back == rows


def test_own_study_takes_the_same_shape() -> None:
    cast = make_study(posts=1, raters_per_item=2, human_sources=["oracle_response"])
    for user in cast.raters:
        for seat in cast.assignments(user):
            seat.opened_at = timezone.now() - timedelta(seconds=90)
            seat.save()
            rate(seat, rationale="Because.")

    items = json.loads(exported(cast.study))

    assert {tuple(item) for item in items} == {tuple(RATED[0])}
    assert {tuple(item[slot]) for item in items for slot in SLOTS} == {tuple(RATED[0][SLOTS[0]])}
    assert {(item["model"], item["pipeline"], item["method"]) for item in items} == {
        ("SmolLM2-135M-Instruct", "vanilla", "vanilla"),
        ("SmolLM2-135M-Instruct", "individual_guided_reappraisal", "+cons"),
        ("SmolLM2-135M-Instruct", "iterative_guided_refinement", "+cons"),
        ("oracle_response", "", ""),
    }
    first = items[0]["human_eval_annotation_1"]
    assert (first["alignment_with_standards"], first["alignment_with_standards_rationale"]) == (
        7.0,
        "Because.",
    )
    assert (first["empathy_rationale"], first["annotator"]) == (None, "R01")
    assert first["lead_time"] == pytest.approx(90, abs=5)
    assert first["created_at"] == first["updated_at"]


def test_changed_rating_has_the_times_of_its_first_and_its_current_version() -> None:
    cast = make_study(posts=1)
    rating = rate(cast.assignments(cast.rater)[0])
    rating = rate(rating.assignment, alignment="2")
    times = list(rating.versions.order_by("number").values_list("saved_at", flat=True))

    (item,) = json.loads(exported(cast.study))

    annotated = item["human_eval_annotation_1"]
    assert [annotated["created_at"], annotated["updated_at"]] == [
        int(pd.Timestamp(time).value // 10**6) for time in times
    ]
    assert annotated["alignment_with_standards"] == 2.0


def test_study_without_ratings_is_an_empty_list() -> None:
    assert exported(make_study(posts=1).study) == "[]"


def test_queries_do_not_grow_with_the_items(
    release: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    write_human(release, RATED[:1])
    imported(release)
    study = Study.objects.get()
    with django_assert_num_queries(6):
        exported(study)
    write_human(release, RATED)
    imported(release)

    with django_assert_num_queries(6):
        exported(study)


@needs_release
def test_sample_of_the_authors_release_comes_back_byte_for_byte() -> None:
    imported(RELEASE)

    assert exported(Study.objects.get()) == SAMPLE.read_text(encoding="utf-8")


@needs_release
def test_means_and_sds_of_the_sample_are_those_of_pandas() -> None:
    imported(RELEASE)
    rows = [
        {"condition": (item["model"], item["pipeline"], item["method"]), **item[slot]}
        for item in json.loads(SAMPLE.read_text(encoding="utf-8"))
        for slot in SLOTS
    ]
    expected = pd.DataFrame(rows).groupby("condition")[list(FIELDS.values())].agg(["mean", "std", "count"])
    names = {
        "vanilla": "vanilla",
        "self-refine": "self-refine",
        "INDV": "individual_guided_reappraisal",
        "ITER": "iterative_guided_refinement",
    }

    scores = scores_for_study(Study.objects.get())

    assert len(scores.conditions) == len(expected)
    for row in scores.conditions:
        key = (row.method, "", "")
        if row.source == "model":
            key = (row.model, names.get(row.method) or names[row.pipeline], row.method)
        for criterion, field in FIELDS.items():
            found, wanted = row.scores[criterion], expected.loc[[key]][field].iloc[0]
            assert (found.n, found.mean, found.sd) == (
                wanted["count"],
                pytest.approx(wanted["mean"], abs=1e-12),
                pytest.approx(wanted["std"], abs=1e-12),
            )
