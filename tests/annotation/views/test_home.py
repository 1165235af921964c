import pytest
from django.test import Client

from tests.factories import Cast, make_study, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=1)


@pytest.mark.parametrize(
    ("who", "place"), [("manager", "/studies/"), ("researcher", "/studies/"), ("rater", "/rate/")]
)
def test_home_leads_by_role(cast: Cast, client: Client, who: str, place: str) -> None:
    client.force_login(getattr(cast, who))

    response = client.get("/")

    assert (response.status_code, response["Location"]) == (302, place)


def test_home_is_a_calm_page_for_who_is_in_no_study(client: Client) -> None:
    client.force_login(make_user())

    response = client.get("/")

    assert response.status_code == 200
    assert "You are not part of a study yet" in response.content.decode()


def test_home_asks_strangers_to_sign_in(client: Client) -> None:
    response = client.get("/")

    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/")


def test_header_shows_a_rater_her_places_only(cast: Cast, client: Client) -> None:
    client.force_login(cast.rater)

    page = client.get(f"/rate/{cast.study.slug}/support/").content.decode()

    assert ">Rate</a>" in page
    assert ">Studies</a>" not in page


@pytest.mark.parametrize(
    "path",
    ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/signup/"],
)
def test_account_pages_for_strangers_stand_in_the_sites_frame(client: Client, path: str) -> None:
    page = client.get(path).content.decode()

    assert 'class="site-header"' in page
    assert "Menu:" not in page


def test_missing_page_says_so_kindly(cast: Cast, client: Client) -> None:
    client.force_login(cast.rater)

    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "This page is not there" in response.content.decode()
