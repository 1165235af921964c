import hashlib
import io
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from pytest_django import DjangoAssertNumQueries

from annotation.domain.assignment import skip
from annotation.domain.errors import StudyError
from annotation.domain.exclusion import exclude_ratings
from annotation.enums import AssignmentStatus, ExclusionKind, SkipKind
from annotation.exports import find_format, write_export
from annotation.exports.csv_long import COLUMNS, FORMAT, RATING_COLUMNS
from annotation.models import Assignment, Study
from annotation.queries.export import score_rows
from annotation.queries.score import scores_for_study
from tests.annotation.active_time import work
from tests.annotation.ratings import rate
from tests.factories import make_study

pytestmark = pytest.mark.django_db
EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)
CRITERIA = ["alignment", "empathy", "harmfulness", "factuality"]


def exported(study: Study) -> bytes:
    stream = io.BytesIO()
    write_export(FORMAT, study=study, stream=stream)
    return stream.getvalue()


def frame_of(study: Study) -> pd.DataFrame:
    """Read the export as a researcher would, with nothing but the path."""
    return pd.read_csv(io.BytesIO(exported(study)))


def test_csv_long_has_a_row_per_rating_and_criterion() -> None:
    cast = make_study(posts=1)
    seat, other, *_ = cast.assignments(cast.rater)
    rating = rate(
        seat, alignment="9", empathy="2", harmfulness="2", factuality="2", rationale="=Fits, she said"
    )
    rate(other)
    condition, response = seat.item.condition, seat.item.response
    Assignment.objects.filter(pk=seat.pk).update(
        opened_at=EIGHT, closed_at=EIGHT + timedelta(minutes=10), status=AssignmentStatus.SUBMITTED
    )
    for first_minute, last_minute in ((1, 2), (8, 9), (9, 20)):
        work(seat, begin=EIGHT + timedelta(minutes=first_minute), minutes=last_minute - first_minute - 0.5)

    frame = frame_of(cast.study)

    assert list(frame.columns) == [column.name for column in COLUMNS]
    assert len(frame) == 8
    rows = frame[frame["rating"] == rating.pk]
    assert list(rows["criterion"]) == CRITERIA
    assert list(rows["score"]) == [9, 2, 1, 0.5]
    assert [label if isinstance(label, str) else "" for label in rows["score_label"]] == [
        "", "", "Harmful", "Minor error",
    ]  # fmt: skip
    ratings = frame.columns[: len(RATING_COLUMNS)].drop(
        ["score_label", "missing", "excluded", "first_submitted_at", "submitted_at"]
    )
    first = rows.iloc[0][ratings].to_dict()
    assert first == {
        "study": cast.study.slug,
        "item": seat.item_id,
        "post": seat.item.post.position,
        "area": "anxiety",
        "dimension": seat.item.dimension.key,
        "dimension_number": seat.item.dimension.number,
        "source": "model",
        "model": condition.model_spec.name,
        "pipeline": condition.pipeline,
        "method": condition.method.replace("+", "'+"),
        "rater": "R01",
        "position": 1,
        "occasion": 1,
        "origin": "expert",
        "rating": rating.pk,
        "version": 1,
        "criterion": "alignment",
        "score": 9,
        "rationale": "'=Fits, she said",
        "active_seconds": 120,
        "elapsed_seconds": 600,
        "response_id": response.pk,
        "response_sha256": response.sha256,
    }
    submitted = pd.to_datetime(rows["submitted_at"])
    assert set(submitted) == {pd.Timestamp(rating.current.saved_at).floor("s")}


def test_csv_long_of_a_changed_rating_has_its_current_version() -> None:
    cast = make_study(posts=1)
    seat = cast.assignments(cast.rater)[0]
    rate(seat, alignment="1")
    rating = rate(seat, alignment="10")
    first = rating.versions.get(number=1)
    type(first).objects.filter(pk=first.pk).update(saved_at="2026-01-01T08:00:00Z")

    frame = frame_of(cast.study)

    assert frame[["version", "criterion", "score"]].values.tolist()[0] == [2, "alignment", 10]
    assert set(frame["first_submitted_at"]) == {"2026-01-01T08:00:00Z"}
    assert len(frame) == 4


def test_csv_long_counts_skips_as_missing_by_kind_and_never_as_a_score() -> None:
    cast = make_study(posts=1)
    rated, without_reason, broken, _ = cast.assignments(cast.rater)
    rate(rated)
    skip(without_reason, kind=SkipKind.NO_REASON)
    skip(broken, kind=SkipKind.TEXT_BROKEN)

    frame = frame_of(cast.study)

    missing = frame[frame["missing"].notna()]
    assert sorted(zip(missing["item"], missing["missing"], missing["criterion"], strict=True)) == sorted(
        (seat.item_id, kind, criterion)
        for seat, kind in ((without_reason, "no_reason"), (broken, "text_broken"))
        for criterion in CRITERIA
    )
    assert missing["score"].isna().all()
    assert missing["rating"].isna().all()
    assert frame["score"].count() == 4


def test_csv_long_names_occasions_and_leaves_out_seats_without_an_answer() -> None:
    cast = make_study(posts=1)
    seat, *_ = cast.assignments(cast.rater)
    rate(seat)
    again = Assignment.objects.create(item=seat.item, rater=seat.rater, occasion=2, position=50)
    rate(again)

    frame = frame_of(cast.study)

    assert list(frame["occasion"]) == [1] * 4 + [2] * 4


def test_csv_long_names_nobody() -> None:
    cast = make_study(posts=1)
    for seat in cast.assignments(cast.rater):
        rate(seat)

    content = exported(cast.study).decode("utf-8-sig")

    assert "R01" in content
    assert "@" not in content
    assert cast.rater.name not in content
    assert "post-1" not in content


def test_csv_long_without_a_rating_is_its_head() -> None:
    cast = make_study(posts=1)
    stream = io.BytesIO()

    written = write_export(FORMAT, study=cast.study, stream=stream)

    head = "\ufeff" + ",".join(column.name for column in COLUMNS) + "\r\n"
    assert stream.getvalue() == head.encode()
    assert (written.n_rows, written.sha256) == (0, hashlib.sha256(head.encode()).hexdigest())


def test_csv_long_grouped_by_pandas_gives_table_3() -> None:
    cast = make_study(posts=3)
    for number, seat in enumerate(seat for user in cast.raters for seat in cast.assignments(user)):
        rate(
            seat,
            alignment=str(number * 3 % 10 + 1),
            empathy=str(number % 5 + 1),
            harmfulness=str(number % 7 // 6 + 1),
            factuality=str(number % 3 + 1),
        )

    frame = frame_of(cast.study)
    grouped = frame.groupby(["pipeline", "method", "criterion"])["score"].agg(["count", "mean", "std"])

    table = scores_for_study(cast.study)
    assert table.n_ratings == len(frame) / 4 == 24
    for row in table.conditions:
        for key, description in row.scores.items():
            n, mean, sd = grouped.loc[(row.pipeline, row.method.replace("+", "'+"), key)]
            assert description.n == n
            assert description.mean == pytest.approx(mean, rel=1e-12)
            assert description.sd == pytest.approx(sd, rel=1e-12)


def test_score_rows_have_what_the_columns_need() -> None:
    cast = make_study(posts=1)
    rate(cast.assignments(cast.rater)[0])

    row = score_rows(cast.study)[0]

    wanted = {column.field or column.name for column in RATING_COLUMNS}
    assert set(row) - {"seat"} == wanted - {"missing", "excluded", "active_seconds", "elapsed_seconds"}


@pytest.mark.parametrize("posts", [1, 3])
def test_csv_long_takes_twelve_queries(posts: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    cast = make_study(posts=posts)
    for seat in cast.assignments(cast.rater):
        rate(seat)

    with django_assert_num_queries(12):
        exported(cast.study)


def test_find_format_unknown_names_those_there_are() -> None:
    with pytest.raises(
        StudyError,
        match=r"'sav' is not available\. Available: csv-long, resort-release, judge-csv, snapshot\.",
    ):
        find_format("sav")


def test_csv_long_keeps_excluded_ratings_and_says_why_scores_leave_them_out() -> None:
    cast = make_study(posts=1, strategies=["INDV vanilla"])
    for seat in Assignment.objects.all():
        rate(seat)
    membership = cast.membership(cast.rater)
    exclude_ratings(cast.study, kind=ExclusionKind.RATER, rater=membership, reason="Agreed.", by=cast.manager)

    frame = frame_of(cast.study)

    by_rater = frame["excluded"].fillna("").groupby(frame["rater"]).unique()
    assert {rater: list(why) for rater, why in by_rater.items()} == {
        membership.code: ["rater"],
        cast.membership(cast.raters[1]).code: [""],
    }
