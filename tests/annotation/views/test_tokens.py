import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken
from pytest_django import DjangoAssertNumQueries

from annotation.domain.token import MOST_TOKENS, create_token
from annotation.models import User
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_study(posts=1, is_generated=False)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_token_is_shown_once_and_kept_as_a_hash(cast: Cast) -> None:
    client = signed_in(cast.researcher)

    html = client.post(reverse("token_create")).content.decode()

    secret = re.search(r'id="token" type="text" value="([0-9a-f]{64})"', html)[1]
    token = AuthToken.objects.get(user=cast.researcher)
    assert secret not in (token.digest, token.token_key)
    assert secret not in client.get(reverse("token_list")).content.decode()
    assert token.expiry - token.created == pytest.approx(timedelta(days=90), abs=timedelta(seconds=5))
    api = Client().get(reverse("api_study_list"), headers={"Authorization": f"Token {secret}"})
    assert [study["slug"] for study in api.json()["results"]] == [cast.study.slug]


@pytest.mark.parametrize("who", ["rater", "outsider"])
def test_tokens_are_not_for_those_who_see_no_scores(cast: Cast, who: str) -> None:
    client = signed_in(getattr(cast, who))

    assert client.get(reverse("token_list")).status_code == 404
    assert client.post(reverse("token_create")).status_code == 404
    assert not AuthToken.objects.exists()


def test_tokens_ask_strangers_to_sign_in(client: Client) -> None:
    url = reverse("token_list")

    assert client.get(url)["Location"] == f"{reverse('account_login')}?next={url}"


@pytest.mark.parametrize("page", ["token_create", "token_revoke"])
def test_tokens_change_by_post_only(cast: Cast, page: str) -> None:
    assert signed_in(cast.manager).get(reverse(page)).status_code == 405


def test_revoked_token_opens_nothing(cast: Cast) -> None:
    secret = create_token(cast.manager)
    digest = AuthToken.objects.get().digest

    response = signed_in(cast.manager).post(reverse("token_revoke"), {"token": digest}, follow=True)

    assert f"The token that begins with {secret[:8]} is revoked." in response.content.decode()
    api = Client().get(reverse("api_study_list"), headers={"Authorization": f"Token {secret}"})
    assert api.status_code == 401


def test_another_persons_token_cannot_be_revoked(cast: Cast) -> None:
    create_token(cast.manager)
    digest = AuthToken.objects.get().digest

    response = signed_in(cast.researcher).post(reverse("token_revoke"), {"token": digest})

    assert (response.status_code, AuthToken.objects.count()) == (404, 1)


def test_too_many_tokens_are_refused_in_words(cast: Cast) -> None:
    for _ in range(MOST_TOKENS):
        create_token(cast.manager)

    response = signed_in(cast.manager).post(reverse("token_create"), follow=True)

    assert (
        "You have 10 tokens already. Please revoke one that you no longer use." in response.content.decode()
    )
    assert AuthToken.objects.count() == MOST_TOKENS


def test_expired_token_is_not_listed_and_opens_nothing(cast: Cast) -> None:
    secret = create_token(cast.manager)
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    html = signed_in(cast.manager).get(reverse("token_list")).content.decode()

    assert "You have no token." in html
    api = Client().get(reverse("api_study_list"), headers={"Authorization": f"Token {secret}"})
    assert api.status_code == 401


@pytest.mark.parametrize("count", [1, 3])
def test_token_list_takes_as_many_queries_for_any_number(
    cast: Cast, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        create_token(cast.manager)
    client = signed_in(cast.manager)

    with django_assert_num_queries(5):
        client.get(reverse("token_list"))


def test_token_list_shows_commands_with_the_sites_own_address(cast: Cast) -> None:
    html = signed_in(cast.manager).get(reverse("token_list")).content.decode()

    assert f"http://testserver/api/v1/studies/{cast.study.slug}/scores/" in html
