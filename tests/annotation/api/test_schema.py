import io

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from annotation.domain.token import create_token
from tests.factories import make_study, make_user


def test_schema_is_valid_and_without_warnings() -> None:
    out = io.StringIO()

    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)

    schema = yaml.safe_load(out.getvalue())
    assert sorted(schema["paths"]) == ["/api/v1/studies/", "/api/v1/studies/{slug}/scores/"]


@pytest.mark.django_db
def test_schema_is_for_people_and_tokens_of_the_site() -> None:
    cast = make_study(posts=1, is_generated=False)
    session = Client()
    session.force_login(make_user("somebody"))
    url = reverse("api_schema")

    assert session.get(url).status_code == 200
    assert Client().get(url).status_code == 401
    token = create_token(cast.manager)
    assert Client().get(url, headers={"Authorization": f"Token {token}"}).status_code == 200
