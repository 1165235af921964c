import io
import json

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from annotation.domain.snapshot import take_snapshot
from annotation.domain.token import create_token
from annotation.models import User
from tests.annotation.judges import answer_judge, start_judge
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = make_study(posts=2)
    for number, user in enumerate(cast.raters):
        for seat in cast.assignments(user)[: 3 + number]:
            rate(seat, alignment=str(number * 4 + 3), factuality="2")
    return cast


def by_token(user: User) -> Client:
    return Client(headers={"Authorization": f"Token {create_token(user)}"})


def test_scores_by_token_are_those_of_the_command(cast: Cast) -> None:
    out = io.StringIO()
    call_command("scores", cast.study.slug, "--format", "json", stdout=out)

    response = by_token(cast.researcher).get(reverse("api_study_scores", args=[cast.study.slug]))

    assert response.json() == json.loads(out.getvalue())
    assert response.json()["n_ratings"] == 7


def test_judges_by_token_are_models_and_have_all_of_each_condition(cast: Cast) -> None:
    answer_judge(start_judge(cast, criteria=["empathy"], repeats=2))
    out = io.StringIO()
    call_command("scores", cast.study.slug, "--format", "json", stdout=out)

    [judge] = (
        by_token(cast.researcher).get(reverse("api_study_scores", args=[cast.study.slug])).json()["judges"]
    )

    empathy = judge["criteria"]["empathy"]
    assert [judge] == json.loads(out.getvalue())["judges"]
    assert judge["kind"] == "a language model, not a person"
    assert len(empathy["conditions"]) == 3
    names = {"source", "model", "pipeline", "method"}
    assert [set(group) - names for group in empathy["conditions"]] == [set(empathy["overall"])] * 3
    assert {"beside_experts", "self_consistency", "calibration", "confusion", "kendall"} <= set(
        empathy["overall"]
    )


@pytest.mark.parametrize(
    ("who", "status"), [("manager", 200), ("researcher", 200), ("rater", 404), ("outsider", 404)]
)
def test_scores_are_for_managers_and_researchers(cast: Cast, who: str, status: int) -> None:
    url = reverse("api_study_scores", args=[cast.study.slug])
    session = Client()
    session.force_login(getattr(cast, who))

    assert by_token(getattr(cast, who)).get(url).status_code == status
    assert session.get(url).status_code == status


def test_scores_need_a_person(cast: Cast, client: Client) -> None:
    response = client.get(reverse("api_study_scores", args=[cast.study.slug]))

    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Token")


def test_scores_are_not_for_a_deactivated_person(cast: Cast) -> None:
    client = by_token(cast.manager)
    cast.manager.is_active = False
    cast.manager.save()

    assert client.get(reverse("api_study_scores", args=[cast.study.slug])).status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_scores_are_read_only(cast: Cast, method: str) -> None:
    response = getattr(by_token(cast.manager), method)(reverse("api_study_scores", args=[cast.study.slug]))

    assert response.status_code == 405


def test_scores_take_fifteen_queries(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = by_token(cast.researcher)
    take_snapshot(cast.study, n_resamples=200)

    with django_assert_num_queries(15):
        client.get(reverse("api_study_scores", args=[cast.study.slug]))


def test_scores_without_a_snapshot_say_so(cast: Cast) -> None:
    document = by_token(cast.researcher).get(reverse("api_study_scores", args=[cast.study.slug])).json()

    assert (document["snapshot"], document["agreement"], document["comparisons"]) == (None, {}, [])
    assert {score["ci"] for row in document["conditions"] for score in row["scores"].values()} == {None}
