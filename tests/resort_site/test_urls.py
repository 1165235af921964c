import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["account_email", "account_signup"])
def test_accounts_and_addresses_come_by_invitation_only(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 404
    assert client.post(reverse(name), {"email": "new@example.org"}).status_code == 404

    client.force_login(make_user())

    assert client.get(reverse(name)).status_code == 404
