import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from annotation.models import User
from tests.factories import make_study, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "quiet harbour lantern"


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_user("admin", is_staff=True, is_superuser=True))
    return client


def new_user(**fields: str) -> dict[str, str]:
    return {
        "email": "Ada@Example.org",
        "name": "Ada",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    } | fields


def test_user_is_made_with_an_address_in_lower_case(admin: Client) -> None:
    admin.post(reverse("admin:annotation_user_add"), new_user())

    user = User.objects.get(name="Ada")
    assert (user.email, user.check_password(PASSWORD), user.is_staff) == ("ada@example.org", True, False)


def test_user_with_an_address_that_is_taken_is_refused_in_words(admin: Client) -> None:
    make_user("ada")

    response = admin.post(reverse("admin:annotation_user_add"), new_user(email="ADA@example.org"))

    assert (response.status_code, User.objects.filter(email="ada@example.org").count()) == (200, 1)
    assert "errornote" in response.content.decode()


def test_user_is_deactivated_not_deleted(admin: Client) -> None:
    user = make_study(posts=1, is_generated=False).rater
    page = reverse("admin:annotation_user_change", args=[user.pk])

    form = {"email": user.email, "name": "Renamed", "time_zone": "UTC"}
    form |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    admin.post(page, form)
    deleted = admin.post(reverse("admin:annotation_user_delete", args=[user.pk]), {"post": "yes"})

    user.refresh_from_db()
    assert (user.name, user.is_active, deleted.status_code) == ("Renamed", False, 403)


def test_users_are_changed_by_superusers_only() -> None:
    staff = make_user("staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(content_type__model="user"))
    client = Client()
    client.force_login(staff)
    page = reverse("admin:annotation_user_change", args=[staff.pk])

    response = client.post(page, {"email": staff.email, "is_superuser": "on", "is_active": "on"})

    staff.refresh_from_db()
    assert (response.status_code, staff.is_superuser) == (403, False)
    assert client.get(page).status_code == 200
