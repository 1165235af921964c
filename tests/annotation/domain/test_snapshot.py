import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from django.utils import timezone

import annotation.statistics
from annotation.domain.snapshot import statistics_sha256, take_snapshot
from annotation.enums import Level
from annotation.models import Assignment, Condition, JudgeReply, Rating, Snapshot
from annotation.queries.criterion import criteria_of
from annotation.queries.snapshot import rating_state, ratings_of
from annotation.queries.study_ratings import by_value
from annotation.statistics.judge.report import judge_report
from annotation.statistics.judge.scores import OUTCOMES, JudgeScores
from annotation.statistics.report.plan import Plan
from annotation.statistics.report.study import study_report
from annotation.statistics.study_ratings import Grouping, Scale, StudyRatings
from generation.models import Dimension, Post
from tests.annotation.judges import answer_judge, start_judge
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


def rated_cast(*, posts: int = 1) -> Cast:
    """Return a study whose seats are all rated, each in its own way, the second rater's from the last on."""
    cast = make_study(posts=posts)
    seats = [*cast.assignments(cast.raters[0]), *reversed(cast.assignments(cast.raters[1]))]
    for number, seat in enumerate(seats):
        rate(
            seat,
            alignment=str(1 + (seat.item_id * 3 + number % 2) % 10),
            empathy=str(1 + seat.item_id % 5),
            harmfulness=str(1 + number % 2),
            factuality=str(1 + (seat.item_id + number) % 3),
        )
    return cast


def snapshot_of(cast: Cast) -> Snapshot:
    return take_snapshot(cast.study, n_resamples=20)


def test_snapshot_keeps_exactly_what_was_rated() -> None:
    cast = make_study(posts=1)
    late = cast.assignments(cast.raters[0])[0]
    early = next(seat for seat in cast.assignments(cast.raters[1]) if seat.item_id != late.item_id)
    first = rate(early, alignment="9", empathy="1", harmfulness="2", factuality="2")
    second = rate(late, alignment="1", empathy="5", harmfulness="1", factuality="3")

    kept = ratings_of(snapshot_of(cast))

    items = sorted([late.item, early.item], key=lambda item: item.pk)
    assert kept == {
        "criteria": [
            {"key": "alignment", "values": [str(value) for value in range(1, 11)]},
            {"key": "empathy", "values": ["1", "2", "3", "4", "5"]},
            {"key": "harmfulness", "values": ["0", "1"]},
            {"key": "factuality", "values": ["0", "0.5", "1"]},
        ],
        "raters": kept["raters"],
        "items": [
            [
                item.pk,
                1,
                item.dimension.key,
                "model",
                "SmolLM2-135M-Instruct",
                item.condition.pipeline,
                item.condition.method,
            ]
            for item in items
        ],
        "ratings": [
            [items.index(early.item), kept["raters"].index("R02"), first.pk, first.current_id, 8, 0, 1, 1],
            [items.index(late.item), kept["raters"].index("R01"), second.pk, second.current_id, 0, 4, 0, 0],
        ],
    }


def test_same_ratings_give_the_same_bytes_and_hash() -> None:
    cast = rated_cast()

    one, other = snapshot_of(cast), snapshot_of(cast)

    assert bytes(one.ratings) == bytes(other.ratings)
    assert one.data_sha256 == other.data_sha256
    assert (one.state, one.report, one.plan) == (other.state, other.report, other.plan)


def test_hash_is_that_of_the_kept_ratings() -> None:
    snapshot = snapshot_of(rated_cast())

    assert snapshot.data_sha256 == hashlib.sha256(gzip.decompress(bytes(snapshot.ratings))).hexdigest()


def test_changed_rating_gives_another_hash() -> None:
    cast = rated_cast()
    before = snapshot_of(cast)
    rate(cast.assignments(cast.rater)[0], alignment="10", empathy="5")

    after = snapshot_of(cast)

    assert after.data_sha256 != before.data_sha256


def test_snapshot_of_a_study_without_ratings_has_its_conditions_and_words() -> None:
    cast = make_study(posts=1)

    snapshot = snapshot_of(cast)

    assert ratings_of(snapshot)["ratings"] == []
    assert [condition["n_ratings"] for condition in snapshot.report["conditions"]] == [0, 0, 0]
    assert snapshot.report["agreement"]["alignment"]["overall"]["refusal"] == "Nobody has rated this yet."


def test_snapshot_is_of_the_state_before_its_ratings_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rating that comes in meanwhile leaves the snapshot out of date, not falsely fresh."""
    cast = make_study(posts=1)
    seats = cast.assignments(cast.rater)
    rate(seats[0])

    def state_then_rating(study: object) -> str:
        state = rating_state(cast.study)
        rate(seats[1])
        return state

    monkeypatch.setattr("annotation.domain.snapshot.rating_state", state_then_rating)
    snapshot = snapshot_of(cast)

    assert snapshot.report["n_ratings"] == 2
    assert snapshot.state != rating_state(cast.study)


def test_snapshot_has_the_plan_of_the_study() -> None:
    cast = rated_cast()

    plan = Snapshot.objects.get(pk=snapshot_of(cast).pk).plan

    conditions = list(cast.study.conditions.order_by("position").values_list("pk", flat=True))
    assert (plan["contrasts"], plan["reference"], plan["conditions"]) == ([[1, 0], [2, 0]], 0, conditions)
    assert (plan["raters_per_item"], plan["seed"], plan["n_resamples"]) == (2, 7, 20)


def test_report_can_be_computed_again_from_the_kept_ratings() -> None:
    """From nothing but the snapshot and the study's codebook and posts; without the raters' own times."""
    cast = rated_cast(posts=6)
    hand_in_backwards(cast)
    snapshot = Snapshot.objects.get(pk=snapshot_of(cast).pk)
    Rating.objects.update(current=None, answers=None)

    again = study_report(kept_ratings(snapshot), kept_plan(snapshot)).document()

    beside = ("active_seconds_median", "judges")
    report = {key: part for key, part in snapshot.report.items() if key not in beside}
    assert report["agreement"]["alignment"]["overall"]["refusal"] == ""
    assert json.loads(json.dumps(again)) == report


def judged_cast() -> Cast:
    """Return a rated study with a judge that was asked twice about everything and sometimes refuses."""
    cast = rated_cast(posts=4)
    answer_judge(
        start_judge(cast, criteria=["alignment", "empathy"], repeats=2),
        lambda chain, step: "I cannot help with that." if chain.pk % 5 == 0 else str(1 + chain.pk % 5),
    )
    return cast


def test_judges_are_in_the_report_marked_as_models_and_not_among_raters() -> None:
    cast = judged_cast()

    report = Snapshot.objects.get(pk=snapshot_of(cast).pk).report

    [judge] = report["judges"]
    assert (judge["judge"], judge["kind"]) == ("SmolLM2-135M-Instruct", "a language model, not a person")
    assert (judge["n_items"], judge["n_replies"], judge["n_repeats"]) == (16, 64, 2)
    empathy = judge["criteria"]["empathy"]["overall"]
    assert empathy["outcomes"]["n"] == 32
    assert 0 < empathy["outcomes"]["counts"]["refused"] < 32
    assert empathy["comparison"]["spearman"]["value"] is not None
    assert judge["criteria"]["factuality"]["overall"]["comparison"]["refusal"] == (
        "The judge was not asked about these items."
    )
    assert report["n_raters"] == 2


def test_report_of_judges_can_be_computed_again_from_what_is_kept() -> None:
    cast = judged_cast()
    hand_in_backwards(cast)
    snapshot = Snapshot.objects.get(pk=snapshot_of(cast).pk)
    kept = ratings_of(snapshot)
    [judge] = kept["judges"]
    rows = np.array(judge["replies"])
    JudgeReply.objects.all().delete()

    again = judge_report(
        kept_ratings(snapshot),
        JudgeScores(item=rows[:, 0], repeat=rows[:, 1], outcome=rows[:, 2:6], score=rows[:, 6:]),
        kept_plan(snapshot),
    ).document()

    [report] = snapshot.report["judges"]
    assert tuple(kept["outcomes"]) == OUTCOMES
    assert json.loads(json.dumps(again)) == {key: report[key] for key in again}


def test_judges_replies_change_the_hash_and_their_absence_does_not() -> None:
    cast = rated_cast()
    before = snapshot_of(cast)

    answer_judge(start_judge(cast, criteria=["empathy"]))
    after = snapshot_of(cast)

    assert "judges" not in ratings_of(before)
    assert after.data_sha256 != before.data_sha256


def hand_in_backwards(cast: Cast) -> None:
    """Let the ratings that were stored last be the first handed in, as a release may have them."""
    for days, rating in enumerate(Rating.objects.order_by("-pk")):
        Assignment.objects.filter(rating=rating).update(closed_at=timezone.now() + timedelta(days=days))


def kept_plan(snapshot: Snapshot) -> Plan:
    return Plan(
        contrasts=tuple((a, b) for a, b in snapshot.plan["contrasts"]),
        **{name: snapshot.plan[name] for name in ("reference", "raters_per_item", "seed", "n_resamples")},
    )


def kept_ratings(snapshot: Snapshot) -> StudyRatings:
    kept = ratings_of(snapshot)
    conditions = [Condition.objects.get(pk=key) for key in snapshot.plan["conditions"]]
    names = [
        [condition.source, condition.model_spec.name, condition.pipeline, condition.method]
        for condition in conditions
        if condition.model_spec
    ]
    dimension_of = {dimension.key: dimension for dimension in Dimension.objects.all()}
    area_of = dict(Post.objects.filter(collection=snapshot.study.posts).values_list("position", "area"))
    items, rows = kept["items"], np.array(kept["ratings"])
    group_names = {
        "dimension": [dimension_of[item[2]].name for item in items],
        "topic": [area_of[item[1]] for item in items],
        "post": [f"Post {item[1]}" for item in items],
    }
    return StudyRatings(
        scales=tuple(
            Scale(
                key=criterion.key,
                label=criterion.label,
                values=tuple(map(Decimal, scale["values"])),
                is_ordinal=criterion.level == Level.ORDINAL,
                words=tuple(point.label for point in by_value(criterion)),
            )
            for criterion, scale in zip(criteria_of(snapshot.study), kept["criteria"], strict=True)
        ),
        conditions=tuple(map(str, conditions)),
        raters=tuple(kept["raters"]),
        post=np.unique([item[1] for item in items], return_inverse=True)[1],
        dimension=np.array([dimension_of[item[2]].pk for item in items]),
        condition=np.array([names.index(item[3:]) for item in items]),
        item=rows[:, 0],
        rater=rows[:, 1],
        given=np.arange(len(rows)),
        score=rows[:, 4:],
        groupings={
            kind: grouping(names, snapshot.plan["groups"][kind]) for kind, names in group_names.items()
        },
    )


def grouping(of_items: list[str], names: list[str]) -> Grouping:
    return Grouping(names=tuple(names), group=np.array([names.index(name) for name in of_items]))


@pytest.fixture
def fresh_hash() -> Iterator[None]:
    """Forget the program's hash before and after: it is computed once for a process."""
    statistics_sha256.cache_clear()
    yield
    statistics_sha256.cache_clear()


@pytest.mark.usefixtures("fresh_hash")
@pytest.mark.parametrize("path", ["alpha.py", "report/study.py", "report/new.py"])
def test_code_hash_changes_with_every_file_of_the_statistics(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report").mkdir()
    for name in ("alpha.py", "report/study.py"):
        (tmp_path / name).write_text("one = 1\n")
    monkeypatch.setattr(annotation.statistics, "__path__", [str(tmp_path)])
    before = statistics_sha256()
    statistics_sha256.cache_clear()

    (tmp_path / path).write_text("one = 2\n")

    assert statistics_sha256() != before


def test_snapshot_names_the_program() -> None:
    assert snapshot_of(make_study(posts=1)).code_sha256 == statistics_sha256()
