from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from annotation.models import Assignment
from tests.annotation.active_time import work
from tests.factories import make_study

migration = import_module("annotation.migrations.0012_keep_active_seconds")


@pytest.mark.django_db
def test_closed_seats_keep_what_their_spans_say_each_moment_once() -> None:
    cast = make_study(posts=1)
    begin = datetime(2026, 3, 2, 8, tzinfo=UTC)
    closed, still_open, without_span, _ = cast.assignments(cast.rater)
    closed.closed_at = without_span.closed_at = begin + timedelta(minutes=10)
    closed.save()
    without_span.save()
    for seat in (closed, still_open):
        for minute, minutes in ((0, 3), (1, 1), (2, 2), (8, 5), (60, 5)):
            work(seat, begin=begin + timedelta(minutes=minute), minutes=minutes)
    by_domain = dict(Assignment.objects.values_list("pk", "active_seconds"))
    Assignment.objects.update(active_seconds=None)

    migration.keep_active_seconds(apps, None)

    assert dict(Assignment.objects.values_list("pk", "active_seconds")) == by_domain
    assert by_domain[closed.pk] == 6 * 60
    assert (by_domain[still_open.pk], by_domain[without_span.pk]) == (None, None)
