import re
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from annotation.domain.membership import find_invitation, invite
from annotation.enums import AssignmentStatus, EventKind, Role
from annotation.models import Assignment, Invitation, Membership
from tests.factories import Cast, make_study

pytestmark = pytest.mark.django_db


def url_of(cast: Cast, name: str = "study_people", *args: int) -> str:
    return reverse(name, args=[cast.study.slug, *args])


def invited(client: Client, cast: Cast, **data: str):  # noqa: ANN201
    client.force_login(cast.manager)
    return client.post(url_of(cast, "study_invite"), {"role": "rater", **data})


def test_people_are_shown_by_role_with_the_raters_progress(client: Client) -> None:
    cast = make_study(posts=1)
    seats = cast.assignments(cast.rater)
    Assignment.objects.filter(pk=seats[0].pk).update(status=AssignmentStatus.SUBMITTED)
    client.force_login(cast.manager)

    context = client.get(url_of(cast)).context

    assert [(rater.code, rater.n_rated, rater.n_skipped, rater.n_open) for rater in context["raters"]] == [
        ("R01", 1, 0, 3),
        ("R02", 0, 0, 4),
    ]
    assert [member.user for member in context["team"]] == [cast.manager, cast.researcher]


@pytest.mark.parametrize("raters", [2, 4])
def test_page_takes_the_same_queries_for_few_people_and_more(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, raters: int
) -> None:
    cast = make_study(posts=1, raters=raters)
    for _ in range(raters - 1):
        invite(cast.study, role=Role.RATER, name="", email="", by=cast.manager)
    client.force_login(cast.manager)

    with django_assert_num_queries(7):
        response = client.get(url_of(cast))

    assert (len(response.context["raters"]), len(response.context["invitations"])) == (raters, raters - 1)


def test_link_is_shown_once(client: Client) -> None:
    cast = make_study(posts=1)

    page = invited(client, cast, name="Dora", email="").content.decode()

    [token] = re.findall(r'value="http://testserver/join/([\w-]{43})/"', page)
    assert find_invitation(token) == Invitation.objects.get(name="Dora")
    assert token not in client.get(url_of(cast)).content.decode()
    assert mail.outbox == []


def test_link_is_sent_where_asked_for(client: Client) -> None:
    cast = make_study(posts=1)

    page = invited(client, cast, name="Dora", email="dora@example.org", send="on").content.decode()

    [letter] = mail.outbox
    [link] = re.findall(r"http://testserver/join/[\w-]{43}/", letter.body)
    assert (letter.to, letter.subject) == (["dora@example.org"], 'Invitation to the study "Study"')
    assert "It has been sent to dora@example.org." in page
    assert link in page


def test_sending_needs_an_address(client: Client) -> None:
    cast = make_study(posts=1)

    response = invited(client, cast, send="on")

    assert response.context["form"].errors == {"email": ["Please give the address to send the link to."]}
    assert not Invitation.objects.exists()


def test_link_is_still_shown_when_it_could_not_be_sent(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_study(posts=1)

    def fail(*_: object) -> int:
        raise SMTPServerDisconnected

    monkeypatch.setattr(EmailBackend, "send_messages", fail)

    page = invited(client, cast, email="dora@example.org", send="on").content.decode()

    assert "could not be sent" in page
    assert "http://testserver/join/" in page
    assert "has been sent" not in page


@pytest.mark.parametrize("backend", ["console", "filebased"])
def test_site_without_a_mail_server_does_not_offer_to_send(
    client: Client, settings: Settings, backend: str
) -> None:
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    cast = make_study(posts=1)

    page = invited(client, cast, email="dora@example.org", send="on").content.decode()

    assert 'href="mailto:dora@example.org?subject=Invitation%20to' in page
    assert "has been sent" not in page
    assert 'name="send"' not in client.get(url_of(cast)).content.decode()


def test_member_is_not_invited_again(client: Client) -> None:
    cast = make_study(posts=1)

    response = invited(client, cast, email="rater1@example.org")

    assert response.context["form"].non_field_errors() == [
        "rater1@example.org is in this study already, as a rater."
    ]


def test_invitation_is_withdrawn(client: Client) -> None:
    cast = make_study(posts=1)
    invitation, _ = invite(cast.study, role=Role.RATER, name="", email="", by=cast.manager)
    client.force_login(cast.manager)

    client.post(url_of(cast, "study_invitation_revoke", invitation.pk))

    assert list(client.get(url_of(cast)).context["invitations"]) == []


def test_rater_is_removed_after_a_question(client: Client) -> None:
    cast = make_study(posts=1, raters=3)
    rater = cast.membership(cast.rater)
    n_open = len(cast.assignments(cast.rater))
    client.force_login(cast.manager)
    url = url_of(cast, "study_member_remove", rater.pk)

    question = client.get(url).content.decode()
    rater.refresh_from_db()
    was_removed_by_asking = rater.removed_at is not None
    client.post(url)

    rater.refresh_from_db()
    assert "stay in the study and count" in question
    assert (was_removed_by_asking, rater.removed_at is None) == (False, False)
    assert Assignment.objects.filter(rater=rater, status=AssignmentStatus.WITHDRAWN).count() == n_open
    assert client.get(url).status_code == 404


def test_manager_cannot_be_removed_as_a_rater(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)

    url = url_of(cast, "study_member_remove", cast.membership(cast.manager).pk)

    assert client.post(url).status_code == 404


def test_researcher_is_removed_after_a_question_and_sees_no_scores_any_more(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)
    url = url_of(cast, "study_team_remove", cast.membership(cast.researcher).pk)

    assert "would no longer see it" in client.get(url).content.decode()
    assert cast.membership(cast.researcher).removed_at is None
    client.post(url)

    client.force_login(cast.researcher)
    assert client.get(url_of(cast, "study_scores")).status_code == 404
    assert cast.study.events.first().kind == EventKind.MEMBER_REMOVED


def test_last_manager_stays_and_one_of_two_may_leave(client: Client) -> None:
    cast = make_study(posts=1)
    client.force_login(cast.manager)
    url = url_of(cast, "study_team_remove", cast.membership(cast.manager).pk)

    client.post(url)
    assert cast.membership(cast.manager).removed_at is None

    Membership.objects.filter(user=cast.researcher).update(role=Role.MANAGER)
    gone = client.post(url)

    assert cast.membership(cast.manager).removed_at is not None
    assert gone["Location"] == "/"


def test_landmarks_have_names_of_their_own(client: Client) -> None:
    cast = make_study(posts=1)
    invite(cast.study, role=Role.RATER, name="Dora", email="", by=cast.manager)
    client.force_login(cast.manager)

    page = client.get(url_of(cast)).content.decode()

    sections = re.findall(r'<section [^>]*aria-labelledby="([^"]+)"', page)
    headings = [re.search(rf'<h2 id="{name}">([^<]+)<', page) for name in sections]
    names = [*(heading[1] for heading in headings if heading), *re.findall(r'aria-label="([^"]+)"', page)]
    assert {"Raters", "Invitations not yet answered"} <= set(names)
    assert len(names) == len(set(names))
