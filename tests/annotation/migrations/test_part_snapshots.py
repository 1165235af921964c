from importlib import import_module

import pytest
from django.apps import apps

from annotation.domain.snapshot import take_snapshot
from annotation.models import REPORT_PARTS, Snapshot
from tests.annotation.ratings import rate
from tests.factories import make_study

migration = import_module("annotation.migrations.0026_part_snapshots")


@pytest.mark.django_db
def test_reports_are_parted_and_can_be_joined_again() -> None:
    cast = make_study(posts=1)
    for seat in cast.assignments(cast.rater):
        rate(seat)
    taken = Snapshot.objects.get(pk=take_snapshot(cast.study, n_resamples=20).pk)
    migration.join(apps, None)
    joined = Snapshot.objects.get()
    assert set(REPORT_PARTS) < set(joined.overview)
    del joined.overview["judges"]
    for part in REPORT_PARTS:
        setattr(joined, part, [] if part == "judges" else {})
    joined.save()

    migration.part(apps, None)

    parted = Snapshot.objects.get()
    assert parted.overview == taken.overview
    assert dict(parted.report) == dict(taken.report)
    assert bytes(parted.ratings) == bytes(taken.ratings)
