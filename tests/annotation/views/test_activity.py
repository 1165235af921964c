import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from annotation.models import ActiveSpan, Assignment
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

ONE_SPAN = json.dumps([{"number": 1, "seconds": 30, "ago": 5}])


@pytest.fixture
def cast(client: Client) -> Cast:
    cast = make_study(posts=1)
    client.force_login(cast.rater)
    Assignment.objects.update(opened_at=datetime.now(UTC) - timedelta(minutes=10))
    return cast


def seconds_kept() -> list[float]:
    return [(span.ended_at - span.began_at).total_seconds() for span in ActiveSpan.objects.all()]


def test_window_that_is_left_reports_its_active_time(cast: Cast, client: Client) -> None:
    fields = {"submission": str(uuid4()), "spans": ONE_SPAN}

    statuses = [client.post(f"/rate/{cast.study.slug}/1/activity/", fields).status_code for _ in range(2)]

    assert statuses == [204, 204]
    assert seconds_kept() == [30]


@pytest.mark.parametrize(
    "fields",
    [{}, {"submission": "x", "spans": ONE_SPAN}, {"submission": str(uuid4()), "spans": "x"}],
)
def test_report_that_says_nothing_is_let_go(cast: Cast, client: Client, fields: dict[str, str]) -> None:
    assert client.post(f"/rate/{cast.study.slug}/1/activity/", fields).status_code == 204
    assert seconds_kept() == []


def test_report_needs_the_forms_token(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.rater)
    fields = {"submission": str(uuid4()), "spans": ONE_SPAN}

    assert browser.post(f"/rate/{cast.study.slug}/1/activity/", fields).status_code == 403
    assert seconds_kept() == []


def test_submitting_takes_the_active_time_along(cast: Cast, client: Client) -> None:
    scores = {"score_alignment": "8", "score_empathy": "4", "score_harmfulness": "1", "score_factuality": "1"}
    form = scores | {
        "submission": str(uuid4()),
        "base": "0",
        "rationale_alignment": "It names a small step.",
        "spans": ONE_SPAN,
    }

    client.post(f"/rate/{cast.study.slug}/1/", form)

    assert seconds_kept() == [30]


def test_skipping_takes_the_active_time_along(cast: Cast, client: Client) -> None:
    client.post(f"/rate/{cast.study.slug}/1/skip/", {"submission": str(uuid4()), "spans": ONE_SPAN})

    assert seconds_kept() == [30]


@pytest.mark.parametrize("place", ["consent/", "instructions/", "1/"])
def test_rater_is_told_that_active_time_is_measured_and_when(cast: Cast, client: Client, place: str) -> None:
    page = " ".join(client.get(f"/rate/{cast.study.slug}/{place}").content.decode().split()).lower()

    assert "measures active time" in page
    assert "sixty seconds" in page
