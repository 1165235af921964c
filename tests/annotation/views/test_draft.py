from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from annotation.domain.study import close_study, pause_study
from annotation.models import Draft, Membership
from annotation.views.desk_request import desk_owner
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

BY_SCRIPT = {"X-Desk": "1"}
WINDOW = str(uuid4())


@pytest.fixture
def cast(client: Client) -> Cast:
    cast = make_study(posts=1)
    client.force_login(cast.rater)
    client.get(url(cast, ""))
    return cast


def url(cast: Cast, place: str = "draft/", position: int = 1) -> str:
    return f"/rate/{cast.study.slug}/{position}/{place}"


def typed(**changes: str) -> dict[str, str]:
    return {
        "window": WINDOW,
        "sequence": "1",
        "base": "0",
        "known": "",
        "score_alignment": "8",
        "rationale_alignment": "Names two",
        "spans": "[]",
        "csrfmiddlewaretoken": "x",
    } | changes


def send(client: Client, cast: Cast, **changes: str) -> HttpResponse:
    return client.post(url(cast), typed(**changes), headers=BY_SCRIPT)


def test_draft_keeps_the_forms_own_fields_as_typed(client: Client, cast: Cast) -> None:
    response = send(client, cast, reason="Misread.", rationale_alignment="\r\n <b>Two</b> \U0001f33f שלום ")

    draft = Draft.objects.get()
    assert draft.content == {
        "score_alignment": "8",
        "rationale_alignment": "\n <b>Two</b> \U0001f33f שלום ",
        "reason": "Misread.",
    }
    assert response.json() == {
        "saved_at": draft.saved_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "sequence": 1,
    }


def test_draft_takes_few_queries(
    client: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    send(client, cast)

    # Session, user, seat; savepoint, lock, what belongs to the seat, draft, release.
    with django_assert_num_queries(7 + connection.features.has_select_for_update):
        send(client, cast, sequence="2")


def test_draft_shows_on_the_page_for_its_writer_alone(client: Client, cast: Cast) -> None:
    send(client, cast, rationale_alignment="Only hers", score_alignment="3")
    other = Client()
    other.force_login(cast.raters[1])

    pages = [
        browser.get(url(cast, "", position)).content.decode()
        for browser in (client, other)
        for position in (1, 2, 3, 4)
    ]

    assert ["Only hers" in page for page in pages] == [True] + [False] * 7
    assert f'name="known" value="{WINDOW}:1"' in pages[0]
    assert 'name="score_alignment" value="3" checked' in pages[0]


def test_draft_of_another_window_is_answered_and_kept(client: Client, cast: Cast) -> None:
    send(client, cast, sequence="7")
    kept = Draft.objects.get()

    response = send(client, cast, window=str(uuid4()), rationale_alignment="Another")

    assert response.status_code == 409
    assert response.json() == {
        "reason": "You have typed on this item in another window since.",
        "other": {
            "fields": {"score_alignment": "8", "rationale_alignment": "Names two"},
            "saved_at": kept.saved_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "base": 0,
            "known": f"{WINDOW}:7",
        },
    }
    assert Draft.objects.get().content == kept.content


def test_draft_after_the_submission_is_gone(client: Client, cast: Cast) -> None:
    rate(cast.assignments(cast.rater)[0])

    response = send(client, cast)

    assert (response.status_code, response.json()) == (
        410,
        {"reason": "This rating has been handed in already."},
    )
    assert Draft.objects.count() == 0


def test_draft_in_a_closed_study_is_refused_and_in_a_paused_one_kept(client: Client, cast: Cast) -> None:
    pause_study(cast.study, by=cast.manager)
    paused = send(client, cast)
    close_study(cast.study, by=cast.manager)

    closed = send(client, cast, sequence="2")

    assert [paused.status_code, closed.status_code] == [200, 410]


@pytest.mark.parametrize("who", ["manager", "researcher", "outsider"])
def test_drafts_are_for_the_studys_raters(cast: Cast, who: str) -> None:
    client = Client()
    client.force_login(getattr(cast, who))

    assert send(client, cast).status_code == 404
    assert Draft.objects.count() == 0


def test_draft_of_a_removed_rater_is_refused_with_a_sentence(client: Client, cast: Cast) -> None:
    Membership.objects.filter(user=cast.rater).update(removed_at="2026-01-01T00:00Z")

    response = send(client, cast)

    assert (response.status_code, response.json()) == (
        404,
        {"reason": "This item is no longer yours to rate."},
    )


@pytest.mark.parametrize("place", ["", "draft/", "skip/", "flag/"])
def test_script_is_told_that_she_is_signed_out(cast: Cast, place: str) -> None:
    response = Client().post(url(cast, place), typed(), headers=BY_SCRIPT)

    assert (response.status_code, response.json()) == (401, {"reason": "You are signed out."})


@pytest.mark.parametrize("place", ["", "draft/", "skip/", "flag/"])
def test_script_of_somebody_elses_page_is_refused(client: Client, cast: Cast, place: str) -> None:
    headers = BY_SCRIPT | {"X-Desk-Owner": desk_owner(cast.raters[1])}

    response = client.post(url(cast, place), typed(about="poster"), headers=headers)

    assert (response.status_code, response.json()) == (
        401,
        {"reason": "Somebody else is signed in on this computer."},
    )
    assert Draft.objects.count() == 0
    assert cast.assignments(cast.rater)[0].status == "open"


def test_out_of_date_token_is_refused_and_a_new_one_holds(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.rater)
    outdated = client.post(url(cast), typed(), headers=BY_SCRIPT)

    token = client.get("/rate/token/", headers=BY_SCRIPT).json()["token"]
    renewed = client.post(
        url(cast), typed(csrfmiddlewaretoken=""), headers=BY_SCRIPT | {"X-CSRFToken": token}
    )

    assert [outdated.status_code, renewed.status_code] == [403, 200]


def test_token_is_for_those_who_are_signed_in() -> None:
    response = Client().get("/rate/token/", headers=BY_SCRIPT)

    assert (response.status_code, response.json()) == (401, {"reason": "You are signed out."})


def test_signed_in_page_says_so(client: Client, cast: Cast) -> None:
    assert "You are signed in" in client.get("/rate/signed-in/").content.decode()


@pytest.mark.parametrize(
    "changes",
    [{"window": "x"}, {"sequence": "0"}, {"sequence": "9" * 12}, {"base": "-1"}, {"known": "x" * 61}],
)
def test_draft_that_is_no_desks_is_refused(client: Client, cast: Cast, changes: dict[str, str]) -> None:
    response = send(client, cast, **changes)

    assert (response.status_code, response.json()) == (
        422,
        {"reason": "Something was missing in this form. Please open the item again."},
    )


def test_draft_of_the_longest_length_is_kept_and_a_longer_one_refused(client: Client, cast: Cast) -> None:
    longest = {f"rationale_{key}": "\U0001f33f" * 100_000 for key in ("alignment", "empathy", "harmfulness")}
    kept = send(client, cast, **longest)

    refused = send(client, cast, sequence="2", rationale_alignment="x" * 100_001)

    assert [kept.status_code, refused.status_code] == [200, 422]
    assert "100,000 characters fit" in refused.json()["reason"]
    assert len(Draft.objects.get().content["rationale_alignment"]) == 100_000


def test_draft_with_more_fields_than_a_desk_has_is_refused(client: Client, cast: Cast) -> None:
    assert send(client, cast, **{f"score_{number}": "1" for number in range(201)}).status_code == 422


def test_draft_without_nul_and_without_half_characters_is_kept(client: Client, cast: Cast) -> None:
    body = f"window={WINDOW}&sequence=1&base=0&rationale_alignment=a%00b%ED%A0%80c"

    response = client.post(
        url(cast), body, content_type="application/x-www-form-urlencoded", headers=BY_SCRIPT
    )

    assert response.status_code == 200
    assert Draft.objects.get().content == {"rationale_alignment": "ab���c"}
