from importlib import import_module

import pytest
from django.apps import apps

from annotation.models import Assignment, Rating
from tests.annotation.ratings import WITHOUT_SCORES, answers_by_scores, rate
from tests.factories import make_study

migration = import_module("annotation.migrations.0015_fill_rating_answers")


@pytest.mark.django_db
@pytest.mark.parametrize("batch_size", [1, 3, 10_000])
def test_ratings_get_the_answers_of_their_current_version(
    batch_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "BATCH_SIZE", batch_size)
    cast = make_study(posts=1)
    for place, seat in enumerate(Assignment.objects.order_by("pk")):
        rate(seat)
        rate(seat, alignment=str(place // 2 + 1))
    rate(seat, **WITHOUT_SCORES)
    # Begun and never handed in.
    again = Assignment.objects.create(item=seat.item, rater=seat.rater, occasion=2, position=99)
    Rating.objects.create(assignment=again, study=cast.study)
    Rating.objects.filter(current__isnull=False).update(answers="not filled")

    migration.fill_answers(apps, None)

    answers = dict(Rating.objects.values_list("pk", "answers"))
    assert answers == answers_by_scores()
    assert len(answers) == 9
