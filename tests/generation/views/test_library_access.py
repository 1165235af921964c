"""The library is for those who prepare studies; to raters, researchers and outsiders it is not there."""

import pytest
from django.test import Client
from django.urls import reverse

from generation.models import ConstitutionSet, ModelSpec, PromptSet
from generation.urls import urlpatterns
from tests.factories import Cast, make_study, make_user

pytestmark = pytest.mark.django_db

NAMES = [pattern.name for pattern in urlpatterns]
POSTED = {"constitution_copy", "constitution_upload", "prompt_set_copy", "prompt_set_upload"}


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=1, is_generated=False)


def url_of(name: str) -> str:
    """Return the page's address, with a stored row where it takes one."""
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    if not pattern.pattern.converters:
        return reverse(name)
    rows = {"constitution": ConstitutionSet, "prompt": PromptSet, "model": ModelSpec}
    model = next(model for start, model in rows.items() if name.startswith(start))
    return reverse(name, args=[model.objects.all()[0].pk])


@pytest.mark.parametrize("name", NAMES)
def test_page_is_for_those_who_prepare_studies(client: Client, cast: Cast, name: str) -> None:
    url = url_of(name)
    people = {
        "manager": cast.manager,
        "superuser": make_user("root", is_superuser=True),
        "researcher": cast.researcher,
        "rater": cast.rater,
        "outsider": cast.outsider,
    }
    statuses = {}

    for who, user in people.items():
        client.force_login(user)
        statuses[who] = (client.post if name in POSTED else client.get)(url).status_code

    assert statuses == {"manager": 200, "superuser": 200, "researcher": 404, "rater": 404, "outsider": 404}


@pytest.mark.parametrize("name", NAMES)
def test_nobody_else_changes_anything(client: Client, cast: Cast, name: str) -> None:
    url = url_of(name)
    before = [model.objects.count() for model in (ConstitutionSet, PromptSet, ModelSpec)]
    statuses = []

    for user in (cast.researcher, cast.rater, cast.outsider):
        client.force_login(user)
        statuses.append(client.post(url).status_code)

    assert set(statuses) <= {404, 405}
    assert [model.objects.count() for model in (ConstitutionSet, PromptSet, ModelSpec)] == before


@pytest.mark.parametrize("name", NAMES)
def test_visitor_is_sent_to_sign_in(client: Client, cast: Cast, name: str) -> None:
    url = url_of(name)

    answers = [client.get(url), client.post(url)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert all(answer["Location"].startswith(reverse("account_login")) for answer in answers)


def test_removed_manager_is_out(client: Client, cast: Cast) -> None:
    member = cast.membership(cast.manager)
    member.removed_at = member.joined_at
    member.save()
    client.force_login(cast.manager)

    assert client.get(reverse("library")).status_code == 404


@pytest.mark.parametrize("name", [name for name in NAMES if "detail" in name or "edit" in name])
def test_row_that_is_not_there_is_not_found(client: Client, cast: Cast, name: str) -> None:
    client.force_login(cast.manager)

    assert client.get(reverse(name, args=[987_654])).status_code == 404
