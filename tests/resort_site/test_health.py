import pytest
from django.test import Client
from pytest_django import Settings

from tests.redis_server import RedisServer


@pytest.mark.django_db
def test_health_answers_without_sign_in(client: Client, settings: Settings, broker_url: str) -> None:
    settings.REDIS_URL = broker_url

    response = client.get("/health/")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "redis": "ok"}
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_health_names_what_does_not_answer(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"

    response = client.get("/health/")

    assert response.status_code == 503
    assert response.json() == {"status": "failing", "database": "ok", "redis": "unreachable"}


def test_health_reports_a_lost_redis(
    client: Client, settings: Settings, db: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = RedisServer(tmp_path_factory.mktemp("lost"))
    settings.REDIS_URL = server.url
    server.start()
    before = client.get("/health/").json()["redis"]

    server.stop()

    assert (before, client.get("/health/").json()["redis"]) == ("ok", "unreachable")
