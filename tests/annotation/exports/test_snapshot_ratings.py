import io
from pathlib import Path

import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from annotation.domain.snapshot import take_snapshot
from annotation.exports import csv_long, write_export
from annotation.exports.snapshot_ratings import snapshot_ratings
from annotation.models import Snapshot, Study
from tests.annotation.ratings import rate
from tests.factories import make_study

pytestmark = pytest.mark.django_db
SHARED = [
    "item",
    "post",
    "dimension",
    "source",
    "model",
    "pipeline",
    "method",
    "rater",
    "rating",
    "criterion",
    "score",
]


def frame_of(snapshot: Snapshot) -> pd.DataFrame:
    return pd.read_csv(io.StringIO("".join(snapshot_ratings(snapshot))))


def long_frame_of(study: Study) -> pd.DataFrame:
    stream = io.BytesIO()
    write_export(csv_long.FORMAT, study=study, stream=stream)
    return pd.read_csv(io.BytesIO(stream.getvalue()))


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[SHARED].sort_values(["rating", "criterion"], ignore_index=True)


def test_snapshot_ratings_are_those_of_the_long_csv() -> None:
    cast = make_study(posts=2, human_sources=("top_reddit_comment",))
    for rater in cast.raters:
        for number, seat in enumerate(cast.assignments(rater)):
            rate(seat, alignment=str(1 + number), factuality=str(1 + number % 3))
    changed = rate(cast.assignments(cast.rater)[0], alignment="10")

    frame = frame_of(take_snapshot(cast.study, n_resamples=20))

    pd.testing.assert_frame_equal(in_order(frame), in_order(long_frame_of(cast.study)))
    assert frame[frame["rating"] == changed.pk]["version_key"].unique().tolist() == [changed.current_id]


def test_snapshot_ratings_are_as_they_were_then() -> None:
    cast = make_study(posts=1)
    seat = cast.assignments(cast.rater)[0]
    rate(seat, alignment="3")
    snapshot = take_snapshot(cast.study, n_resamples=20)
    before = frame_of(snapshot)

    rate(seat, alignment="9")
    rate(cast.assignments(cast.rater)[1])

    pd.testing.assert_frame_equal(frame_of(snapshot), before)
    assert before[before["criterion"] == "alignment"]["score"].tolist() == [3]


def test_snapshot_ratings_without_a_rating_are_their_head() -> None:
    snapshot = take_snapshot(make_study(posts=1).study, n_resamples=20)

    [head] = snapshot_ratings(snapshot)

    assert set(SHARED) < set(head.strip().split(","))


def test_snapshot_ratings_name_nobody() -> None:
    cast = make_study(posts=1)
    rate(cast.assignments(cast.rater)[0], rationale="I know this person")

    text = "".join(snapshot_ratings(take_snapshot(cast.study, n_resamples=20)))

    assert "R01" in text
    assert [
        word for word in (cast.rater.email, cast.rater.name, "I know this", "post-1") if word in text
    ] == []


def test_export_has_the_ratings_of_the_newest_snapshot_whatever_came_since(tmp_path: Path) -> None:
    cast = make_study(posts=1)
    seats = cast.assignments(cast.rater)
    for alignment in ("3", "5"):
        rate(seats[0], alignment=alignment)
        snapshot = take_snapshot(cast.study, n_resamples=20)
    rate(seats[1], alignment="9")

    out = ("--out", str(tmp_path / "r.csv"))
    call_command("export", cast.study.slug, "--format", "snapshot", *out, stdout=io.StringIO())

    written = (tmp_path / "r.csv").read_bytes().decode("utf-8-sig")
    assert written == "".join(snapshot_ratings(snapshot))
    assert pd.read_csv(io.StringIO(written))["score"].max() == 5


def test_export_of_a_snapshot_that_there_is_none_of_is_refused(tmp_path: Path) -> None:
    cast = make_study(posts=1)

    with pytest.raises(CommandError, match="Nothing was computed of this study yet"):
        call_command("export", cast.study.slug, "--format", "snapshot", "--out", str(tmp_path / "r.csv"))

    assert list(tmp_path.iterdir()) == []
