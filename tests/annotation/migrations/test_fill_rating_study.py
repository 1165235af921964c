from importlib import import_module

import pytest
from django.apps import apps

from annotation.models import Rating
from tests.annotation.ratings import rate, studies_of_ratings
from tests.factories import make_study

migration = import_module("annotation.migrations.0023_fill_rating_study")


@pytest.mark.django_db
def test_ratings_get_the_study_of_their_item() -> None:
    casts = [make_study(posts=1), make_study(posts=1, prefix="other-")]
    for cast in casts:
        for seat in cast.assignments(cast.rater):
            rate(seat)
    Rating.objects.update(study=casts[0].study)
    assert not all(studies_of_ratings())

    migration.fill_study(apps, None)

    assert studies_of_ratings() == [True] * 8
