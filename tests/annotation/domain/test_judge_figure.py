"""A judge's figures: of what it scored, under its name as a model, in each snapshot once."""

import pytest

from annotation.domain.figure import FILES, draw_figures
from annotation.domain.snapshot import take_snapshot
from annotation.models import Assignment, FigureFile, Snapshot
from tests.annotation.judges import answer_judge, start_judge
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("annotation.domain.figure.FILES", FILES[:1])
    cast = make_study(posts=4, strategies=["INDV vanilla", "INDV +cons"], human_sources=["friend"])
    for seat in Assignment.objects.order_by("pk"):
        rate(seat, empathy=str(seat.pk % 5 + 1))
    return cast


def drawn(cast: Cast) -> Snapshot:
    snapshot = take_snapshot(cast.study, n_resamples=200)
    draw_figures(snapshot)
    return snapshot


def test_judge_has_one_calibration_and_a_ranking_for_each_criterion_it_scored(cast: Cast) -> None:
    judge_run = start_judge(cast, criteria=["empathy", "harmfulness"])
    answer_judge(
        judge_run,
        lambda chain, step: (
            "I cannot help with that." if step.wording == "harmfulness" else str(chain.pk % 5)
        ),
    )

    snapshot = drawn(cast)

    of_judge = snapshot.figures.filter(key__endswith=f"-{judge_run.pk}") | snapshot.figures.filter(
        key__startswith=f"ranking-{judge_run.pk}-"
    )
    calibration, ranking = of_judge.order_by("position")
    assert (calibration.key, ranking.key) == (
        f"calibration-{judge_run.pk}",
        f"ranking-{judge_run.pk}-empathy",
    )
    part = snapshot.report["judges"][0]["criteria"]["empathy"]
    assert [row[:2] for row in calibration.table[1:]] == [["Empathy", str(point)] for point in range(1, 6)]
    assert [int(row[4]) for row in calibration.table[1:]] == [
        point["n_items"] for point in part["overall"]["calibration"]["points"]
    ]
    assert {row[0] for row in ranking.table[1:]} == {
        "SmolLM2-135M-Instruct: INDV vanilla",
        "SmolLM2-135M-Instruct: INDV +cons",
        "friend (human reference)",
    }
    assert [row[3] for row in ranking.table[1:]] == sorted(
        [row[3] for row in ranking.table[1:]], reverse=True
    )


def test_every_figure_of_a_judge_says_that_it_is_a_model(cast: Cast) -> None:
    answer_judge(start_judge(cast, criteria=["empathy"]), lambda chain, step: str(1 + chain.pk % 5))

    snapshot = drawn(cast)

    of_judge = FigureFile.objects.filter(
        figure__snapshot=snapshot, figure__key__regex="^(calibration|ranking)-"
    )
    assert of_judge.count() == 2
    assert all(b"a language model, not a person" in bytes(file.content) for file in of_judge)


def test_judge_without_a_score_and_study_without_a_judge_have_nothing_to_draw(cast: Cast) -> None:
    before = drawn(cast).figures.count()
    answer_judge(start_judge(cast, criteria=["empathy"]), lambda chain, step: "I cannot help with that.")

    assert drawn(cast).figures.count() == before
