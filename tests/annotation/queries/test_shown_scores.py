"""Scores that come from a current snapshot are those that a count of the ratings gives."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation.domain.snapshot import take_snapshot
from annotation.models import Assignment, Rating
from annotation.queries.score import scores_for_study
from annotation.queries.shown_scores import shown_scores
from tests.annotation.ratings import rate
from tests.factories import make_study

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("n_ratings", [0, 1, 7, 20])
def test_scores_of_a_snapshot_are_those_of_the_ratings(n_ratings: int) -> None:
    study = make_study(posts=3, raters=3, strategies=["INDV vanilla", "INDV +cons"]).study
    for seat in Assignment.objects.order_by("pk")[:n_ratings]:
        rate(seat, alignment=str(seat.pk % 10 + 1), factuality=str(seat.pk % 3 + 1))
    live = scores_for_study(study)
    snapshot = take_snapshot(study, n_resamples=200)

    with CaptureQueriesContext(connection) as queries:
        shown = shown_scores(study)

    assert shown.scores == live
    assert shown.computed is not None
    assert (shown.computed.snapshot, shown.computed.is_current) == (snapshot, True)
    assert not [query["sql"] for query in queries if '"annotation_score"' in query["sql"]]


def test_scores_are_live_when_a_rating_has_come_since() -> None:
    study = make_study(posts=2, strategies=["INDV vanilla"]).study
    first, second, *_ = Assignment.objects.order_by("pk")
    rate(first)
    take_snapshot(study, n_resamples=200)
    rate(second)

    shown = shown_scores(study)

    assert shown.scores == scores_for_study(study)
    assert shown.scores.n_ratings == Rating.objects.count() == 2
    assert shown.computed is not None
    assert not shown.computed.is_current
