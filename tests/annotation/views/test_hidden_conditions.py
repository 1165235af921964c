"""Hiding scores by condition, showing them again, and looking while they are hidden."""

import html

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.domain.hidden_conditions import hide_conditions, show_conditions
from annotation.domain.study import close_study
from annotation.enums import EventKind
from annotation.models import User
from tests.annotation.ratings import rate
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db

HIDDEN = "Scores by condition are hidden until the study is closed."
LOOKED = "You looked at scores by condition on"
ACTIONS = ("study_conditions_hide", "study_conditions_show", "study_conditions_look")
KINDS = (EventKind.CONDITIONS_HIDDEN, EventKind.CONDITIONS_SHOWN, EventKind.CONDITIONS_LOOKED_AT)


@pytest.fixture
def cast() -> Cast:
    cast = make_study(posts=1)
    rate(cast.assignments(cast.rater)[0])
    return cast


@pytest.fixture
def hiding(cast: Cast) -> Cast:
    hide_conditions(cast.study, by=cast.manager)
    return cast


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(cast: Cast, name: str) -> str:
    return reverse(name, args=[cast.study.slug])


def scores_page(client: Client, cast: Cast) -> str:
    return html.unescape(client.get(address(cast, "study_scores")).content.decode())


def logged(cast: Cast) -> list[tuple[str, int | None]]:
    return list(cast.study.events.filter(kind__in=KINDS).order_by("pk").values_list("kind", "by"))


def test_manager_hides_conditions_and_shows_them_again(cast: Cast) -> None:
    client = signed_in(cast.manager)

    hidden = client.post(address(cast, "study_conditions_hide"), follow=True).content.decode()
    shown = client.post(address(cast, "study_conditions_show"), follow=True).content.decode()

    assert (HIDDEN in hidden, "Scores by condition</caption>" in hidden) == (True, False)
    assert "<button" in hidden and "Show them</button>" in hidden
    assert (f"<strong>{HIDDEN}</strong>" in shown, "Hide them</button>" in shown) == (False, True)
    assert logged(cast) == [
        (EventKind.CONDITIONS_HIDDEN, cast.manager.pk),
        (EventKind.CONDITIONS_SHOWN, cast.manager.pk),
    ]


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("manager", [302, 302, 302]),
        ("researcher", [404, 404, 302]),
        ("rater", [404, 404, 404]),
        ("outsider", [404, 404, 404]),
    ],
)
def test_managers_hide_and_whoever_sees_scores_may_look(hiding: Cast, who: str, statuses: list[int]) -> None:
    client = signed_in(getattr(hiding, who))

    assert [client.post(address(hiding, name)).status_code for name in ACTIONS] == statuses


@pytest.mark.parametrize("who", ["rater", "outsider"])
def test_who_may_not_see_scores_changes_nothing(hiding: Cast, who: str) -> None:
    client = signed_in(getattr(hiding, who))

    for name in ACTIONS:
        client.post(address(hiding, name))

    assert logged(hiding) == [(EventKind.CONDITIONS_HIDDEN, hiding.manager.pk)]


@pytest.mark.parametrize("name", ACTIONS)
def test_following_a_link_changes_nothing(hiding: Cast, name: str) -> None:
    assert signed_in(hiding.manager).get(address(hiding, name)).status_code == 405
    assert logged(hiding) == [(EventKind.CONDITIONS_HIDDEN, hiding.manager.pk)]


def test_button_says_what_is_kept_before_it_is_pressed(hiding: Cast) -> None:
    page = scores_page(signed_in(hiding.researcher), hiding)

    assert "Your name and the time are kept in the study's log." in page
    assert "Look now</button>" in page
    assert LOOKED not in page


@pytest.mark.parametrize(
    "name", ["study_scores", "study_distributions", "study_agreement", "study_comparisons", "study_figures"]
)
def test_there_is_no_button_before_the_first_rating(name: str) -> None:
    cast = make_study(posts=1)
    hide_conditions(cast.study, by=cast.manager)
    client = signed_in(cast.researcher)

    before = client.get(address(cast, name)).content.decode()
    rate(cast.assignments(cast.rater)[0])
    after = client.get(address(cast, name)).content.decode()

    assert ("No ratings yet" in before, "Look now</button>" in before) == (True, False)
    assert ("No ratings yet" in after, "Look now</button>" in after) == (False, True)


def test_looking_is_logged_and_the_page_says_when(hiding: Cast) -> None:
    client = signed_in(hiding.researcher)

    client.post(address(hiding, "study_conditions_look"))

    page = scores_page(client, hiding)
    look = hiding.study.events.get(kind=EventKind.CONDITIONS_LOOKED_AT)
    assert look.by == hiding.researcher
    assert f"{LOOKED} {look.at.day} {look.at:%B %Y, %H:%M} UTC; it is in the study's log." in page
    assert HIDDEN not in page
    assert "INDV vanilla" in page


def test_manager_reads_of_the_look_in_the_log(hiding: Cast) -> None:
    signed_in(hiding.researcher).post(address(hiding, "study_conditions_look"))

    page = signed_in(hiding.manager).get(address(hiding, "study_detail")).content.decode()

    assert "Hidden scores by condition looked at" in page


@pytest.mark.parametrize(
    ("page", "leads_to"),
    [
        ("study_agreement", "study_agreement"),
        ("study_comparisons", "study_comparisons"),
        ("study_figures", "study_figures"),
        ("study_exclusions", "study_exclusions"),
        ("", "study_scores"),
        ("study_close", "study_scores"),
        ("https://elsewhere.example/", "study_scores"),
    ],
)
def test_looking_leads_back_to_the_page_of_scores_it_came_from(
    hiding: Cast, page: str, leads_to: str
) -> None:
    response = signed_in(hiding.manager).post(address(hiding, "study_conditions_look"), {"page": page})

    assert response["Location"] == address(hiding, leads_to)


def test_look_ends_with_signing_out(hiding: Cast) -> None:
    client = signed_in(hiding.researcher)
    client.post(address(hiding, "study_conditions_look"))

    client.logout()
    client.force_login(hiding.researcher)

    assert HIDDEN in scores_page(client, hiding)


def test_look_at_one_study_shows_no_other(hiding: Cast) -> None:
    other = make_study(posts=1, prefix="other-")
    rate(other.assignments(other.rater)[0])
    hide_conditions(other.study, by=other.manager)
    hiding.manager.is_superuser = True
    hiding.manager.save()
    client = signed_in(hiding.manager)

    client.post(address(hiding, "study_conditions_look"))

    assert HIDDEN in scores_page(client, other)
    assert HIDDEN not in scores_page(client, hiding)


def test_look_does_not_outlast_hiding_anew(hiding: Cast) -> None:
    client = signed_in(hiding.researcher)
    client.post(address(hiding, "study_conditions_look"))

    show_conditions(hiding.study, by=hiding.manager)
    hide_conditions(hiding.study, by=hiding.manager)

    assert HIDDEN in scores_page(client, hiding)


def test_look_in_a_session_is_its_own_users(hiding: Cast) -> None:
    """A request by token may come with somebody else's cookie."""
    signed_in(hiding.manager).post(address(hiding, "study_conditions_look"))
    look = hiding.study.events.get(kind=EventKind.CONDITIONS_LOOKED_AT)
    client = signed_in(hiding.researcher)
    session = client.session
    session["looks_at_conditions"] = {str(hiding.study.pk): look.pk}
    session.save()

    assert HIDDEN in scores_page(client, hiding)


def test_looking_where_nothing_is_hidden_is_not_logged(cast: Cast) -> None:
    client = signed_in(cast.manager)

    page = client.post(address(cast, "study_conditions_look"), follow=True).content.decode()

    assert "Scores by condition are not hidden." in page
    assert logged(cast) == []


def test_closed_study_offers_no_hiding_and_refuses_it(cast: Cast) -> None:
    close_study(cast.study, by=cast.manager)
    client = signed_in(cast.manager)

    page = client.post(address(cast, "study_conditions_hide"), follow=True).content.decode()

    assert "The study is closed: its scores are there for its team to see." in page
    assert "Hide them</button>" not in page
    assert logged(cast) == []


def test_researcher_is_offered_no_hiding(cast: Cast) -> None:
    assert "Hide them</button>" in scores_page(signed_in(cast.manager), cast)
    assert "Hide them</button>" not in scores_page(signed_in(cast.researcher), cast)


def test_rater_reads_nothing_of_it(hiding: Cast) -> None:
    seat = hiding.assignments(hiding.rater)[1]
    client = signed_in(hiding.rater)

    pages = [
        client.get(reverse(name, args=arguments), follow=True).content.decode()
        for name, arguments in (
            ("rating_home", []),
            ("rating_list", [hiding.study.slug]),
            ("rating_item", [hiding.study.slug, seat.position]),
        )
    ]

    assert all(hiding.study.name in page for page in pages)
    assert [page for page in pages if "scores by condition" in page.lower()] == []


def test_a_page_takes_one_query_more_after_looking(hiding: Cast) -> None:
    client = signed_in(hiding.researcher)
    url = address(hiding, "study_breakdowns")
    with CaptureQueriesContext(connection) as before:
        client.get(url)
    client.post(address(hiding, "study_conditions_look"))

    with CaptureQueriesContext(connection) as after:
        client.get(url)

    assert len(after) == len(before) + 1
