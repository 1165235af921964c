"""Prepared inserts and updates leave in the database what Django's own do."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import BigAutoField
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.enums import AssignmentStatus, RatingOrigin
from annotation.models import ActiveSpan, Assignment, Rating, RatingVersion
from resort_site.prepared_write import PreparedInsert, PreparedUpdate
from tests.factories import Cast, make_study

NOW = timezone.now()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_study(posts=2)


def span(seat: Assignment, window: UUID, number: int, *, minutes: int) -> ActiveSpan:
    return ActiveSpan(
        assignment=seat,
        window=window,
        number=number,
        began_at=NOW,
        ended_at=NOW + timedelta(minutes=minutes),
    )


def test_row_is_kept_with_its_defaults_and_gets_its_key(cast: Cast) -> None:
    add_rating, add_version = PreparedInsert(Rating), PreparedInsert(RatingVersion)
    rating = Rating(assignment=cast.assignments(cast.rater)[0], study=cast.study)
    add_rating(rating)
    version = RatingVersion(rating=rating, number=1, submission=uuid4(), by=cast.rater, reason="a 'b' %s")

    add_version(version)

    assert Rating.objects.get() == rating
    assert Rating.objects.get().origin == RatingOrigin.EXPERT
    assert Rating.objects.get().current is None
    kept = RatingVersion.objects.get()
    assert (kept.pk, kept.rating, kept.submission) == (version.pk, rating, version.submission)
    assert (kept.by, kept.reason, kept.saved_at) == (cast.rater, "a 'b' %s", version.saved_at)


def test_row_that_was_added_is_changed_by_its_next_save(cast: Cast) -> None:
    rating = Rating(assignment=cast.assignments(cast.rater)[0], study=cast.study)
    PreparedInsert(Rating)(rating)

    rating.origin = RatingOrigin.IMPORTED
    rating.save()

    assert [kept.origin for kept in Rating.objects.all()] == [RatingOrigin.IMPORTED]


def test_several_rows_are_added_by_one_query_and_each_gets_its_own_key(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    add_spans = PreparedInsert(ActiveSpan)
    seat, window = cast.assignments(cast.rater)[0], uuid4()
    spans = [span(seat, window, number, minutes=number) for number in (3, 1, 2)]

    with django_assert_num_queries(1):
        add_spans(*spans)
    with django_assert_num_queries(0):
        add_spans()

    kept = {each.pk: (each.number, each.ended_at) for each in ActiveSpan.objects.all()}
    assert kept == {each.pk: (each.number, each.ended_at) for each in spans}


def test_row_that_is_there_is_refused_or_gets_the_new_values(cast: Cast) -> None:
    seat, window = cast.assignments(cast.rater)[0], uuid4()
    first, again = span(seat, window, 1, minutes=1), span(seat, window, 1, minutes=5)
    PreparedInsert(ActiveSpan)(first)

    with pytest.raises(IntegrityError), transaction.atomic():
        PreparedInsert(ActiveSpan)(again)
    PreparedInsert(ActiveSpan, unique=["window", "number"], update=["ended_at"])(again)

    assert list(ActiveSpan.objects.values_list("pk", "ended_at")) == [(first.pk, again.ended_at)]
    assert again.pk == first.pk


def test_update_changes_the_rows_that_are_meant_and_counts_them(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    close = PreparedUpdate(
        lambda seat: Assignment.objects.filter(pk=seat, closed_at=None),
        "status",
        "closed_at",
        seat=BigAutoField,
    )
    meant, other = cast.assignments(cast.rater)[:2]

    with django_assert_num_queries(2):
        changed = [
            close(seat=meant.pk, status=AssignmentStatus.SUBMITTED, closed_at=NOW),
            close(seat=meant.pk, status=AssignmentStatus.OPEN, closed_at=None),
        ]

    assert changed == [1, 0]
    meant.refresh_from_db()
    other.refresh_from_db()
    assert (meant.status, meant.closed_at) == (AssignmentStatus.SUBMITTED, NOW)
    assert (other.status, other.closed_at) == (AssignmentStatus.OPEN, None)


def test_update_takes_a_related_row_by_its_key(cast: Cast) -> None:
    rating = Rating.objects.create(assignment=cast.assignments(cast.rater)[0], study=cast.study)
    version = RatingVersion.objects.create(rating=rating, number=1, submission=uuid4(), by=cast.rater)
    make_current = PreparedUpdate(
        lambda rating: Rating.objects.filter(pk=rating), "current", "answers", rating=BigAutoField
    )

    make_current(rating=rating.pk, current=version.pk, answers="")

    assert Rating.objects.get().current == version


def test_value_that_is_missing_or_of_the_wrong_kind_changes_nothing(cast: Cast) -> None:
    close = PreparedUpdate(lambda seat: Assignment.objects.filter(pk=seat), "status", seat=BigAutoField)

    with pytest.raises(KeyError, match="status"):
        close(seat=cast.assignments(cast.rater)[0].pk)
    with pytest.raises(ValueError, match="expected a number"):
        close(seat="1 OR 1=1", status=AssignmentStatus.SUBMITTED)

    assert not Assignment.objects.filter(status=AssignmentStatus.SUBMITTED).exists()
