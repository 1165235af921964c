import pytest
from django.template import Context
from django.test import RequestFactory

from annotation.models import User
from annotation.templatetags.navigation import navigation
from tests.factories import make_study, make_user

pytestmark = pytest.mark.django_db


def labels(user: User) -> list[str]:
    request = RequestFactory().get("/library/models/")
    request.user = user
    return [place.label for place in navigation(Context({"request": request}))]


def test_everybody_sees_the_places_of_her_roles() -> None:
    cast = make_study(posts=1, is_generated=False)
    people = [cast.manager, cast.researcher, cast.rater, cast.outsider, make_user("root", is_superuser=True)]

    places = [labels(user) for user in people]

    assert places == [
        ["Studies", "Library", "Account"],
        ["Studies", "Account"],
        ["Rate", "Account"],
        ["Account"],
        ["Studies", "Library", "Account"],
    ]


def test_library_is_shown_to_those_whom_it_lets_in() -> None:
    cast = make_study(posts=1, is_generated=False)
    people = [cast.manager, cast.researcher, cast.rater, cast.outsider, make_user("root", is_superuser=True)]

    assert ["Library" in labels(user) for user in people] == [user.prepares_studies for user in people]


def test_one_query_finds_the_places(django_assert_num_queries) -> None:  # noqa: ANN001
    user = make_study(posts=1, is_generated=False).manager

    with django_assert_num_queries(1):
        labels(user)
