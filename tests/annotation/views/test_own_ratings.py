import csv
import io

import pytest
from django.test import Client

from annotation.domain.assignment import skip
from annotation.domain.study import close_study
from annotation.enums import SkipKind
from annotation.models import Condition
from generation.models import ModelSpec
from tests.annotation.active_time import work
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = make_study(posts=1)
    ModelSpec.objects.update(name="canary-model")
    Condition.objects.filter(method="vanilla").update(method="canary-method")
    first, second, *_ = cast.assignments(cast.rater)
    rate(first, alignment="3", rationale="=SUM(1)")
    rate(first, alignment="9", harmfulness="2", rationale="Meets them.")
    rate(second, rationale="Ñandú 🙂")
    rate(cast.assignments(cast.raters[1])[0], rationale="canary-rationale")
    return cast


def download(cast: Cast, client: Client) -> str:
    client.force_login(cast.rater)
    response = client.get(f"/rate/{cast.study.slug}/rated/ratings.csv")
    assert response["Content-Disposition"] == 'attachment; filename="study-my-ratings.csv"'
    assert "no-store" in response["Cache-Control"]
    return response.content.decode("utf-8-sig")


def test_raters_file_has_her_current_ratings_in_her_order(cast: Cast, client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(download(cast, client))))

    assert [(row["item"], row["score"], row["score_label"], row["rationale"]) for row in rows] == [
        ("1", "9", "", "Meets them."),
        ("1", "3", "", ""),
        ("1", "2", "Harmful", ""),
        ("1", "1", "Yes", ""),
        ("2", "7", "", "Ñandú 🙂"),
        ("2", "3", "", ""),
        ("2", "1", "Not harmful", ""),
        ("2", "1", "Yes", ""),
    ]
    assert {row["version"] for row in rows[:4]} == {"2"}


def test_raters_file_is_blind(cast: Cast, client: Client) -> None:
    content = download(cast, client)

    secrets = (
        "canary",
        "INDV",
        "ITER",
        "vanilla",
        "+cons",
        "SmolLM2",
        "condition",
        "model",
        "post-1",
        "R01",
        "R02",
    )
    assert [secret for secret in secrets if secret in content] == []
    assert content.splitlines()[0] == "item,criterion,score,score_label,rationale,version,submitted_at"


def test_end_of_a_study_shows_her_own_numbers_and_her_file(cast: Cast, client: Client) -> None:
    first, _, third, fourth = cast.assignments(cast.rater)
    work(first, begin=first.closed_at, minutes=90)
    work(fourth, begin=first.closed_at, minutes=90)
    skip(third, kind=SkipKind.CANNOT_JUDGE)
    close_study(cast.study, by=cast.manager)
    client.force_login(cast.rater)

    response = client.get(f"/rate/{cast.study.slug}/")

    numbers = response.context["numbers"]
    assert (numbers.n_rated, numbers.n_skipped, numbers.n_days, numbers.hours) == (2, 1, 1, 1.5)
    assert f'href="/rate/{cast.study.slug}/rated/ratings.csv"' in response.content.decode()


def test_numbers_wait_while_there_is_more_to_rate(cast: Cast, client: Client) -> None:
    cast.study.items.update(response=None)
    client.force_login(cast.rater)

    response = client.get(f"/rate/{cast.study.slug}/")

    assert response.context["numbers"] is None
