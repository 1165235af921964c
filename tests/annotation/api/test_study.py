import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from annotation.api.study import StudyPagination
from annotation.enums import Role
from annotation.models import Membership, User
from tests.factories import Cast, make_study, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=1, is_generated=False)


def listed(user: User) -> dict[str, object]:
    client = Client()
    client.force_login(user)
    return client.get(reverse("api_study_list")).json()


def test_studies_are_those_the_person_sees(cast: Cast) -> None:
    make_study(posts=1, is_generated=False, prefix="other-")

    expected = {"slug": cast.study.slug, "name": "Study", "status": "draft", "simulated": False}
    page = {"count": 1, "next": None, "previous": None, "results": [expected]}
    assert (listed(cast.manager), listed(cast.researcher)) == (page, page)


@pytest.mark.parametrize("who", ["rater", "outsider"])
def test_studies_are_none_for_those_who_see_no_scores(cast: Cast, who: str) -> None:
    assert listed(getattr(cast, who)) == {"count": 0, "next": None, "previous": None, "results": []}


def test_studies_need_a_person(client: Client) -> None:
    assert client.get(reverse("api_study_list")).status_code == 401


@pytest.mark.parametrize("count", [1, 3])
def test_studies_take_as_many_queries_for_any_number(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    casts = [make_study(posts=1, is_generated=False, prefix=f"{number}-") for number in range(count)]
    reader = make_user("reader")
    Membership.objects.bulk_create(
        Membership(study=cast.study, user=reader, role=Role.RESEARCHER) for cast in casts
    )
    client = Client()
    client.force_login(reader)

    with django_assert_num_queries(4):
        assert client.get(reverse("api_study_list")).json()["count"] == count


def test_studies_come_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StudyPagination, "page_size", 1)
    first, second = (make_study(posts=1, is_generated=False, prefix=f"{number}-") for number in (1, 2))
    Membership.objects.create(study=first.study, user=second.manager, role=Role.RESEARCHER)

    page = listed(second.manager)

    assert (page["count"], page["results"][0]["slug"]) == (2, second.study.slug)
    assert page["next"] == "http://testserver/api/v1/studies/?page=2"


def test_token_that_is_no_text_is_refused(client: Client) -> None:
    refused = client.get(reverse("api_study_list"), HTTP_AUTHORIZATION="Token \xff\xfe")

    assert refused.status_code == 401
