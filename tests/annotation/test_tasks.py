import pytest

from annotation.domain.figure import FILES
from annotation.domain.generation import start_generation
from annotation.models import Item, Snapshot
from annotation.tasks import attach_responses, take_snapshot
from tests.annotation.ratings import rate
from tests.factories import make_study, write_all

pytestmark = pytest.mark.django_db


def test_texts_become_ratable_in_every_study_that_waits() -> None:
    casts = [make_study(posts=1, is_generated=False, prefix=prefix) for prefix in ("", "other-")]
    for cast in casts:
        write_all(start_generation(cast.study, by=cast.manager))

    attach_responses()
    attach_responses()

    assert not Item.objects.filter(response=None).exists()
    assert set(Item.objects.values_list("study", flat=True)) == {cast.study.pk for cast in casts}


def test_snapshot_is_taken_and_drawn_once_for_the_same_ratings_and_anew_for_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("annotation.domain.figure.FILES", FILES[:1])
    cast = make_study(posts=1)
    seats = cast.assignments(cast.rater)
    rate(seats[0])

    take_snapshot(cast.study.pk)
    take_snapshot(cast.study.pk)
    rate(seats[1])
    take_snapshot(cast.study.pk)

    snapshots = Snapshot.objects.order_by("pk")
    assert [snapshot.report["n_ratings"] for snapshot in snapshots] == [1, 2]
    assert [snapshot.figures.count() for snapshot in snapshots] == [10, 10]
    assert [snapshot.plan["n_resamples"] for snapshot in snapshots] == [2000, 2000]
