from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.domain.membership import invite, revoke
from annotation.enums import Role
from annotation.models import Invitation, Membership, User
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

PASSWORD = "four horses in a row"


def make_link(cast: Cast, *, role: Role = Role.RATER, email: str = "") -> str:
    _, token = invite(cast.study, role=role, name="Dora", email=email, by=cast.manager)
    return reverse("invitation_accept", args=[token])


def account(**changes: str) -> dict[str, str]:
    return {"name": "Dora Doctor", "email": "dora@example.org", "password": PASSWORD, **changes}


def test_invited_person_makes_an_account_and_is_signed_in(client: Client) -> None:
    cast = make_study(posts=1)
    link = make_link(cast)

    page = client.get(link)
    response = client.post(link, account())

    user = User.objects.get(email="dora@example.org")
    assert page.context["form"]["name"].value() == "Dora"
    assert response["Location"] == reverse("home")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.check_password(PASSWORD)
    assert Membership.objects.get(user=user).code == "R03"


def test_link_stays_secret(client: Client) -> None:
    cast = make_study(posts=1)

    response = client.get(make_link(cast))

    # Not no-referrer: with it browsers send the form with the origin "null", and it is refused as forged.
    assert response["Referrer-Policy"] == "strict-origin"
    assert "no-store" in response["Cache-Control"]


def test_form_passes_the_check_against_forgery() -> None:
    client = Client(enforce_csrf_checks=True)
    link = make_link(make_study(posts=1))
    token = client.get(link).cookies["csrftoken"].value

    refused = client.post(link, account())
    taken = client.post(link, {**account(), "csrfmiddlewaretoken": token})

    assert (refused.status_code, taken.status_code) == (403, 302)


def test_address_of_the_invitation_cannot_be_changed(client: Client) -> None:
    cast = make_study(posts=1)
    link = make_link(cast, email="dora@example.org")

    client.post(link, account(email="other@example.org"))

    assert not User.objects.filter(email="other@example.org").exists()
    assert Membership.objects.filter(user__email="dora@example.org", study=cast.study).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "qwerty123456"}, "password"),
        ({"password": "dora@example.org"}, "password"),
        ({"email": "no address"}, "email"),
        ({"name": ""}, "name"),
    ],
)
def test_bad_account_is_refused_and_the_link_stays_good(
    client: Client, changes: dict[str, str], field: str
) -> None:
    link = make_link(make_study(posts=1))

    response = client.post(link, account(**changes))

    assert (response.status_code, list(response.context["form"].errors)) == (200, [field])
    assert client.post(link, account()).status_code == 302


def test_password_is_not_shown_again(client: Client) -> None:
    response = client.post(make_link(make_study(posts=1)), account(email="no address"))

    assert PASSWORD not in response.content.decode()


def test_person_with_an_account_is_asked_to_sign_in(client: Client) -> None:
    cast = make_study(posts=1)

    response = client.post(make_link(cast), account(email="OUTSIDER@example.org"))

    assert response.context["form"].non_field_errors() == [
        "There is an account with this e-mail address. Please sign in first, then open the link again."
    ]
    assert not Membership.objects.filter(user=cast.outsider).exists()


def test_signed_in_person_joins_with_one_button(client: Client) -> None:
    cast = make_study(posts=1)
    link = make_link(cast, role=Role.RESEARCHER)
    client.force_login(cast.outsider)

    page = client.get(link).content.decode()
    response = client.post(link)

    assert "Join as outsider@example.org" in page
    assert response["Location"] == reverse("home")
    assert cast.membership(cast.outsider).role == Role.RESEARCHER


def test_opening_the_link_accepts_nothing(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.outsider)

    client.get(make_link(cast))

    assert not Membership.objects.filter(user=cast.outsider).exists()


def test_invitation_for_another_address_offers_to_sign_out(client: Client) -> None:
    cast = make_study(posts=1)
    link = make_link(cast, email="dora@example.org")
    client.force_login(cast.outsider)

    page = client.get(link).content.decode()
    refused = client.post(link).content.decode()

    assert "This invitation is for dora@example.org, and you are signed in as outsider@example.org." in page
    assert "Join as" not in page + refused
    assert not Membership.objects.filter(user=cast.outsider).exists()


def test_manager_is_told_kindly_that_she_cannot_rate(client: Client) -> None:
    cast = make_study(posts=1)
    link = make_link(cast)
    client.force_login(cast.manager)

    page = client.post(link).content.decode()

    assert "so you cannot also rate in it" in page
    assert Invitation.objects.get().accepted_at is None


def test_used_withdrawn_expired_and_unknown_links_lead_to_a_calm_page(client: Client) -> None:
    cast = make_study(posts=1)
    used, withdrawn, expired = (make_link(cast) for _ in range(3))
    client.post(used, account())
    client.logout()
    by_id = list(Invitation.objects.order_by("id"))
    revoke(by_id[1], by=cast.manager)
    Invitation.objects.filter(pk=by_id[2].pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    unknown = reverse("invitation_accept", args=["x" * 43])

    answers = [client.get(link) for link in (used, withdrawn, expired, unknown)]
    posted = [
        client.post(link, account(email="second@example.org")) for link in (used, withdrawn, expired, unknown)
    ]

    assert [answer.status_code for answer in answers] == [410, 410, 410, 404]
    assert [answer.status_code for answer in posted] == [410, 410, 410, 404]
    assert all("This link does not work" in answer.content.decode() for answer in answers)
    assert all(cast.study.name not in answer.content.decode() for answer in answers)
    assert not User.objects.filter(email="second@example.org").exists()
