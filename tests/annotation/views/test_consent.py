import pytest
from django.test import Client

from annotation.models import Consent, ConsentText
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(client: Client) -> Cast:
    cast = make_study(posts=1, has_consent=False)
    client.force_login(cast.rater)
    return cast


def test_rating_begins_with_the_consent_text(cast: Cast, client: Client) -> None:
    responses = [client.get(f"/rate/{cast.study.slug}/{place}") for place in ("", "1/")]

    assert [response["Location"] for response in responses] == [f"/rate/{cast.study.slug}/consent/"] * 2


def test_agreeing_is_recorded_and_leads_to_the_instructions(cast: Cast, client: Client) -> None:
    response = client.post(f"/rate/{cast.study.slug}/consent/", {"answer": "agree", "version": "1"})

    assert response["Location"] == f"/rate/{cast.study.slug}/instructions/"
    assert list(Consent.objects.values_list("membership", "consent_text__version")) == [
        (cast.membership(cast.rater).pk, 1)
    ]


def test_declining_is_a_calm_page_and_records_nothing(cast: Cast, client: Client) -> None:
    response = client.post(f"/rate/{cast.study.slug}/consent/", {"answer": "decline", "version": "1"})

    assert "That is quite all right" in response.content.decode()
    assert Consent.objects.count() == 0


def test_agreeing_to_an_outdated_text_shows_the_new_one(cast: Cast, client: Client) -> None:
    ConsentText.objects.create(study=cast.study, version=2, text="We also record the weather.")

    response = client.post(f"/rate/{cast.study.slug}/consent/", {"answer": "agree", "version": "1"})

    page = response.content.decode()
    assert "The text has been changed since you opened this page" in page
    assert "We also record the weather." in page
    assert Consent.objects.count() == 0


def test_a_new_version_is_asked_again(cast: Cast, client: Client) -> None:
    client.post(f"/rate/{cast.study.slug}/consent/", {"answer": "agree", "version": "1"})
    before = client.get(f"/rate/{cast.study.slug}/")
    ConsentText.objects.create(study=cast.study, version=2, text="We also record the weather.")

    after = client.get(f"/rate/{cast.study.slug}/")

    assert [before["Location"], after["Location"]] == [
        f"/rate/{cast.study.slug}/1/",
        f"/rate/{cast.study.slug}/consent/",
    ]


def test_nothing_is_rated_without_any_consent(cast: Cast, client: Client) -> None:
    response = client.post(f"/rate/{cast.study.slug}/1/", {"score_alignment": "8"})

    assert response["Location"] == f"/rate/{cast.study.slug}/consent/"


@pytest.mark.parametrize("place", ["consent/", "instructions/"])
@pytest.mark.parametrize(
    ("who", "status"), [("rater", 200), ("manager", 404), ("researcher", 404), ("outsider", 404)]
)
def test_texts_are_for_the_studys_raters(cast: Cast, place: str, who: str, status: int) -> None:
    client = Client()
    client.force_login(getattr(cast, who))

    response = client.get(f"/rate/{cast.study.slug}/{place}")

    assert response.status_code == status
