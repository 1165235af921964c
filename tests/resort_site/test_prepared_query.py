"""Prepared queries answer as the querysets do that they are made of."""

import threading
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import BigAutoField, Count, DateTimeField, Exists, OuterRef, UUIDField
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.models import ActiveSpan, Assignment, Draft
from resort_site.prepared_query import PreparedQuery
from tests.factories import Cast, make_study

NOW = timezone.now()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_study(posts=2)


def keep_span(seat: Assignment, *, began_at: datetime = NOW) -> UUID:
    window = uuid4()
    ended_at = began_at + timedelta(minutes=1)
    ActiveSpan.objects.create(assignment=seat, window=window, number=1, began_at=began_at, ended_at=ended_at)
    return window


def test_models_come_with_what_belongs_to_them_in_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seats = PreparedQuery(
        lambda rater: (
            Assignment.objects.filter(rater=rater)
            .select_related("rater__study", "draft")
            .defer("rater__study__seed")
            .order_by("position")
        ),
        rater=BigAutoField,
    )
    first, second = cast.raters
    drafted = cast.assignments(first)[0]
    Draft.objects.create(
        assignment=drafted, window=uuid4(), sequence=1, base=0, content={"a": "b"}, saved_at=NOW
    )

    for user in (first, second, first):
        membership = cast.membership(user)
        with django_assert_num_queries(1):
            found = seats(rater=membership.pk)
            assert {seat.rater.study.name for seat in found} == {cast.study.name}
        assert found == cast.assignments(user)
        assert [hasattr(seat, "draft") for seat in found][:2] == [user == first, False]
        assert found[0].rater.study.get_deferred_fields() == {"seed"}
    assert seats(rater=cast.membership(first).pk)[0].draft.content == {"a": "b"}


def test_values_go_in_and_come_out_as_their_fields_have_them(cast: Cast) -> None:
    spans = PreparedQuery(
        lambda window, since: (
            ActiveSpan.objects.filter(window=window, ended_at__gt=since)
            .order_by()
            .values("window", "began_at")
        ),
        window=UUIDField,
        since=DateTimeField,
    )
    seat = cast.assignments(cast.rater)[0]
    window, _ = keep_span(seat), keep_span(seat)

    assert spans(window=window, since=NOW) == [{"window": window, "began_at": NOW}]
    assert spans(window=str(window), since=NOW) == [{"window": window, "began_at": NOW}]
    assert spans(window=window, since=NOW + timedelta(minutes=1)) == []
    assert spans(window=uuid4(), since=NOW) == []


def test_counts_and_subqueries_take_parameters_too(cast: Cast) -> None:
    counts = PreparedQuery(
        lambda rater: (
            Assignment.objects.filter(rater=rater).order_by().values("rater").annotate(n=Count("pk"))
        ).values_list("n", flat=True),
        rater=BigAutoField,
    )
    has_spans = PreparedQuery(
        lambda seat, since: Assignment.objects.filter(pk=seat).values_list(
            Exists(ActiveSpan.objects.filter(assignment=OuterRef("pk"), ended_at__gt=since)), flat=True
        ),
        seat=BigAutoField,
        since=DateTimeField,
    )
    seat, other = cast.assignments(cast.rater)[:2]
    keep_span(seat)

    assert counts(rater=seat.rater_id) == [len(cast.assignments(cast.rater))]
    assert counts(rater=-1) == []
    assert [has_spans(seat=each.pk, since=NOW) for each in (seat, other)] == [[True], [False]]
    assert has_spans(seat=seat.pk, since=NOW + timedelta(hours=1)) == [False]


def test_parameter_without_a_value_is_an_error(cast: Cast) -> None:
    seats = PreparedQuery(lambda rater: Assignment.objects.filter(rater=rater), rater=BigAutoField)

    with pytest.raises(KeyError, match="rater"):
        seats()


def test_value_of_the_wrong_kind_is_an_error_and_costs_nothing_later(cast: Cast) -> None:
    seats = PreparedQuery(lambda rater: Assignment.objects.filter(rater=rater), rater=BigAutoField)

    with pytest.raises(ValueError, match="expected a number"):
        seats(rater="1; DROP TABLE annotation_assignment")

    assert len(seats(rater=cast.membership(cast.rater).pk)) == len(cast.assignments(cast.rater))


@pytest.mark.django_db(transaction=True)
def test_threads_ask_at_once_and_each_gets_its_own_answer() -> None:
    cast = make_study(posts=2)
    seats = PreparedQuery(
        lambda rater: Assignment.objects.filter(rater=rater).values_list("rater", flat=True),
        rater=BigAutoField,
    )
    wrong: list[object] = []
    ready = threading.Barrier(4)

    def ask(rater: int, expected: int) -> None:
        ready.wait()
        try:
            for _ in range(50):
                if seats(rater=rater) != [rater] * expected:
                    wrong.append(rater)
        finally:
            connection.close()

    asked = [(cast.membership(user).pk, len(cast.assignments(user))) for user in cast.raters] * 2
    threads = [threading.Thread(target=ask, args=each) for each in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
