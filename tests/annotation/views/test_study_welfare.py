from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from annotation.domain.welfare import choose_topics
from annotation.models import Assignment, Study
from tests.annotation.active_time import work
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

PACE = {
    "batch_size": "12",
    "break_after_minutes": "40",
    "break_after_heavy_items": "6",
    "daily_minutes": "120",
    "spacing": "4",
}


@pytest.fixture
def cast(client: Client) -> Cast:
    cast = make_study(posts=2)
    client.force_login(cast.manager)
    return cast


def url(cast: Cast, name: str) -> str:
    return reverse(name, args=[cast.study.slug])


def words(response) -> str:  # noqa: ANN001
    return " ".join(response.content.decode().split())


def test_manager_sets_the_pace(cast: Cast, client: Client) -> None:
    response = client.post(url(cast, "study_welfare"), PACE, follow=True)

    cast.study.refresh_from_db()
    assert "The pace is saved." in words(response)
    assert {name: str(getattr(cast.study, name)) for name in PACE} == PACE


@pytest.mark.parametrize(
    ("field", "value"), [("batch_size", "0"), ("daily_minutes", "1441"), ("spacing", "x")]
)
def test_pace_that_is_none_is_refused_at_its_field(
    cast: Cast, client: Client, field: str, value: str
) -> None:
    response = client.post(url(cast, "study_welfare"), PACE | {field: value})

    assert list(response.context["form"].errors) == [field]


def test_manager_sees_how_many_leave_a_topic_out_and_not_who(cast: Cast, client: Client) -> None:
    cast.study.posts.posts.update(content_note="Loss; War")
    choose_topics(cast.membership(cast.rater), not_read=["loss"])

    response = client.get(url(cast, "study_welfare"))

    assert response.context["topics"] == [("loss", 1), ("war", 0)]
    assert "R01" not in words(response)
    assert cast.rater.name not in words(response)


def test_manager_writes_content_notes_until_the_texts_are_fixed(cast: Cast, client: Client) -> None:
    Study.objects.update(stimuli_sha256="")
    first, second = cast.study.posts.posts.order_by("position")
    notes = {f"note_{first.pk}": "Loss of a child", f"note_{second.pk}": ""}

    saved = client.post(url(cast, "study_topics"), notes, follow=True)
    Study.objects.update(stimuli_sha256="f" * 64)
    fixed = client.post(url(cast, "study_topics"), notes | {f"note_{second.pk}": "War"})

    assert "1 content note changed." in words(saved)
    assert "content notes stay as they are" in words(fixed)
    assert list(cast.study.posts.posts.order_by("position").values_list("content_note", flat=True)) == [
        "Loss of a child",
        "",
    ]


def test_note_that_is_too_long_is_refused(cast: Cast, client: Client) -> None:
    Study.objects.update(stimuli_sha256="")
    post = cast.study.posts.posts.first()

    response = client.post(url(cast, "study_topics"), {f"note_{post.pk}": "x" * 201})

    assert list(response.context["form"].errors) == [f"note_{post.pk}"]


@pytest.mark.parametrize("n_rated", [1, 3])
def test_working_times_show_active_beside_elapsed_time(
    cast: Cast, client: Client, n_rated: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    begin = datetime(2026, 3, 2, 8, tzinfo=UTC)
    for seat in cast.assignments(cast.rater)[:n_rated]:
        rate(seat)
        work(seat, begin=begin, minutes=4)
        Assignment.objects.filter(pk=seat.pk).update(opened_at=begin, closed_at=begin + timedelta(minutes=10))

    with django_assert_num_queries(11):
        response = client.get(url(cast, "study_times"))

    (rater,) = response.context["raters"]
    assert (rater.median_active_seconds, rater.median_elapsed_seconds) == (240, 600)
    assert [(times.active_seconds, times.elapsed_seconds) for _, times in response.context["seats"]] == [
        (240, 600)
    ] * n_rated


def test_working_times_before_anything_is_rated_say_so(cast: Cast, client: Client) -> None:
    assert "Nothing rated yet" in words(client.get(url(cast, "study_times")))
